import type { Spot, Swap } from '../../../src/protocols/uniswap-v3/curve.ts'
import type { Ticks } from '../../../src/protocols/uniswap-v3/stops.ts'
import { computeSwapStep } from '../../../src/protocols/uniswap-v3/swap-math.ts'
import {
  getSqrtRatioAtTick,
  getTickAtSqrtRatio,
  MAX_SQRT_RATIO,
  MAX_TICK,
  MIN_SQRT_RATIO,
  MIN_TICK,
} from '../../../src/protocols/uniswap-v3/tick-math.ts'

export interface Pool extends Spot {
  readonly feePips: number
  readonly tickSpacing: number
  readonly ticks: Ticks
}

/** Σ liquidityNet of the ticks at or below one. */
export const liquidityAt = ({ index, liquidityNet }: Ticks, tick: number): bigint =>
  liquidityNet.reduce((sum, net, i) => ((index[i] as number) <= tick ? sum + net : sum), 0n)

/** `UniswapV3Pool.swap` of a given input, step by step as the contract walks: what the curve's sums must equal. */
export function walk(pool: Pool, zeroForOne: boolean, amountSpecified: bigint, sqrtPriceLimitX96?: bigint): Swap {
  const limit = sqrtPriceLimitX96 ?? (zeroForOne ? MIN_SQRT_RATIO + 1n : MAX_SQRT_RATIO - 1n)
  const netOf = new Map(pool.ticks.index.map((tick, i) => [tick, pool.ticks.liquidityNet[i] as bigint]))
  let { sqrtPriceX96, tick } = pool
  let liquidity = liquidityAt(pool.ticks, tick)
  let [remaining, amountOut, ticksCrossed] = [amountSpecified, 0n, 0]
  while (remaining !== 0n && sqrtPriceX96 !== limit) {
    const startX96 = sqrtPriceX96
    const found = nextInitializedTickWithinOneWord(netOf, tick, pool.tickSpacing, zeroForOne)
    const tickNext = Math.max(MIN_TICK, Math.min(MAX_TICK, found.next))
    const nextX96 = getSqrtRatioAtTick(tickNext)
    const targetX96 = (zeroForOne ? nextX96 < limit : nextX96 > limit) ? limit : nextX96
    const step = computeSwapStep(
      { currentX96: sqrtPriceX96, targetX96, liquidity, feePips: BigInt(pool.feePips) },
      remaining,
    )
    sqrtPriceX96 = step.sqrtRatioNextX96
    remaining -= step.amountIn + step.feeAmount
    amountOut += step.amountOut
    if (sqrtPriceX96 === nextX96) {
      if (found.initialized) {
        const net = netOf.get(tickNext) as bigint
        liquidity += zeroForOne ? -net : net
        ticksCrossed++
      }
      tick = zeroForOne ? tickNext - 1 : tickNext
    } else if (sqrtPriceX96 !== startX96) tick = getTickAtSqrtRatio(sqrtPriceX96)
  }
  return { sqrtPriceX96, tick, amountIn: amountSpecified - remaining, amountOut, ticksCrossed }
}

function nextInitializedTickWithinOneWord(
  netOf: ReadonlyMap<number, bigint>,
  tick: number,
  tickSpacing: number,
  lte: boolean,
): { readonly next: number; readonly initialized: boolean } {
  let compressed = Math.floor(tick / tickSpacing)
  if (lte) {
    for (; ; compressed--) {
      const next = compressed * tickSpacing
      if (netOf.has(next)) return { next, initialized: true }
      if ((compressed & 255) === 0) return { next, initialized: false }
    }
  }
  for (compressed++; ; compressed++) {
    const next = compressed * tickSpacing
    if (netOf.has(next)) return { next, initialized: true }
    if ((compressed & 255) === 255) return { next, initialized: false }
  }
}
