/** Fixed-point arithmetic, name by name as in Aave's libraries, with the rounding in the name. All of it throws on division by zero. */

export const WAD = 10n ** 18n
export const RAY = 10n ** 27n
export const UINT256_MAX = 2n ** 256n - 1n
export const PERCENTAGE_FACTOR = 10_000n

const HALF_RAY = RAY / 2n
const HALF_PERCENTAGE_FACTOR = PERCENTAGE_FACTOR / 2n

export const mulDivFloor = (a: bigint, b: bigint, c: bigint): bigint => (a * b) / c
export const mulDivCeil = (a: bigint, b: bigint, c: bigint): bigint => (a * b + c - 1n) / c

/** WadRayMath.rayMul: half up. */
export const rayMul = (a: bigint, b: bigint): bigint => (a * b + HALF_RAY) / RAY
export const rayMulFloor = (a: bigint, b: bigint): bigint => (a * b) / RAY
export const rayMulCeil = (a: bigint, b: bigint): bigint => mulDivCeil(a, b, RAY)
/** WadRayMath.rayDiv: half up. */
export const rayDiv = (a: bigint, b: bigint): bigint => (a * RAY + b / 2n) / b
export const rayDivFloor = (a: bigint, b: bigint): bigint => (a * RAY) / b
export const rayDivCeil = (a: bigint, b: bigint): bigint => mulDivCeil(a, RAY, b)
/** WadRayMath.wadDiv: half up. */
export const wadDiv = (a: bigint, b: bigint): bigint => (a * WAD + b / 2n) / b

/** PercentageMath, `bps` in basis points. The plain names round half up. */
export const percentMul = (value: bigint, bps: bigint): bigint =>
  (value * bps + HALF_PERCENTAGE_FACTOR) / PERCENTAGE_FACTOR
export const percentMulFloor = (value: bigint, bps: bigint): bigint => (value * bps) / PERCENTAGE_FACTOR
export const percentMulCeil = (value: bigint, bps: bigint): bigint => mulDivCeil(value, bps, PERCENTAGE_FACTOR)
export const percentDiv = (value: bigint, bps: bigint): bigint => (value * PERCENTAGE_FACTOR + bps / 2n) / bps
export const percentDivFloor = (value: bigint, bps: bigint): bigint => (value * PERCENTAGE_FACTOR) / bps
export const percentDivCeil = (value: bigint, bps: bigint): bigint => mulDivCeil(value, PERCENTAGE_FACTOR, bps)

/** Largest integer whose square is at most `value`. Newton's iteration from a power of two above it. */
export function sqrtFloor(value: bigint): bigint {
  if (value < 2n) return value
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)
export const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** A wad as a decimal with one digit behind the point or more: `1.0`, `1.05`. */
export function decimalOfWad(wad: bigint): string {
  const fraction = (wad % WAD).toString().padStart(18, '0').replace(/0+$/, '')
  return `${wad / WAD}.${fraction || '0'}`
}
