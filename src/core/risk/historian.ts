import type { Address } from 'viem'
import type { Book } from '../book.ts'
import type { Facts, Header } from '../types.ts'
import { type Bin, type Closing, cut, newBin, note, rowsOf } from './bin.ts'
import type { Extras } from './extras.ts'
import { stateFromText, stateToText } from './historian-state.ts'
import type { HourRow } from './hour-row.ts'
import { type Sampler, sampleOf } from './state-sample.ts'
import { Sunk } from './sunk.ts'
import { tallyOf } from './tally.ts'

export interface HistorianOptions {
  /** Seconds of the chain in a bin. */
  readonly binS: number
  /** Ladder, depth, leverage at the end of a bin; without it they are null. */
  readonly sampler?: Sampler
  /** A reorganisation that goes deeper finds rows that stay as they were. */
  readonly reorgBlocks?: number
}

const REORG_BLOCKS = 256
/** Bins in which there was no block are told up to so many in a row: a chain that stood still for longer was not watched. */
const MOST_EMPTY = 24
const HASH_DIGITS = 12

interface Closed {
  readonly bin: Bin
  /** Undefined after a restart: what comes late for it is not taken any more. */
  readonly closing: Closing | undefined
}

/**
 * The history of one market as it happens: rows of bins, one for the market (root '') and one a group. Pure: the same pages
 * give the same rows, whatever restarts and reorganisations lie between. For each page: `page` first, then `Book.apply`; for a
 * rollback both, in any order. A row may come again: the later one counts.
 */
export class Historian {
  readonly #options: HistorianOptions
  readonly #reorgBlocks: number
  readonly #sunk: Sunk
  readonly #hashes = new Map<bigint, string>()
  #closed: Closed[] = []
  #open: Bin | undefined
  /** The last block that was counted. */
  #last: bigint | undefined
  #finished: HourRow[] = []

  /** `openBin`: what `open` told before a restart. */
  constructor(options: HistorianOptions, openBin?: string) {
    this.#options = options
    this.#reorgBlocks = options.reorgBlocks ?? REORG_BLOCKS
    const state = openBin === undefined ? undefined : stateFromText(openBin, options.binS)
    this.#sunk = new Sunk(state?.sunk)
    if (state === undefined) return
    this.#last = state.last
    for (const [number, hash] of state.hashes) this.#hashes.set(number, hash)
    const bins = [...state.bins]
    this.#open = state.isOpen ? bins.pop() : undefined
    this.#closed = bins.map((bin) => ({ bin, closing: undefined }))
  }

