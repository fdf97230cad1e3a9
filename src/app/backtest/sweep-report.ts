import { usd } from '../cli/format.ts'
import { table } from '../cli/output.ts'
import type { Overrides } from '../offline/settings.ts'
import { share } from './present.ts'
import type { BacktestReport } from './report-schema.ts'
import { describeOverrides, overrideCells } from './sweep-options.ts'
import { usd8Of } from './text.ts'

/** What `backtest --sweep --json` prints: every report whole, so that two of them can be compared. */
export interface SweepReport {
  readonly kind: 'sweep'
  readonly runs: readonly { readonly overrides: Readonly<Record<string, string>>; readonly report: BacktestReport }[]
}

export interface SweptRun {
  readonly overrides: Overrides
  readonly report: BacktestReport
}

export const sweepReport = (runs: readonly SweptRun[]): SweepReport => ({
  kind: 'sweep',
  runs: runs.map(({ overrides, report }) => ({ overrides: Object.fromEntries(overrideCells(overrides)), report })),
})

const FIGURES = ['recall', 'lead p50', 'lead p10', 'missed', 'plans', 'refused', 'net', 'expected net'] as const

/** One line a combination, in the order given, and which of them is expected to bring most. */
export function renderSweep(runs: readonly SweptRun[]): string {
  const names = [...new Set(runs.flatMap(({ overrides }) => overrideCells(overrides).map(([name]) => name)))]
  const rows = runs.map(({ overrides, report }) => {
    const values = new Map(overrideCells(overrides))
    return [...names.map((name) => values.get(name) ?? ''), ...figureCells(report)]
  })
  const head = [...names, ...FIGURES]
  return [table(head, rows, [...head.keys()]), '', bestOf(runs)].join('\n')
}

const blocks = (count: number | null): string => (count === null ? '–' : String(count))
const money = (dollars: string): string => usd(usd8Of(dollars))

const figureCells = ({ recall, leadBlocks, missed, ours, refused, earnings }: BacktestReport): string[] => [
  share(recall),
  blocks(leadBlocks.p50),
  blocks(leadBlocks.p10),
  String(missed.length),
  String(ours.length),
  String(refused.length),
  money(earnings.netUsd),
  money(earnings.expectedUsd),
]

const expectedOf = ({ report }: SweptRun): bigint => usd8Of(report.earnings.expectedUsd)

function bestOf(runs: readonly SweptRun[]): string {
  const most = runs.reduce<bigint | undefined>((high, run) => {
    const expected = expectedOf(run)
    return high === undefined || expected > high ? expected : high
  }, undefined)
  if (most === undefined) return 'nothing was swept'
  const best = runs.filter((run) => expectedOf(run) === most)
  if (best.length === runs.length && runs.length > 1) return `all are expected to bring the same: ${usd(most)}`
  return `expected to bring most (${usd(most)}): ${best.map(({ overrides }) => describeOverrides(overrides) || 'the configuration as it is').join(', ')}`
}
