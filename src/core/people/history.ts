import type { Book } from '../book.ts'
import type { Cell } from '../ledger.ts'
import { UINT256_MAX } from '../math.ts'
import type { AccountId, Header } from '../types.ts'
import type { FallRule } from './alert-rule.ts'
import { MARGIN } from './bands.ts'
import { floatOfWad } from './guard.ts'

/** So many stretches a window is cut into: a level that stood for one of them is not missed. */
const STRETCHES = 8

/** A market's prices and indices at one block. */
interface Snapshot {
  readonly block: string
  readonly timestamp: number
  readonly cells: readonly (readonly [Cell, string])[]
}

interface Kept {
  readonly snapshot: Snapshot
  /** What every rate column was worth; undefined: to be computed anew. */
  rates: Float64Array | undefined
}

/** Health that an account would have had then. */
export interface Then {
  readonly healthFactor: bigint
  readonly block: string
}

/**
 * What a rule of falls compares with: not a history of every account, but one of the market's prices and indices, taken every
 * eighth of the rule's window. "Then" is the health that today's holdings would have had at the prices and indices of then, in
 * the contract's own integers: a fall is what the market did. What its owner did, he knows.
 */
export class History {
  readonly rule: FallRule
  readonly #book: Book
  #kept: Kept[] = []

  constructor(rule: FallRule, book: Book, bodies: Iterable<string>) {
    this.rule = rule
    this.#book = book
    for (const body of bodies) this.#kept.push({ snapshot: JSON.parse(body) as Snapshot, rates: undefined })
    this.#kept.sort((a, b) => a.snapshot.timestamp - b.snapshot.timestamp)
  }

  get timestamps(): readonly number[] {
    return this.#kept.map(({ snapshot }) => snapshot.timestamp)
  }

  /** As they are written down. */
  bodies(): readonly string[] {
    return this.#kept.map(({ snapshot }) => JSON.stringify(snapshot))
  }

