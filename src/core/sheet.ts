import { LongRows } from './long-rows.ts'
import type { AccountId, Entry } from './types.ts'

const SLOTS = 4

/** How far the float answer may lie from the exact one (see `Sheet.screen`). */
export interface Slack {
  /** Relative to Σ|weight · rate|. 16·2⁻⁵² covers the conversions, products and sums of one row. */
  readonly relative: number
  /** In base units, for every account. */
  readonly absolute: number
}

/** What moves for everybody at once. */
export interface Rates {
  /** Base units that one unit of weight is worth: index × price. NaN where there is no price: such rows fall silent. */
  readonly rate: Float64Array
  /** Base units by which one entry on the column may be wrong, since contracts floor and ceil (one wei of it + 1). */
  readonly grain: Float64Array
}

/** Slots point at 2 × (column + 1), one more for debt; 0 and 1 are nobody's and worth nothing. */
const slotOf = ({ column, weight }: Entry): number => (weight === 0 ? 0 : 2 * (column + 1) + (weight < 0 ? 1 : 0))
const MOST_COLUMNS = 2 ** 15 - 1

/**
 * Accounts as rows of weights on rate columns, four fixed slots each and a short overflow list. The screen is its one
 * loop over typed arrays; it knows no protocol.
 */
export class Sheet {
  /** Σ of the positive products: collateral × threshold, in base units, after `screen`. */
  credit = new Float64Array(0)
  /** Σ of the negative products, made positive: debt in base units, after `screen`. */
  debit = new Float64Array(0)
  #slots = new Uint16Array(0)
  /** Without their signs: the slot says the side. */
  #weights = new Float64Array(0)
  readonly #long = new LongRows()
  #size = 0
  /** By slot: what a weight adds to credit, to debit, and to the error. Two of them are 0, so that nothing need be asked. */
  #up = new Float64Array(2)
  #down = new Float64Array(2)
  #grain = new Float64Array(2)

  get size(): number {
    return this.#size
  }

  /** Replace an account's row. A weight of 0 is no entry. Throws RangeError for a column above 32,766. */
  set(account: AccountId, row: readonly Entry[]): void {
    this.#grow(account + 1)
    const base = account * SLOTS
    for (const { column } of row) if (column >= MOST_COLUMNS) throw new RangeError(`no slot for column ${column}`)
    for (let i = 0; i < SLOTS; i++) {
      const entry = row[i]
      this.#slots[base + i] = entry ? slotOf(entry) : 0
      this.#weights[base + i] = entry ? Math.abs(entry.weight) : 0
    }
    if (row.length <= SLOTS && !this.#long.has(account)) return
    const rest = row.slice(SLOTS)
    this.#long.set(
      account,
      rest.map(slotOf),
      rest.map(({ weight }) => Math.abs(weight)),
    )
  }

