import { duration, usd } from '../cli/format.ts'
import { table } from '../cli/output.ts'
import { blocksText, byWorst, daysByWorst, leadText, refusedWords, SIZE_WORDS, share, shortHex } from './present.ts'
import type { BacktestReport, Figures, MissedEntry, OurEntry } from './report-schema.ts'
import { usd8Of, utc } from './text.ts'

/** Rows of a list on a terminal: the rest is in the JSON. */
const MOST_ROWS = 4
const MOST_WORDS = 72

/** A backtest on one screen or two, the worst first. */
export function renderText(report: BacktestReport): string {
  return [
    ...heading(report),
    ...missedLines(report.missed),
    ...ourLines(report.ours),
    ...refusalLines(report),
    ...groupLines(report),
    ...assumptionLines(report),
  ].join('\n')
}

function heading(report: BacktestReport): string[] {
  const { recording: r, parameters: p, earnings: e, execution: x } = report
  const span = duration(r.toTimestamp - r.fromTimestamp)
  const limit = p.maxDebtUsd === null ? 'no limit of debt' : `debt up to ${money(p.maxDebtUsd)}`
  return [
    `backtest of ${r.file}: ${r.markets.join(', ')} on ${r.chain} (${r.chainId})`,
    `blocks ${r.fromBlock} to ${r.toBlock} (${report.blocks}), ${utc(r.fromTimestamp)} to ${utc(r.toTimestamp)} UTC (${span}); ${r.pages} pages, ${r.derivedPages} derived`,
    `at least ${money(p.minProfitUsd)} net, slippage ${p.slippageBps} bps, included ${blocksText(p.latencyBlocks)} after the page, ${limit}`,
    '',
    `happened  ${report.liquidations === 0 ? 'no liquidation in this recording' : `${report.liquidations} liquidations, ${report.flagged} flagged beforehand (${share(report.recall)}), ${report.missed.length} missed`}`,
    `lead      ${leadText(report)}`,
    `ours      ${report.ours.length === 0 ? 'no plan' : `${report.ours.length} plans, ${money(e.netUsd)} net if all were won`}, ${report.refused.length} refusals`,
    `expected  ${report.ours.length === 0 ? 'nothing, without a plan' : `${money(e.expectedUsd)} net by the race model; 95 %: ${range(e.independent)} if races are independent, ${range(e.correlated)} if one luck decides them all`}`,
    `executed  ${x === null ? 'nothing (only --fork executes)' : `${x.executed}: ${x.asPredicted} exactly as predicted, ${x.reverted} reverted, ${money(x.profitUsd)} profit`}`,
  ]
}

const range = ({ lowUsd, highUsd }: BacktestReport['earnings']['correlated']): string =>
  `${money(lowUsd)} to ${money(highUsd)}`

const money = (dollars: string): string => usd(usd8Of(dollars))

function missedLines(missed: readonly MissedEntry[]): string[] {
  if (missed.length === 0) return []
  const rows = byWorst(missed, ({ debtUsd }) => usd8Of(debtUsd)).map((m) => [
    m.block,
    m.user,
    m.reason,
    money(m.debtUsd),
    shortHex(m.tx),
  ])
  return section('missed, largest debt first', ['block', 'account', 'reason', 'debt', 'tx'], rows, [0, 3])
}

function ourLines(ours: readonly OurEntry[]): string[] {
  if (ours.length === 0) return []
  const rows = ours
    .toSorted((a, b) => trouble(b) - trouble(a) || Number(usd8Of(b.netUsd) - usd8Of(a.netUsd)))
    .map((o) => [
      o.block,
      o.user,
      `${o.collateralSymbol} for ${o.debtSymbol}`,
      money(o.netUsd),
      o.chance.toFixed(2),
      fate(o),
    ])
  return section(
    'ours, reverted and rivalled first',
    ['block', 'account', 'pair', 'net', 'chance', ''],
    rows,
    [0, 3, 4],
  )
}

const trouble = ({ executed, rival }: OurEntry): number => (executed?.status === 'reverted' ? 2 : rival ? 1 : 0)

function fate({ executed, rival, block }: OurEntry): string {
  if (executed?.status === 'reverted') return `reverted: ${cut(executed.revert ?? 'without a reason', 30)}`
  if (rival !== null) return `a rival in ${blocksText(BigInt(rival.block) - BigInt(block))}`
  return executed === null ? 'no rival in time' : 'executed, no rival in time'
}

function refusalLines({ refusals }: BacktestReport): string[] {
  if (refusals.length === 0) return []
  const rows = refusals.map(({ reason, count }) => [reason, String(count), cut(refusedWords(reason), MOST_WORDS)])
  return section('refused', ['reason', 'count', 'meaning'], rows, [1])
}

const FIGURES = ['happened', 'flagged', 'missed', 'debt', 'plans', 'net', 'expected']
const figureCells = (f: Figures): string[] => [
  String(f.liquidations),
  String(f.flagged),
  String(f.missed),
  money(f.debtUsd),
  String(f.planned),
  money(f.netUsd),
  money(f.expectedUsd),
]
const RIGHT = [1, 2, 3, 4, 5, 6, 7]

const isEmpty = (f: Figures): boolean => f.liquidations === 0 && f.planned === 0

function groupLines({ byDay, byCollateral, bySize }: BacktestReport): string[] {
  const days = daysByWorst(byDay.filter((day) => !isEmpty(day))).map((f) => [f.day, ...figureCells(f)])
  const sizes = bySize.filter((size) => !isEmpty(size)).map((f) => [SIZE_WORDS[f.size], ...figureCells(f)])
  const assets = byCollateral.map((f) => [f.symbol, ...figureCells(f)])
  return [
    ...(days.length > 0 ? section('by day, most missed first', ['UTC day', ...FIGURES], days, RIGHT) : []),
    ...(assets.length > 0 ? section('by collateral', ['asset', ...FIGURES], assets, RIGHT) : []),
    ...(sizes.length > 0 ? section('by debt covered', ['size', ...FIGURES], sizes, RIGHT) : []),
  ]
}

function assumptionLines({ assumptions, earnings }: BacktestReport): string[] {
  const all = [`race model: ${earnings.model}`, ...assumptions]
  return ['', titled('assumed', all.length), ...all.slice(0, MOST_ROWS).map((text) => `  ${cut(text, 140)}`)]
}

function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
): string[] {
  return ['', titled(title, rows.length), table(head, rows.slice(0, MOST_ROWS), right)]
}

const titled = (title: string, rows: number): string =>
  rows > MOST_ROWS ? `${title} (${MOST_ROWS} of ${rows}; all with --json)` : title

const cut = (text: string, longest: number): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text)
