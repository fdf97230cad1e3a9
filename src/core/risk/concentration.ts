import type { Concentration } from './answers.ts'
import { gini, hhi, topShare } from './inequality.ts'

/** Shares of those who have anything at all (row 8); null where nobody has. NaN, an amount that is not known, is left out. */
export function concentrationOf(amounts: Float64Array): Concentration | null {
  const some = amounts.filter((amount) => amount > 0)
  if (some.length === 0) return null
  // Only the largest decide on the first shares: they are sorted once.
  const descending = some.sort().reverse()
  const top = (n: number): number => topShare(descending, n) as number
  return {
    ...{ top1: top(1), top5: top(5), top10: top(10), top50: top(50) },
    hhi: hhi(descending) as number,
    gini: gini(descending) as number,
  }
}
