import { type Address, getAddress } from 'viem'
import { max } from '../../core/math.ts'
import type { ReserveView } from '../../core/protocol.ts'
import type { Header } from '../../core/types.ts'
import { percentileNearestRank } from '../backtest/report-figures.ts'
import type { AccountResult, Amounts, Attempt } from './result.ts'

/** What `rehearse --json` prints. Base currency and USD have 8 decimals. */
export interface RehearsalReport {
  readonly market: string
  readonly chainId: number
  readonly block: { readonly number: string; readonly hash: string; readonly timestamp: number }
  readonly minUsd: string
  readonly accounts: number
  readonly ok: number
  readonly refused: readonly Count[]
  readonly failed: readonly Count[]
  /** No price of their own brings them under: nothing is said of them. */
  readonly unmoved: number
  /** Worth more than `minUsd` and not liquidated, the largest first. */
  readonly stuck: readonly Stuck[]
  readonly unserved: readonly Unserved[]
  /** Of those that were liquidated, USD with 8 decimals, before gas. */
  readonly profit: Distribution | null
  readonly gas: Distribution | null
  readonly differences: Differences
}

/** Counts of executions. */
export interface Differences {
  /** Whose profit is not the simulated one, to the smallest unit. */
  readonly profit: number
  /** Whose profit is not the planned one: mirror and quotes, a block earlier. */
  readonly planned: number
  /** USD with 8 decimals: the most that any of these earned more or less than planned. */
  readonly plannedMostUsd8: string
  /** Whose seizure or debt covered is not the mirror's. */
  readonly amounts: number
  /** The assets of all these plans, most frequent first. */
  readonly assets: readonly string[]
  /** Which took more gas than planned for. */
  readonly gas: number
}

export interface Count {
  readonly reason: string
  readonly count: number
  readonly debtBase: string
}

export interface Stuck {
  readonly address: Address
  readonly debtBase: string
  readonly outcome: string
  readonly reason: string
  readonly detail: string
  readonly pair: string
}

export interface Unserved {
  readonly collateral: string
  readonly debt: string
  readonly accounts: number
}

export interface Distribution {
  readonly count: number
  readonly p10: string
  readonly p50: string
  readonly p90: string
  readonly total: string
  /** From each bound up to the next one; the last is open. Without empty ones at either end. */
  readonly bins: readonly Bin[]
}

export interface Bin {
  readonly from: string
  readonly count: number
}

export interface ReportInput {
  readonly market: string
  readonly chainId: number
  readonly block: Header
  readonly minUsd8: bigint
  readonly reserves: readonly ReserveView[]
  readonly results: readonly AccountResult[]
}

export function buildRehearsalReport({ results, ...about }: ReportInput): RehearsalReport {
  const { number, hash, timestamp } = about.block
  const ended = (outcome: AccountResult['outcome']): readonly AccountResult[] =>
    results.filter((result) => result.outcome === outcome)
  const executed = ended('ok').flatMap(({ attempts }) => attempts.at(-1) ?? [])
  return {
    market: about.market,
    chainId: about.chainId,
    block: { number: String(number), hash, timestamp: Number(timestamp) },
    minUsd: String(about.minUsd8),
    accounts: results.length,
    ok: executed.length,
    refused: countsOf(ended('refused')),
    failed: countsOf(ended('failed')),
    unmoved: ended('unmoved').length,
    stuck: stuckOf(results, about),
    unserved: unservedOf(results, about.reserves),
    profit: distributionOf(
      executed.map(({ executed: e }) => BigInt(e?.profitUsd8 ?? 0)),
      PROFIT_BOUNDS_USD8,
    ),
    gas: distributionOf(
      executed.map(({ executed: e }) => BigInt(e?.gas ?? 0)),
      GAS_BOUNDS,
    ),
    differences: differencesOf(executed, about.reserves),
  }
}

const lastOf = ({ attempts }: AccountResult): Attempt | undefined => attempts.at(-1)

function countsOf(results: readonly AccountResult[]): Count[] {
  const found = new Map<string, { count: number; debt: bigint }>()
  for (const result of results) {
    const reason = lastOf(result)?.reason ?? 'unknown'
    const { count, debt } = found.get(reason) ?? { count: 0, debt: 0n }
    found.set(reason, { count: count + 1, debt: debt + BigInt(result.debtBase) })
  }
  return [...found]
    .map(([reason, { count, debt }]) => ({ reason, count, debtBase: String(debt) }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))
}

const symbolIn = (reserves: readonly ReserveView[], asset: Address): string =>
  reserves.find((reserve) => reserve.asset === asset)?.symbol ?? asset

