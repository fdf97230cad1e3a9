/**
 * `libraries/SqrtPriceMath.sol` of v3-core 1.0.1: what a swap with a given input needs. The contract's words are 256 bits
 * wide, and one of its branches is taken because of that; the rest never comes near the edge.
 */
import { mulDivCeil } from '../../core/math.ts'

const UINT256_LIMIT = 1n << 256n
const RESOLUTION = 96n
const Q96 = 1n << RESOLUTION

/** FullMath.mulDivRoundingUp and UnsafeMath.divRoundingUp are one in integers without an edge. */
const divRoundingUp = (a: bigint, b: bigint): bigint => (a + b - 1n) / b

function getNextSqrtPriceFromAmount0RoundingUp(sqrtPX96: bigint, liquidity: bigint, amount: bigint): bigint {
  if (amount === 0n) return sqrtPX96
  const numerator1 = liquidity << RESOLUTION
  const product = amount * sqrtPX96
  // Where the product or the sum overflows, the contract divides first and loses digits.
  if (numerator1 + product < UINT256_LIMIT) return mulDivCeil(numerator1, sqrtPX96, numerator1 + product)
  return divRoundingUp(numerator1, numerator1 / sqrtPX96 + amount)
}

function getNextSqrtPriceFromAmount1RoundingDown(sqrtPX96: bigint, liquidity: bigint, amount: bigint): bigint {
  return sqrtPX96 + (amount << RESOLUTION) / liquidity
}

/** Price after adding the input; rounded so that the target is not passed. */
export const getNextSqrtPriceFromInput = (
  sqrtPX96: bigint,
  liquidity: bigint,
  amountIn: bigint,
  zeroForOne: boolean,
): bigint =>
  zeroForOne
    ? getNextSqrtPriceFromAmount0RoundingUp(sqrtPX96, liquidity, amountIn)
    : getNextSqrtPriceFromAmount1RoundingDown(sqrtPX96, liquidity, amountIn)

/** token0 between two prices, lower one first. */
export function getAmount0Delta(lowerX96: bigint, upperX96: bigint, liquidity: bigint, roundUp: boolean): bigint {
  const numerator1 = liquidity << RESOLUTION
  const numerator2 = upperX96 - lowerX96
  return roundUp
    ? divRoundingUp(mulDivCeil(numerator1, numerator2, upperX96), lowerX96)
    : (numerator1 * numerator2) / upperX96 / lowerX96
}

/** token1 between two prices, lower one first. */
export function getAmount1Delta(lowerX96: bigint, upperX96: bigint, liquidity: bigint, roundUp: boolean): bigint {
  const product = liquidity * (upperX96 - lowerX96)
  return roundUp ? divRoundingUp(product, Q96) : product >> RESOLUTION
}