  /**
   * Write `credit` and `debit` of every account at these rates, and the accounts that may be unhealthy into `into`.
   * Flags too many, never too few: everyone with debt whose margin is below the slack. Returns how many were flagged.
   */
  screen(rates: Rates, slack: Slack, into: Int32Array): number {
    const largest = this.#take(rates)
    const near = this.#sum(slack.absolute + SLOTS * largest, slack.relative, into)
    let flagged = 0
    for (let i = 0; i < near; i++) {
      const account = into[i] as number
      if (!this.#long.has(account) && this.#isNear(account, slack, this.#error(account))) into[flagged++] = account
    }
    // The few long rows, finished: what their first slots said is decided again with the rest added.
    this.#long.add(this.#up, this.#down, this.credit, this.debit)
    const absolute = slack.absolute + SLOTS * (this.#long.most + 1) * largest
    const end = this.#long.near(this, { ...slack, absolute }, into, flagged)
    for (let i = flagged; i < end; i++) {
      const account = into[i] as number
      const error = this.#error(account) + this.#long.error(account, this.#grain)
      if (this.#isNear(account, slack, error)) into[flagged++] = account
    }
    return flagged
  }

  /**
   * The loop. Whoever is within the widest error of the line goes `into`; the few are looked at again. Written out slot by
   * slot, without a branch that depends on the data: four times as fast as asking each slot what it is.
   */
  #sum(widest: number, relative: number, into: Int32Array): number {
    const { credit, debit } = this
    const [slots, weights, up, down, size] = [this.#slots, this.#weights, this.#up, this.#down, this.#size]
    let near = 0
    for (let account = 0, at = 0; account < size; account++, at += SLOTS) {
      const a = slots[at] as number
      const b = slots[at + 1] as number
      const c = slots[at + 2] as number
      const d = slots[at + 3] as number
      const wa = weights[at] as number
      const wb = weights[at + 1] as number
      const wc = weights[at + 2] as number
      const wd = weights[at + 3] as number
      const plus = wa * (up[a] as number) + wb * (up[b] as number) + wc * (up[c] as number) + wd * (up[d] as number)
      const minus =
        wa * (down[a] as number) + wb * (down[b] as number) + wc * (down[c] as number) + wd * (down[d] as number)
      credit[account] = plus
      debit[account] = minus
      if (plus - minus <= widest + relative * (plus + minus) && minus > 0) into[near++] = account
    }
    return near
  }

  /**
   * Any other sum of everybody's row `into`: weights of collateral times `collateral`, of debt times `debt`, by column. Such as
   * collateral before thresholds, or what one feed moves. `screen` and its sums are left alone.
   */
  sum(collateral: Float64Array, debt: Float64Array, into: Float64Array): void {
    const table = new Float64Array(2 * (collateral.length + 1))
    for (let column = 0, slot = 2; column < collateral.length; column++, slot += 2) {
      table[slot] = collateral[column] as number
      table[slot + 1] = debt[column] as number
    }
    const [slots, weights, size] = [this.#slots, this.#weights, this.#size]
    for (let account = 0, at = 0; account < size; account++, at += SLOTS)
      into[account] =
        (weights[at] as number) * (table[slots[at] as number] as number) +
        (weights[at + 1] as number) * (table[slots[at + 1] as number] as number) +
        (weights[at + 2] as number) * (table[slots[at + 2] as number] as number) +
        (weights[at + 3] as number) * (table[slots[at + 3] as number] as number)
    this.#long.sum(table, into)
  }

  /** Σ weight by column, of everybody: collateral, and debt (positive). */
  totals(columns: number): { readonly collateral: Float64Array; readonly debt: Float64Array } {
    const sums = new Float64Array(2 * (columns + 1))
    const [slots, weights] = [this.#slots, this.#weights]
    for (let at = 0; at < this.#size * SLOTS; at++)
      sums[slots[at] as number] = (sums[slots[at] as number] as number) + (weights[at] as number)
    this.#long.total(sums)
    const side = (odd: number): Float64Array =>
      Float64Array.from({ length: columns }, (_, i) => sums[2 * i + 2 + odd] as number)
    return { collateral: side(0), debt: side(1) }
  }

  /** An account's entries into these arrays, weights of debt negative; returns how many. */
  read(account: AccountId, columns: Int32Array, weights: Float64Array): number {
    let count = 0
    for (let i = account * SLOTS; i < account * SLOTS + SLOTS; i++) {
      const slot = this.#slots[i] as number
      if (slot < 2) continue
      columns[count] = (slot >> 1) - 1
      weights[count++] = (slot & 1) === 1 ? -(this.#weights[i] as number) : (this.#weights[i] as number)
    }
    if (!this.#long.has(account)) return count
    this.#long.each(account, (slot, weight) => {
      if (slot < 2) return
      columns[count] = (slot >> 1) - 1
      weights[count++] = (slot & 1) === 1 ? -weight : weight
    })
    return count
  }

  /** Rates by slot; returns the largest grain. */
  #take({ rate, grain }: Rates): number {
    const slots = 2 * (rate.length + 1)
    if (this.#up.length < slots)
      [this.#up, this.#down, this.#grain] = [new Float64Array(slots), new Float64Array(slots), new Float64Array(slots)]
    let largest = 0
    for (let column = 0, slot = 2; column < rate.length; column++, slot += 2) {
      this.#up[slot] = rate[column] as number
      this.#down[slot + 1] = rate[column] as number
      this.#grain[slot] = grain[column] as number
      this.#grain[slot + 1] = grain[column] as number
      // A column without a price has no grain either: whoever stands on it is silent.
      if ((grain[column] as number) > largest) largest = grain[column] as number
    }
    return largest
  }

  #error(account: AccountId): number {
    let error = 0
    for (let i = account * SLOTS; i < account * SLOTS + SLOTS; i++)
      error += this.#grain[this.#slots[i] as number] as number
    return error
  }

  #isNear(account: AccountId, slack: Slack, error: number): boolean {
    const plus = this.credit[account] as number
    const minus = this.debit[account] as number
    return minus > 0 && plus - minus <= slack.absolute + error + slack.relative * (plus + minus)
  }

  /** Each entry of an account as it was set: weights without their signs, the side beside them. */
  each(account: AccountId, visit: (column: number, weight: number, isDebt: boolean) => void): void {
    for (let i = account * SLOTS; i < account * SLOTS + SLOTS; i++) visitSlot(this.#slots[i], this.#weights[i], visit)
    this.#long.each(account, (slot, weight) => visitSlot(slot, weight, visit))
  }

  /** The row as it was set. */
  row(account: AccountId): Entry[] {
    const row: Entry[] = []
    if (account < this.#size)
      this.each(account, (column, weight, isDebt) => void row.push({ column, weight: isDebt ? -weight : weight }))
    return row
  }

  /** Room for so many accounts, so that setting their rows moves nothing. */
  reserve(accounts: number): void {
    if (accounts > this.credit.length) this.#widen(accounts)
  }

  #grow(size: number): void {
    if (size <= this.#size) return
    this.#size = size
    // A quarter more: what is reserved and not used is memory too.
    if (size > this.credit.length) this.#widen(Math.max(1024, Math.ceil(size * 1.25)))
  }

  #widen(capacity: number): void {
    this.#slots = widen(new Uint16Array(capacity * SLOTS), this.#slots)
    this.#weights = widen(new Float64Array(capacity * SLOTS), this.#weights)
    this.credit = widen(new Float64Array(capacity), this.credit)
    this.debit = widen(new Float64Array(capacity), this.debit)
  }
}

function visitSlot(
  slot: number | undefined,
  weight: number | undefined,
  visit: (column: number, weight: number, isDebt: boolean) => void,
): void {
  if (slot !== undefined && weight !== undefined && slot > 1) visit((slot >> 1) - 1, weight, (slot & 1) === 1)
}

function widen<T extends Uint16Array | Float64Array>(into: T, from: T): T {
  into.set(from)
  return into
}
