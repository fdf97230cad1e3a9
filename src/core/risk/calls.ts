import type { Closing } from '../row-terms.ts'
import type { Holdings } from './holdings.ts'

/** Calls that bring health back or take everything: a guard, not a rule. Each closes a half at least, so 2⁻⁶⁴ is left. */
const MOST_CALLS = 64
/** Base units below which a leftover is nothing: the rounding of floats. */
const NOTHING = 1

/** Places of the holdings, and base units. */
interface Call {
  readonly collateral: number
  readonly debt: number
  readonly seized: number
  readonly repaid: number
}

/** What calls take of the collateral of one account, in base units. */
export interface Seized {
  readonly oneCall: number
  readonly sequence: number
}

/**
 * Liquidation calls in floats, as `LiquidationLogic` sizes them, the most profitable first: of all pairs the one whose bonus is
 * largest (Aave V3's close factor, small positions and leftovers: `Closing`). What forbids calls for other reasons (paused
 * reserves, grace periods, too little to take out) is not looked at.
 *
 * `holdings` are used up: values afterwards are what is left. `onSeized` hears of each call, by the place of the collateral. At `health` the first call is made
 * even where it is 1: the account is just below. Source: risk.md rows 2 and 6; `src/protocols/aave-v3/size.ts` is the exact one.
 */
export function seize(
  holdings: Holdings,
  closing: Closing,
  health: number,
  onSeized: (collateral: number, base: number) => void,
): Seized {
  const { value, collaterals } = holdings
  let [credit, debt] = [0, 0]
  for (let i = 0; i < collaterals; i++) credit += (value[i] as number) * holdings.threshold(i)
  for (let i = collaterals; i < holdings.count; i++) debt += value[i] as number
  let [oneCall, sequence, at] = [0, 0, health]
  for (let call = 0; call < MOST_CALLS && debt > NOTHING && (call === 0 || credit < debt); call++) {
    const best = bestCall(holdings, closing, at, debt)
    if (best === undefined) break
    value[best.collateral] = (value[best.collateral] as number) - best.seized
    value[best.debt] = (value[best.debt] as number) - best.repaid
    credit -= best.seized * holdings.threshold(best.collateral)
    debt -= best.repaid
    at = credit / debt
    sequence += best.seized
    if (call === 0) oneCall = best.seized
    onSeized(best.collateral, best.seized)
  }
  return { oneCall, sequence }
}

/** Undefined where no call takes anything. */
function bestCall(holdings: Holdings, closing: Closing, health: number, totalDebt: number): Call | undefined {
  const { value, collaterals, count } = holdings
  let best: Call | undefined
  let gain = -1
  for (let collateral = 0; collateral < collaterals; collateral++) {
    const held = value[collateral] as number
    const bonus = holdings.bonus(collateral)
    if (!(bonus > 0) || held <= NOTHING) continue
    for (let debt = collaterals; debt < count; debt++) {
      const owed = value[debt] as number
      const most = Math.min(mostRepaid(held, owed, closing, health, totalDebt), held / bonus)
      const repaid = withoutDust(held, owed, most, bonus, closing.leftoverBase)
      const seized = Math.min(held, repaid * bonus)
      if (!(seized > 0) || seized - repaid <= gain) continue
      gain = seized - repaid
      best = { collateral, debt, seized, repaid }
    }
  }
  return best
}

/** LiquidationLogic's close factor. */
function mostRepaid(held: number, owed: number, closing: Closing, health: number, totalDebt: number): number {
  const { allAtHealth, allBelowBase, share } = closing
  if (health <= allAtHealth || held < allBelowBase || owed < allBelowBase) return owed
  return closing.of === 'reserve' ? owed * share : Math.min(owed, totalDebt * share)
}

/** MustNotLeaveDust: all of the debt, all of the collateral, or so much less that both leave enough. */
function withoutDust(held: number, owed: number, repaid: number, bonus: number, leftover: number): number {
  const [debtLeft, collateralLeft] = [owed - repaid, held - repaid * bonus]
  if (leftover === 0 || debtLeft <= NOTHING || collateralLeft <= NOTHING) return repaid
  if (debtLeft >= leftover && collateralLeft >= leftover) return repaid
  return Math.max(0, Math.min(repaid, owed - leftover, (held - leftover) / bonus))
}
