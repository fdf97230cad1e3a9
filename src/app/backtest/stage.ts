import type { Address } from 'viem'
import { RecordedFeed } from '../../adapters/recording/feed.ts'
import type { Recording } from '../../adapters/recording/reader.ts'
import { Book } from '../../core/book.ts'
import type { JournalEntry } from '../../core/journal.ts'
import type { RefusalReason, Unhealthy } from '../../core/plan.ts'
import { decodeState, encodeState } from '../../core/state-codec.ts'
import type { Facts, Header } from '../../core/types.ts'
import { offlineJournal, runOffline } from '../offline/loop.ts'
import { type MemoryStore, memoryStore } from '../offline/memory.ts'
import { createQuotes, type Quotes } from '../offline/quotes.ts'
import type { OfflineSettings } from '../offline/settings.ts'
import { bookOf } from '../record/recorded.ts'
import { Spoken } from '../spoken.ts'
import { Judge } from './judge.ts'
import type { BacktestOptions, BacktestProgress } from './options.ts'
import { PaperExecutor } from './paper.ts'
import { note, nothingSeen, resultOf } from './result.ts'
import { type BacktestState, type Seen, toHex } from './resume.ts'
import type { BacktestRun, RefusedRow } from './run.ts'

type OnUnhealthy = (book: Book, borrowers: readonly Address[]) => void

/** A book whose answers are listened to. */
class WatchedBook extends Book {
  readonly #onUnhealthy: OnUnhealthy

  constructor({ name, protocol }: Book, onUnhealthy: OnUnhealthy) {
    super(name, protocol)
    this.#onUnhealthy = onUnhealthy
  }

  override unhealthy(timestamp: bigint): Unhealthy[] {
    const found = super.unhealthy(timestamp)
    this.#onUnhealthy(
      this,
      found.map(({ account }) => this.ledger.address(account)),
    )
    return found
  }
}

/** The loop's surroundings in a backtest: the file for a world, paper for an executor, a judge beside it. */
export class BacktestStage {
  readonly #options: BacktestOptions
  readonly #recording: Recording
  readonly #settings: OfflineSettings
  readonly #books: ReadonlyMap<string, Book>
  readonly #judge: Judge
  readonly #paper: PaperExecutor
  readonly #quotes: Quotes
  readonly #store: MemoryStore
  readonly #spoken: Spoken
  readonly #refused: RefusedRow[]
  readonly #seen: Seen
  #present: Facts | undefined

  constructor(
    options: BacktestOptions,
    recording: Recording,
    settings: OfflineSettings,
    saved: BacktestState | undefined,
  ) {
    this.#options = options
    this.#recording = recording
    this.#settings = settings
    this.#judge = new Judge(saved?.happened, saved?.stretches)
    this.#refused = [...(saved?.refused ?? [])]
    this.#seen = { ...(saved?.seen ?? nothingSeen()) }
    this.#store = memoryStore(saved?.values)
    this.#spoken = new Spoken(saved?.spoken)
    this.#books = this.#openBooks(saved)
    const remembered = saved?.remembered ?? []
    this.#quotes = createQuotes({ settings, books: this.#books, node: options.node, remembered })
    this.#paper = this.#openPaper(saved)
  }

  #openBooks(saved: BacktestState | undefined): Map<string, Book> {
    const onUnhealthy: OnUnhealthy = (book, borrowers) => {
      this.#judge.unhealthy(book.name, (book.head as Header).number, borrowers)
      this.#paper.unhealthy(book.name, borrowers)
    }
    const watched = (market: Recording['meta']['markets'][number]): readonly [string, Book] => [
      market.name,
      new WatchedBook(bookOf(market), onUnhealthy),
    ]
    const books = new Map<string, Book>(this.#recording.meta.markets.map(watched))
    for (const { market, header, state } of saved?.books ?? [])
      books.get(market)?.restore({ block: header, ...decodeState(Buffer.from(state, 'base64')) })
    return books
  }

  #openPaper(saved: BacktestState | undefined): PaperExecutor {
    return new PaperExecutor({
      books: this.#books,
      judge: this.#judge,
      latencyBlocks: this.#settings.latencyBlocks,
      quoteOf: (plan) => this.#quotes.originOf(plan),
      contract: this.#settings.contract,
      onPlan: (row, candidate, plan) => {
        const book = this.#books.get(row.market)
        const facts = this.#present
        if (book && facts) this.#options.onPlan?.({ row, candidate, plan, book, facts })
      },
      ...(saved ? { ours: saved.ours, open: saved.open } : {}),
    })
  }

  /** To the end of the file, or until the signal aborts. */
  async run(afterEntry: () => Promise<void>): Promise<void> {
    const books = [...this.#books.values()]
    const { signal } = this.#options
    const journal = offlineJournal(this.#store, (entry) => {
      if (entry.kind === 'refusal' && this.#present) this.#refused.push(refusedRow(entry, this.#present))
    })
    const feed = new RecordedFeed({
      recording: this.#recording,
      signal,
      onState: (entry) => this.#books.get(entry.market)?.restore(entry.state),
      beforePage: (facts) => {
        this.#present = facts
        this.#quotes.turn(facts)
        this.#judge.beforePage(books, facts)
      },
      afterEntry: (entry) => {
        note(this.#seen, entry)
        return afterEntry()
      },
    })
    await runOffline({
      settings: this.#settings,
      feed,
      books,
      store: this.#store,
      journal,
      executor: this.#paper,
      router: this.#quotes.router,
      spoken: this.#spoken,
      signal,
      afterPage: (facts) => {
        this.#judge.afterPage(books, facts)
        // Nothing here goes back: what could be undone is forgotten page by page.
        for (const book of books) book.finalize(facts.block.number)
      },
    })
  }

  progress(): BacktestProgress {
    const { place, sizeBytes } = this.#recording
    const liquidations = this.#judge.happened.length
    return { bytes: place.bytes, totalBytes: sizeBytes, pages: this.#seen.pages, liquidations }
  }

  /** Between two frames of the recording only. */
  state(): BacktestState {
    const { place } = this.#recording
    return {
      place: { ...place, link: toHex(place.link) },
      books: [...this.#books.values()].flatMap(bookState),
      spoken: this.#spoken.said,
      values: [...this.#store.values],
      stretches: this.#judge.stretches,
      open: this.#paper.open,
      remembered: this.#quotes.remembered,
      seen: this.#seen,
      ...this.#found(),
    }
  }

  result(): BacktestRun {
    return resultOf(this.#options.file, this.#recording, this.#settings, { seen: this.#seen, ...this.#found() })
  }

  #found(): Pick<BacktestRun, 'happened' | 'ours' | 'refused'> {
    return { happened: this.#judge.happened, ours: this.#paper.ours, refused: this.#refused }
  }
}

/** Nothing of a market whose state is still to come. */
function bookState(book: Book): BacktestState['books'] {
  const { name, head } = book
  if (head === undefined) return []
  return [{ market: name, header: head, state: encodeState(book.checkpoint(head)).toString('base64') }]
}

const refusedRow = ({ market, block, data }: JournalEntry, { block: { timestamp } }: Facts): RefusedRow => ({
  market,
  block: BigInt(block),
  timestamp,
  user: String(data['borrower']).toLowerCase() as Address,
  reason: String(data['reason']) as RefusalReason,
  detail: String(data['detail']),
})
