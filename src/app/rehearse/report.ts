import { type Address, getAddress } from 'viem'
import type { ReserveView } from '../../core/protocol.ts'
import type { Header } from '../../core/types.ts'
import { percentileNearestRank } from '../backtest/report-figures.ts'
import type { AccountResult, Attempt } from './result.ts'

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
  /** Executions whose profit is not the simulated one, and whose seizure is not the mirror's. */
  readonly differences: { readonly profit: number; readonly seized: number }
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
    profit: distributionOf(executed.map(({ executed: e }) => BigInt(e?.profitUsd8 ?? 0))),
    gas: distributionOf(executed.map(({ executed: e }) => BigInt(e?.gas ?? 0))),
    differences: {
      profit: executed.filter(({ executed: e, simulatedProfit }) => e?.profit !== simulatedProfit).length,
      seized: executed.filter(({ executed: e, predicted: p }) => e?.collateralSeized !== p?.collateralSeized).length,
    },
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
    .sort((a, b) => (BigInt(a.debtBase) > BigInt(b.debtBase) ? -1 : 1))
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

/** Nearest rank; null of nothing. */
function distributionOf(values: readonly bigint[]): Distribution | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const ranks = sorted.map((_, i) => i)
  const at = (percent: number): string => String(sorted[percentileNearestRank(ranks, percent) ?? 0])
  const total = values.reduce((sum, value) => sum + value, 0n)
  return { count: values.length, p10: at(10), p50: at(50), p90: at(90), total: String(total) }
}
