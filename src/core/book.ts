import type { Address } from 'viem'
import { Ledger } from './ledger.ts'
import { Lowest } from './lowest.ts'
import type { Candidate, Unhealthy } from './plan.ts'
import type { Checkpoint, Follower } from './ports.ts'
import type { AccountView, Protocol, Touched } from './protocol.ts'
import { type Rates, Sheet } from './sheet.ts'
import type { AccountId, Call, Entry, Facts, Header, LogFilter, Read } from './types.ts'

/** One market: its protocol, its ledger, its sheet. Same facts in, same answers out. */
export class Book implements Follower {
  readonly name: string
  readonly protocol: Protocol
  readonly ledger: Ledger
  readonly sheet = new Sheet()
  /** The block this book speaks of; undefined before its first page. */
  head: Header | undefined
  #rates: Rates = { rate: new Float64Array(0), grain: new Float64Array(0) }
  #flagged = new Int32Array(0)
  #replaced: ReadonlyMap<AccountId, readonly Entry[]> = new Map()

  constructor(name: string, protocol: Protocol) {
    this.name = name
    this.protocol = protocol
    this.ledger = new Ledger(protocol.layout)
  }

  filters(): readonly LogFilter[] {
    return this.protocol.filters(this.ledger)
  }

  reads(facts: Facts): readonly Call[] {
    return this.ledger.speculate(facts.block.number, () => {
      this.protocol.apply(facts, this.ledger)
      return this.protocol.reads(facts, this.ledger)
    })
  }

  /** Answers that need no node; see `Protocol.derive`. Before the page is applied. */
  derive(facts: Facts, calls: readonly Call[]): readonly Read[] {
    return this.protocol.derive(facts, this.ledger, calls)
  }

  /** Takes in a page; tells whose rows changed. */
  apply(facts: Facts): Touched {
    this.ledger.begin(facts.block.number)
    const touched = this.protocol.apply(facts, this.ledger)
    const { accounts, all } = touched
    this.#replaced = new Map(all ? [] : [...accounts].map((account) => [account, this.sheet.row(account)]))
    this.#rows(all ? this.#everybody() : accounts)
    this.head = facts.block
    return touched
  }

  /** Rows that the last page replaced, as they were; none where a page changed all of them. */
  get replaced(): ReadonlyMap<AccountId, readonly Entry[]> {
    return this.#replaced
  }

  /** Back to `to`, as if nothing above it had ever been; tells whose rows changed. */
  rollback(to: Header): Touched {
    const accounts = new Set<AccountId>()
    let everybody = false
    for (const cell of this.ledger.rollback(to.number)) {
      const account = this.ledger.accountOf(cell)
      if (account !== undefined) accounts.add(account)
      else everybody ||= !this.protocol.isRateOnly(cell)
    }
    this.#rows(everybody ? this.#everybody() : accounts)
    this.head = to
    return { all: everybody, accounts }
  }

  /** Drop the undo of blocks that can no longer change. */
  finalize(block: bigint): void {
    this.ledger.finalize(block)
  }

  /** Screen everybody at `timestamp`; the result stays in `sheet.credit` and `sheet.debit`. Returns who may be unhealthy. */
  screen(timestamp: bigint): Int32Array {
    const columns = this.protocol.columns(this.ledger)
    if (this.#rates.rate.length < columns)
      this.#rates = { rate: new Float64Array(columns), grain: new Float64Array(columns) }
    if (this.#flagged.length < this.sheet.size) this.#flagged = new Int32Array(Math.ceil(this.sheet.size * 1.25))
    this.protocol.rates(this.ledger, timestamp, this.#rates)
    return this.#flagged.subarray(0, this.sheet.screen(this.#rates, this.protocol.slack, this.#flagged))
  }

  /** Value of every rate column as of the last screen; NaN where there is no price. */
  get rates(): Float64Array {
    return this.#rates.rate
  }

  /** Base units by which a row may be wrong as of the last screen: no account has two entries on a column. */
  get grain(): number {
    // A column without a price has no grain; whoever stands on it has no health either.
    return this.#rates.grain.reduce((sum, grain) => (grain > 0 ? sum + grain : sum), this.protocol.slack.absolute)
  }

  /** Everyone who is exactly liquidatable at `timestamp`, likely largest gain first. Nobody is sized. */
  unhealthy(timestamp: bigint): Unhealthy[] {
    const found: Unhealthy[] = []
    for (const account of this.screen(timestamp)) {
      const one = this.protocol.check(this.ledger, account, timestamp)
      if (one) found.push(one)
    }
    return found.sort((a, b) => b.gainBase - a.gainBase)
  }

  /** These, sized for `timestamp`: largest gain first. */
  sized(accounts: readonly Pick<Unhealthy, 'account'>[], timestamp: bigint): Candidate[] {
    return accounts
      .map(({ account }) => this.protocol.inspect(this.ledger, account, timestamp))
      .filter((candidate) => candidate !== undefined)
      .sort((a, b) => compareBig(gain(b), gain(a)))
  }

  /** Everyone who is exactly liquidatable at `timestamp`, sized, largest gain first: for reports, too slow for a crash. */
  liquidatable(timestamp: bigint): Candidate[] {
    return this.sized(this.unhealthy(timestamp), timestamp)
  }

  /** How many accounts have debt: as of the last screen. */
  get debtors(): number {
    let count = 0
    for (let i = 0; i < this.sheet.size; i++) if ((this.sheet.debit[i] as number) > 0) count++
    return count
  }

  /** Accounts with debt, lowest health first, at most `limit`, health below `below`. Order by the float of the last screen. */
  ranked(limit: number, below = Number.POSITIVE_INFINITY): AccountId[] {
    const { credit, debit, size } = this.sheet
    const lowest = new Lowest(Math.min(limit, size))
    for (let account = 0; account < size; account++) {
      const debt = debit[account] as number
      if (debt > 0) lowest.offer(account, (credit[account] as number) / debt, below)
    }
    return lowest.ordered()
  }

  account(account: AccountId, timestamp: bigint): AccountView | undefined {
    return this.protocol.account(this.ledger, account, timestamp)
  }

  find(address: Address): AccountId | undefined {
    return this.ledger.find(address)
  }

  /** The state at `block`, however far the book has gone on since. */
  checkpoint(block: Header): Checkpoint {
    return { block, ...this.ledger.snapshot(block.number) }
  }

  restore(checkpoint: Checkpoint): void {
    this.ledger.restore(checkpoint.accounts, checkpoint.cells)
    this.head = checkpoint.block
    this.sheet.reserve(this.ledger.size)
    this.#rows(this.#everybody())
  }

  *#everybody(): Iterable<AccountId> {
    for (let account = 0; account < this.ledger.size; account++) yield account
  }

  #rows(accounts: Iterable<AccountId>): void {
    for (const account of accounts) this.sheet.set(account, this.protocol.row(this.ledger, account))
  }
}

const gain = (candidate: Candidate): bigint => candidate.seizures[0]?.grossBase ?? 0n
const compareBig = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
