import { sqrtFloor } from '../../src/core/math.ts'
import { priceOf } from '../../src/core/risk/depth.ts'

const q192 = 2n ** 192n

/** A token's price and scale: enough to say what one raw unit is worth. */
export interface Priced {
  readonly priceUsd8: bigint
  readonly decimals: number
}

/** sqrt(token1 per token0) as a Q64.96, as in the pool's slot0. */
export function sqrtPriceX96(token0: Priced, token1: Priced): bigint {
  const { amountOut, amountIn } = priceOf(token0, token1)
  return sqrtFloor((amountOut * q192) / amountIn)
}

/** The range of usable ticks that reaches `width` (0.1 is ten per cent) to both sides of a price. */
export function tickRange(sqrtX96: bigint, width: number, spacing: number): { lower: number; upper: number } {
  const tick = (2 * Math.log(Number(sqrtX96) / 2 ** 96)) / Math.log(1.0001)
  const reach = Math.log(1 + width) / Math.log(1.0001)
  return {
    lower: Math.floor((tick - reach) / spacing) * spacing,
    upper: Math.ceil((tick + reach) / spacing) * spacing,
  }
}

/** Raw units of a token worth an amount of dollars. */
export function unitsOf(usd: number, token: Priced): bigint {
  return (BigInt(Math.round(usd * 1e8)) * 10n ** BigInt(token.decimals)) / token.priceUsd8
}
