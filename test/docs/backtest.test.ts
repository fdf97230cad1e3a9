import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import * as z from 'zod'
import { root } from '../../scripts/generated.ts'
import { renderCsv } from '../../src/app/backtest/render-csv.ts'
import { reportSchema } from '../../src/app/backtest/report-schema.ts'
import { MISS_REASONS } from '../../src/app/backtest/run.ts'
import { report } from '../app/backtest/support.ts'

const page = readFileSync(join(root, 'docs/backtest.md'), 'utf8')
const cli = readFileSync(join(root, 'src/app/cli/main.ts'), 'utf8')

/** Names of properties anywhere in a JSON Schema. */
function fieldsOf(schema: unknown): ReadonlySet<string> {
  const found = new Set<string>()
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if ('properties' in node) for (const name of Object.keys(node.properties as object)) found.add(name)
    for (const child of Object.values(node)) walk(child)
  }
  walk(schema)
  return found
}

describe('docs/backtest.md', () => {
  it('lists exactly the reasons for a miss, in their order, each with what it means', () => {
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| ([^|]+) \|$/gm)].flatMap(([, reason = '', meaning = '']) =>
      reason in MISS_REASONS ? [[reason, meaning] as const] : [],
    )
    const reasons = Object.entries(MISS_REASONS)
    expect(rows.map(([reason]) => reason)).to.deep.equal(reasons.map(([reason]) => reason))
    for (const [i, [reason, meaning]] of reasons.entries())
      expect(rows[i]?.[1].startsWith(meaning.replace(/\.$/, '')), reason).to.equal(true)
  })

  it('names every field of the report, however deep', () => {
    const fields = fieldsOf(z.toJSONSchema(reportSchema))
    expect(fields.size).to.be.above(80)
    expect([...fields].filter((field) => !page.includes(`\`${field}\``))).to.deep.equal([])
  })

  it('names every column of the ledger, in their order', () => {
    const [head = ''] = renderCsv(report()).split('\r\n')
    const [, ledger = ''] = page.split('## The ledger')
    const rows = [...ledger.matchAll(/^\| (`[^|]+`) \|/gm)].map(([, names = '']) => names)
    const columns = rows.flatMap((names) => [...names.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name))
    expect(columns).to.deep.equal(head.split(','))
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
