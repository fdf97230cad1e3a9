import { getHeader } from '../adapters/rpc/client.ts'
import type { MarketConfig } from '../config/config.ts'
import type { Book } from '../core/book.ts'
import { FIRST_PAGE_DEPTH, findBorrowers, type Reading, stored } from './open-chain.ts'

/** The search for everybody who ever borrowed, once more from the beginning: a node may have left out a log the first time. */
export interface BorrowerSearch {
  /** The next search begins where the market began. Who was found before stays found. */
  rewind(market: string): Promise<void>
  /** Goes on where it was, while the loop runs on; once it is over the market can be read anew. */
  run(market: string): Promise<void>
}

export interface SearchOptions extends Reading {
  readonly markets: readonly MarketConfig[]
  readonly books: readonly Book[]
  readonly onProblem: (problem: string) => void
}

export function borrowerSearch(options: SearchOptions): BorrowerSearch {
  const { markets, books, rpc, store, onProblem } = options
  const configOf = (name: string): MarketConfig => {
    const market = markets.find((one) => one.name === name)
    if (market === undefined) throw new RangeError(`market ${name} is not of chain ${rpc.chain}`)
    return market
  }
  return {
    async rewind(name) {
      const market = configOf(name)
      // Asked first: the scan refuses to begin on a node that has thrown the beginning away, and then nothing could be read anew.
      if ((await getHeader(rpc, market.fromBlock)) !== undefined)
        store.saveScan(stored(market), { next: market.fromBlock, found: [] })
      else
        onProblem(
          `market "${name}": no node has block ${market.fromBlock} any more; borrowers are only searched for from block ${store.scan(stored(market))?.next ?? 0n} on`,
        )
    },
    async run(name) {
      const book = books.find((one) => one.name === name)
      const head = book?.head
      if (book === undefined || head === undefined) throw new RangeError(`market ${name} has no book`)
      // What is younger comes with the first page itself, as at any first start.
      const to = head.number > FIRST_PAGE_DEPTH ? head.number - FIRST_PAGE_DEPTH : 0n
      await findBorrowers(options, configOf(name), book, to)
    },
  }
}
