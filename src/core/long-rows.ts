import type { AccountId } from './types.ts'

const SLOTS = 4

/** What the few rows with more entries than a sheet has slots have beyond them: further groups of slots, each with its owner. */
export class LongRows {
  /** Owner by group; −1 for one that is free. */
  #owners = new Int32Array(16)
  /** 1 for the first group of its owner. */
  #leads = new Uint8Array(16)
  #slots = new Uint16Array(16 * SLOTS)
  #weights = new Float64Array(16 * SLOTS)
  #size = 0
  #most = 0
  readonly #free: number[] = []
  readonly #groups = new Map<AccountId, readonly number[]>()

  /** Slots and weights beyond the first few; none: the row has become short. */
  set(account: AccountId, slots: readonly number[], weights: readonly number[]): void {
    for (const group of this.#groups.get(account) ?? []) {
      this.#owners[group] = -1
      this.#free.push(group)
    }
    this.#groups.delete(account)
    const groups: number[] = []
    for (let first = 0; first < slots.length; first += SLOTS) {
      const group = this.#take(account)
      this.#leads[group] = first === 0 ? 1 : 0
      groups.push(group)
      for (let i = 0; i < SLOTS; i++) {
        this.#slots[group * SLOTS + i] = slots[first + i] ?? 0
        this.#weights[group * SLOTS + i] = weights[first + i] ?? 0
      }
    }
    if (groups.length > 0) this.#groups.set(account, groups)
    this.#most = Math.max(this.#most, groups.length)
  }

  has(account: AccountId): boolean {
    return this.#groups.has(account)
  }

  /** Most groups that any row ever had. */
  get most(): number {
    return this.#most
  }

  /** Add what the groups are worth to their owners' sums. `up`, `down`: by slot. */
  add(up: Float64Array, down: Float64Array, credit: Float64Array, debit: Float64Array): void {
    const [owners, slots, weights, size] = [this.#owners, this.#slots, this.#weights, this.#size]
    for (let group = 0, at = 0; group < size; group++, at += SLOTS) {
      const owner = owners[group] as number
      if (owner < 0) continue
      let plus = credit[owner] as number
      let minus = debit[owner] as number
      for (let i = at; i < at + SLOTS; i++) {
        const slot = slots[i] as number
        const weight = weights[i] as number
        plus += weight * (up[slot] as number)
        minus += weight * (down[slot] as number)
      }
      credit[owner] = plus
      debit[owner] = minus
    }
  }

  /** The same for one sum. `table`: by slot. */
  sum(table: Float64Array, into: Float64Array): void {
    for (let group = 0; group < this.#size; group++) {
      const owner = this.#owners[group] as number
      if (owner < 0) continue
      let sum = into[owner] as number
      for (let i = group * SLOTS; i < group * SLOTS + SLOTS; i++)
        sum += (this.#weights[i] as number) * (table[this.#slots[i] as number] as number)
      into[owner] = sum
    }
  }

  /** Add every weight to its slot's sum. */
  total(sums: Float64Array): void {
    for (let i = 0; i < this.#size * SLOTS; i++) {
      if ((this.#owners[Math.floor(i / SLOTS)] as number) < 0) continue
      const slot = this.#slots[i] as number
      sums[slot] = (sums[slot] as number) + (this.#weights[i] as number)
    }
  }

  /** Owners whose margin is below `widest`, each once, from `at` of `into` on; returns where they end. */
  near(
    sheet: { credit: Float64Array; debit: Float64Array },
    widest: { absolute: number; relative: number },
    into: Int32Array,
    at: number,
  ): number {
    const { credit, debit } = sheet
    let end = at
    for (let group = 0; group < this.#size; group++) {
      const owner = this.#owners[group] as number
      if (owner < 0 || this.#leads[group] !== 1) continue
      const plus = credit[owner] as number
      const minus = debit[owner] as number
      if (minus > 0 && plus - minus <= widest.absolute + widest.relative * (plus + minus)) into[end++] = owner
    }
    return end
  }

  /** The further slots of an account; 0 where there is nothing. */
  each(account: AccountId, visit: (slot: number, weight: number) => void): void {
    for (const group of this.#groups.get(account) ?? [])
      for (let i = group * SLOTS; i < group * SLOTS + SLOTS; i++)
        visit(this.#slots[i] as number, this.#weights[i] as number)
  }

  /** Σ of `grain` over the further slots of an account. */
  error(account: AccountId, grain: Float64Array): number {
    let error = 0
    for (const group of this.#groups.get(account) ?? [])
      for (let i = group * SLOTS; i < group * SLOTS + SLOTS; i++) error += grain[this.#slots[i] as number] as number
    return error
  }

  #take(account: AccountId): number {
    const group = this.#free.pop() ?? this.#size++
    if (group >= this.#owners.length) {
      const capacity = Math.ceil(this.#size * 1.25)
      this.#owners = widen(new Int32Array(capacity), this.#owners)
      this.#leads = widen(new Uint8Array(capacity), this.#leads)
      this.#slots = widen(new Uint16Array(capacity * SLOTS), this.#slots)
      this.#weights = widen(new Float64Array(capacity * SLOTS), this.#weights)
    }
    this.#owners[group] = account
    return group
  }
}

function widen<T extends Int32Array | Uint8Array | Uint16Array | Float64Array>(into: T, from: T): T {
  into.set(from)
  return into
}
