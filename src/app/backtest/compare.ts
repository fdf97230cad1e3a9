import { UsageError } from '../../core/errors.ts'
import type { BacktestReport, HappenedEntry, MissedEntry, OurEntry } from './report-schema.ts'
import { usd8Of, usdText } from './text.ts'

/** A value that the two reports do not share. */
export interface Difference {
  readonly name: string
  readonly a: string | number | null
  readonly b: string | number | null
}

/** The same in both; `change` is b less a, `null` where one of them has none. */
export interface Measured extends Difference {
  readonly change: string | number | null
}

export interface OnlyIn<T> {
  readonly a: readonly T[]
  readonly b: readonly T[]
}

export interface Comparison {
  readonly kind: 'comparison'
  readonly sameRecording: boolean
  /** What differs in recording and parameters. */
  readonly conditions: readonly Difference[]
  readonly assumptionsOnlyIn: OnlyIn<string>
  readonly figures: readonly Measured[]
  /** Liquidations that only one recording has: none when both are of the same. */
  readonly happenedOnlyIn: OnlyIn<HappenedEntry>
  readonly missedOnlyIn: OnlyIn<MissedEntry>
  /** Market, borrower and block name a plan. */
  readonly plansOnlyIn: OnlyIn<OurEntry>
  readonly netByDay: readonly Measured[]
}

/** Two reports side by side. Those of different recordings are refused: their figures say nothing about each other. */
export function compareReports(a: BacktestReport, b: BacktestReport, force = false): Comparison {
  const sameRecording = a.recording.digest === b.recording.digest && a.recording.chainId === b.recording.chainId
  if (!sameRecording && !force)
    throw new UsageError({
      code: 'OTHER_RECORDING',
      what: 'the reports are of different recordings',
      why: `one is of ${a.recording.file} (${a.recording.digest}), the other of ${b.recording.file} (${b.recording.digest})`,
      fix: 'Run both backtests over the same file, or compare them all the same with --force.',
    })
  return {
    kind: 'comparison',
    sameRecording,
    conditions: conditionsOf(a, b),
    assumptionsOnlyIn: onlyIn(a.assumptions, b.assumptions, (words) => words),
    figures: figuresOf(a, b),
    happenedOnlyIn: onlyIn(a.happened, b.happened, logKey),
    missedOnlyIn: onlyIn(a.missed, b.missed, logKey),
    plansOnlyIn: onlyIn(a.ours, b.ours, planKey),
    netByDay: netByDay(a, b),
  }
}

const logKey = ({ tx, logIndex }: { readonly tx: string; readonly logIndex: number }): string =>
  `${tx.toLowerCase()} ${logIndex}`
const planKey = ({ market, user, block }: OurEntry): string => `${market} ${user} ${block}`

function onlyIn<T>(a: readonly T[], b: readonly T[], key: (row: T) => string): OnlyIn<T> {
  const without = (rows: readonly T[], others: readonly T[]): readonly T[] => {
    const known = new Set(others.map(key))
    return rows.filter((row) => !known.has(key(row)))
  }
  return { a: without(a, b), b: without(b, a) }
}

function conditionsOf(a: BacktestReport, b: BacktestReport): readonly Difference[] {
  const told = (report: BacktestReport): ReadonlyMap<string, Difference['a']> =>
    new Map([
      ...Object.entries(report.recording).map(([name, value]) => [name, scalar(value)] as const),
      ...Object.entries(report.parameters),
      ['race model', report.earnings.model],
    ])
  const [left, right] = [told(a), told(b)]
  return [...new Set([...left.keys(), ...right.keys()])]
    .map((name) => ({ name, a: left.get(name) ?? null, b: right.get(name) ?? null }))
    .filter((each) => each.a !== each.b)
}

const scalar = (value: string | number | readonly string[]): string | number =>
  typeof value === 'object' ? value.join(' · ') : value

function figuresOf(a: BacktestReport, b: BacktestReport): readonly Measured[] {
  const count = (name: string, of: (report: BacktestReport) => number | null): Measured =>
    countChange(name, of(a), of(b))
  const money = (name: string, of: (report: BacktestReport) => string): Measured => moneyChange(name, of(a), of(b))
  return [
    count('liquidations', ({ liquidations }) => liquidations),
    count('flagged', ({ flagged }) => flagged),
    count('recall', ({ recall }) => recall),
    count('lead p50', ({ leadBlocks }) => leadBlocks.p50),
    count('lead p10', ({ leadBlocks }) => leadBlocks.p10),
    count('missed', ({ missed }) => missed.length),
    count('plans', ({ ours }) => ours.length),
    count('refusals', ({ refused }) => refused.length),
    money('net if all were won', ({ earnings }) => earnings.netUsd),
    money('expected net', ({ earnings }) => earnings.expectedUsd),
    count('executed', ({ execution }) => execution?.executed ?? null),
    count('reverted', ({ execution }) => execution?.reverted ?? null),
  ]
}

const countChange = (name: string, a: number | null, b: number | null): Measured => ({
  name,
  a,
  b,
  change: a === null || b === null ? null : b - a,
})

const moneyChange = (name: string, a: string, b: string): Measured => ({
  name,
  a,
  b,
  change: usdText(usd8Of(b) - usd8Of(a)),
})

const NO_NET = usdText(0n)

/** Every day of both; one that a report has not counts as nothing. */
function netByDay(a: BacktestReport, b: BacktestReport): readonly Measured[] {
  const nets = (report: BacktestReport): ReadonlyMap<string, string> =>
    new Map(report.byDay.map(({ day, netUsd }) => [day, netUsd]))
  const [left, right] = [nets(a), nets(b)]
  return [...new Set([...left.keys(), ...right.keys()])]
    .sort()
    .map((day) => moneyChange(day, left.get(day) ?? NO_NET, right.get(day) ?? NO_NET))
}
