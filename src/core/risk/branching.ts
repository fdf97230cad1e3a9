/**
 * Branching ratio of a self-exciting (Hawkes) process: of all events, the share that other events set off. Over counts in bins
 * long against the memory, mean/variance → (1 − n)², so n̂ = 1 − √(mean/variance) (Hardiman and Bouchaud 2014; the process
 * and its use on financial bubbles: Wehrli and Sornette). No unit, 0 to 1. 0 where the counts scatter no more than Poisson's.
 * Null without an event or with fewer than two bins. Variance with n − 1.
 *
 * It sees clustering, not its cause: news that makes everybody sell looks like contagion. k events in one of many bins give
 * 1 − 1/√k.
 */
export function branchingRatio(counts: readonly number[]): number | null {
  if (counts.length < 2) return null
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  if (mean === 0) return null
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1)
  return variance <= mean ? 0 : 1 - Math.sqrt(mean / variance)
}
