import type { Address } from 'viem'

interface Fall {
  /** First block at whose end health was below 1; null: it was so when watching began. */
  readonly since: number | null
  /** First block at whose end it was not any more. */
  until: number | null
  /** Block of the first liquidation. */
  taken: number | null
}

/** More than so many falls at once are not followed: the first ones are. */
const MOST = 4096

type FallState = readonly [Address, number | null, number | null, number | null]

/** As JSON. */
export interface SunkState {
  readonly looked: number | null
  readonly falls: readonly FallState[]
}

/**
 * Since when each account can be liquidated, in blocks, so that a call's lateness is known. Looked at once a block; a rollback
 * takes back what blocks above it said.
 */
export class Sunk {
  /** By account, in order: only the last can still go on. */
  readonly #falls = new Map<Address, Fall[]>()
  /** Last block at whose end everybody was looked at. */
  #looked: number | undefined

  constructor(state?: SunkState) {
    this.#looked = state?.looked ?? undefined
    for (const [account, since, until, taken] of state?.falls ?? []) this.#push(account, { since, until, taken })
  }

  /** Who is liquidatable at the end of `block`. Falls that ended before `forget` are forgotten. */
  look(accounts: ReadonlySet<Address>, block: number, forget: number): void {
    for (const [account, falls] of this.#falls) {
      const last = falls.at(-1)
      if (last && last.until === null && !accounts.has(account)) last.until = block
      const kept = falls.filter(({ until }) => until === null || until >= forget)
      if (kept.length === 0) this.#falls.delete(account)
      else if (kept.length < falls.length) this.#falls.set(account, kept)
    }
    const sure = this.#looked !== undefined && block <= this.#looked + 1
    for (const account of accounts)
      if (this.#current(account) === undefined && this.#falls.size < MOST)
        this.#push(account, { since: sure ? block : null, until: null, taken: null })
    this.#looked = block
  }

  /** How many blocks late a call in `block` is; noted, so that the next one of the same fall is told from it. */
  take(account: Address, block: number): number | 'unknown' | 'again' {
    const fall = this.#current(account)
    if (fall === undefined) {
      const followed = this.#looked === block - 1 && this.#falls.size < MOST
      // It went under and was liquidated within the block.
      if (followed) this.#push(account, { since: block, until: null, taken: block })
      return followed ? 0 : 'unknown'
    }
    if (fall.taken !== null) return 'again'
    fall.taken = block
    return fall.since === null ? 'unknown' : block - fall.since
  }

  rollback(to: number): void {
    if (this.#looked !== undefined && this.#looked > to) this.#looked = to
    for (const [account, falls] of this.#falls) {
      const kept = falls.filter(({ since }) => since === null || since <= to)
      for (const fall of kept) {
        if (fall.until !== null && fall.until > to) fall.until = null
        if (fall.taken !== null && fall.taken > to) fall.taken = null
      }
      if (kept.length === 0) this.#falls.delete(account)
      else this.#falls.set(account, kept)
    }
  }

  state(): SunkState {
    const falls = [...this.#falls].flatMap(([account, all]) =>
      all.map(({ since, until, taken }): FallState => [account, since, until, taken]),
    )
    return { looked: this.#looked ?? null, falls }
  }

  #current(account: Address): Fall | undefined {
    const last = this.#falls.get(account)?.at(-1)
    return last?.until === null ? last : undefined
  }

  #push(account: Address, fall: Fall): void {
    const falls = this.#falls.get(account)
    if (falls) falls.push(fall)
    else this.#falls.set(account, [fall])
  }
}
