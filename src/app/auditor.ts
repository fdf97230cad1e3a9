import { getAddress } from 'viem'
import type { Book } from '../core/book.ts'
import { RpcFault, UnreachableError } from '../core/errors.ts'
import type { JournalEntry } from '../core/journal.ts'
import type { Batch, Store } from '../core/ports.ts'
import { chooseSample } from '../core/sample.ts'
import { type Finding, judge, readAnew } from '../core/trust.ts'
import type { AccountId, Header } from '../core/types.ts'
import { isExact, type Verification, verify } from './audit.ts'
import type { ChainState } from './chain-state.ts'
import type { Journal } from './journal.ts'
import type { BorrowerSearch } from './resync.ts'
import { type Kept, readKept, writeKept } from './trust-store.ts'

export interface AuditorOptions {
  readonly state: ChainState
  readonly store: Pick<Store, 'value' | 'setValue' | 'atomically' | 'forget'>
  readonly journal: Journal
  readonly books: readonly Book[]
  readonly batch: Batch
  /** The name under which the store keeps a market. */
  readonly keyOf: (market: string) => string
  /** Accounts compared before anything is sent. */
  readonly proveAccounts: number
  readonly search: BorrowerSearch
  /** Ends this life of the loop; the next one reads the chain's markets anew. */
  readonly startAnew: () => void
  readonly onProblem: (problem: string) => void
}

/** Blocks between two audits of a market. */
const AUDIT_BLOCKS = 50n
/** Accounts that an audit compares: one request. */
const AUDIT_ACCOUNTS = 50
/** Health below which an account is audited more often. */
const NEAR = 1.1

type Search = 'going' | 'over' | { readonly failed: unknown }

/** Compares a chain's markets with the chain, and sees to what follows. One for each life of the loop: each begins unproven. */
export class Auditor {
  readonly #options: AuditorOptions
  readonly #audited = new Map<string, bigint>()
  readonly #searches = new Map<string, Search>()

  constructor(options: AuditorOptions) {
    this.#options = options
    const { state, store, books, keyOf } = options
    for (const { name } of books) {
      state.proven.delete(name)
      remember(state.differences, name, readKept(store, keyOf(name)).difference)
    }
  }

  /** After a page: reads anew what is due; on a live one, proves what is to be proven before anything is decided. */
  async afterPage(live: boolean): Promise<void> {
    const { state, books } = this.#options
    for (const book of books) this.#finishSearch(book)
    if (!live) return
    for (const book of books)
      if (!state.proven.has(book.name) && !state.differences.has(book.name))
        await this.#audit(book, this.#options.proveAccounts)
  }

  /** After a live page was acted on: the rolling audit. */
  async afterActing(): Promise<void> {
    for (const book of this.#options.books) {
      const audited = this.#audited.get(book.name)
      const block = book.head?.number ?? 0n
      if (audited === undefined || block >= audited + AUDIT_BLOCKS) await this.#audit(book, AUDIT_ACCOUNTS)
    }
  }

  /** A node that fails costs this audit: the next page tries again. */
  async #audit(book: Book, size: number): Promise<void> {
    const { store, keyOf, search, onProblem } = this.#options
    const { head } = book
    // Of rules that nobody here knows there is no mirror to compare.
    if (head === undefined || book.protocol.market(book.ledger).rules === undefined) return
    const before = readKept(store, keyOf(book.name))
    try {
      const { accounts, round } = sampleOf(book, head, before, size)
      const remembered = (before.difference?.accounts ?? []).flatMap((address) => book.find(address) ?? [])
      const result = await this.#verify(book, [...new Set([...remembered, ...accounts])])
      const after = { ...judge(before, findingOf(result)), round }
      const searching = after.difference?.searching === true
      if (searching && before.difference?.searching !== true) await search.rewind(book.name)
      this.#record(book, { result, before, after })
      if (searching) this.#startSearch(book.name)
    } catch (error) {
      if (!(error instanceof RpcFault || error instanceof UnreachableError)) throw error
      onProblem(`audit of ${book.name}: ${error.message}`)
    }
  }

  /** What differs is asked for a second time, alone: an answer that a node gave up on, or gave wrongly once, is no difference. */
  async #verify(book: Book, accounts: readonly AccountId[]): Promise<Verification> {
    const { batch, onProblem } = this.#options
    const first = await verify(book, batch, accounts)
    if (isExact(first)) return first
    const differing = new Set(first.mismatches.flatMap(({ address }) => book.find(address) ?? []))
    const second = await verify(book, batch, [...differing])
    if (isExact(second)) onProblem(`audit of ${book.name}: a node answered twice, and differently`)
    return { ...second, checked: first.checked }
  }

  #record(book: Book, audited: Audited): void {
    const { state, store, journal, keyOf } = this.#options
    const { name } = book
    const { result, after } = audited
    const firstOfLife = !this.#audited.has(name)
    const block = result.block.toString()
    const add = (kind: JournalEntry['kind'], data: JournalEntry['data']): void =>
      void journal.add({ chainId: state.chainId, market: name, block, kind, data })
    journal.hold(() =>
      store.atomically(() => {
        writeKept(store, keyOf(name), after)
        add('audit', auditData(result))
        const breaker = breakerOf(audited, firstOfLife)
        if (breaker) add('breaker', breaker)
      }),
    )
    this.#audited.set(name, result.block)
    state.audits.set(name, { block: result.block, checked: result.checked, mismatched: mismatchedIn(result) })
    remember(state.differences, name, after.difference)
    if (after.difference === undefined) state.proven.add(name)
    else state.proven.delete(name)
  }

  /** Beside the loop: it may take long, and the other markets of the chain must not wait for it. */
  #startSearch(market: string): void {
    if (this.#searches.get(market) === 'going') return
    this.#searches.set(market, 'going')
    this.#options.search.run(market).then(
      () => this.#searches.set(market, 'over'),
      (error: unknown) => this.#searches.set(market, { failed: error }),
    )
  }

  /** At a page's end, where nothing is half done. */
  #finishSearch({ name, head }: Book): void {
    const { state, store, keyOf, startAnew, onProblem } = this.#options
    const search = this.#searches.get(name)
    if (search === undefined || search === 'going' || head === undefined) return
    this.#searches.delete(name)
    const kept = readKept(store, keyOf(name))
    const { difference } = kept
    if (difference === undefined) throw new RangeError(`market ${name} was searched, and does not differ`)
    if (search !== 'over') {
      if (!(search.failed instanceof RpcFault || search.failed instanceof UnreachableError)) throw search.failed
      return onProblem(`search for borrowers of ${name}: ${search.failed.message}`)
    }
    const next = readAnew(difference, kept.patience, head.number)
    store.atomically(() => {
      writeKept(store, keyOf(name), { ...kept, ...next })
      store.forget(state.chainId)
    })
    remember(state.differences, name, next.difference)
    state.resyncs.set(name, (state.resyncs.get(name) ?? 0) + 1)
    onProblem(`market ${name} is read anew: it differed in ${difference.detail}`)
    startAnew()
  }
}

