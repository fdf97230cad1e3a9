import type { AccountId } from '../types.ts'
import type { Portrait } from './portrait.ts'

/** More entries than any row has: four parts of 128 reserves. */
const MOST = 512

/**
 * One account taken apart in floats, at prices that may have moved. One object is filled again and again: what looks at a million
 * accounts must not make a million objects.
 */
export class Holdings {
  readonly #portrait: Portrait
  readonly #columns = new Int32Array(MOST)
  readonly #weights = new Float64Array(MOST)
  /** Of collaterals, then of debts: base units, and the column each stands on. */
  readonly value = new Float64Array(MOST)
  readonly column = new Int32Array(MOST)
  /** Of what was read last: entries before this one are collateral. */
  collaterals = 0
  count = 0

  constructor(portrait: Portrait) {
    this.#portrait = portrait
  }

  /** `moved`: by column 1 where the price is `factor` times its own. */
  read(account: AccountId, moved: Float64Array, factor: number): void {
    const { book, terms, rate } = this.#portrait
    const [columns, weights, { value, column }] = [this.#columns, this.#weights, this]
    const count = book.sheet.read(account, columns, weights)
    let at = 0
    for (let i = 0; i < count; i++) {
      const here = columns[i] as number
      const worth = terms.worth[here] as number
      // What the chain itself said of health is no holding.
      if ((weights[i] as number) < 0 || worth === 0) continue
      column[at] = here
      value[at++] = (weights[i] as number) * worth * ((moved[here] as number) === 0 ? 1 : factor)
    }
    this.collaterals = at
    for (let i = 0; i < count; i++) {
      if ((weights[i] as number) >= 0) continue
      const here = columns[i] as number
      column[at] = here
      value[at++] = -(weights[i] as number) * (rate[here] as number) * ((moved[here] as number) === 0 ? 1 : factor)
    }
    this.count = at
  }

  /** C, D and B of what was read. */
  sums(): { readonly collateral: number; readonly debt: number; readonly repayable: number } {
    let [collateral, debt, repayable] = [0, 0, 0]
    for (let i = 0; i < this.collaterals; i++) {
      const [value, bonus] = [this.value[i] as number, this.bonus(i)]
      collateral += value
      if (bonus > 0) repayable += value / bonus
    }
    for (let i = this.collaterals; i < this.count; i++) debt += this.value[i] as number
    return { collateral, debt, repayable }
  }

  /** Threshold of the i-th collateral, 0 to 1. */
  threshold(i: number): number {
    const { rate, terms } = this.#portrait
    const column = this.column[i] as number
    return (rate[column] as number) / (terms.worth[column] as number)
  }

  bonus(i: number): number {
    return this.#portrait.terms.bonus[this.column[i] as number] as number
  }

  /** Place of the i-th entry's reserve in the market. */
  reserve(i: number): number {
    return this.#portrait.terms.reserve[this.column[i] as number] as number
  }
}