function stuckOf(
  results: readonly AccountResult[],
  { minUsd8, reserves }: Pick<ReportInput, 'minUsd8' | 'reserves'>,
): Stuck[] {
  return results
    .filter(({ outcome, debtBase }) => outcome !== 'ok' && outcome !== 'unmoved' && BigInt(debtBase) > minUsd8)
    .map((result) => {
      const last = lastOf(result)
      const pair = last?.pair
      return {
        address: getAddress(result.address),
        debtBase: result.debtBase,
        outcome: result.outcome,
        reason: last?.reason ?? 'unknown',
        detail: last?.detail ?? '',
        pair: pair ? `${symbolIn(reserves, pair.collateralAsset)} for ${symbolIn(reserves, pair.debtAsset)}` : '–',
      }
    })
    .sort((a, b) => Number(BigInt(b.debtBase) - BigInt(a.debtBase)) || (a.address < b.address ? -1 : 1))
}

/** Pairs that no venue quotes, by how many accounts hold them. */
function unservedOf(results: readonly AccountResult[], reserves: readonly ReserveView[]): Unserved[] {
  const found = new Map<string, number>()
  for (const { attempts } of results) {
    const pairs = attempts.flatMap(({ unserved }) => unserved)
    for (const key of new Set(pairs.map(({ collateralAsset, debtAsset }) => `${collateralAsset} ${debtAsset}`)))
      found.set(key, (found.get(key) ?? 0) + 1)
  }
  return [...found]
    .map(([key, accounts]) => {
      const [collateral = '', debt = ''] = key.split(' ')
      return {
        collateral: symbolIn(reserves, collateral as Address),
        debt: symbolIn(reserves, debt as Address),
        accounts,
      }
    })
    .sort((a, b) => b.accounts - a.accounts || (a.collateral + a.debt < b.collateral + b.debt ? -1 : 1))
}

function differencesOf(executed: readonly Attempt[], reserves: readonly ReserveView[]): Differences {
  const differs = (name: keyof Amounts) => (attempt: Attempt) => attempt.executed?.[name] !== attempt.predicted?.[name]
  const planned = executed.filter(differs('profit'))
  const amounts = executed.filter((attempt) => differs('debtCovered')(attempt) || differs('collateralSeized')(attempt))
  const most = planned
    .map((attempt) => BigInt(attempt.executed?.profitUsd8 ?? 0) - plannedUsd8(attempt))
    .reduce((high, gap) => max(high, abs(gap)), 0n)
  return {
    profit: executed.filter(({ executed: e, simulatedProfit }) => e?.profit !== simulatedProfit).length,
    planned: planned.length,
    plannedMostUsd8: String(most),
    amounts: amounts.length,
    assets: assetsOf([...new Set([...planned, ...amounts])], reserves),
    gas: executed.filter(({ executed: e, predicted: p }) => BigInt(e?.gas ?? 0) > BigInt(p?.gas ?? 0)).length,
  }
}

const abs = (value: bigint): bigint => (value < 0n ? -value : value)
const plannedUsd8 = ({ predicted }: Attempt): bigint => BigInt(predicted?.profitUsd8 ?? 0)

function assetsOf(attempts: readonly Attempt[], reserves: readonly ReserveView[]): string[] {
  const symbols = attempts.flatMap(({ pair }) =>
    pair ? [symbolIn(reserves, pair.collateralAsset), symbolIn(reserves, pair.debtAsset)] : [],
  )
  return [...Map.groupBy(symbols, (symbol) => symbol)]
    .sort(([a, those], [b, others]) => others.length - those.length || (a < b ? -1 : 1))
    .map(([symbol]) => symbol)
}

const USD8 = 10n ** 8n
/** Half decades: 0, 1, 3, 10, 30 … to thirty million dollars. */
const PROFIT_BOUNDS_USD8 = [
  0n,
  ...Array.from({ length: 8 }, (_, i) => [1n, 3n].map((n) => n * 10n ** BigInt(i) * USD8)).flat(),
]
/** Up to what one transaction may have (EIP-7825). */
const GAS_BOUNDS = Array.from({ length: 336 }, (_, i) => BigInt(i) * 50_000n)

/** Nearest rank; null of nothing. */
function distributionOf(values: readonly bigint[], bounds: readonly bigint[]): Distribution | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const ranks = sorted.map((_, i) => i)
  const at = (percent: number): string => String(sorted[percentileNearestRank(ranks, percent) ?? 0])
  const total = values.reduce((sum, value) => sum + value, 0n)
  return {
    count: values.length,
    p10: at(10),
    p50: at(50),
    p90: at(90),
    total: String(total),
    bins: binsOf(sorted, bounds),
  }
}

/** `bounds` in order; what is below the first one counts there. */
function binsOf(values: readonly bigint[], bounds: readonly bigint[]): Bin[] {
  const places = values.map((value) =>
    Math.max(
      0,
      bounds.findLastIndex((bound) => bound <= value),
    ),
  )
  const first = places.reduce((low, place) => Math.min(low, place), bounds.length)
  const last = places.reduce((high, place) => Math.max(high, place), 0)
  return bounds
    .slice(first, last + 1)
    .map((bound, i) => ({ from: String(bound), count: places.filter((place) => place === first + i).length }))
}
