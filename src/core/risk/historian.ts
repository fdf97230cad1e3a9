import type { Address, Hex } from 'viem'
import type { Book } from '../book.ts'
import type { PoolBook } from '../pool-book.ts'
import type { Facts, Header, Read } from '../types.ts'
import { type AskedBooks, type Asker, Asking } from './asking.ts'
import { type Bin, type Closing, cut, newBin, note, rowsOf } from './bin.ts'
import type { Extras } from './extras.ts'
import type { Due, HistorianOptions, HistorianPort, PageMark } from './historian-port.ts'
import { stateFromText, stateToText } from './historian-state.ts'
import type { HourRow } from './hour-row.ts'
import { type Sampler, sampleOf } from './state-sample.ts'
import { Sunk } from './sunk.ts'
import { tallyOf } from './tally.ts'

export interface HistorianParts extends Pick<HistorianOptions, 'market' | 'binS'> {
  /** Ladder, depth, leverage at the end of a bin; without it they are null. */
  readonly sampler?: Sampler
  /** What no page tells; without it nothing is asked. */
  readonly asker?: Asker
}

/** Until somebody says what is final: so many blocks can be taken back. Hashes are kept of no more in any case. */
const REORG_BLOCKS = 256n
/** Bins that may change are kept up to so many, however long nothing becomes final. */
const MOST_CLOSED = 48
/** Bins in which there was no block are told up to so many in a row: a chain that stood still for longer was not watched. */
const MOST_EMPTY = 24

interface Closed {
  readonly bin: Bin
  /** Undefined after a restart: what comes late for it is not taken any more. */
  readonly closing: Closing | undefined
}

/**
 * The history of one market as it happens: rows of bins, one for the market (root '') and one a group. Pure: the same pages
 * give the same rows, whatever restarts and reorganisations lie between. A row may come again: the later one counts.
 */
export class Historian implements HistorianPort {
  readonly #parts: HistorianParts
  readonly #sunk: Sunk
  readonly #asking: Asking | undefined
  readonly #hashes = new Map<bigint, Hex>()
  #closed: Closed[] = []
  #open: Bin | undefined
  #last: PageMark | undefined
  #final: bigint | undefined
  #finished: HourRow[] = []
  /** As of the last page. */
  #books: AskedBooks | undefined

  /** `open`: what an earlier one told before a restart. */
  constructor(parts: HistorianParts, open?: string) {
    this.#parts = parts
    this.#asking = parts.asker && new Asking(parts.asker)
    const state = open === undefined ? undefined : stateFromText(open, parts.binS)
    this.#sunk = new Sunk(state?.sunk)
    if (state === undefined) return
    this.#last = state.last
    for (const [number, hash] of state.hashes) this.#hashes.set(number, hash)
    const bins = [...state.bins]
    this.#open = state.isOpen ? bins.pop() : undefined
    this.#closed = bins.map((bin) => ({ bin, closing: undefined }))
  }

  get at(): PageMark | undefined {
    return this.#last
  }