  /** The next snapshot, if one is due at the book's head, and the timestamps of those that are too old. */
  due({ number, timestamp }: Header): { readonly taken: Snapshot | undefined; readonly old: readonly number[] } {
    const now = Number(timestamp)
    const old = this.#kept.flatMap(({ snapshot }) =>
      snapshot.timestamp < now - this.rule.withinS ? [snapshot.timestamp] : [],
    )
    const last = this.#kept.at(-1)?.snapshot.timestamp ?? Number.NEGATIVE_INFINITY
    if (now < last + this.rule.withinS / STRETCHES) return { taken: undefined, old }
    const { ledger, protocol } = this.#book
    const cells = [...ledger.market()].filter(([cell]) => protocol.isRateOnly(cell))
    return {
      taken: {
        block: number.toString(),
        timestamp: now,
        cells: cells.map(([cell, value]) => [cell, value.toString()]),
      },
      old,
    }
  }

  keep({ taken, old }: ReturnType<History['due']>): void {
    this.#kept = this.#kept.filter(({ snapshot }) => !old.includes(snapshot.timestamp))
    if (taken) this.#kept.push({ snapshot: taken, rates: undefined })
  }

  /** Back to a block; tells the timestamps of the snapshots that are gone. */
  rollback(to: bigint): readonly number[] {
    const gone = this.#kept.filter(({ snapshot }) => BigInt(snapshot.block) > to)
    this.#kept = this.#kept.filter((kept) => !gone.includes(kept))
    this.reshape()
    return gone.map(({ snapshot }) => snapshot.timestamp)
  }

  /** Columns may mean something else now. */
  reshape(): void {
    for (const kept of this.#kept) kept.rates = undefined
  }

  /**
   * Highest health then, of those in doubt: by floats, all that may have lost enough since a snapshot later than `since` says;
   * `everybody`: all accounts, without asking floats. As of the last screen.
   */
  fallen(head: Header, since: (account: AccountId) => number, everybody: boolean): Map<AccountId, Then> {
    const found = new Map<AccountId, Then>()
    const from = Number(head.timestamp) - this.rule.withinS
    const window = this.#kept.filter(({ snapshot }) => snapshot.timestamp >= from)
    if (window.length === 0) return found
    const doubtful = everybody ? this.#all() : this.#doubtful(window, head)
    for (const { snapshot } of window) {
      const { timestamp, block } = snapshot
      const some = doubtful.filter((account) => since(account) < timestamp)
      if (some.length === 0) continue
      this.#at(snapshot, head, () => {
        for (const account of some) {
          const health = this.#book.protocol.standing(this.#book.ledger, account, BigInt(timestamp))?.healthFactor
          if (health === undefined || health === UINT256_MAX) continue
          const before = found.get(account)
          if (before === undefined || health > before.healthFactor) found.set(account, { healthFactor: health, block })
        }
      })
    }
    return found
  }

  #all(): AccountId[] {
    return Array.from({ length: this.#book.sheet.size }, (_, account) => account)
  }

  #at<T>({ cells }: Snapshot, head: Header, work: () => T): T {
    const { ledger } = this.#book
    return ledger.speculate(head.number, () => {
      for (const [cell, value] of cells) ledger.set(cell, BigInt(value))
      return work()
    })
  }

  #ratesOf(kept: Kept, head: Header): Float64Array {
    if (kept.rates) return kept.rates
    const { protocol, ledger } = this.#book
    const columns = protocol.columns(ledger)
    const rates = { rate: new Float64Array(columns), grain: new Float64Array(columns) }
    this.#at(kept.snapshot, head, () => protocol.rates(ledger, BigInt(kept.snapshot.timestamp), rates))
    kept.rates = rates.rate
    return rates.rate
  }

  /** Everybody whose health may have been so much higher at the best rates of the window: one pass, whatever its length. */
  #doubtful(window: readonly Kept[], head: Header): AccountId[] {
    const { sheet, rates: now, grain, protocol, ledger } = this.#book
    const margin = protocol.isTight(ledger) ? MARGIN : LOOSE
    const { up, down } = bestOf(window.map((kept) => this.#ratesOf(kept, head)))
    const [below, lost] = [floatOfWad(this.rule.healthBelowWad) * margin, floatOfWad(this.rule.lostWad) / margin]
    const least = Number(this.rule.minDebtUsd8)
    // Health then is at most health now times what the columns moved. Above `dust` the grain of the contract's rounding costs
    // less than half of what may be lost.
    const moved = mostGained(now, up, down) * margin
    const error = 4 * grain
    const dust = (4 * error * (1 + below + lost)) / lost
    const found: AccountId[] = []
    if (moved <= (below + lost / 2) / below && least > dust + grain) return found
    for (let account = 0; account < sheet.size; account++) {
      const [plus, minus] = [sheet.credit[account] as number, sheet.debit[account] as number]
      if (!(minus > 0) || minus + grain < least || !(plus - grain < below * (minus + grain))) continue
      const lowest = (plus - error) / (minus + error) / margin
      const isDust = minus <= error
      if (
        isDust ||
        (((plus + error) / (minus - error)) * moved - lowest >= lost &&
          this.#gained(account, up, down, error) * margin - lowest >= lost)
      )
        found.push(account)
    }
    return found
  }

  /** Health at these rates, at most. */
  #gained(account: AccountId, up: Float64Array, down: Float64Array, error: number): number {
    let [credit, debit] = [0, 0]
    this.#book.sheet.each(account, (column, weight, isDebt) => {
      if (isDebt) debit += weight * (down[column] as number)
      else credit += weight * (up[column] as number)
    })
    return debit > error ? (credit + error) / (debit - error) : Number.POSITIVE_INFINITY
  }
}

/** Where a pool floors an average threshold, rows say so much less health than there may be. */
const LOOSE = 1.02

/** By column the highest and the lowest rate of several times, of those that had one; NaN where none had. */
function bestOf(rates: readonly Float64Array[]): { readonly up: Float64Array; readonly down: Float64Array } {
  const columns = Math.min(...rates.map(({ length }) => length))
  const [up, down] = [new Float64Array(columns), new Float64Array(columns)]
  for (let column = 0; column < columns; column++) {
    const values = rates.map((one) => one[column] as number).filter((rate) => !Number.isNaN(rate))
    up[column] = values.length === 0 ? Number.NaN : Math.max(...values)
    down[column] = values.length === 0 ? Number.NaN : Math.min(...values)
  }
  return { up, down }
}

/** How many times health may have been what it is now: the most that a column fell times the most that one rose. */
function mostGained(now: Float64Array, up: Float64Array, down: Float64Array): number {
  let [fell, rose] = [1, 1]
  for (let column = 0; column < Math.min(now.length, up.length); column++) {
    const [rate, high, low] = [now[column] as number, up[column] as number, down[column] as number]
    if (rate === 0 && high === 0 && low === 0) continue
    // A price that was missing then: nothing can be said.
    if (!(rate > 0 && low > 0)) {
      if (Number.isNaN(rate) || rate === 0) continue
      return Number.POSITIVE_INFINITY
    }
    fell = Math.max(fell, high / rate)
    rose = Math.max(rose, rate / low)
  }
  return fell * rose
}
