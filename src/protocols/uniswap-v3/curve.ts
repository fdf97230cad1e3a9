import { type Stop, stopsOf, type Ticks } from './stops.ts'
import { computeSwapStep, crossing, FEE_UNIT } from './swap-math.ts'
import { getTickAtSqrtRatio, MAX_TICK, MIN_TICK } from './tick-math.ts'

/** What of a pool does not change. */
export interface PoolKey {
  readonly feePips: number
  readonly tickSpacing: number
}

/** Where a pool's price stands. The tick is one below the price's own after a price came down onto a tick and stayed there. */
export interface Spot {
  readonly sqrtPriceX96: bigint
  readonly tick: number
}

export interface Swap extends Spot {
  /** Fee included. */
  readonly amountIn: bigint
  readonly amountOut: bigint
  /** Initialised ticks that were crossed. */
  readonly ticksCrossed: number
}

/** Sums from the first stop to this one, and of the stretch that ends here. */
interface Knot extends Stop {
  readonly liquidity: bigint
  readonly amountIn: bigint
  readonly amountOut: bigint
  readonly crossed: number
}

const Q96 = 2 ** 96

/**
 * One direction of one pool, whatever its price: every stop of `UniswapV3Pool.swap`, and what it takes and gives to get from
 * one to the next. Valid until liquidity is added or removed.
 *
 * Exact because of how the contract rounds: a stretch is crossed if and only if what is left of the input is at least the
 * amount and fee that it then takes, so a swap over many stretches is a search in their running sums, and one step of
 * `SwapMath` at either end.
 */
export class Curve {
  readonly zeroForOne: boolean
  readonly feePips: bigint
  readonly #knots: readonly Knot[]
  /** Where to look up a tick: rising in walking order. */
  readonly #ranks: Int32Array
  readonly #key: PoolKey
  readonly #ticks: Ticks
  #reversed: Curve | undefined
  #floats: { readonly levels: Float64Array; readonly sums: Float64Array; readonly slopes: Float64Array } | undefined

  constructor(zeroForOne: boolean, key: PoolKey, ticks: Ticks) {
    const { feePips, tickSpacing } = key
    this.zeroForOne = zeroForOne
    this.feePips = BigInt(feePips)
    this.#key = key
    this.#ticks = ticks
    this.#knots = knotsOf(stopsOf(zeroForOne, tickSpacing, ticks), zeroForOne, this.feePips, ticks)
    this.#ranks = Int32Array.from(this.#knots, ({ tick }) => (zeroForOne ? -tick : tick))
  }

  /** The other direction; made when somebody asks. */
  get reversed(): Curve {
    if (this.#reversed === undefined) {
      this.#reversed = new Curve(!this.zeroForOne, this.#key, this.#ticks)
      this.#reversed.#reversed = this
    }
    return this.#reversed
  }

  /** Liquidity between the stops around `tick`: `UniswapV3Pool.liquidity`. */
  liquidityAt(tick: number): bigint {
    return this.#knot(this.#next(tick)).liquidity
  }