interface Audited {
  readonly result: Verification
  readonly before: Kept
  readonly after: Kept
}

function sampleOf(book: Book, head: Header, { round }: Kept, size: number): ReturnType<typeof chooseSample> {
  book.screen(head.timestamp)
  const { ledger, protocol } = book
  const near = book.ranked(Number.POSITIVE_INFINITY, NEAR)
  return chooseSample({ near, size: ledger.size, knows: (account) => protocol.knows(ledger, account) }, round, size)
}

function remember<T>(map: Map<string, T>, name: string, value: T | undefined): void {
  if (value === undefined) map.delete(name)
  else map.set(name, value)
}

const wrongTotals = ({ reserves }: Verification) =>
  reserves.filter(({ sumScaledDebt, scaledTotalSupply }) => sumScaledDebt !== scaledTotalSupply)

/** At least one when anything differs, be it only a total. */
const mismatchedIn = (result: Verification): number => (isExact(result) ? 0 : Math.max(1, result.mismatched))

function findingOf(result: Verification): Finding {
  const accounts = [...new Set(result.mismatches.map(({ address }) => address))]
  return { block: result.block, exact: isExact(result), accounts, detail: detailOf(result) }
}

/** What differs, with the first values of each kind. */
function detailOf(result: Verification): string {
  const totals = wrongTotals(result)
  const [account] = result.mismatches
  const [total] = totals
  const ofAccounts =
    account &&
    `${result.mismatched} of ${result.checked} accounts, such as ${getAddress(account.address)}: ${account.field} ${account.ours}, on the chain ${account.chain}`
  const ofTotals =
    total &&
    `${totals.length} of ${result.reserves.length} debt totals, such as ${getAddress(total.asset)}: ${total.sumScaledDebt}, on the chain ${total.scaledTotalSupply}`
  return [ofAccounts, ofTotals].filter(Boolean).join('; ')
}

function auditData(result: Verification): JournalEntry['data'] {
  const { block, checked } = result
  const worst = result.mismatches[0] ?? null
  const totals = wrongTotals(result).map(({ asset }) => getAddress(asset))
  return { block, checked, mismatched: mismatchedIn(result), worst: worst && { ...worst }, totals }
}

/** Only what changes is told: a market that goes on differing is told once each time it was read anew. */
function breakerOf({ result, before, after }: Audited, firstOfLife: boolean): JournalEntry['data'] | undefined {
  const { block, checked, reserves } = result
  const { difference } = after
  if (difference === undefined)
    return (
      before.difference && {
        reason: 'market-trusted',
        detail: `read anew, the mirror equals the chain in ${checked} accounts and ${reserves.length} debt totals; it had differed since block ${before.difference.since}`,
      }
    )
  const soon = difference.searching
    ? 'It is being read anew'
    : `It is read anew when it still differs at block ${after.patience.againFrom}`
  if (before.difference === undefined)
    return {
      reason: 'market-quarantined',
      detail: `mirror and chain differ in ${difference.detail}. Nothing is sent for this market. ${soon}`,
    }
  if (difference.rereads === 0 || !firstOfLife || isExact(result)) return undefined
  return {
    reason: 'market-still-differs',
    detail: `read anew since block ${difference.since} (${difference.rereads} times), mirror and chain still differ at block ${block} in ${difference.detail}. ${soon}`,
  }
}
