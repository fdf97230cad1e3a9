import Table from 'cli-table3'
import type { Failure, Tally } from './tally.ts'

const MOST_FINDINGS = 12

const replayCommand = ({ set, seed, actions }: Pick<Failure, 'set' | 'seed' | 'actions'>): string =>
  `node scripts/differential/main.ts --set ${set} --seed ${seed} --actions ${actions}`

/** Seed, step, actions, account, field, both values, and how to see it again. */
export function describeFailure(failure: Failure): string {
  const { set, seed, step, block, held, findings } = failure
  const shown = findings
    .slice(0, MOST_FINDINGS)
    .map(({ account, field, ours, chain }) => `  ${account} ${field}: ours ${ours}, chain ${chain}`)
  const rest = findings.length > MOST_FINDINGS ? [`  and ${findings.length - MOST_FINDINGS} more`] : []
  return [
    `${set}, seed ${seed}: mirror and chain differ after step ${step} (block ${block}: ${held.join(', ') || 'empty'})`,
    ...shown,
    ...rest,
    `replay: ${replayCommand(failure)}`,
  ].join('\n')
}

/** Totals, then every kind of action with how often it was tried and how often the chain accepted it. */
export function table({ kinds, ...totals }: Tally): string {
  const rows = new Table({ head: ['action', 'tried', 'succeeded', '%'], style: { head: [], border: [] } })
  for (const [name, { tried, succeeded }] of Object.entries(kinds).sort(([a], [b]) => a.localeCompare(b)))
    rows.push([name, tried, succeeded, Math.round((100 * succeeded) / tried)])
  const sums = Object.entries(totals).map(([name, count]) => `${count} ${name}`)
  return `${rows.toString()}\n${sums.join(', ')}`
}
