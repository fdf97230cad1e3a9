import type { MarketConfig } from '../../config/config.ts'
import type { Book } from '../../core/book.ts'
import type { Store } from '../../core/ports.ts'
import type { Facts, Header } from '../../core/types.ts'
import { restoreBooks, restorePoint } from '../open-chain.ts'
import type { Chronicle } from './chronicle.ts'
import { PoolsFollower } from './pools-follower.ts'

export type BooksStore = Pick<
  Store,
  'asOfOneMoment' | 'checkpoint' | 'checkpointBlock' | 'pages' | 'pagesAfter' | 'value' | 'openBin' | 'hours'
>

export interface ChainBooksOptions {
  readonly store: BooksStore
  readonly chainId: number
  readonly markets: readonly MarketConfig[]
  /** Writes the history of the markets; undefined: nobody does. */
  readonly chronicle: Chronicle | undefined
}

/**
 * Books of one chain beside those of the loop, from what the loop has written down: its checkpoint and the pages since. Only
 * ever looks into the store.
 */
export class ChainBooks {
  readonly #options: ChainBooksOptions
  readonly #pools: PoolsFollower
  #books: readonly Book[] = []
  /** Blocks of the pages that were applied, that of the checkpoint first: as far back as anything can be taken back. */
  #known: Header[] = []
  #taken = 0

  constructor(options: ChainBooksOptions) {
    this.#options = options
    this.#pools = new PoolsFollower(options.store, options.chainId)
  }

  /** Undefined before the store knows the markets. */
  get tip(): Header | undefined {
    return this.#known.at(-1)
  }

  book(market: string): Book | undefined {
    return this.#books.find(({ name }) => name === market)
  }

  get exchange(): ReturnType<PoolsFollower['at']> {
    return this.#pools.at(this.tip)
  }

  /**
   * Up to the newest page of the store; says how many pages that took. `anew`: the loop has read its markets anew, and what
   * was applied here may be wrong.
   */
  look(anew = false): number {
    const { store, chainId, markets } = this.#options
    this.#taken = 0
    store.asOfOneMoment(() => {
      const base = restorePoint(store, chainId, markets)
      if (base === undefined) return this.#drop()
      if (anew || !this.#goOn(base)) this.#restore()
      this.#finalize(base)
    })
    return this.#taken
  }

  /** False where nothing leads from here to where the store is: the checkpoint is ahead, or another branch went below it. */
  #goOn(base: Header): boolean {
    const { store, chainId } = this.#options
    const { tip } = this
    if (tip === undefined || tip.number < base.number) return false
    // The page of the tip itself shows whether it is still on the chain; in a checkpoint that stands there it is swallowed.
    const pages = store.pagesAfter(chainId, tip.number - 1n)
    const onChain = tip.hash === base.hash || pages[0]?.block.hash === tip.hash
    if (!onChain) return this.#reorganise(base)
    this.#pools.look(base, tip)
    this.#take(pages.filter(({ block }) => block.number > tip.number))
    return true
  }

  #reorganise(base: Header): boolean {
    const { store, chainId, chronicle } = this.#options
    const pages = store.pages(chainId)
    const hashes = new Set([base.hash, ...pages.map(({ block }) => block.hash)])
    const ancestor = this.#known.findLast(({ hash }) => hashes.has(hash))
    if (ancestor === undefined) return false
    for (const book of this.#books) book.rollback(ancestor)
    this.#pools.rollback(ancestor)
    chronicle?.rollback(ancestor)
    this.#known = this.#known.filter(({ number }) => number <= ancestor.number)
    this.#pools.look(base, ancestor)
    this.#take(pages.filter(({ block }) => block.number > ancestor.number))
    return true
  }

  #restore(): void {
    const { store, chainId, markets, chronicle } = this.#options
    this.#drop()
    const begun = restoreBooks(store, chainId, markets)
    if (begun === undefined) return
    const pages = store.pages(chainId)
    this.#books = begun.books
    this.#known = [begun.base]
    chronicle?.resume([begun.base, ...pages.map(({ block }) => block)])
    this.#pools.look(begun.base, begun.base)
    this.#take(pages)
  }

  #take(pages: readonly Facts[]): void {
    const { chronicle } = this.#options
    for (const facts of pages) {
      for (const book of this.#books) chronicle?.before(book, facts)
      for (const book of this.#books) book.apply(facts)
      this.#pools.page(facts)
      for (const book of this.#books) chronicle?.after(book, facts, this.#pools.at(facts.block))
      this.#known.push(facts.block)
      this.#taken++
    }
  }

  /** What lies in the checkpoint cannot be taken back. */
  #finalize({ number }: Header): void {
    for (const book of this.#books) book.finalize(number)
    this.#pools.finalize(number)
    this.#options.chronicle?.finalize(number)
    this.#known = this.#known.filter((header) => header.number >= number)
  }

  #drop(): void {
    this.#books = []
    this.#known = []
    this.#pools.drop()
  }
}
