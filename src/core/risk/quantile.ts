/**
 * Quantile `q` (0 to 1) by linear interpolation between the order statistics at (n − 1)q: type 7 of Hyndman and Fan (1996),
 * as in R and NumPy. Null without values.
 */
export function quantile(values: readonly number[], q: number): number | null {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`a quantile is between 0 and 1, not ${q}`)
  const sorted = Float64Array.from(values).sort()
  const at = (sorted.length - 1) * q
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  if (low === undefined || high === undefined) return null
  return low + (high - low) * (at - Math.floor(at))
}

export const median = (values: readonly number[]): number | null => quantile(values, 0.5)
