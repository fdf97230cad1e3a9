import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../../scripts/generated.ts'
import { reportSchema } from '../../src/app/backtest/report-schema.ts'
import { MISS_REASONS } from '../../src/app/backtest/run.ts'

const page = readFileSync(join(root, 'docs/backtest.md'), 'utf8')
const cli = readFileSync(join(root, 'src/app/cli/main.ts'), 'utf8')

describe('docs/backtest.md', () => {
  it('lists exactly the reasons for a miss, in their order', () => {
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| [^|]+\|$/gm)].map(([, reason]) => reason)
    expect(rows.filter((reason) => reason !== undefined && reason in MISS_REASONS)).to.deep.equal(
      Object.keys(MISS_REASONS),
    )
  })

  it('names every field of the report', () => {
    const fields = Object.keys(reportSchema.shape)
    expect(fields.filter((field) => !page.includes(`\`${field}\``))).to.deep.equal([])
  })

  it('names every option of the command', () => {
    const [, command = ''] = cli.split("command('backtest')")
    const options = [...(command.split('.action(')[0] ?? '').matchAll(/\.option\('(--[a-z-]+)/g)].map(
      ([, name]) => name,
    )
    expect(options).to.have.length.above(4)
    expect(options.filter((name) => !page.includes(`\`${name}`))).to.deep.equal([])
  })
})
