import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { compareReports } from '../../../src/app/backtest/compare.ts'
import { readReport } from '../../../src/app/backtest/read-report.ts'
import { renderComparison } from '../../../src/app/backtest/render-comparison.ts'
import { UsageError } from '../../../src/core/errors.ts'
import { temporaryFolder } from '../../support/temporary.ts'
import { happened, missed, ours, recording, report, run } from './support.ts'

const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    expect(error).to.be.instanceOf(UsageError)
    return (error as UsageError).code
  }
  return 'none'
}

describe('two backtests compared', () => {
  it('are the same when they are', () => {
    const one = report({ happened: [happened(1)], ours: [ours(2)] })
    const found = compareReports(one, one)
    expect(found.conditions).to.deep.equal([])
    expect(found.assumptionsOnlyIn).to.deep.equal({ a: [], b: [] })
    expect(found.missedOnlyIn).to.deep.equal({ a: [], b: [] })
    expect(found.plansOnlyIn).to.deep.equal({ a: [], b: [] })
  })

  it('say which liquidations and plans only one of them has, and what was different', () => {
    const parameters = { ...run().parameters, slippageBps: 10 }
    const a = report({ happened: [missed(1), happened(2)], ours: [ours(3), ours(4)] })
    const b = report({ happened: [happened(1), happened(2)], ours: [ours(4)], parameters, assumptions: ['another'] })
    const found = compareReports(a, b)
    expect(found.conditions.map(({ name, a: left, b: right }) => [name, left, right])).to.deep.equal([
      ['slippageBps', 50, 10],
    ])
    expect(found.missedOnlyIn.a.map(({ block }) => block)).to.deep.equal(['1001'])
    expect(found.missedOnlyIn.b).to.deep.equal([])
    expect(found.plansOnlyIn.a.map(({ block }) => block)).to.deep.equal(['1003'])
    expect(found.figures.find(({ name }) => name === 'missed')).to.include({ a: 1, b: 0, change: -1 })
    expect(found.assumptionsOnlyIn.b).to.deep.equal(['another'])
    const text = renderComparison(found)
    for (const line of text.split('\n')) expect(line.length, line).to.be.below(160)
    expect(text).to.contain('assumed in B alone: another')
  })

  it('of different recordings are refused, unless forced', () => {
    const a = report()
    const b = report({ recording: recording({ digest: 'ff'.repeat(32) }) })
    expect(codeOf(() => compareReports(a, b))).to.equal('OTHER_RECORDING')
    expect(compareReports(a, b, true).sameRecording).to.equal(false)
  })

  it('are read from files that are reports, and from no others', () => {
    const folder = temporaryFolder('compare')
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    }
    const good = report({ happened: [happened(1)] })
    expect(readReport(file('good', JSON.stringify(good)), false)).to.deep.equal(good)
    for (const [text, code] of [
      ['not JSON', 'NOT_A_REPORT'],
      ['{}', 'NOT_A_REPORT'],
      [JSON.stringify({ ...good, schemaVersion: 2 }), 'OTHER_SCHEMA_VERSION'],
      [JSON.stringify({ ...good, blocks: 'many' }), 'NOT_A_REPORT'],
    ] as const)
      expect(codeOf(() => readReport(file('bad', text), false))).to.equal(code)
    expect(codeOf(() => readReport(join(folder, 'nowhere'), false))).to.equal('NO_SUCH_REPORT')
    expect(readReport(file('later', JSON.stringify({ ...good, schemaVersion: 2 })), true)).to.deep.equal(good)
  })
})
