import type { Closing, RowTerms } from '../../core/row-terms.ts'
import { COLLATERAL } from './cells.ts'
import type { Moment } from './moment.ts'
import { BARE, columns, floatOf, PARTS, places, TOLD_COLLATERAL } from './row.ts'
import {
  CLOSE_FACTOR_HF_THRESHOLD,
  DEFAULT_LIQUIDATION_CLOSE_FACTOR_BPS,
  MIN_BASE_MAX_CLOSE_FACTOR_THRESHOLD,
  MIN_LEFTOVER_BASE,
  type Rules,
} from './rules.ts'

/**
 * `ids`: of the market's reserves, in order. Where a pool floors the average threshold, rows carry a basis point less than the
 * threshold (`lostThreshold`): collateral read back from them is too small by 1e-4 / threshold.
 */
export function rowTerms(moment: Moment | undefined, ids: readonly number[]): RowTerms {
  const size = columns(moment)
  const [reserves, worth, bonus] = [new Int32Array(size).fill(-1), new Float64Array(size), new Float64Array(size)]
  worth[TOLD_COLLATERAL] = 1
  if (moment === undefined) return { reserve: reserves, worth, bonus, closing: undefined }
  for (const { reserve, terms, at } of places(moment)) {
    const value = (Number(reserve.normalizedIncome) / 1e27) * floatOf(terms.price)
    const threshold = Number(terms.liquidationThreshold) / 1e4
    for (const part of PARTS) reserves[at(part)] = ids.indexOf(reserve.id)
    worth[at(BARE)] = value
    worth[at(COLLATERAL)] = threshold === 0 ? 0 : value / threshold
    for (const part of [COLLATERAL, BARE] as const) bonus[at(part)] = Number(terms.liquidationBonus) / 1e4
  }
  return { reserve: reserves, worth, bonus, closing: closing(moment.rules) }
}

const closing = ({ closeFactorOf, dustRules }: Rules): Closing => ({
  of: closeFactorOf,
  share: Number(DEFAULT_LIQUIDATION_CLOSE_FACTOR_BPS) / 1e4,
  allAtHealth: Number(CLOSE_FACTOR_HF_THRESHOLD) / 1e18,
  allBelowBase: closeFactorOf === 'account' ? Number(MIN_BASE_MAX_CLOSE_FACTOR_THRESHOLD) : 0,
  leftoverBase: dustRules ? Number(MIN_LEFTOVER_BASE) : 0,
})
