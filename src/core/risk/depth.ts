/**
 * DEX depth: what the pools of a pair pay for a size (row 3 of the risk measures) and the largest size that leaves a
 * liquidator whole (row 4). Amounts are what the contracts would say, to the wei. A float only finds how a size is shared among
 * pools: shares are off by some 1e-15 of a pool's reserves, and what that costs is as small, or smaller.
 *
 * Pools are merged in price order: the next unit goes where it fetches most, the fee taken off. Gas of the further pools is
 * not counted.
 */

import type { Bid, Price, Sold } from '../exchange.ts'
import { mulDivCeil, WAD } from '../math.ts'

/** What is got for a size, and what comes of it. */
export interface Sale {
  readonly amountIn: bigint
  readonly amountOut: bigint
  /** All that was offered was sold. */
  readonly whole: boolean
  /** Float: what the next unit fetches, in raw units. */
  readonly nextPrice: number
}

/** A way to sell: one pool, several at once, or one after the other. */
export type Sell = (amountIn: bigint) => Sale

/** A sale over several pools, and the pools after it. */
export interface Spread {
  readonly amountIn: bigint
  readonly amountOut: bigint
  readonly parts: readonly Sold[]
  readonly after: readonly Bid[]
}

/** An asset's price by the oracle. */
export interface Valued {
  readonly priceUsd8: bigint
  readonly decimals: number
}

/** What one unit of the one is worth in the other by the oracle. */
export const priceOf = (sold: Valued, bought: Valued): Price => ({
  amountOut: sold.priceUsd8 * 10n ** BigInt(bought.decimals),
  amountIn: bought.priceUsd8 * 10n ** BigInt(sold.decimals),
})

/** A price after a fall: by 0.05·10¹⁸ for 5 %. */
export const fallen = ({ amountOut, amountIn }: Price, fallWad: bigint): Price => ({
  amountOut: amountOut * (WAD - fallWad),
  amountIn: amountIn * WAD,
})

/** What the first unit fetches in the best of the pools; undefined without a pool. */
export const bestPrice = (bids: readonly Bid[]): Price | undefined =>
  bids
    .map(({ price }) => price)
    .reduce<Price | undefined>((best, one) => (best && !isMore(one, best) ? best : one), undefined)

const isMore = (a: Price, b: Price): boolean => a.amountOut * b.amountIn > b.amountOut * a.amountIn
const toFloat = ({ amountOut, amountIn }: Price): number => Number(amountOut) / Number(amountIn)

/** Q(δ): everything that can be sold until the next unit fetches less than `price`. */
export const sellTo = (bids: readonly Bid[], price: Price): Spread => spreadOf(bids.map((bid) => bid.sellTo(price)))

/** Sell a size, shared so that the next unit fetches the same in every pool that is used. */
export function sellAcross(bids: readonly Bid[], amountIn: bigint): Spread & Sale {
  const { shares, level } = sharesOf(bids, amountIn)
  const spread = spreadOf(shares.map((share, i) => (bids[i] as Bid).sell(share)))
  return { ...spread, whole: spread.amountIn === amountIn, nextPrice: 1 / level ** 2 }
}

const spreadOf = (parts: readonly Sold[]): Spread => ({
  amountIn: parts.reduce((sum, part) => sum + part.amountIn, 0n),
  amountOut: parts.reduce((sum, part) => sum + part.amountOut, 0n),
  parts,
  after: parts.map((part) => part.after),
})

/** Through a second market with all that the first one pays. What the second cannot take counts as not sold. */
export function through(first: Sell, second: Sell): Sell {
  return (amountIn) => {
    const one = first(amountIn)
    const two = second(one.amountOut)
    return {
      amountIn: one.amountIn,
      amountOut: two.amountOut,
      whole: one.whole && two.whole,
      nextPrice: one.nextPrice * two.nextPrice,
    }
  }
}

/** 1 − what a size fetched over what it is worth at `price`, rounded up: 0.01·10¹⁸ for 1 %. Fees are in it; below 0 where the pools pay more. */
export function slippageWad(size: bigint, amountOut: bigint, price: Price): bigint {
  return WAD - (amountOut * price.amountIn * WAD) / (size * price.amountOut)
}

