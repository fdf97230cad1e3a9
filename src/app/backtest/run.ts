import type { Address, Hex } from 'viem'
import type { RefusalReason } from '../../core/plan.ts'
import type { QuoteOrigin } from '../offline/quotes.ts'

/** What a recording is, as a report says it. */
export interface RecordingFacts {
  /** File name without its folder: the same recording elsewhere gives the same report. */
  readonly file: string
  readonly chain: string
  readonly chainId: number
  readonly blockTimeS: number
  readonly markets: readonly string[]
  /** The first block judged and the last one. */
  readonly fromBlock: bigint
  readonly toBlock: bigint
  readonly fromTimestamp: bigint
  readonly toTimestamp: bigint
  readonly pages: number
  /** Pages whose balances follow from logs alone, without a read. */
  readonly derivedPages: number
  /** Hash-chain link of the last page: names the content. */
  readonly digest: string
}

/** What was assumed; printed with every report. */
export interface BacktestParameters {
  readonly minProfitUsd8: bigint
  /** `null`: no limit. */
  readonly maxDebtUsd8: bigint | null
  readonly slippageBps: number
  /** Blocks between seeing a page and being included. */
  readonly latencyBlocks: number
}

/** A liquidation that the chain says happened, by anybody. */
export interface HappenedRow {
  readonly market: string
  readonly block: bigint
  readonly timestamp: bigint
  readonly tx: Hex
  readonly logIndex: number
  readonly user: Address
  readonly liquidator: Address
  readonly collateralAsset: Address
  readonly collateralSymbol: string
  readonly collateralDecimals: number
  readonly debtAsset: Address
  readonly debtSymbol: string
  readonly debtDecimals: number
  readonly debtCovered: bigint
  readonly collateralSeized: bigint
  /** At the oracle prices of that block. */
  readonly debtUsd8: bigint
  readonly collateralUsd8: bigint
  /** Blocks from the first page of the present unhealthy stretch to the liquidation; 0: it became liquidatable in that very block. `null`: never flagged. */
  readonly leadBlocks: number | null
  readonly missed: MissReason | null
  /** In words, for a missed one. */
  readonly detail: string
}

/** Closed list, published in `docs/backtest.md`. */
export const MISS_REASONS = {
  'unknown-account': 'The mirror did not know the borrower before that block.',
  'no-price': 'An asset of the account had no price, so that its health could not be told.',
  'healthy-before':
    'By the mirror the account was healthy before the liquidation, and at the prices of that block too.',
  'within-block':
    'The account was healthy on the page before, and the recording does not allow to take its last block apart.',
} as const
export type MissReason = keyof typeof MISS_REASONS

/** What we would have done: a plan as the live loop made it, one for each chance (a plan made again while the first is on its way is no row). */
export interface OurRow {
  readonly market: string
  /** The page it was planned on; it would be included from the next block on. */
  readonly block: bigint
  readonly timestamp: bigint
  readonly user: Address
  readonly healthFactor: bigint
  readonly collateralAsset: Address
  readonly collateralSymbol: string
  readonly collateralDecimals: number
  readonly debtAsset: Address
  readonly debtSymbol: string
  readonly debtDecimals: number
  readonly debtToCover: bigint
  readonly debtCovered: bigint
  readonly collateralSeized: bigint
  readonly path: Hex
  readonly minProfit: bigint
  readonly debtUsd8: bigint
  readonly grossUsd8: bigint
  readonly costUsd8: bigint
  readonly netUsd8: bigint
  /** Where its quote came from. */
  readonly quote: QuoteOrigin
  /** Blocks between the account's becoming liquidatable and the block we would land in. */
  readonly latenessBlocks: number
  /** Who liquidated the account next, before it was healthy again, however much later; `null`: nobody. */
  readonly rival: { readonly block: bigint; readonly tx: Hex; readonly liquidator: Address } | null
  readonly executed: ExecutedRow | null
}

/** A plan really executed on a fork, beside what the actual liquidator got. */
export interface ExecutedRow {
  readonly status: 'success' | 'reverted'
  readonly revert: string | null
  /** By the plan: quoted on the page, with the page's prices. */
  readonly plannedProfit: bigint
  /** As the live program asks a node before it signs: in the block being built. 0 when it would revert. */
  readonly predictedProfit: bigint
  readonly profit: bigint
  readonly predictedSeized: bigint
  readonly seized: bigint
  readonly gas: bigint
  readonly gasUsed: bigint
  readonly actual: {
    readonly liquidator: Address
    readonly debtCovered: bigint
    readonly collateralSeized: bigint
    readonly gasUsed: bigint | null
  } | null
}

export interface RefusedRow {
  readonly market: string
  readonly block: bigint
  readonly timestamp: bigint
  readonly user: Address
  readonly reason: RefusalReason
  readonly detail: string
}

/** Everything a backtest found out, in the order of the chain. Reports are made of this and of nothing else. */
export interface BacktestRun {
  readonly recording: RecordingFacts
  readonly parameters: BacktestParameters
  /** From the first block judged to the last, blocks without a page included. */
  readonly blocks: number
  readonly happened: readonly HappenedRow[]
  readonly ours: readonly OurRow[]
  /** The first refusal of each kind in each unhealthy stretch of an account. */
  readonly refused: readonly RefusedRow[]
  readonly assumptions: readonly string[]
}
