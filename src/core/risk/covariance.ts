/**
 * Covariance of hourly log returns of several feeds, exponentially weighted (RiskMetrics, J.P. Morgan 1996, with the mean
 * taken as 0): Σ = Σₜ wₜ rₜrₜᵀ / Σₜ wₜ, w = 2^(−age/halfLife), age in hours before the newest. A return is from one kept hour to the
 * very next: over a gap there is none, and nothing is filled in. An hour counts only where every feed has its return, so
 * that Σ is a sum of squares and no portfolio has a negative variance; what a gap leaves out is missing from both sums.
 */

/** What a feed said last in an hour; hours ascending. */
export interface PricePoint {
  readonly hour: number
  readonly price: number
}

export interface Covariance {
  /** Per hour, feed by feed, in the order given. */
  readonly matrix: readonly (readonly number[])[]
  /** Hours it is made of, and the last of them; −∞ without any. */
  readonly returns: number
  readonly newestHour: number
}

export function ewmaCovariance(feeds: readonly (readonly PricePoint[])[], halfLifeHours: number): Covariance {
  const returnsOf = feeds.map(logReturns)
  const hours = [...(returnsOf[0]?.keys() ?? [])].filter((hour) => returnsOf.every((returns) => returns.has(hour)))
  const newestHour = hours.at(-1) ?? Number.NEGATIVE_INFINITY
  const sums = feeds.map(() => feeds.map(() => 0))
  let weights = 0
  for (const hour of hours) {
    const weight = 2 ** ((hour - newestHour) / halfLifeHours)
    weights += weight
    const moved = returnsOf.map((returns) => returns.get(hour) as number)
    for (const [i, row] of sums.entries())
      for (let j = 0; j < row.length; j++)
        row[j] = (row[j] as number) + weight * (moved[i] as number) * (moved[j] as number)
  }
  const matrix = sums.map((row) => row.map((sum) => (weights === 0 ? 0 : sum / weights)))
  return { matrix, returns: hours.length, newestHour }
}
/** By the hour in which they end. A price that is none ends and begins nothing. */
function logReturns(points: readonly PricePoint[]): Map<number, number> {
  const returns = new Map<number, number>()
  for (let i = 1; i < points.length; i++) {
    const [before, now] = [points[i - 1] as PricePoint, points[i] as PricePoint]
    const moved = Math.log(now.price / before.price)
    if (now.hour === before.hour + 1 && Number.isFinite(moved)) returns.set(now.hour, moved)
  }
  return returns
}