  /** Before the book takes the page in. Pages that were counted already are left out. */
  page(book: Book, facts: Facts): void {
    const { number, hash } = facts.block
    if (this.#isCounted(number, hash)) return
    const { head } = book
    // What a book's first page holds is the past of all accounts, not what happened in that block.
    if (head === undefined) this.#begin(facts.block, number)
    else {
      if (this.#open === undefined) this.#begin(head, this.#hour(head) === this.#hour(facts.block) ? number : undefined)
      this.#watch(book, facts, head)
    }
    this.#last = number
    this.#hashes.set(number, hash.slice(2, 2 + HASH_DIGITS))
    this.#forget(number)
  }

  /** The blocks up to here held nothing of ours: a recording leaves them out. */
  quiet(upTo: bigint): void {
    if (this.#last === undefined || upTo <= this.#last) return
    this.#open?.runs.push([this.#last + 1n, upTo])
    this.#last = upTo
  }

  rollback(to: Header): void {
    this.#cut(to.number)
  }

  /** What the node answered at the end of block `at`, soon afterwards; its bin is written again if it is over. */
  note(at: Header, extras: Extras): void {
    const is = (bin: Bin | undefined): boolean => bin?.hour === this.#hour(at) && at.number >= bin.before
    if (this.#open && is(this.#open)) note(this.#open, at, extras)
    for (const { bin, closing } of this.#closed) {
      if (closing === undefined || !is(bin)) continue
      note(bin, at, extras)
      this.#finished.push(...rowsOf(bin, closing))
    }
  }

  /** Rows to write since the last call; of the same bin the last one counts. */
  takeFinished(): HourRow[] {
    const rows = this.#finished
    this.#finished = []
    return rows
  }

  /** To go on from after a restart. Together with the rows taken before. */
  open(): string {
    const bins = [...this.#closed.map(({ bin }) => bin), ...(this.#open ? [this.#open] : [])]
    const { binS } = this.#options
    const [last, hashes, sunk] = [this.#last, [...this.#hashes], this.#sunk.state()]
    return stateToText({ binS, last, hashes, sunk, bins, isOpen: this.#open !== undefined })
  }

  #hour({ timestamp }: Pick<Header, 'timestamp'>): number {
    return Math.floor(Number(timestamp) / this.#options.binS)
  }

  /** After a restart the same pages come again; if they are another branch's, what was counted of the old one is dropped. */
  #isCounted(number: bigint, hash: string): boolean {
    const last = this.#last
    if (last === undefined || number > last) return false
    const known = this.#hashes.get(number)
    if (known === undefined || known === hash.slice(2, 2 + HASH_DIGITS)) return true
    this.#cut(number - 1n)
    return false
  }

  #begin(block: Pick<Header, 'number' | 'timestamp'>, partialAt: bigint | undefined): void {
    this.#open = newBin({ hour: this.#hour(block), before: block.number, partialAt, roundsBefore: new Map() })
    this.#last = block.number
  }

  #watch(book: Book, facts: Facts, head: Header): void {
    const { number } = facts.block
    const last = this.#last ?? head.number
    const lost = head.number > last ? Number(head.number - last) : 0
    const merged = Number(number - last) - lost - 1
    this.#look(book, head)
    this.#turn(book, facts.block, lost + merged > 0)
    const bin = this.#open
    if (bin === undefined) throw new RangeError('no hour is open')
    if (lost > 0) bin.lost.push([number, lost])
    if (lost > 0) bin.partialAt ??= number
    if (merged > 0) bin.merged.push([number, merged])
    extend(bin.runs, number)
    const block = Number(number)
    const late = (account: Address) => (lost + merged > 0 ? 'unknown' : this.#sunk.take(account, block))
    const tally = tallyOf(book, facts, late)
    if (tally.counts.size > 0 || tally.prices.size > 0) bin.tallies.push(tally)
  }

  /** Who is liquidatable at the end of the block before. */
  #look(book: Book, head: Header): void {
    const under = book.unhealthy(head.timestamp).map(({ account }) => book.ledger.address(account))
    this.#sunk.look(new Set(under), Number(head.number), Number(head.number) - this.#reorgBlocks)
  }

  /** Into the bin of `block`: the book still stands at the end of the one before. */
  #turn(book: Book, block: Header, jumps: boolean): void {
    const bin = this.#open
    const hour = this.#hour(block)
    if (bin === undefined || hour <= bin.hour) return
    // A page over the edge of bins: nobody can tell which of them what it holds belongs to.
    if (jumps) bin.partialAt ??= block.number
    const closing = closingOf(book, this.#options.sampler)
    const roundsBefore = roundsOf(bin)
    const before = this.#last ?? block.number - 1n
    this.#close(bin, closing)
    if (!jumps)
      for (let empty = bin.hour + 1; empty < hour && empty <= bin.hour + MOST_EMPTY; empty++)
        this.#close(newBin({ hour: empty, before, partialAt: undefined, roundsBefore }), closing)
    this.#open = newBin({ hour, before, partialAt: jumps ? block.number : undefined, roundsBefore })
  }

  #close(bin: Bin, closing: Closing): void {
    this.#closed.push({ bin, closing })
    this.#finished.push(...rowsOf(bin, closing))
  }

  /** Everything above `to` is gone; the bin that holds `to` is open again. */
  #cut(to: bigint): void {
    const bins = [...this.#closed, ...(this.#open ? [{ bin: this.#open, closing: undefined }] : [])]
    while (bins.length > 0 && (bins.at(-1) as Closed).bin.before >= to) bins.pop()
    const open = bins.pop()?.bin
    if (open) cut(open, to)
    this.#closed = bins
    this.#finished = this.#finished.filter(({ hour }) => open !== undefined && hour < open.hour)
    this.#open = open
    this.#sunk.rollback(Number(to))
    for (const number of this.#hashes.keys()) if (number > to) this.#hashes.delete(number)
    this.#last = open && to
  }

  #forget(number: bigint): void {
    const from = number - BigInt(this.#reorgBlocks)
    for (const old of this.#hashes.keys()) if (old < from) this.#hashes.delete(old)
    // A bin can change as long as the block after its last one can be taken back.
    const after = [...this.#closed.slice(1).map(({ bin }) => bin), this.#open]
    this.#closed = this.#closed.filter((_, i) => (after[i]?.before ?? 0n) >= from)
  }
}

const closingOf = (book: Book, sampler: Sampler | undefined): Closing => ({
  market: book.name,
  reserves: book.protocol.market(book.ledger).reserves,
  sample: sampleOf(book, sampler),
})

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
