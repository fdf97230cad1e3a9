import type { Address } from 'viem'
import type { Ledger } from '../ledger.ts'
import type { AccountId } from '../types.ts'
import type { Latch, LatchChange } from './alert.ts'

/** A latch as the store keeps it. */
export interface LatchRow {
  readonly rule: string
  readonly subject: string
  readonly body: string
}

type OfAccount = Map<string, Latch>

/** The latches of one market: by account, and those of the market itself. Those of addresses that are not known yet wait. */
export class Latches {
  readonly #market: string
  readonly #ledger: Ledger
  readonly #accounts = new Map<AccountId, OfAccount>()
  readonly #absent = new Map<string, OfAccount>()
  readonly #own = new Map<string, Latch>()
  /** By rule and subject; see `History`. */
  readonly #snapshots = new Map<string, Map<string, string>>()

  constructor(market: string, ledger: Ledger, rows: Iterable<LatchRow>) {
    this.#market = market
    this.#ledger = ledger
    for (const row of rows) this.#load(row)
  }

  #load({ rule, subject, body }: LatchRow): void {
    const rest = subject.slice(this.#market.length)
    if (!subject.startsWith(this.#market)) return
    if (rest === '') this.#own.set(rule, JSON.parse(body) as Latch)
    else if (rest.startsWith('@'))
      this.#snapshots.set(rule, (this.#snapshots.get(rule) ?? new Map<string, string>()).set(subject, body))
    else if (rest.startsWith('/')) {
      const address = rest.slice(1)
      const account = this.#ledger.find(address as Address)
      const latch = JSON.parse(body) as Latch
      if (account === undefined) put(this.#absent, address, rule, latch)
      else put(this.#accounts, account, rule, latch)
    }
  }

  of(account: AccountId): ReadonlyMap<string, Latch> | undefined {
    return this.#accounts.get(account)
  }

  /** Everybody of whom something was told. */
  accounts(): Iterable<AccountId> {
    return this.#accounts.keys()
  }

  /** Of the market itself. */
  own(rule: string): Latch | undefined {
    return this.#own.get(rule)
  }

  setOwn(rule: string, latch: Latch | undefined): void {
    if (latch) this.#own.set(rule, latch)
    else this.#own.delete(rule)
  }

  set(account: AccountId, rule: string, latch: Latch | undefined): void {
    if (latch) return put(this.#accounts, account, rule, latch)
    const known = this.#accounts.get(account)
    known?.delete(rule)
    if (known?.size === 0) this.#accounts.delete(account)
  }

  /** An address has got a number: what was known of it is its again. True when there was something. */
  arrive(account: AccountId): boolean {
    if (this.#absent.size === 0) return false
    const address = this.#ledger.address(account)
    const known = this.#absent.get(address)
    if (known === undefined) return false
    this.#absent.delete(address)
    this.#accounts.set(account, known)
    return true
  }

  /** What was loaded of a rule's snapshots; once. */
  takeSnapshots(rule: string): Iterable<string> {
    const bodies = this.#snapshots.get(rule)?.values() ?? []
    this.#snapshots.delete(rule)
    return bodies
  }

  /** Snapshots that nobody took, and latches of the market by rules that are gone: to be forgotten. */
  orphans(rules: ReadonlySet<string>): LatchChange[] {
    const snapshots = [...this.#snapshots].flatMap(([rule, found]) =>
      [...found.keys()].map((subject) => ({ rule, subject, body: undefined })),
    )
    const gone = [...this.#own.keys()].filter((rule) => !rules.has(rule))
    return [...snapshots, ...gone.map((rule) => this.change(undefined, rule, undefined))]
  }

  /** They are forgotten. */
  dropOrphans(rules: ReadonlySet<string>): void {
    this.#snapshots.clear()
    for (const rule of this.#own.keys()) if (!rules.has(rule)) this.#own.delete(rule)
  }

  /** As the store keeps them. */
  change(account: AccountId | undefined, rule: string, latch: Latch | undefined): LatchChange {
    const subject = account === undefined ? this.#market : `${this.#market}/${this.#ledger.address(account)}`
    return { rule, subject, body: latch && JSON.stringify(latch) }
  }

  snapshot(rule: string, timestamp: number, body: string | undefined): LatchChange {
    return { rule, subject: `${this.#market}@${timestamp}`, body }
  }
}

function put<K>(into: Map<K, OfAccount>, key: K, rule: string, latch: Latch): void {
  const known = into.get(key)
  if (known) known.set(rule, latch)
  else into.set(key, new Map([[rule, latch]]))
}
