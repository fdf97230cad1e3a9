/**
 * Quantile `q` (0 to 1) by linear interpolation between the order statistics at (n − 1)q: type 7 of Hyndman and Fan (1996),
 * as in R and NumPy. Null without values.
 */
export const quantile = (values: readonly number[], q: number): number | null => quantilesOf(values)(q)

export const median = (values: readonly number[]): number | null => quantile(values, 0.5)

/** Several quantiles of the same values: they are sorted once, and only if asked. */
export function quantilesOf(values: readonly number[]): (q: number) => number | null {
  let sorted: Float64Array | undefined
  return (q) => {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`a quantile is between 0 and 1, not ${q}`)
    sorted ??= Float64Array.from(values).sort()
    const at = (sorted.length - 1) * q
    const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
    if (low === undefined || high === undefined) return null
    return low + (high - low) * (at - Math.floor(at))
  }
}
