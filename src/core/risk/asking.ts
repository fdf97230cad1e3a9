import type { Book } from '../book.ts'
import type { PoolBook } from '../pool-book.ts'
import type { Call, Header, Read } from '../types.ts'
import type { Extras } from './extras.ts'
import type { Due } from './historian-port.ts'

/** Of the market, and of the pools of its chain where they are followed. */
export interface AskedBooks {
  readonly book: Book
  readonly exchange: PoolBook | undefined
}

/** What a market's history asks of the node once a bin, in rounds. */
export interface Asker {
  /** Calls that are still missing among those answered. */
  calls(books: AskedBooks, answered: readonly Read[]): readonly Call[]
  of(books: AskedBooks, reads: readonly Read[], block: Header): Extras
}

/** More rounds would be an asker that never has enough. */
const MOST_ROUNDS = 4

/** One asking at a time: that of the block at which the last bin ended. */
export class Asking {
  readonly #asker: Asker
  #pending: { readonly block: Header; readonly reads: Read[]; rounds: number; waits: boolean } | undefined

  constructor(asker: Asker) {
    this.#asker = asker
  }

  begin(block: Header): void {
    this.#pending = { block, reads: [], rounds: 0, waits: false }
  }

  due(books: AskedBooks | undefined): Due | undefined {
    const pending = this.#pending
    if (pending === undefined || pending.waits || books === undefined) return undefined
    const calls = this.#asker.calls(books, pending.reads)
    if (calls.length === 0) return undefined
    pending.waits = true
    pending.rounds++
    return { block: pending.block, calls }
  }

  /** All of it, once nothing is missing any more. */
  told(books: AskedBooks | undefined, block: Header, reads: readonly Read[] | undefined): Extras | undefined {
    const pending = this.#pending
    if (pending === undefined || books === undefined || pending.block.hash !== block.hash) return undefined
    if (reads !== undefined) {
      pending.reads.push(...reads)
      pending.waits = false
      const enough = pending.rounds >= MOST_ROUNDS || this.#asker.calls(books, pending.reads).length === 0
      if (!enough) return undefined
    }
    this.#pending = undefined
    return pending.reads.length === 0 ? undefined : this.#asker.of(books, pending.reads, block)
  }

  rollback(to: bigint): void {
    if (this.#pending && this.#pending.block.number > to) this.#pending = undefined
  }
}
