/** So many bins a value may fall into before the few in the bin of the quantile are sorted. */
const BINS = 4096

/**
 * The smallest value at or below which lies at least the share `q` of all weight: exact, in two passes and without sorting a
 * million. Values are taken into account where they are finite and their weight is above 0; null where none is.
 */
export function weightedQuantile(values: Float64Array, weights: Float64Array, q: number): number | null {
  const counts = (i: number): boolean => Number.isFinite(values[i]) && (weights[i] as number) > 0
  let [low, high, total] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  for (let i = 0; i < values.length; i++) {
    if (!counts(i)) continue
    low = Math.min(low, values[i] as number)
    high = Math.max(high, values[i] as number)
    total += weights[i] as number
  }
  if (total === 0) return null
  const binOf = (value: number): number =>
    high === low ? 0 : Math.min(BINS - 1, Math.floor(((value - low) / (high - low)) * BINS))
  const bins = new Float64Array(BINS)
  for (let i = 0; i < values.length; i++) {
    if (!counts(i)) continue
    const bin = binOf(values[i] as number)
    bins[bin] = (bins[bin] as number) + (weights[i] as number)
  }
  let [bin, before] = [0, 0]
  while (bin < BINS - 1 && before + (bins[bin] as number) < q * total) before += bins[bin++] as number
  const within: number[] = []
  for (let i = 0; i < values.length; i++) if (counts(i) && binOf(values[i] as number) === bin) within.push(i)
  within.sort((a, b) => (values[a] as number) - (values[b] as number))
  for (const i of within) {
    before += weights[i] as number
    if (before >= q * total) return values[i] as number
  }
  // Sums of floats in another order: the share may be missed by their rounding.
  return within.length > 0 ? (values[within.at(-1) as number] as number) : high
}
