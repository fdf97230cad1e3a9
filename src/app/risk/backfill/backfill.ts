import { openRecording } from '../../../adapters/recording/reader.ts'
import type { Config } from '../../../config/config.ts'
import type { Book } from '../../../core/book.ts'
import type { Store } from '../../../core/ports.ts'
import type { RecordingEntry } from '../../../core/recording.ts'
import type { HistorianMaker } from '../../../core/risk/historian-port.ts'
import { bookOf, follow } from '../../record/recorded.ts'
import type { BackfillFile } from './files.ts'
import { type Filled, MarketFill } from './market-fill.ts'

export interface BackfillOptions {
  readonly files: readonly BackfillFile[]
  readonly risk: Pick<Config['risk'], 'binS' | 'keepDays'>
  readonly store: Pick<Store, 'hours' | 'saveHours'>
  readonly maker: HistorianMaker
  readonly signal: AbortSignal
  readonly onProgress: (progress: BackfillProgress) => void
}

export interface BackfillProgress {
  readonly bytes: number
  readonly totalBytes: number
  readonly pages: number
  /** Written so far, of all markets. */
  readonly bins: number
}

export interface Backfilled {
  /** False: it was asked to stop before the end. */
  readonly complete: boolean
  readonly pages: number
  readonly markets: readonly Filled[]
}

/** Pages after which bins are written, and other work of the process has its turn. */
const SAVE_PAGES = 256

/**
 * The history of markets out of recordings: the same pages through the same books and historians as in the daemon. Always counted
 * from the beginning of a file, and written where something is missing: interrupted anywhere and begun again it comes to the same.
 */
export async function backfill(options: BackfillOptions): Promise<Backfilled> {
  const { files, signal, onProgress } = options
  const fills = fillsOf(options)
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const said = { bytes: 0, pages: 0 }
  for (const file of files) {
    const before = said.bytes
    await read(file, fills, signal, (bytes, pages) => {
      said.bytes = before + bytes
      said.pages += pages
      const bins = [...fills.values()].reduce((sum, { written }) => sum + written, 0)
      onProgress({ ...said, totalBytes, bins })
    })
    if (signal.aborted) break
  }
  const markets = [...fills.values()].map(({ filled }) => filled)
  return { complete: !signal.aborted, pages: said.pages, markets }
}

/** By the name of the configuration. */
function fillsOf({ files, risk, store, maker }: BackfillOptions): ReadonlyMap<string, MarketFill> {
  const fills = new Map<string, MarketFill>()
  for (const { meta, markets } of files)
    for (const market of markets.values()) {
      if (fills.has(market.name)) continue
      const own = files.filter((file) => [...file.markets.values()].includes(market))
      const untilS = Math.max(...own.map(({ last }) => Number(last.timestamp)))
      fills.set(market.name, new MarketFill({ ...risk, chainId: meta.chainId, market, untilS, maker, store }))
    }
  return fills
}

interface Reading {
  /** By the name the recording gives it. */
  readonly books: ReadonlyMap<string, Book>
  readonly fills: ReadonlyMap<string, MarketFill>
  /** What is left out between pages held nothing of ours; otherwise it is part of the page behind it. */
  readonly isQuiet: boolean
}

async function read(
  { path, meta, markets }: BackfillFile,
  all: ReadonlyMap<string, MarketFill>,
  signal: AbortSignal,
  onRead: (bytes: number, pages: number) => void,
): Promise<void> {
  const books = new Map<string, Book>()
  const fills = new Map<string, MarketFill>()
  for (const recorded of meta.markets) {
    const own = markets.get(recorded.name)
    const fill = own && all.get(own.name)
    if (own === undefined || fill === undefined) continue
    books.set(recorded.name, bookOf({ ...recorded, name: own.name }))
    fills.set(recorded.name, fill)
  }
  const reading = { books, fills, isQuiet: meta.source === 'node' }
  const recording = openRecording(path)
  let pages = 0
  const save = (): void => {
    for (const fill of fills.values()) fill.save()
    onRead(recording.place.bytes, pages)
    pages = 0
  }
  try {
    for (const entry of recording.entries()) {
      take(entry, reading)
      if (entry.kind === 'page') pages++
      if (pages < SAVE_PAGES) continue
      save()
      await otherWork()
      if (signal.aborted) break
    }
  } finally {
    // What was read before a damage is true, and stays.
    save()
    recording.close()
  }
}

function take(entry: RecordingEntry, { books, fills, isQuiet }: Reading): void {
  const each = (work: (book: Book, fill: MarketFill) => void): void => {
    for (const [name, book] of books) {
      const fill = fills.get(name)
      if (fill && book.head) work(book, fill)
    }
  }
  switch (entry.kind) {
    case 'state':
      follow(books, entry)
      return fills.get(entry.market)?.begin(entry.state.block)
    case 'page':
      each((book, fill) => fill.before(book, entry.facts))
      follow(books, entry)
      return each((book, fill) => fill.after(book, entry.facts))
    case 'gap':
      return isQuiet ? each((book, fill) => fill.quiet(book, entry.to)) : undefined
    case 'proof':
      return
  }
}

/** Nothing in a recording waits for the world: without this neither signals nor timers of the process would ever have a turn. */
const otherWork = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
