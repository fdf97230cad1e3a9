import type { MarketConfig } from '../../config/config.ts'
import { Book } from '../../core/book.ts'
import type { RecordedMarket, RecordingEntry } from '../../core/recording.ts'
import { PROTOCOLS } from '../../protocols/index.ts'

export const toRecorded = (
  { name, protocol, addressesProvider, rules }: MarketConfig,
  priceReadsS: number,
): RecordedMarket => ({ name, protocol, addressesProvider, rules, priceReadsS })

/** An empty book that follows the market as it was recorded. Throws RangeError for a protocol that is not known here. */
export function bookOf({ name, protocol, addressesProvider, rules, priceReadsS }: RecordedMarket): Book {
  const plug = PROTOCOLS[protocol]
  if (plug === undefined) throw new RangeError(`a recording of protocol "${protocol}", which is not known here`)
  return new Book(name, plug({ addressesProvider, rules, priceReadsS: BigInt(priceReadsS) }))
}

/** Takes the books through one entry: what the recording says of a market's state, then page after page. */
export function follow(books: ReadonlyMap<string, Book>, entry: RecordingEntry): void {
  if (entry.kind === 'page')
    for (const book of books.values()) {
      if (book.head === undefined) continue
      book.apply(entry.facts)
      // Nothing here goes back: what could be undone is forgotten page by page.
      book.finalize(entry.facts.block.number)
    }
  else if (entry.kind === 'state') books.get(entry.market)?.restore(entry.state)
}
