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

/**
 * Accounts as rows of weights on rate columns, four fixed slots each and a short overflow list. The screen is its one
 * loop over typed arrays; it knows no protocol.
 */
export class Sheet {
  /** Σ of the positive products: collateral × threshold, in base units, after `screen`. */
  credit = new Float64Array(0)
  /** Σ of the negative products, made positive: debt in base units, after `screen`. */
  debit = new Float64Array(0)
  #columns = new Int32Array(0)
  #weights = new Float64Array(0)
  readonly #overflow = new Map<AccountId, readonly Entry[]>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Replace an account's row. A weight of 0 is no entry. */
  set(account: AccountId, row: readonly Entry[]): void {
    this.#grow(account + 1)
    const base = account * SLOTS
    for (let i = 0; i < SLOTS; i++) {
      this.#columns[base + i] = row[i]?.column ?? 0
      this.#weights[base + i] = row[i]?.weight ?? 0
    }
    if (row.length > SLOTS) this.#overflow.set(account, row.slice(SLOTS))
    else this.#overflow.delete(account)
  }

  /**
   * Write `credit` and `debit` of every account at these rates, and the accounts that may be unhealthy into `into`.
   * Flags too many, never too few: everyone with debt whose margin is below the slack. Returns how many were flagged.
   */
  screen({ rate, grain }: Rates, slack: Slack, into: Int32Array): number {
    let flagged = 0
    const columns = this.#columns
    const weights = this.#weights
    for (let account = 0, at = 0; account < this.#size; account++) {
      let credit = 0
      let debit = 0
      let error = slack.absolute
      for (const end = at + SLOTS; at < end; at++) {
        const weight = weights[at] as number
        if (weight === 0) continue
        const column = columns[at] as number
        const value = weight * (rate[column] as number)
        if (value > 0) credit += value
        else debit -= value
        error += grain[column] as number
      }
      this.credit[account] = credit
      this.debit[account] = debit
      if (debit > 0 && credit - debit <= error + slack.relative * (credit + debit)) into[flagged++] = account
    }
    return this.#screenOverflow({ rate, grain }, slack, into, flagged)
  }

  /** The few long rows, finished: what their first slots flagged is decided again with the rest added. */
  #screenOverflow({ rate, grain }: Rates, slack: Slack, into: Int32Array, flagged: number): number {
    if (this.#overflow.size === 0) return flagged
    let kept = 0
    for (let i = 0; i < flagged; i++) {
      const account = into[i] as number
      if (!this.#overflow.has(account)) into[kept++] = account
    }
    for (const [account, rest] of this.#overflow) {
      let credit = this.credit[account] as number
      let debit = this.debit[account] as number
      let error = slack.absolute
      for (let i = account * SLOTS; i < account * SLOTS + SLOTS; i++)
        if (this.#weights[i] !== 0) error += grain[this.#columns[i] as number] as number
      for (const { column, weight } of rest) {
        if (weight === 0) continue
        const value = weight * (rate[column] as number)
        if (value > 0) credit += value
        else debit -= value
        error += grain[column] as number
      }
      this.credit[account] = credit
      this.debit[account] = debit
      if (debit > 0 && credit - debit <= error + slack.relative * (credit + debit)) into[kept++] = account
    }
    return kept
  }

  #grow(size: number): void {
    if (size <= this.#size) return
    this.#size = size
    if (size * SLOTS <= this.#weights.length) return
    const capacity = Math.max(1024, size * 2)
    this.#columns = widen(new Int32Array(capacity * SLOTS), this.#columns)
    this.#weights = widen(new Float64Array(capacity * SLOTS), this.#weights)
    this.credit = widen(new Float64Array(capacity), this.credit)
    this.debit = widen(new Float64Array(capacity), this.debit)
  }
}

function widen<T extends Int32Array | Float64Array>(into: T, from: T): T {
  into.set(from)
  return into
}