  /**
   * `UniswapV3Pool.swap` of a given input. Less is used where the pool is drained or the price limit reached; nothing where
   * the limit is not ahead of the price (the contract refuses that). `amountIn` is below 2^255.
   */
  swap(from: Spot, amountIn: bigint, sqrtPriceLimitX96?: bigint): Swap {
    const limitX96 = sqrtPriceLimitX96 ?? this.#knot(this.#knots.length - 1).sqrtPriceX96
    if (amountIn === 0n || !this.#isBeyond(limitX96, from.sqrtPriceX96))
      return { sqrtPriceX96: from.sqrtPriceX96, tick: from.tick, amountIn: 0n, amountOut: 0n, ticksCrossed: 0 }
    const first = this.#next(from.tick)
    const { sqrtPriceX96: targetX96, liquidity, amountIn: sumIn, amountOut: sumOut } = this.#knot(first)
    if (this.#isBeyond(targetX96, limitX96)) return this.#partly(from, first, amountIn, limitX96)
    const whole = crossing({ currentX96: from.sqrtPriceX96, targetX96, liquidity, feePips: this.feePips })
    if (amountIn < whole.amountIn) return this.#partly(from, first, amountIn, targetX96)
    // Reached: the last stop whose sum the rest pays for, and of stops of one sum the first, as nothing is left to go on.
    const rest = sumIn + amountIn - whole.amountIn
    const bound = this.#firstBeyond(limitX96, first)
    const paid = this.#firstPaying(rest, first, bound)
    const last = paid < bound && this.#knot(paid).amountIn === rest ? paid : paid - 1
    const reached = this.#knot(last)
    const at: Swap = {
      ...this.#spotAt(last),
      amountIn: whole.amountIn + reached.amountIn - sumIn,
      amountOut: whole.amountOut + reached.amountOut - sumOut,
      ticksCrossed: reached.crossed - (first === 0 ? 0 : this.#knot(first - 1).crossed),
    }
    if (last + 1 >= this.#knots.length || reached.sqrtPriceX96 === limitX96 || at.amountIn === amountIn) return at
    const { sqrtPriceX96: nextX96 } = this.#knot(last + 1)
    const end = this.#partly(
      at,
      last + 1,
      amountIn - at.amountIn,
      this.#isBeyond(nextX96, limitX96) ? limitX96 : nextX96,
    )
    return {
      ...end,
      amountIn: at.amountIn + end.amountIn,
      amountOut: at.amountOut + end.amountOut,
      ticksCrossed: at.ticksCrossed,
    }
  }

  /**
   * Float: input, fee included, between the first stop and the level, which is 1/√price downwards and √price upwards, in raw
   * units: a straight line between two stops, and no more beyond the last one.
   */
  sumAt(level: number): number {
    const { levels, sums, slopes } = this.#asFloats()
    const next = lowerBound(0, levels.length - 1, (i) => (levels[i] as number) >= level)
    const short = Math.max(0, (levels[next] as number) - level)
    return (sums[next] as number) - short * (slopes[next] as number)
  }

  levelOf(sqrtPriceX96: bigint): number {
    const root = Number(sqrtPriceX96) / Q96
    return this.zeroForOne ? 1 / root : root
  }

  #asFloats() {
    this.#floats ??= {
      levels: Float64Array.from(this.#knots, ({ sqrtPriceX96 }) => this.levelOf(sqrtPriceX96)),
      sums: Float64Array.from(this.#knots, ({ amountIn }) => Number(amountIn)),
      slopes: Float64Array.from(
        this.#knots,
        ({ liquidity }) => (Number(liquidity) * Number(FEE_UNIT)) / Number(FEE_UNIT - this.feePips),
      ),
    }
    return this.#floats
  }

  /** One step that does not get across a stop. */
  #partly(from: Spot, knot: number, amountRemaining: bigint, targetX96: bigint): Swap {
    const { liquidity } = this.#knot(knot)
    const stretch = { currentX96: from.sqrtPriceX96, targetX96, liquidity, feePips: this.feePips }
    const { sqrtRatioNextX96, amountIn, amountOut, feeAmount } = computeSwapStep(stretch, amountRemaining)
    const tick = sqrtRatioNextX96 === from.sqrtPriceX96 ? from.tick : getTickAtSqrtRatio(sqrtRatioNextX96)
    return { sqrtPriceX96: sqrtRatioNextX96, tick, amountIn: amountIn + feeAmount, amountOut, ticksCrossed: 0 }
  }

  /** The spot after a swap that ends exactly there. */
  #spotAt(knot: number): Spot {
    const { sqrtPriceX96, tick } = this.#knot(knot)
    if (knot === this.#knots.length - 1) return { sqrtPriceX96, tick: getTickAtSqrtRatio(sqrtPriceX96) }
    return { sqrtPriceX96, tick: this.zeroForOne ? tick - 1 : tick }
  }

  /** The stop that a swap from `tick` comes to first: downwards at or below it, upwards above. */
  #next(tick: number): number {
    const rank = this.zeroForOne ? -tick : tick + 1
    return lowerBound(0, this.#ranks.length - 1, (i) => (this.#ranks[i] as number) >= rank)
  }

  #firstBeyond(limitX96: bigint, from: number): number {
    return lowerBound(from, this.#knots.length, (i) => this.#isBeyond(this.#knot(i).sqrtPriceX96, limitX96))
  }

  #firstPaying(sum: bigint, from: number, to: number): number {
    return lowerBound(from, to, (i) => this.#knot(i).amountIn >= sum)
  }

  #isBeyond(priceX96: bigint, thanX96: bigint): boolean {
    return this.zeroForOne ? priceX96 < thanX96 : priceX96 > thanX96
  }

  #knot(i: number): Knot {
    return this.#knots[i] as Knot
  }
}

function knotsOf(stops: readonly Stop[], zeroForOne: boolean, feePips: bigint, ticks: Ticks): Knot[] {
  // Before the first stop: at MIN_TICK and MAX_TICK there is none, but a position may begin or end there.
  let liquidity = liquidityBelow(ticks, zeroForOne ? MAX_TICK : MIN_TICK + 1)
  let [amountIn, amountOut, crossed] = [0n, 0n, 0]
  let currentX96: bigint | undefined
  return stops.map((stop) => {
    if (currentX96 !== undefined) {
      const whole = crossing({ currentX96, targetX96: stop.sqrtPriceX96, liquidity, feePips })
      amountIn += whole.amountIn
      amountOut += whole.amountOut
    }
    currentX96 = stop.sqrtPriceX96
    if (stop.liquidityNet !== undefined) crossed++
    const knot = { ...stop, liquidity, amountIn, amountOut, crossed }
    liquidity += zeroForOne ? -(stop.liquidityNet ?? 0n) : (stop.liquidityNet ?? 0n)
    return knot
  })
}

/** Of the price just below a tick. */
const liquidityBelow = ({ index, liquidityNet }: Ticks, tick: number): bigint =>
  liquidityNet.reduce((sum, net, i) => ((index[i] as number) < tick ? sum + net : sum), 0n)

/** The first of `from` to `to` for which `holds`, or `to`; it holds for all after the first. */
function lowerBound(from: number, to: number, holds: (i: number) => boolean): number {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
