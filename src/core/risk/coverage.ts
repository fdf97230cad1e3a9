/** What pays for bad debt (row 17). Dollars, as floats. */

/** Deficits of some reserves against what insures them: the offset, which the treasury bears, and stake that may be slashed. */
export interface Cover {
  readonly deficitUsd: number
  readonly paidUsd: number
  readonly shortfallUsd: number
}

/**
 * By asset, Σ min(deficit, insurance): one reserve's insurance pays nothing of another's deficit. What `insuranceUsd` does not
 * name is not insured.
 */
export function coverOf(
  deficitsUsd: ReadonlyMap<string, number>,
  insuranceUsd: Readonly<Record<string, number>>,
): Cover {
  let [deficitUsd, paidUsd] = [0, 0]
  for (const [asset, deficit] of deficitsUsd) {
    deficitUsd += deficit
    paidUsd += Math.min(deficit, insuranceUsd[asset] ?? 0)
  }
  return { deficitUsd, paidUsd, shortfallUsd: Math.max(0, deficitUsd - paidUsd) }
}
