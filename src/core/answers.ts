/**
 * What Plimsoll answers in JSON (HTTP, `--json`): the outside contract. Integers of the chain are decimal strings (base
 * currency with 8 decimals, health with 18), times are Unix seconds of the chain, addresses are checksummed.
 */
import type { JournalEntry } from './journal.ts'
import type { RescueObstacle, RescueStep } from './rescue.ts'

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
  /** In force: people may lower it. */
  readonly mode: string
  /** The most that configuration and flag allow. */
  readonly configuredMode: string
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
  /** Of `chain`: the block at which it was asked, at or below that of the page. */
  readonly asOfBlock?: string | undefined
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
  /** "0": one call. */
  readonly firstCover: string
  readonly debtCovered: string
  readonly collateralSeized: string
  readonly protocolFee: string
  readonly grossBase: string
}

/** One transaction of a rescue, ready to sign. */
export interface RescueCall {
  readonly to: string
  readonly data: string
  readonly what: RescueStep
}

/** A way out as it is told to its owner: everything that the wallet needs. Integers of the chain are decimal strings. */
export interface RescueOption extends RescueAnswer {
  /** What the wallet holds of the asset; null: not needed. */
  readonly inWallet: string | null
  /** In order, from the owner's own address. Empty when there is an obstacle. */
  readonly calls: readonly RescueCall[]
}

/** What a liquidation would take from the owner now. */
export interface LiquidationCost {
  readonly collateralAsset: string
  readonly symbol: string
  /** Debt covered and collateral taken, base currency; the difference is what it costs. */
  readonly debtBase: string
  readonly seizedBase: string
  readonly costBase: string
}

/** What an owner is told: how the position stands, what would happen, and the ways out, cheapest first. */
export interface Advice extends Marked {
  readonly row: AccountRow
  readonly block: BlockRef
  /** Chain time for which amounts and healths below hold to the wei: the next block's. */
  readonly timestamp: number
  /** 18 decimals. */
  readonly targetHealth: string
  readonly options: readonly RescueOption[]
  /** At today's prices and health just below 1; null when no call would be allowed. */
  readonly liquidation: LiquidationCost | null
  /** Of the address on the chain's explorer; null: none is known. */
  readonly explorerUrl: string | null
}

export interface RescueAnswer {
  /** `sell`: give up collateral for the debt, through a venue or, where both are one asset, in the pool itself. */
  readonly kind: 'repay' | 'add' | 'sell'
  readonly asset: string
  readonly symbol: string
  readonly decimals: number
  readonly amount: string
  readonly valueBase: string
  readonly healthFactor: string
  /** Of `sell`: what is repaid, and the least that the sale brings. */
  readonly repays: {
    readonly asset: string
    readonly symbol: string
    readonly decimals: number
    readonly amount: string
  } | null
  /** What taking it costs beside the amount itself (swap), base currency; "0" for none. */
  readonly costBase: string
  readonly obstacle: RescueObstacle | null
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
  /** At the block's own time and oracle prices: neither wallet, caps nor venues were asked (see `Advice`). */
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

export interface BalanceAnswer {
  readonly chain: string
  readonly address: string
  readonly wei: string
  readonly symbol: string
  readonly isLow: boolean
}

export interface GasAnswer {
  readonly chain: string
  readonly block: string
  readonly baseFeeWei: string
  readonly priorityFeeWei: string
}

export interface RpcAnswer {
  readonly chain: string
  /** Host only: never a path or a key. */
  readonly host: string
  readonly ok: boolean
  readonly lagBlocks: number
  readonly lastError: string | null
  readonly requestsToday: number
}

/** Why an account is, or is not, being liquidated: one answer a market that knows it. */
export interface WhyAnswer {
  readonly market: string
  readonly chainId: number
  readonly block: BlockRef
  readonly row: AccountRow
  /** What holds everybody back: mode, pause, quarantine, missing proof. A refusal's reason, or `mode-watch`. */
  readonly heldBackBy: string | null
  /** What the journal last said of it. */
  readonly last: JournalEntry | null
}

/** A day in figures, of one market. */
export interface SummaryDay {
  /** `2026-11-26` in the alerts' time zone. */
  readonly day: string
  readonly market: string
  readonly liquidations: number
  readonly lost: number
  readonly profitUsd8: string
  readonly feeWei: string
  /** Refusals by reason. */
  readonly refused: Readonly<Record<string, number>>
}
