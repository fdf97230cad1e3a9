/**
 * Who is how deep in debt (row 7). Leverage is C/(C − D), C before thresholds: 2 is a position of twice its own money. Weighted by
 * debt, since the debt is what is called. Sanity: an aggregate of 1.4 to 1.9, larger wallets higher (BIS WP 1171).
 */
import type { RiskOverview } from './answers.ts'
import { Holdings } from './holdings.ts'
import type { Portrait } from './portrait.ts'
import { weightedQuantile } from './weighted-quantile.ts'

type Leverage = RiskOverview['leverage']

const HEALTHS = [1.05, 1.1, 1.25] as const

/** `collateral`: C by account. Whoever owes as much as he has counts in quantiles as the highest, and not in the mean. */
export function leverageOf(portrait: Portrait, collateral: Float64Array): Leverage {
  const { size, credit, debit } = portrait
  // D/C grows with leverage and stays finite.
  const share = new Float64Array(size)
  const below = new Float64Array(HEALTHS.length)
  let [allCollateral, allDebt, weighted, meant] = [0, 0, 0, 0]
  for (let account = 0; account < size; account++) {
    const [has, owes] = [collateral[account] as number, debit[account] as number]
    if (!isCounted(has, owes, credit[account] as number)) {
      share[account] = Number.NaN
      continue
    }
    share[account] = has > owes ? owes / has : 1
    allCollateral += has
    allDebt += owes
    if (has > owes) {
      weighted += owes * (has / (has - owes))
      meant += owes
    }
    const health = (credit[account] as number) / owes
    for (let i = 0; i < HEALTHS.length; i++) if (health < (HEALTHS[i] as number)) below[i] = (below[i] as number) + owes
  }
  const at = (q: number): number | null => {
    const quantile = weightedQuantile(share, debit, q)
    return quantile === null || quantile >= 1 ? null : 1 / (1 - quantile)
  }
  return {
    aggregate: allCollateral > allDebt ? allCollateral / (allCollateral - allDebt) : null,
    mean: meant === 0 ? null : weighted / meant,
    ...{ p50: at(0.5), p90: at(0.9), p99: at(0.99) },
    below: HEALTHS.map((health, i) => ({ health, share: allDebt === 0 ? 0 : (below[i] as number) / allDebt })),
    correlatedShare: allDebt === 0 ? 0 : correlated(portrait) / allDebt,
  }
}

/** With debt, and with a price for everything it has and owes. */
export const isCounted = (collateral: number, debit: number, credit: number): boolean =>
  debit > 0 && collateral >= 0 && credit >= 0

function correlated(portrait: Portrait): number {
  const { size, credit, debit, reserves, groups } = portrait
  const groupOf = Int32Array.from(reserves, ({ root }) => groups.findIndex((group) => group.root === root))
  const holdings = new Holdings(portrait)
  const nowhere = new Float64Array(portrait.rate.length)
  const held = new Float64Array(groups.length)
  let sum = 0
  for (let account = 0; account < size; account++) {
    if (!((debit[account] as number) > 0 && (credit[account] as number) >= 0)) continue
    holdings.read(account, nowhere, 1)
    for (let i = 0; i < holdings.count; i++) {
      const group = groupOf[holdings.reserve(i)] ?? -1
      const value = holdings.value[i] as number
      if (group < 0) continue
      if (i < holdings.collaterals) held[group] = (held[group] as number) + value
      else {
        const matched = Math.min(value, held[group] as number)
        held[group] = (held[group] as number) - matched
        sum += matched
      }
    }
    for (let i = 0; i < holdings.collaterals; i++) held[groupOf[holdings.reserve(i)] ?? 0] = 0
  }
  return sum
}
