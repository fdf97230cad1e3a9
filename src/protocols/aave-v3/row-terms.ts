import type { Ledger } from '../../core/ledger.ts'
import type { Closing, RowTerms } from '../../core/row-terms.ts'
import { addressIn, COLLATERAL, eModeCell, reserveAddress, reserveIds } from './cells.ts'
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
 * `moment`: undefined without rules. Where a pool floors the average threshold, rows carry a basis point less than the
 * threshold (`lostThreshold`): collateral read back from them is too small by 1e-4 / threshold.
 */
export function rowTerms(ledger: Ledger, moment: Moment | undefined): RowTerms {
  const ids = reserveIds(ledger)
  const size = columns(moment)
  const [reserves, mover] = [new Int32Array(size).fill(-1), new Int32Array(size).fill(-1)]
  const [worth, bonus] = [new Float64Array(size), new Float64Array(size)]
  worth[TOLD_COLLATERAL] = 1
  if (moment === undefined) return { reserve: reserves, mover, worth, bonus, closing: undefined }
  const standsFor = (category: number): number =>
    ids.findIndex((id) => reserveAddress(ledger, id, 'asset') === addressIn(ledger, eModeCell(category, 'priceSource')))
  for (const { reserve, category, terms, at } of places(moment)) {
    const place = ids.indexOf(reserve.id)
    const moves = terms.hasCategoryPrice ? standsFor(category) : place
    const value = (Number(reserve.normalizedIncome) / 1e27) * floatOf(terms.price)
    const threshold = Number(terms.liquidationThreshold) / 1e4
    for (const part of PARTS) {
      reserves[at(part)] = place
      mover[at(part)] = moves
    }
    worth[at(BARE)] = value
    worth[at(COLLATERAL)] = threshold === 0 ? 0 : value / threshold
    for (const part of [COLLATERAL, BARE] as const) bonus[at(part)] = Number(terms.liquidationBonus) / 1e4
  }
  return { reserve: reserves, mover, worth, bonus, closing: closing(moment.rules) }
}

const closing = ({ closeFactorOf, dustRules }: Rules): Closing => ({
  of: closeFactorOf,
  share: Number(DEFAULT_LIQUIDATION_CLOSE_FACTOR_BPS) / 1e4,
  allAtHealth: Number(CLOSE_FACTOR_HF_THRESHOLD) / 1e18,
  allBelowBase: closeFactorOf === 'account' ? Number(MIN_BASE_MAX_CLOSE_FACTOR_THRESHOLD) : 0,
  leftoverBase: dustRules ? Number(MIN_LEFTOVER_BASE) : 0,
})
