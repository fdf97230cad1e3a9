import type { Sheet } from '../sheet.ts'
import type { AccountId } from '../types.ts'
import { MARGIN } from './bands.ts'

/** Two groups whose credit differs by less than this share may change places in exact arithmetic. */
const TIE = 1e-6
const CANCELLED = 1e-12

/**
 * The distance to liquidation in floats, from a sheet's slots: λ = (D_o − A_o) ÷ (A_g − D_g) of the heaviest group g of
 * columns that one feed moves (`position.ts` is the exact one). Two arrays that are used again for every account.
 */
export class Distances {
  readonly #sheet: Sheet
  readonly #rates: Float64Array
  readonly #roots: Int32Array
  readonly #grain: number
  readonly #credit: Float64Array
  readonly #debit: Float64Array

  constructor(sheet: Sheet, rates: Float64Array, roots: Int32Array, grain: number) {
    this.#sheet = sheet
    this.#rates = rates
    this.#roots = roots
    this.#grain = grain
    this.#credit = new Float64Array(roots.length)
    this.#debit = new Float64Array(roots.length)
  }

  /** False only if the exact distance is at least `close` and below `wide` for sure. */
  mayLeave(account: AccountId, close: number, wide: number): boolean {
    const [credit, debit] = [this.#credit, this.#debit]
    const groups: number[] = []
    let isKnown = true
    this.#sheet.each(account, (column, weight, isDebt) => {
      const root = this.#roots[column] ?? -1
      if (root < 0) {
        isKnown = false
        return
      }
      if (!groups.includes(root)) {
        groups.push(root)
        credit[root] = 0
        debit[root] = 0
      }
      const side = isDebt ? debit : credit
      side[root] = (side[root] as number) + weight * (this.#rates[column] as number)
    })
    if (!isKnown) return true
    const { own, rest, total, isTie } = split(groups, credit, debit)
    if (isTie) return true
    // Each of the sums may be wrong by the grain, and by what is left of large floats when they cancel each other.
    const error = 2 * this.#grain + CANCELLED * total
    const factorHigh = ((rest + error) / (own - error)) * MARGIN
    const factorLow = (rest - error) / (own + error) / MARGIN
    if (own - error <= 0 || rest - error <= 0) {
      // No fall of the group does it: as far away as can be, unless that is the rounding.
      const isFar = own + error <= 0 || rest + error <= 0
      return !isFar || wide < Number.POSITIVE_INFINITY
    }
    return !(1 - factorHigh >= close && 1 - factorLow < wide)
  }
}

/**
 * Whether the distance follows from health alone, δ = 1 − 1 ÷ health: everything that counts for the account moves by one feed, and
 * nothing that it owes. So it is until its holdings change.
 */
export function followsHealth(sheet: Sheet, account: AccountId, roots: Int32Array): boolean {
  let collateral: number | undefined
  let isOne = true
  const debts = new Set<number>()
  sheet.each(account, (column, _, isDebt) => {
    const root = roots[column] ?? -1
    if (root < 0) isOne = false
    else if (isDebt) debts.add(root)
    else if (collateral === undefined || collateral === root) collateral = root
    else isOne = false
  })
  return isOne && collateral !== undefined && !debts.has(collateral)
}

/** Of the heaviest group, collateral less debt, and what the others leave to be covered. */
function split(
  groups: readonly number[],
  credit: Float64Array,
  debit: Float64Array,
): { own: number; rest: number; total: number; isTie: boolean } {
  let heaviest = -1
  let [most, second, allCredit, allDebit] = [0, 0, 0, 0]
  for (const group of groups) {
    const weight = credit[group] as number
    allCredit += weight
    allDebit += debit[group] as number
    if (heaviest < 0 || weight > most) {
      second = most
      most = weight
      heaviest = group
    } else if (weight > second) second = weight
  }
  const debt = heaviest < 0 ? 0 : (debit[heaviest] as number)
  return {
    own: most - debt,
    rest: allDebit - debt - (allCredit - most),
    total: allCredit + allDebit,
    isTie: !(most - second > TIE * most) && second > 0,
  }
}
