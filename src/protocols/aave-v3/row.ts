import type { Ledger } from '../../core/ledger.ts'
import { max } from '../../core/math.ts'
import type { Rates } from '../../core/sheet.ts'
import type { AccountId, Entry } from '../../core/types.ts'
import {
  COLLATERAL,
  configurationCell,
  DEBT,
  type Flag,
  flags,
  MAX_RESERVES,
  NO_PRICE,
  reserveCell,
  type Side,
  scaledCell,
  stableCell,
  toldCell,
  userEModeCell,
} from './cells.ts'
import type { Moment, ReserveNow, Terms } from './moment.ts'

/** Debt at fixed rates, beside the two sides. */
const FIXED = 2
type Part = Side | typeof FIXED
/** Three columns a reserve: two by side, and those for debt at fixed rates after all of them. */
const column = (id: number, part: Part): number => (part === FIXED ? MAX_RESERVES * 2 + id : id * 2 + part)
/** What the chain itself said, in base units, where no rules are known. */
const TOLD_CREDIT = MAX_RESERVES * 3
const TOLD_DEBIT = TOLD_CREDIT + 1
const PLAIN_COLUMNS = TOLD_DEBIT + 1
/** As many more for each eMode category that has a price of its own, in their order. */
const categoryColumn = (rank: number, id: number, part: Part): number =>
  PLAIN_COLUMNS + rank * MAX_RESERVES * 3 + column(id, part)

/** `moment`: undefined without rules. */
export const columns = (moment: Moment | undefined): number =>
  categoryColumn(moment?.pricedCategories.length ?? 0, 0, COLLATERAL)

/** By column: the lowest id of a reserve that is priced from the same feed; −1 for what the chain itself said. */
export function roots(moment: Moment | undefined): Int32Array {
  const found = new Int32Array(columns(moment)).fill(-1)
  const first = new Map<string, number>()
  for (const reserve of moment?.reserves ?? []) {
    if (reserve === undefined) continue
    const root = first.get(reserve.root) ?? reserve.id
    first.set(reserve.root, root)
    for (const part of [COLLATERAL, DEBT, FIXED] as const) {
      found[column(reserve.id, part)] = root
      for (const rank of moment?.pricedCategories.keys() ?? []) found[categoryColumn(rank, reserve.id, part)] = root
    }
  }
  return found
}

/** Base units that one whole scaled unit is worth at `timestamp`; `moment` is of that timestamp, undefined without rules. */
export function rates(ledger: Ledger, moment: Moment | undefined, timestamp: bigint, { rate, grain }: Rates): void {
  for (const at of [TOLD_CREDIT, TOLD_DEBIT]) {
    rate[at] = 1
    grain[at] = 1
  }
  if (moment === undefined) return
  const write = (at: number, price: bigint, indexRay: bigint, { unit }: ReserveNow): void => {
    const value = price === NO_PRICE ? Number.NaN : Number(price)
    rate[at] = (Number(indexRay) / 1e27) * value
    grain[at] = value / Number(unit) + 1
  }
  for (const reserve of moment.reserves) {
    if (reserve === undefined) continue
    const debtPrice = reserve.hasForeignDebt ? NO_PRICE : reserve.price
    write(column(reserve.id, COLLATERAL), reserve.price, reserve.normalizedIncome, reserve)
    write(column(reserve.id, DEBT), debtPrice, reserve.normalizedDebt, reserve)
    if (moment.rules.stableDebt)
      write(column(reserve.id, FIXED), debtPrice, mostStableGrowth(ledger, reserve.id, timestamp, moment), reserve)
  }
  for (const [rank, category] of moment.pricedCategories.entries())
    for (const reserve of moment.reserves) {
      const terms = reserve && moment.terms(category)[reserve.id]
      if (reserve === undefined || terms === undefined || reserve.eModeCategory !== category) continue
      write(categoryColumn(rank, reserve.id, COLLATERAL), terms.price, reserve.normalizedIncome, reserve)
      write(categoryColumn(rank, reserve.id, DEBT), terms.price, reserve.normalizedDebt, reserve)
      if (moment.rules.stableDebt)
        write(
          categoryColumn(rank, reserve.id, FIXED),
          terms.price,
          mostStableGrowth(ledger, reserve.id, timestamp, moment),
          reserve,
        )
    }
}

/** No stable debt of the reserve has grown by more since it was told: the highest rate, from the earliest update on. */
function mostStableGrowth(ledger: Ledger, id: number, timestamp: bigint, { rules }: Moment): bigint {
  const since = max(0n, timestamp - ledger.get(reserveCell(id, 'minStableUpdate')))
  return rules.compounded(ledger.get(reserveCell(id, 'maxStableRate')), since)
}

/**
 * Whole scaled units: + collateral × threshold, − debt. An account without debt has no row. Of `moment` only what holds at
 * any time is used: thresholds, units, categories.
 */
export function row(ledger: Ledger, account: AccountId, moment: Moment | undefined): Entry[] {
  if (moment === undefined) return toldRow(ledger, account)
  const flagged = flags(ledger.get(configurationCell(account)))
  if (!flagged.some(({ id, borrowing }) => borrowing && moment.reserves[id] !== undefined)) return []
  const category = Number(ledger.get(userEModeCell(account)))
  const terms = moment.terms(category)
  const rank = moment.pricedCategories.indexOf(category)
  const lost = lostThreshold(flagged, moment)
  const entries: Entry[] = []
  for (const { id, borrowing, collateral } of flagged) {
    const reserve = moment.reserves[id]
    const term = terms[id]
    if (reserve === undefined || term === undefined) continue
    const unit = Number(reserve.unit)
    const at = (part: Part): number =>
      rank >= 0 && reserve.eModeCategory === category ? categoryColumn(rank, id, part) : column(id, part)
    const scaled = (side: Side): number => Number(ledger.get(scaledCell(account, id, side))) / unit
    const threshold = collateral ? weightOf(reserve, term, moment) - lost : 0
    if (threshold > 0) entries.push({ column: at(COLLATERAL), weight: scaled(COLLATERAL) * threshold })
    if (!borrowing) continue
    entries.push({ column: at(DEBT), weight: -scaled(DEBT) })
    if (moment.rules.stableDebt)
      entries.push({
        column: at(FIXED),
        weight: -Number(ledger.get(stableCell(account, id, 'principal'))) / unit,
      })
  }
  return entries.filter(({ weight }) => weight !== 0)
}

const weightOf = ({ liquidationThreshold }: ReserveNow, terms: Terms, { rules }: Moment): number =>
  rules.zeroThresholdCounts || liquidationThreshold !== 0n ? Number(terms.liquidationThreshold) / 1e4 : 0

/** What the average of several thresholds may lose by being floored to basis points. */
const lostThreshold = (flagged: readonly Flag[], { rules }: Moment): number =>
  rules.floorsThreshold && flagged.filter(({ collateral }) => collateral).length > 1 ? 1e-4 : 0

/** Debt, and as much credit as its health says. */
function toldRow(ledger: Ledger, account: AccountId): Entry[] {
  const debt = Number(ledger.get(toldCell(account, 'totalDebtBase')))
  if (debt === 0) return []
  const health = Number(ledger.get(toldCell(account, 'healthFactor'))) / 1e18
  return [
    { column: TOLD_CREDIT, weight: debt * health },
    { column: TOLD_DEBIT, weight: -debt },
  ]
}
