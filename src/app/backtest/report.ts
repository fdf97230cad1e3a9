import { SCHEMA_VERSION } from '../../core/answers.ts'
import { assumptionsOf, attemptOf, earningsOf, type RaceView } from './race-view.ts'
import { figuresOf, groupFigures, percentileNearestRank, sizeOf } from './report-figures.ts'
import { happenedEntry, missedEntries, ourEntry, refusedEntry } from './report-rows.ts'
import {
  type BacktestReport,
  type Figures,
  type HappenedEntry,
  type OurEntry,
  type RefusedEntry,
  SIZES,
} from './report-schema.ts'
import type { BacktestRun } from './run.ts'
import { printable, usd8Of, usdText, utcDay } from './text.ts'

/** All that is said of a backtest. Pure, and independent of the order in which the rows were found. */
export function buildReport(run: BacktestRun, race: RaceView): BacktestReport {
  const happened = run.happened.map(happenedEntry).sort(byPlace)
  const { blockTimeS } = run.recording
  const ours = run.ours.map((row) => ourEntry(row, race, blockTimeS)).sort(byPlace)
  const refused = run.refused.map(refusedEntry).sort(byPlace)
  const { liquidations, flagged, netUsd, expectedUsd } = figuresOf(happened, ours)
  const leads = happened.flatMap(({ leadBlocks }) => (leadBlocks === null ? [] : [leadBlocks]))
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'backtest',
    recording: recordingOf(run),
    parameters: parametersOf(run),
    assumptions: [...run.assumptions, ...assumptionsOf(race, blockTimeS)].map((text) => printable(text, 500)),
    blocks: run.blocks,
    liquidations,
    flagged,
    recall: liquidations === 0 ? null : flagged / liquidations,
    leadBlocks: { p50: percentileNearestRank(leads, 50), p10: percentileNearestRank(leads, 10) },
    earnings: earningsOf(race, run.ours.map(attemptOf), { netUsd, expectedUsd, blockTimeS }),
    execution: executionOf(ours),
    refusals: refusalsOf(refused),
    ...groupsOf(run, { happened, ours, refused }),
    missed: missedEntries(happened),
    ours,
    happened,
    refused,
  }
}

interface Rows {
  readonly happened: readonly HappenedEntry[]
  readonly ours: readonly OurEntry[]
  readonly refused: readonly RefusedEntry[]
}

/** In the order of the chain; what shares a block, by the rest of the row, so that no two orders are possible. */
function byPlace<T extends { readonly block: string; readonly logIndex?: number }>(a: T, b: T): number {
  const blocks = BigInt(a.block) - BigInt(b.block)
  if (blocks !== 0n) return blocks < 0n ? -1 : 1
  const logs = (a.logIndex ?? 0) - (b.logIndex ?? 0)
  if (logs !== 0) return logs
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

function recordingOf({ recording }: BacktestRun): BacktestReport['recording'] {
  const { fromBlock, toBlock, fromTimestamp, toTimestamp } = recording
  return {
    file: printable(recording.file),
    chain: printable(recording.chain),
    chainId: recording.chainId,
    blockTimeS: recording.blockTimeS,
    markets: recording.markets.map((market) => printable(market)),
    fromBlock: fromBlock.toString(),
    toBlock: toBlock.toString(),
    fromTimestamp: Number(fromTimestamp),
    toTimestamp: Number(toTimestamp),
    pages: recording.pages,
    derivedPages: recording.derivedPages,
    digest: printable(recording.digest),
  }
}

function parametersOf({ parameters }: BacktestRun): BacktestReport['parameters'] {
  const { minProfitUsd8, maxDebtUsd8, slippageBps, latencyBlocks } = parameters
  return {
    minProfitUsd: usdText(minProfitUsd8),
    maxDebtUsd: maxDebtUsd8 === null ? null : usdText(maxDebtUsd8),
    slippageBps,
    latencyBlocks,
  }
}

function executionOf(ours: readonly OurEntry[]): BacktestReport['execution'] {
  const all = ours.flatMap(({ executed }) => (executed === null ? [] : [executed]))
  if (all.length === 0) return null
  const succeeded = all.filter(({ status }) => status === 'success')
  return {
    executed: all.length,
    succeeded: succeeded.length,
    reverted: all.length - succeeded.length,
    asPredicted: succeeded.filter((e) => e.profit === e.predictedProfit).length,
    profitUsd: usdText(succeeded.reduce((sum, { profitUsd }) => sum + usd8Of(profitUsd), 0n)),
  }
}

/** The most frequent first. */
const refusalsOf = (refused: readonly RefusedEntry[]): BacktestReport['refusals'] =>
  [...Map.groupBy(refused, ({ reason }) => reason)]
    .map(([reason, rows]) => ({ reason, count: rows.length }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))

type Groups = Pick<BacktestReport, 'byDay' | 'byMarket' | 'byCollateral' | 'byDebt' | 'bySize'>

function groupsOf(run: BacktestRun, { happened, ours, refused }: Rows): Groups {
  const days = daysOf(run, refused)
  const refusedBy = Map.groupBy(refused, ({ timestamp }) => utcDay(timestamp))
  const bySize = groupFigures(happened, ours, ({ debtUsd }) => sizeOf(debtUsd), SIZES)
  return {
    byDay: groupFigures(happened, ours, ({ timestamp }) => utcDay(timestamp), days).map(({ key, ...figures }) => ({
      day: key,
      ...figures,
      refused: refusedBy.get(key)?.length ?? 0,
    })),
    byMarket: groupFigures(
      happened,
      ours,
      ({ market }) => market,
      run.recording.markets.map((m) => printable(m)),
    ).map(({ key, ...figures }) => ({ market: key, ...figures })),
    byCollateral: assetsOf('collateral', happened, ours),
    byDebt: assetsOf('debt', happened, ours),
    bySize: SIZES.flatMap((size) =>
      bySize.filter(({ key }) => key === size).map(({ key: _, ...figures }) => ({ size, ...figures })),
    ),
  }
}

/** Every UTC day of the recording: a day on which nothing happened is a result too. */
function daysOf({ recording }: BacktestRun, refused: readonly RefusedEntry[]): ReadonlySet<string> {
  const days = new Set(refused.map(({ timestamp }) => utcDay(timestamp)))
  const DAY_S = 86_400
  const last = Math.floor(Number(recording.toTimestamp) / DAY_S)
  for (let day = Math.floor(Number(recording.fromTimestamp) / DAY_S); day <= last; day++) days.add(utcDay(day * DAY_S))
  return days
}

type AssetGroup = Figures & { asset: string; symbol: string }

/** The largest debt first, as an operator asks for it. */
function assetsOf(
  side: 'collateral' | 'debt',
  happened: readonly HappenedEntry[],
  ours: readonly OurEntry[],
): AssetGroup[] {
  const asset = (row: HappenedEntry | OurEntry): string => row[`${side}Asset`]
  const symbols = new Map([...happened, ...ours].map((row) => [asset(row), row[`${side}Symbol`]]))
  return groupFigures(happened, ours, asset)
    .map(({ key, ...figures }) => ({ asset: key, symbol: symbols.get(key) ?? '', ...figures }))
    .sort((a, b) => Number(usd8Of(b.debtUsd) - usd8Of(a.debtUsd)))
}
