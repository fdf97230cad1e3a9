import type { Address } from 'viem'

/**
 * What no followed log tells, asked of the node once a bin of the history. Whatever reverts is null: the contract does not have it,
 * or it is not configured.
 */
export interface Extras {
  readonly reserves: readonly ReserveExtras[]
  readonly feeds: readonly FeedExtras[]
  /** Next funding of a GMX v2 market; null: none configured, or it did not answer. */
  readonly funding: NextFunding | null
  /** Of stable coins that a pool trades for another one. */
  readonly twaps: readonly Twap[]
}

/** Mean price in a pool over half an hour, in whole units. */
export interface Twap {
  readonly asset: Address
  readonly quote: Address
  readonly price: number
}

/** Amounts in the asset's smallest unit. */
export interface ReserveExtras {
  readonly asset: Address
  /** Of the aToken and of the debt tokens: all that is supplied and borrowed, interest included. */
  readonly supplied: bigint | null
  readonly borrowed: bigint | null
  /** Optimal usage ratio of the rate strategy, in ray: above it interest climbs steeply. */
  readonly kinkRay: bigint | null
  readonly deficit: bigint | null
  /** Of the asset itself: how much of it there is on this chain. */
  readonly totalSupply: bigint | null
  readonly umbrella: UmbrellaCover | null
}

export interface UmbrellaCover {
  /** `getDeficitOffset`: what the treasury bears before stakers do, in units of the asset. */
  readonly offset: bigint
  /** `getPendingDeficit`: slashed already, and not covered yet. */
  readonly pending: bigint
  /** Stake that may be slashed for this reserve, in base currency (8 decimals). */
  readonly slashableBase: bigint
}

export interface FeedExtras {
  /** The contract that answers for the asset, and the feed it stands on. */
  readonly source: Address
  readonly root: Address
  readonly asset: Address
  /** Of the root's last round. */
  readonly updatedAtS: number | null
  /** Of a capped source: its ratio (or, of a capped stable coin, price) and the most it may be at the block. */
  readonly capped: { readonly ratio: bigint; readonly cap: bigint } | null
}

export interface NextFunding {
  /** 30 decimals. */
  readonly fundingFactorPerSecond: bigint
  readonly longsPayShorts: boolean
}
