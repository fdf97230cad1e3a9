import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { riskReport } from '../../../../src/app/cli/risk-report.ts'
import { UsageError } from '../../../../src/core/errors.ts'
import { temporaryFolder } from '../../../support/temporary.ts'
import { readPage } from '../../backtest/markup.ts'
import { MARKET } from '../example-parts.ts'
import { EXAMPLES } from '../examples.ts'
import { deskOf } from './desk.ts'

const global = { config: '', json: false, verbose: false, color: false }
const signal = new AbortController().signal
const ask = (html: string, desk = deskOf()) =>
  riskReport(global, { html }, { signal, withDesk: (_global, _options, _signal, work) => work(desk, [MARKET]) })

describe('writing the risk report', () => {
  it('writes it whole, over the one before, and leaves nothing else', async () => {
    const folder = temporaryFolder('risk-report')
    const file = join(folder, 'risk.html')
    writeFileSync(file, 'the one before')
    await ask(file)
    readPage(readFileSync(file, 'utf8'))
    expect(readdirSync(folder)).to.deep.equal(['risk.html'])
  })

  it('says what to do where it cannot be written, and leaves what was there', async () => {
    const folder = temporaryFolder('risk-report')
    const [missing, taken] = [join(folder, 'not', 'there.html'), join(folder, 'taken')]
    mkdirSync(taken)
    writeFileSync(join(taken, 'inside'), 'kept')
    for (const path of [missing, taken]) {
      const error = await ask(path).catch((reason: unknown) => reason)
      expect(error).to.be.instanceOf(UsageError)
      expect(error).to.have.property('code', 'REPORT_CANNOT_WRITE')
    }
    expect(readdirSync(folder)).to.deep.equal(['taken'])
    expect(readFileSync(join(taken, 'inside'), 'utf8')).to.equal('kept')
  })

  it('writes nothing when an answer fails', async () => {
    const folder = temporaryFolder('risk-report')
    const desk = deskOf(EXAMPLES, {
      grid: () => {
        throw new TypeError('a fault')
      },
    })
    const error = await ask(join(folder, 'risk.html'), desk).catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(TypeError)
    expect(readdirSync(folder)).to.deep.equal([])
  })
})