/** What a seller can bear. */
export interface Margin {
  /** What a unit is worth. */
  readonly price: Price
  /** Part of the worth that may be lost: the bonus. 0.05·10¹⁸ for 5 %. */
  readonly bonusWad: bigint
  /** Cost of the sale whatever its size, in units of what is bought. */
  readonly gas: bigint
}

/**
 * Largest size s with slippage(s) ≤ bonus − gas/s; 0 if there is none. What is left over is concave in s: it rises until the
 * next unit fetches less than its worth without the bonus, and falls from there, so the last size that pays is beyond that
 * point. To the unit: one more does not pay, or is not sold.
 */
export function largestSize(sell: Sell, { price, bonusWad, gas }: Margin): bigint {
  const floor = fallen(price, bonusWad)
  const least = toFloat(floor)
  const pays = (size: bigint): boolean => {
    const { amountOut, whole } = sell(size)
    return whole && amountOut >= gas + mulDivCeil(size, floor.amountOut, floor.amountIn)
  }
  const peak = last(0n, (size) => {
    const { whole, nextPrice } = sell(size)
    return whole && nextPrice >= least
  })
  return pays(peak) ? last(peak, pays) : 0n
}

/** The last size from `from` on for which it holds, if it holds up to there and no further. */
function last(from: bigint, holds: (size: bigint) => boolean): bigint {
  let [low, step] = [from, from === 0n ? 1n : from]
  while (holds(low + step)) {
    low += step
    step *= 2n
  }
  for (let high = low + step; high - low > 1n; ) {
    const middle = (low + high) / 2n
    if (holds(middle)) low = middle
    else high = middle
  }
  return low
}

/**
 * How a size is shared among the pools, and the level (1/√price) of the next unit. What floats leave over goes to the pool with
 * the largest share.
 */
function sharesOf(bids: readonly Bid[], amountIn: bigint): { readonly shares: bigint[]; readonly level: number } {
  const level = levelFor(bids, Number(amountIn))
  if (level === undefined) return { shares: drained(bids, amountIn), level: Number.POSITIVE_INFINITY }
  const floats = bids.map((bid) => bid.soldAt(level))
  let rest = amountIn
  const shares = floats.map((float) => {
    const share = BigInt(Math.floor(float))
    const taken = share < rest ? share : rest
    rest -= taken
    return taken
  })
  const largest = floats.indexOf(Math.max(...floats))
  return { shares: shares.map((share, i) => (i === largest ? share + rest : share)), level }
}

/** Each takes what it can, in turn. */
function drained(bids: readonly Bid[], amountIn: bigint): bigint[] {
  let rest = amountIn
  return bids.map((bid) => {
    const share = bid.sell(rest).amountIn
    rest -= share
    return share
  })
}

/** Of the search: a third of them halve, which is more than the bits of a double. */
const MOST_STEPS = 180

/** The level at which the pools together have taken a size; undefined where all of them do not take it. Regula falsi (Illinois). */
function levelFor(bids: readonly Bid[], size: number): number | undefined {
  const missing = (level: number): number => bids.reduce((sum, bid) => sum + bid.soldAt(level), 0) - size
  if (missing(Number.POSITIVE_INFINITY) < 0) return undefined
  let low = Math.min(...bids.map(({ price }) => 1 / Math.sqrt(toFloat(price))))
  let high = low
  let [under, over] = [-size, -size]
  // Levels of one pool span 2^-64 to 2^64.
  for (let step = 1e-4; over < 0; step *= 2) {
    ;[low, under] = [high, over]
    high = low * (1 + step)
    over = missing(high)
  }
  const near = Math.max(0.5, size * 1e-15)
  for (let side = 0, i = 0; i < MOST_STEPS && high - low > high * 1e-15 && over > near; i++) {
    // Where the pools have gaps the secant creeps: every third step halves.
    const level = i % 3 === 2 ? (low + high) / 2 : low + ((high - low) * under) / (under - over)
    const at = missing(level)
    if (Math.abs(at) <= near) return level
    if (at < 0) {
      ;[low, under] = [level, at]
      if (side === -1) over /= 2
      side = -1
    } else {
      ;[high, over] = [level, at]
      if (side === 1) under /= 2
      side = 1
    }
  }
  return high
}
