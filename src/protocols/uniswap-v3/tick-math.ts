/** `libraries/TickMath.sol` of v3-core 1.0.1. Prices are √(token1/token0) of raw units, as Q64.96. */

export const MIN_TICK = -887272
export const MAX_TICK = 887272
export const MIN_SQRT_RATIO = 4295128739n
export const MAX_SQRT_RATIO = 1461446703485210103287273052203988822378723970342n

const UINT256_MAX = 2n ** 256n - 1n
const ONE_Q128 = 1n << 128n
const LOW_32 = (1n << 32n) - 1n

/** √1.0001^−2ⁿ as Q128, by n. */
const FACTORS: readonly bigint[] = [
  0xfffcb933bd6fad37aa2d162d1a594001n,
  0xfff97272373d413259a46990580e213an,
  0xfff2e50f5f656932ef12357cf3c7fdccn,
  0xffe5caca7e10e4e61c3624eaa0941cd0n,
  0xffcb9843d60f6159c9db58835c926644n,
  0xff973b41fa98c081472e6896dfb254c0n,
  0xff2ea16466c96a3843ec78b326b52861n,
  0xfe5dee046a99a2a811c461f1969c3053n,
  0xfcbe86c7900a88aedcffc83b479aa3a4n,
  0xf987a7253ac413176f2b074cf7815e54n,
  0xf3392b0822b70005940c7a398e4b70f3n,
  0xe7159475a2c29b7443b29c7fa6e889d9n,
  0xd097f3bdfd2022b8845ad8f792aa5825n,
  0xa9f746462d870fdf8a65dc1f90e061e5n,
  0x70d869a156d2a1b890bb3df62baf32f7n,
  0x31be135f97d08fd981231505542fcfa6n,
  0x9aa508b5b7a84e1c677de54f3e99bc9n,
  0x5d6af8dedb81196699c329225ee604n,
  0x2216e584f5fa1ea926041bedfe98n,
  0x48a170391f7dc42444e8fa2n,
]

/** √1.0001^tick, rounded up. Throws RangeError beyond MIN_TICK and MAX_TICK. */
export function getSqrtRatioAtTick(tick: number): bigint {
  let rest = Math.abs(tick)
  if (!(rest <= MAX_TICK)) throw new RangeError(`tick ${tick} is out of range`)
  let ratio = ONE_Q128
  for (let n = 0; rest !== 0; rest >>>= 1, n++) if ((rest & 1) === 1) ratio = (ratio * (FACTORS[n] as bigint)) >> 128n
  if (tick > 0) ratio = UINT256_MAX / ratio
  return (ratio >> 32n) + ((ratio & LOW_32) === 0n ? 0n : 1n)
}

/** Greatest tick whose ratio is at most `sqrtPriceX96`. Throws RangeError below MIN_SQRT_RATIO and from MAX_SQRT_RATIO on. */
export function getTickAtSqrtRatio(sqrtPriceX96: bigint): number {
  if (sqrtPriceX96 < MIN_SQRT_RATIO || sqrtPriceX96 >= MAX_SQRT_RATIO)
    throw new RangeError(`price ${sqrtPriceX96} is out of range`)
  const ratio = sqrtPriceX96 << 32n
  // Hexadecimal digits come cheap; the first one has 1 to 4 bits.
  const digits = ratio.toString(16)
  const msb = BigInt(digits.length * 4 - 1 - (Math.clz32(Number.parseInt(digits.charAt(0), 16)) - 28))
  let r = msb >= 128n ? ratio >> (msb - 127n) : ratio << (127n - msb)
  let log2 = (msb - 128n) << 64n
  for (let bit = 63n; bit >= 50n; bit--) {
    r = (r * r) >> 127n
    const f = r >> 128n
    log2 |= f << bit
    r >>= f
  }
  const logSqrt10001 = log2 * 255738958999603826347141n
  const tickLow = Number((logSqrt10001 - 3402992956809132418596140100660247210n) >> 128n)
  const tickHi = Number((logSqrt10001 + 291339464771989622907027621153398088495n) >> 128n)
  return tickLow === tickHi ? tickLow : getSqrtRatioAtTick(tickHi) <= sqrtPriceX96 ? tickHi : tickLow
}
