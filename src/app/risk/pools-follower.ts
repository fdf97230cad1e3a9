import type { Hex } from 'viem'
import type { PoolBook } from '../../core/pool-book.ts'
import type { Store } from '../../core/ports.ts'
import type { Facts, Header } from '../../core/types.ts'
import { checkpointName, poolBookOf, readKeptPools } from '../pools/kept.ts'

type PoolStore = Pick<Store, 'value' | 'checkpoint' | 'pagesAfter'>

interface Followed {
  readonly book: PoolBook
  /** Its checkpoint: pages above hold the pools' logs. */
  readonly since: Header
  /** What the store calls this reading of the pools. */
  readonly mark: Hex
}

/** The pools of a chain, from the store's pages alone: those that the daemon mirrors, as long as it does. */
export class PoolsFollower {
  readonly #store: PoolStore
  readonly #chainId: number
  #followed: Followed | undefined

  constructor(store: PoolStore, chainId: number) {
    this.#store = store
    this.#chainId = chainId
  }

  /** The pools as of this block; undefined where they are not followed, or stand elsewhere. */
  at(head: Header | undefined): PoolBook | undefined {
    const book = this.#followed?.book
    return book?.head !== undefined && book.head.hash === head?.hash ? book : undefined
  }

  /** Before pages are taken in: other pools, or the same read anew, begin at their own checkpoint. `base`: that of the markets. */
  look(base: Header, tip: Header): void {
    const kept = readKeptPools(this.#store, this.#chainId)
    if (kept?.since === this.#followed?.mark) return
    this.#followed = undefined
    if (kept === undefined) return
    const saved = this.#store.checkpoint(this.#chainId, checkpointName(kept))
    if (saved === undefined) return
    const since = saved.block
    const pages = this.#store.pagesAfter(this.#chainId, since.number - 1n)
    if (since.hash !== base.hash && pages[0]?.block.hash !== since.hash) return
    const book = poolBookOf(kept.pools)
    book.restore(saved)
    this.#followed = { book, since, mark: kept.since }
    for (const facts of pages) if (facts.block.number <= tip.number) this.page(facts)
  }

  page(facts: Facts): void {
    if (this.#followed && facts.block.number > this.#followed.since.number) this.#followed.book.apply(facts)
  }

  rollback(to: Header): void {
    if (this.#followed && to.number < this.#followed.since.number) this.#followed = undefined
    this.#followed?.book.rollback(to)
  }

  finalize(block: bigint): void {
    this.#followed?.book.finalize(block)
  }

  drop(): void {
    this.#followed = undefined
  }
}
