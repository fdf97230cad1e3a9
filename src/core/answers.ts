/**
 * What Plimsoll answers in JSON (HTTP, `--json`): the outside contract. Integers of the chain are decimal strings (base
 * currency with 8 decimals, health with 18), times are Unix seconds of the chain, addresses are checksummed.
 */
import type { JournalEntry } from './ports.ts'

export const SCHEMA_VERSION = 1

export interface BlockRef {
  readonly number: string
  readonly hash: string
  readonly timestamp: number
}

export interface ChainStatus {
  readonly name: string
  readonly chainId: number
  readonly head: BlockRef | null
  readonly lagBlocks: number
  readonly ready: boolean
  readonly rpc: { readonly total: number; readonly perBlockP50: number; readonly perBlockMax: number }
}

export interface MarketStatus {
  readonly market: string
  readonly chainId: number
  readonly revision: number
  readonly rules: string | null
  readonly accounts: number
  readonly liquidatable: number
  readonly quarantined: boolean
  readonly quarantineReason: string | null
  /** Compared with the chain and equal since the start, the last upgrade, the last new reading: before that nothing is sent. */
  readonly proven: boolean
  /** How often it was read anew because it differed from the chain, since the start. */
  readonly resyncs: number
  readonly audit: { readonly block: string; readonly checked: number; readonly mismatched: number } | null
}

export interface Status {
  readonly version: string
  readonly mode: string
  readonly paused: boolean
  readonly chains: readonly ChainStatus[]
  readonly markets: readonly MarketStatus[]
}

export interface LiquidationPrice {
  readonly asset: string
  readonly price: string
}

export interface AccountRow {
  readonly market: string
  readonly chainId: number
  readonly address: string
  readonly eMode: number
  readonly collateralBase: string
  readonly debtBase: string
  readonly healthFactor: string | null
  readonly liquidatable: boolean
  readonly distancePct: number | null
  readonly liquidationPrice: LiquidationPrice | null
  readonly timeToLiquidationS: number | null
  readonly source: 'mirror' | 'chain'
}

export const ACCOUNT_SORTS = ['health', 'distance', 'debt', 'time'] as const
export type AccountSort = (typeof ACCOUNT_SORTS)[number]

export interface AccountsQuery {
  readonly market: string | undefined
  /** Health with up to 18 decimals, as a wad. */
  readonly belowWad: bigint | undefined
  readonly sort: AccountSort
  readonly limit: number
  readonly cursor: string | undefined
}

/** On answers whose numbers may be wrong. */
export interface Marked {
  /** True while the market's mirror is not trusted; absent otherwise. */
  readonly quarantined?: boolean | undefined
}

export interface Accounts extends Marked {
  readonly market: string
  readonly block: BlockRef
  readonly next: string | null
  readonly accounts: readonly AccountRow[]
}

export interface HoldingAnswer {
  readonly asset: string
  readonly symbol: string
  readonly decimals: number
  readonly amount: string
  readonly valueBase: string
  readonly price: string
  readonly liquidationThresholdBps: number
  readonly liquidationBonusBps: number
}

export interface SeizureAnswer {
  readonly collateralAsset: string
  readonly debtAsset: string
  readonly debtToCover: string
  readonly debtCovered: string
  readonly collateralSeized: string
  readonly protocolFee: string
  readonly grossBase: string
}

export interface RescueAnswer {
  readonly kind: 'repay' | 'add'
  readonly asset: string
  readonly symbol: string
  readonly decimals: number
  readonly amount: string
  readonly valueBase: string
  readonly healthFactor: string
}

/** All that `explain` prints. */
export interface Explanation extends AccountRow, Marked {
  readonly block: BlockRef
  readonly totalCollateralBase: string
  readonly totalDebtBase: string
  readonly availableBorrowsBase: string
  readonly currentLiquidationThreshold: string
  readonly ltv: string
  readonly collaterals: readonly HoldingAnswer[]
  readonly debts: readonly HoldingAnswer[]
  readonly liquidationPrices: readonly LiquidationPrice[]
  readonly bestLiquidation: SeizureAnswer | null
  readonly refusal: string | null
  readonly rescue: { readonly targetHealth: string; readonly options: readonly RescueAnswer[] }
}

/** One asset's price (8 decimals) before and after a shock. */
export interface MovedPrice {
  readonly asset: string
  readonly symbol: string
  readonly from: string
  readonly to: string
}

export interface ShockAnswer {
  /** As it was asked for: a symbol or an address. */
  readonly asset: string
  /** 18 decimals. */
  readonly factor: string
  /** Every asset priced from the same feed. */
  readonly moved: readonly MovedPrice[]
}

export interface WhatIfRow {
  readonly address: string
  readonly eMode: number
  readonly healthFactor: string | null
  readonly collateralBase: string
  readonly debtBase: string
  readonly seizableBase: string
  readonly badDebtBase: string
  readonly refusal: string | null
}

/** Who is liquidatable at the head if prices moved; `docs/what-if.md` defines every sum. */
export interface WhatIfAnswer {
  readonly market: string
  readonly block: BlockRef
  readonly shocks: readonly ShockAnswer[]
  /** Whose prices: those that the chain's feeds would answer, or each price times its factor. */
  readonly prices: 'chain' | 'scaled'
  readonly liquidatableNow: number
  readonly accounts: number
  readonly collateralAtRisk: string
  readonly seizableOneCall: string
  readonly debtAtRisk: string
  readonly badDebt: string
  readonly top: readonly WhatIfRow[]
}

/** One check of `/readyz`. */
export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

/** What the readers may ask of the running program. Queries return; nothing here changes anything. */
export interface Queries {
  /** The loop of every chain turned lately. */
  alive(): readonly Check[]
  ready(): readonly Check[]
  status(): Status
  /** Undefined: no such market (with `market` unset and several markets, the first). */
  accounts(query: AccountsQuery): Accounts | undefined
  account(market: string, address: string): Explanation | undefined
  markets(): readonly string[]
  journal(query: { after: number; kind?: string | undefined; limit: number }): readonly JournalEntry[]
}
