import type { Hex } from 'viem'
import type { Book } from '../book.ts'
import type { PoolBook } from '../pool-book.ts'
import type { Call, Facts, Header, Read } from '../types.ts'
import type { HourRow } from './hour-row.ts'

/** Where a historian stands. */
export interface PageMark {
  readonly number: bigint
  readonly hash: Hex
}

/** What a bin wants to know that no page says. */
export interface Due {
  readonly block: Header
  readonly calls: readonly Call[]
}

/** Writes the history of one market, page by page. Pure: no clock, no I/O. One page is counted once, whatever happens around it. */
export interface HistorianPort {
  /** The last page that was counted; undefined before the first. It is part of `open`. */
  readonly at: PageMark | undefined
  /**
   * Before and after the book takes the page in. Pages may be missing in between, which shows in `book.head` before the page not
   * being `at`: nobody watched that time.
   */
  before(book: Book, facts: Facts): void
  after(book: Book, facts: Facts, exchange: PoolBook | undefined): void
  /** The blocks after the last page, up to here, held nothing of ours: a recording leaves them out. */
  quiet(book: Book, upTo: bigint): void
  /** Pages above `to` never were, also those of a bin that was taken as finished: it is written again. What lies below all that is remembered forgets the open bin. */
  rollback(to: Pick<Header, 'number' | 'hash'>): void
  /** Pages up to here can no longer be taken back: what is kept a page may become sums. */
  finalize(block: bigint): void
  /** Asked after every page; named once, and then not again before the next bin. */
  due(): Due | undefined
  /** Its answers, in the order of the calls; undefined: no node had them. A later page may have come meanwhile. */
  told(block: Header, reads: readonly Read[] | undefined): void
  /** Bins that are over, each once. */
  takeFinished(): readonly HourRow[]
  /** JSON with which another historian goes on from `at`. */
  open(): string
}

export interface HistorianOptions {
  readonly chainId: number
  /** Under this name rows are kept: that of the configuration, its address and the length of a bin. */
  readonly market: string
  readonly binS: number
}

/** `open`: what an earlier one left; undefined: there was none. Throws for one that is not its own. */
export type HistorianMaker = (options: HistorianOptions, open: string | undefined) => HistorianPort
