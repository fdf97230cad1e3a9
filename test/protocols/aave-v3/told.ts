import { type Devnet, startDevnet } from '../../../scripts/devnet/index.ts'
import { Book } from '../../../src/core/book.ts'
import type { Checkpoint, FeedEvent } from '../../../src/core/ports.ts'
import { Historian, type HistorianParts } from '../../../src/core/risk/historian.ts'
import type { HistorianPort } from '../../../src/core/risk/historian-port.ts'
import type { HourRow } from '../../../src/core/risk/hour-row.ts'
import { mirrorOf } from './mirror.ts'

/** A market as it was, and everything that its feed told since: to be told again as often as needed. */
export interface Told {
  readonly devnet: Devnet
  readonly events: readonly FeedEvent[]
  /** First block of the events. */
  readonly from: bigint
  readonly book: Book
  /** A book as it was before the events. */
  again(): Book
  close(): Promise<void>
}

export interface ToldOptions {
  readonly accounts: number
  readonly seed: number
  readonly rival: boolean
  /** Drives the chain; `keepUp` lets the mirror follow before the chain takes blocks back. */
  play(devnet: Devnet, keepUp: () => Promise<void>): Promise<void>
}

export async function told({ play, ...options }: ToldOptions): Promise<Told> {
  const devnet = await startDevnet({ chain: 'ethereum', ...options })
  const { addressesProvider, multicall3 } = devnet.market.addresses
  const place = { chain: 'ethereum', chainId: devnet.chain.spec.chainId, http: devnet.http }
  const mirror = await mirrorOf({ ...place, addressesProvider, multicall3 })
  const { book } = mirror
  const head = book.head
  if (head === undefined) throw new Error('the mirror is empty')
  const start = kept(book.checkpoint(head))
  const events: FeedEvent[] = []
  const keepUp = async (): Promise<void> => void events.push(...(await mirror.catchUp()))
  await play(devnet, keepUp)
  await keepUp()
  const again = (): Book => {
    const other = new Book(book.name, book.protocol)
    other.restore(start)
    return other
  }
  const close = async (): Promise<void> => {
    mirror.stop()
    await devnet.close()
  }
  return { devnet, events, from: head.number + 1n, book, again, close }
}

/** A copy: the book goes on. */
const kept = ({ block, accounts, cells }: Checkpoint): Checkpoint => ({
  block,
  accounts: [...accounts],
  cells: [...cells],
})

/** One event, as whoever runs a historian does it. */
export function tell(book: Book, historian: HistorianPort, event: FeedEvent): void {
  if (event.kind === 'rollback') {
    historian.rollback(event.to)
    book.rollback(event.to)
    return
  }
  historian.before(book, event.facts)
  book.apply(event.facts)
  historian.after(book, event.facts, undefined)
}

/** The rows of all events; the last bin stays open. */
export function rowsOf(
  { again, events }: Pick<Told, 'again' | 'events'>,
  options: Omit<HistorianParts, 'market'>,
): HourRow[] {
  const [book, historian] = [again(), new Historian({ market: 'story', ...options })]
  for (const event of events) tell(book, historian, event)
  return lastOf(historian.takeFinished())
}

/** Of each bin and root the row that came last, as the store keeps it. */
export function lastOf(rows: readonly HourRow[]): HourRow[] {
  const last = new Map(rows.map((row) => [`${row.hour} ${row.root}`, row]))
  return [...last.values()].sort((a, b) => a.hour - b.hour || (a.root < b.root ? -1 : 1))
}

/** Of the first `count` events the pages that still stand. */
export function standing(events: Told['events'], count = events.length): Told['events'] {
  const pages: Told['events'][number][] = []
  for (const event of events.slice(0, count)) {
    if (event.kind === 'page') pages.push(event)
    else
      while (pages.length > 0) {
        const last = pages.at(-1)
        if (last?.kind !== 'page' || last.facts.block.number <= event.to.number) break
        pages.pop()
      }
  }
  return pages
}
