import type { Address } from 'viem'
import type { Ledger } from './ledger.ts'
import type { Mismatch } from './protocol.ts'
import type { Call, Facts, LogFilter, Read } from './types.ts'

/** The pools of one kind of exchange. Pure: no I/O, no clock. Members in the order the data meets them. */
export interface Exchange {
  readonly name: string
  /** Logs to follow; one that is not named here changes nothing that is mirrored. */
  readonly filters: readonly LogFilter[]
  /** Calls whose answers the page still lacks, asked in rounds until none is left. The page so far is in the ledger. */
  reads(ledger: Ledger): readonly Call[]
  /** Write one page into the ledger. */
  apply(facts: Facts, ledger: Ledger): void
  /** Every pool that can be traded in, in the order given. */
  pools(ledger: Ledger): readonly PoolView[]
  /** What each pool of the pair pays for `assetIn`, in the order given. */
  bids(ledger: Ledger, assetIn: Address, assetOut: Address): readonly Bid[]
  /** Calls that ask the chain about everything that is mirrored of a pool, and how to compare some of its answers. */
  readonly audit: {
    /** What every swap changes, of every pool: few calls, which miss no trade. */
    spots(ledger: Ledger): readonly Call[]
    calls(ledger: Ledger, pool: Address): readonly Call[]
    compare(ledger: Ledger, answers: readonly Read[]): readonly Mismatch[]
  }
}

export interface PoolView {
  readonly pool: Address
  readonly assets: readonly [Address, Address]
  /** Hundredths of a basis point of what is sold. */
  readonly feePips: number
}

/** So many units of what is bought for so many of what is sold, both the smallest there are. */
export interface Price {
  readonly amountOut: bigint
  readonly amountIn: bigint
}

/** What one pool pays for one of its assets, at one moment. A value: selling makes another one. */
export interface Bid {
  readonly pool: Address
  readonly feePips: number
  /** What the next unit fetches, the fee taken off. */
  readonly price: Price
  /** The same pool at the same moment, for who sells the other asset. */
  readonly reversed: Bid
  /** Sell so much, as far as there is liquidity. To the wei what the contract would say. */
  sell(amountIn: bigint): Sold
  /** Sell until the next unit would fetch less than `price`, the fee taken off. To the wei. */
  sellTo(price: Price): Sold
  /**
   * Float: units that are sold, fee included, when the next one fetches 1/`level`², in raw units. Screens only: it finds
   * the shares of several pools, each of which is then asked exactly.
   */
  soldAt(level: number): number
}

/** A swap that a pool would make. */
export interface Sold {
  /** Fee included; less than what was offered where the pool is drained, or the price reached. */
  readonly amountIn: bigint
  readonly amountOut: bigint
  /** Where liquidity changed on the way. */
  readonly ticksCrossed: number
  /** The pool's own word for its price afterwards. */
  readonly sqrtPriceX96: bigint
  readonly tick: number
  /** The pool after it. */
  readonly after: Bid
}
