/** `libraries/SwapMath.sol` of v3-core 1.0.1, for a given input. */
import { mulDivCeil, mulDivFloor } from '../../core/math.ts'
import { getAmount0Delta, getAmount1Delta, getNextSqrtPriceFromInput } from './sqrt-price-math.ts'

/** Fees are in hundredths of a basis point of the input. */
export const FEE_UNIT = 1_000_000n

/** A stretch of constant liquidity, walked from `currentX96` to `targetX96`. */
export interface Stretch {
  readonly currentX96: bigint
  readonly targetX96: bigint
  readonly liquidity: bigint
  readonly feePips: bigint
}

export interface Step {
  readonly sqrtRatioNextX96: bigint
  readonly amountIn: bigint
  readonly amountOut: bigint
  readonly feeAmount: bigint
}

/** SwapMath.computeSwapStep with `amountRemaining` ≥ 0. */
export function computeSwapStep(stretch: Stretch, amountRemaining: bigint): Step {
  const { currentX96, targetX96, liquidity, feePips } = stretch
  const zeroForOne = currentX96 >= targetX96
  const whole = amountsBetween(currentX96, targetX96, liquidity)
  const amountRemainingLessFee = mulDivFloor(amountRemaining, FEE_UNIT - feePips, FEE_UNIT)
  if (amountRemainingLessFee >= whole.amountIn)
    return { sqrtRatioNextX96: targetX96, ...whole, feeAmount: feeOn(whole.amountIn, feePips) }
  // Short of the target, always: the amounts are rounded for the pool, so that what is left cannot reach it.
  const sqrtRatioNextX96 = getNextSqrtPriceFromInput(currentX96, liquidity, amountRemainingLessFee, zeroForOne)
  const part = amountsBetween(currentX96, sqrtRatioNextX96, liquidity)
  return { sqrtRatioNextX96, ...part, feeAmount: amountRemaining - part.amountIn }
}

/** What it takes to cross a stretch, fee included, and what it gives. An input is enough if and only if it is at least that. */
export function crossing({ currentX96, targetX96, liquidity, feePips }: Stretch): {
  readonly amountIn: bigint
  readonly amountOut: bigint
} {
  const { amountIn, amountOut } = amountsBetween(currentX96, targetX96, liquidity)
  return { amountIn: amountIn + feeOn(amountIn, feePips), amountOut }
}

/** Paid in, rounded up, and paid out, rounded down, when the price goes from one to the other. */
function amountsBetween(fromX96: bigint, toX96: bigint, liquidity: bigint) {
  return fromX96 >= toX96
    ? {
        amountIn: getAmount0Delta(toX96, fromX96, liquidity, true),
        amountOut: getAmount1Delta(toX96, fromX96, liquidity, false),
      }
    : {
        amountIn: getAmount1Delta(fromX96, toX96, liquidity, true),
        amountOut: getAmount0Delta(fromX96, toX96, liquidity, false),
      }
}

const feeOn = (amountIn: bigint, feePips: bigint): bigint => mulDivCeil(amountIn, feePips, FEE_UNIT - feePips)