  /** Before the book takes the page in. Pages that were counted already are left out. */
  before(book: Book, facts: Facts): void {
    const { number, hash } = facts.block
    if (this.#isCounted(number, hash)) return
    const { head } = book
    // What a book's first page holds is the past of all accounts, not what happened in that block.
    if (head === undefined) this.#begin(facts.block)
    else {
      if (this.#open === undefined) this.#begin(head)
      this.#watch(book, facts, head)
    }
    this.#last = { number, hash }
    this.#hashes.set(number, hash)
    this.#forget(number)
  }

  after(book: Book, _: Facts, exchange: PoolBook | undefined): void {
    this.#books = { book, exchange }
  }

  quiet(book: Book, upTo: bigint): void {
    if (this.#open === undefined && book.head) this.#begin(book.head)
    if (this.#last === undefined || upTo <= this.#last.number) return
    this.#open?.runs.push([this.#last.number + 1n, upTo])
    this.#last = { ...this.#last, number: upTo }
  }

  rollback(to: Pick<Header, 'number' | 'hash'>): void {
    this.#cut(to.number, to.hash)
  }

  finalize(block: bigint): void {
    this.#final = block
  }

  due(): Due | undefined {
    return this.#asking?.due(this.#books)
  }

  told(block: Header, reads: readonly Read[] | undefined): void {
    const extras = this.#asking?.told(this.#books, block, reads)
    if (extras) this.note(block, extras)
  }

  /** What the node said of the end of block `at`; a bin that is over is written again. */
  note(at: Pick<Header, 'number' | 'timestamp'>, extras: Extras): void {
    const is = (bin: Bin): boolean => bin.hour === this.#hour(at) && at.number >= bin.before
    if (this.#open && is(this.#open)) note(this.#open, at, extras)
    for (const { bin, closing } of this.#closed) {
      if (closing === undefined || !is(bin)) continue
      note(bin, at, extras)
      this.#finished.push(...rowsOf(bin, closing))
    }
  }

  takeFinished(): HourRow[] {
    const rows = this.#finished
    this.#finished = []
    return rows
  }

  /** Together with the rows taken before. */
  open(): string {
    const bins = [...this.#closed.map(({ bin }) => bin), ...(this.#open ? [this.#open] : [])]
    const [last, hashes, sunk] = [this.#last, [...this.#hashes], this.#sunk.state()]
    return stateToText({ binS: this.#parts.binS, last, hashes, sunk, bins, isOpen: this.#open !== undefined })
  }

  #hour({ timestamp }: Pick<Header, 'timestamp'>): number {
    return Math.floor(Number(timestamp) / this.#parts.binS)
  }

  /** If the same blocks come again as another branch, what was counted of the old one is dropped. */
  #isCounted(number: bigint, hash: Hex): boolean {
    if (this.#last === undefined || number > this.#last.number) return false
    const known = this.#hashes.get(number)
    if (known === undefined || known === hash) return true
    this.#cut(number - 1n, undefined)
    return false
  }

  /** Nobody watched the bin of `block` up to here. */
  #begin(block: Header): void {
    const { number } = block
    this.#open = newBin({ hour: this.#hour(block), before: number, partialAt: number, roundsBefore: new Map() })
    this.#last = block
  }

  #watch(book: Book, facts: Facts, head: Header): void {
    const { number } = facts.block
    const last = this.#last?.number ?? head.number
    const lost = head.number > last ? Number(head.number - last) : 0
    const merged = Number(number - last) - lost - 1
    const jumps = lost + merged > 0
    const under = book.unhealthy(head.timestamp).map(({ account }) => book.ledger.address(account))
    this.#sunk.look(new Set(under), Number(head.number), Number(head.number - REORG_BLOCKS))
    const bin = this.#turn(book, facts.block, { head, last, jumps })
    if (lost > 0) bin.lost.push([number, lost])
    if (lost > 0) bin.partialAt ??= number
    if (merged > 0) bin.merged.push([number, merged])
    extend(bin.runs, number)
    const late = (account: Address) => (jumps ? 'unknown' : this.#sunk.take(account, Number(number)))
    const tally = tallyOf(book, facts, late)
    if (tally.counts.size > 0 || tally.prices.size > 0) bin.tallies.push(tally)
  }

  /** The bin of `block`; if that is a new one, the old one is over: the book still stands at the end of it. */
  #turn(
    book: Book,
    block: Header,
    { head, last, jumps }: { readonly head: Header; readonly last: bigint; readonly jumps: boolean },
  ): Bin {
    const bin = this.#open
    const hour = this.#hour(block)
    if (bin === undefined) throw new RangeError('a page without an open bin')
    if (hour <= bin.hour) return bin
    // A page over the edge of bins: nobody can tell which of them what it holds belongs to.
    if (jumps) bin.partialAt ??= block.number
    const { market, sampler } = this.#parts
    const { reserves } = book.protocol.market(book.ledger)
    const closing = { market, reserves, sample: sampleOf(book, this.#books?.exchange, sampler) }
    const roundsBefore = roundsOf(bin)
    this.#close(bin, closing)
    if (!jumps)
      for (let empty = bin.hour + 1; empty < hour && empty <= bin.hour + MOST_EMPTY; empty++)
        this.#close(newBin({ hour: empty, before: last, partialAt: undefined, roundsBefore }), closing)
    this.#asking?.begin(head)
    const opened = newBin({ hour, before: last, partialAt: jumps ? block.number : undefined, roundsBefore })
    this.#open = opened
    return opened
  }

  #close(bin: Bin, closing: Closing): void {
    this.#closed.push({ bin, closing })
    this.#finished.push(...rowsOf(bin, closing))
  }

  /** Everything above `to` has never been; the bin that holds `to` is open again. */
  #cut(to: bigint, hash: Hex | undefined): void {
    if (this.#last === undefined || to >= this.#last.number) return
    const bins = [...this.#closed, ...(this.#open ? [{ bin: this.#open, closing: undefined }] : [])]
    while (bins.length > 0 && (bins.at(-1) as Closed).bin.before >= to) bins.pop()
    const open = bins.pop()?.bin
    if (open) cut(open, to)
    this.#closed = bins
    this.#finished = this.#finished.filter(({ hour }) => open !== undefined && hour < open.hour)
    this.#open = open
    this.#sunk.rollback(Number(to))
    this.#asking?.rollback(to)
    for (const number of this.#hashes.keys()) if (number > to) this.#hashes.delete(number)
    const known = hash ?? this.#hashes.get(to)
    this.#last = open && known ? { number: to, hash: known } : undefined
    if (this.#last === undefined) this.#open = undefined
  }

  #forget(number: bigint): void {
    const from = number - REORG_BLOCKS
    for (const old of this.#hashes.keys()) if (old < from) this.#hashes.delete(old)
    // A bin can change as long as the block after its last one can be taken back.
    const final = this.#final ?? from
    const after = [...this.#closed.slice(1).map(({ bin }) => bin), this.#open]
    this.#closed = this.#closed.filter((_, i) => (after[i]?.before ?? 0n) >= final).slice(-MOST_CLOSED)
  }
}

function extend(runs: Bin['runs'], number: bigint): void {
  const last = runs.at(-1)
  if (last && last[1] === number - 1n) last[1] = number
  else runs.push([number, number])
}

/** The last round of each feed at the end of the bin. */
function roundsOf({ tallies, roundsBefore }: Bin): ReadonlyMap<Address, number> {
  const rounds = new Map(roundsBefore)
  for (const { prices } of tallies)
    for (const [root, { roundAtS }] of prices) if (roundAtS !== null) rounds.set(root, roundAtS)
  return rounds
}
