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
import { counts } from './health.ts'
import type { Moment, ReserveNow, Terms } from './moment.ts'

/** Debt at fixed rates, beside the two sides. */
const FIXED = 2
/** Collateral with a threshold of 0: it is there, and carries nothing. */
export const BARE = 3
type Part = Side | typeof FIXED | typeof BARE
export const PARTS: readonly Part[] = [COLLATERAL, DEBT, FIXED, BARE]

/** Two columns a reserve by side; those for debt at fixed rates after all of them, then those for bare collateral. */
const column = (id: number, part: Part): number =>
  part === FIXED || part === BARE ? MAX_RESERVES * part + id : id * 2 + part
/** What the chain itself said, in base units, where no rules are known. */
const TOLD_CREDIT = MAX_RESERVES * PARTS.length
const TOLD_DEBIT = TOLD_CREDIT + 1
export const TOLD_COLLATERAL = TOLD_DEBIT + 1
const PLAIN_COLUMNS = TOLD_COLLATERAL + 1
/** Four more for each reserve in each eMode category, in their order: its threshold, and maybe its price, are others there. */
const memberColumn = (rank: number, part: Part): number => PLAIN_COLUMNS + rank * PARTS.length + part

/** `moment`: undefined without rules. */
export const columns = (moment: Moment | undefined): number => memberColumn(moment?.members.length ?? 0, COLLATERAL)

/** One reserve on the terms of one category (0: its own), and where its parts stand. */
interface Place {
  readonly reserve: ReserveNow
  readonly category: number
  readonly terms: Terms
  at(part: Part): number
}

export function* places(moment: Moment): Generator<Place> {
  for (const reserve of moment.reserves) {
    const terms = reserve && moment.terms(0)[reserve.id]
    if (reserve && terms) yield { reserve, category: 0, terms, at: (part) => column(reserve.id, part) }
  }
  for (const [rank, { category, id }] of moment.members.entries()) {
    const [reserve, terms] = [moment.reserves[id], moment.terms(category)[id]]
    if (reserve && terms) yield { reserve, category, terms, at: (part) => memberColumn(rank, part) }
  }
}

/** By column: the lowest id of a reserve that is priced from the same feed; −1 for what the chain itself said. */
export function roots(moment: Moment | undefined): Int32Array {
  const found = new Int32Array(columns(moment)).fill(-1)
  const first = new Map<string, number>()
  for (const { reserve, at } of moment ? places(moment) : []) {
    const root = first.get(reserve.root) ?? reserve.id
    first.set(reserve.root, root)
    for (const part of PARTS) found[at(part)] = root
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
  const write = (reserve: ReserveNow, price: number, at: (part: Part) => number): void => {
    const debtPrice = reserve.hasForeignDebt ? Number.NaN : price
    const put = (part: Part, value: number, indexRay: bigint): void => {
      rate[at(part)] = (Number(indexRay) / 1e27) * value
      grain[at(part)] = value / Number(reserve.unit) + 1
    }
    put(COLLATERAL, price, reserve.normalizedIncome)
    put(DEBT, debtPrice, reserve.normalizedDebt)
    // Silent like every holder where there is no price, else nothing, and exactly so.
    rate[at(BARE)] = price * 0
    if (moment.rules.stableDebt) put(FIXED, debtPrice, mostStableGrowth(ledger, reserve.id, timestamp, moment))
  }
  for (const reserve of moment.reserves)
    if (reserve) write(reserve, floatOf(reserve.price), (part) => column(reserve.id, part))
  for (const [rank, { category, id }] of moment.members.entries()) {
    const reserve = moment.reserves[id]
    if (reserve && moment.categoryPrice(category) !== undefined)
      write(reserve, floatOf(moment.terms(category)[id]?.price ?? NO_PRICE), (part) => memberColumn(rank, part))
    // Nearly always each asset has its own price: this is done at every page.
    else
      for (const part of PARTS) {
        rate[memberColumn(rank, part)] = rate[column(id, part)] as number
        grain[memberColumn(rank, part)] = grain[column(id, part)] as number
      }
  }
}

export const floatOf = (price: bigint): number => (price === NO_PRICE ? Number.NaN : Number(price))

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
  const lost = lostThreshold(flagged, moment)
  const entries: Entry[] = []
  for (const { id, borrowing, collateral } of flagged) {
    const reserve = moment.reserves[id]
    const term = terms[id]
    if (reserve === undefined || term === undefined) continue
    const unit = Number(reserve.unit)
    const rank = moment.rank(category, id)
    const at = (part: Part): number => (rank === undefined ? column(id, part) : memberColumn(rank, part))
    const scaled = (side: Side): number => Number(ledger.get(scaledCell(account, id, side))) / unit
    if (collateral && counts(reserve, moment.rules)) {
      const threshold = Number(term.liquidationThreshold) / 1e4 - lost
      if (threshold > 0) entries.push({ column: at(COLLATERAL), weight: scaled(COLLATERAL) * threshold })
      else entries.push({ column: at(BARE), weight: scaled(COLLATERAL) })
    }
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
    { column: TOLD_COLLATERAL, weight: Number(ledger.get(toldCell(account, 'totalCollateralBase'))) },
  ]
}
