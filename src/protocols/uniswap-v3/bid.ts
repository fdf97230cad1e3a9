import type { Address } from 'viem'
import type { Bid, Price, Sold } from '../../core/exchange.ts'
import { sqrtFloor } from '../../core/math.ts'
import type { Curve, Spot } from './curve.ts'
import { FEE_UNIT } from './swap-math.ts'
import { MAX_SQRT_RATIO, MIN_SQRT_RATIO } from './tick-math.ts'

const Q192 = 2n ** 192n
/** The most a swap takes: int256. */
const AMOUNT_MAX = 2n ** 255n - 1n

/** What a pool pays in one direction while its price is at `spot`. */
export function bidOf(pool: Address, curve: Curve, spot: Spot): Bid {
  const rest = FEE_UNIT - curve.feePips
  const swapped = (amountIn: bigint, limitX96?: bigint): Sold => {
    const swap = curve.swap(spot, amountIn, limitX96)
    return { ...swap, after: bidOf(pool, curve, swap) }
  }
  // The fee comes off the input, so it scales every level of the pool alike.
  const share = Math.sqrt(Number(rest) / Number(FEE_UNIT))
  let now: number | undefined
  return {
    pool,
    feePips: Number(curve.feePips),
    get price() {
      const squared = spot.sqrtPriceX96 ** 2n
      return curve.zeroForOne
        ? { amountOut: squared * rest, amountIn: Q192 * FEE_UNIT }
        : { amountOut: Q192 * rest, amountIn: squared * FEE_UNIT }
    },
    get reversed() {
      return bidOf(pool, curve.reversed, spot)
    },
    sell: (amountIn) => swapped(amountIn),
    sellTo: (price) => swapped(AMOUNT_MAX, limitOf(price, curve)),
    soldAt(level) {
      now ??= curve.sumAt(curve.levelOf(spot.sqrtPriceX96))
      return Math.max(0, curve.sumAt(level * share) - now)
    },
  }
}

/** The last price of the pool at which the next unit fetches at least `price`, the fee taken off. */
function limitOf({ amountOut, amountIn }: Price, { zeroForOne, feePips }: Curve): bigint {
  const rest = FEE_UNIT - feePips
  if (zeroForOne) {
    const [numerator, denominator] = [amountOut * FEE_UNIT * Q192, amountIn * rest]
    const lowest = sqrtCeil((numerator + denominator - 1n) / denominator)
    return lowest > MIN_SQRT_RATIO ? lowest : MIN_SQRT_RATIO + 1n
  }
  if (amountOut <= 0n) return MAX_SQRT_RATIO - 1n
  const highest = sqrtFloor((amountIn * rest * Q192) / (amountOut * FEE_UNIT))
  return highest < MAX_SQRT_RATIO ? highest : MAX_SQRT_RATIO - 1n
}

function sqrtCeil(value: bigint): bigint {
  const root = sqrtFloor(value)
  return root * root === value ? root : root + 1n
}
