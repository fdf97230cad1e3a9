import type { Concentration } from './answers.ts'
import { gini, hhi, topShares } from './inequality.ts'

/** Shares of those who have anything at all (row 8); null where nobody has. NaN, an amount that is not known, is left out. */
export function concentrationOf(amounts: Float64Array): Concentration | null {
  const some = amounts.filter((amount) => amount > 0)
  if (some.length === 0) return null
  const top = topShares(some)
  return {
    ...{ top1: top(1), top5: top(5), top10: top(10), top50: top(50) },
    hhi: hhi(some) as number,
    gini: gini(some) as number,
  }
}
