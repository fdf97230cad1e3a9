import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  type AccountExport,
  type LiquidationExport,
  type PriceExport,
  TABLES,
  writeParquet,
} from '../../adapters/parquet.ts'
import { openRecording } from '../../adapters/recording/reader.ts'
import type { Book } from '../../core/book.ts'
import type { AccountId, Facts } from '../../core/types.ts'
import { everyAccount } from '../audit.ts'
import { liquidatedRows } from './liquidated.ts'
import { bookOf } from './recorded.ts'

export interface Written {
  readonly path: string
  readonly rows: number
}

/** `accounts.parquet`, `liquidations.parquet` and `prices.parquet` in this folder. Throws RecordingError, StoreError. */
export async function exportRecording(path: string, folder: string): Promise<Written[]> {
  mkdirSync(folder, { recursive: true })
  const at = (name: string): string => join(folder, `${name}.parquet`)
  return [
    { path: at('accounts'), rows: await writeParquet(at('accounts'), TABLES.accounts, accounts(path)) },
    { path: at('liquidations'), rows: await writeParquet(at('liquidations'), TABLES.liquidations, liquidations(path)) },
    { path: at('prices'), rows: await writeParquet(at('prices'), TABLES.prices, prices(path)) },
  ]
}

interface Moment {
  readonly book: Book
  /** Undefined: the state at the beginning. */
  readonly facts: Facts | undefined
  readonly touched: Iterable<AccountId>
}

/** Every market at its beginning, then after each page. */
function* moments(path: string): Generator<Moment> {
  const recording = openRecording(path)
  try {
    const books = new Map(recording.meta.markets.map((market) => [market.name, bookOf(market)]))
    for (const entry of recording.entries())
      if (entry.kind === 'state') {
        const book = books.get(entry.market)
        if (book === undefined) continue
        book.restore(entry.state)
        yield { book, facts: undefined, touched: everyAccount(book) }
      } else if (entry.kind === 'page')
        for (const book of books.values()) {
          if (book.head === undefined) continue
          const { all, accounts } = book.apply(entry.facts)
          book.finalize(entry.facts.block.number)
          yield { book, facts: entry.facts, touched: all ? everyAccount(book) : accounts }
        }
  } finally {
    recording.close()
  }
}

/** Each account as it was at the beginning, and again whenever a log named it. */
function* accounts(path: string): Generator<AccountExport> {
  for (const { book, touched } of moments(path)) {
    const block = book.head
    if (block === undefined) continue
    for (const account of touched) {
      const view = book.account(account, block.timestamp)
      if (view === undefined) continue
      yield {
        market: book.name,
        block: block.number,
        timestamp: block.timestamp,
        address: view.address,
        eMode: view.eMode,
        collateralBase: view.totalCollateralBase,
        debtBase: view.totalDebtBase,
        healthFactor: view.healthFactor,
      }
    }
  }
}

function* liquidations(path: string): Generator<LiquidationExport> {
  for (const { book, facts } of moments(path)) if (facts) yield* liquidatedRows(book, facts)
}

/** Each price as it was at the beginning, and again whenever it changed. */
function* prices(path: string): Generator<PriceExport> {
  const last = new Map<string, bigint>()
  for (const { book } of moments(path)) {
    const block = book.head
    if (block === undefined) continue
    for (const { asset, symbol, priceUsd8 } of book.protocol.market(book.ledger).reserves) {
      const key = `${book.name} ${asset}`
      if (last.get(key) === priceUsd8) continue
      last.set(key, priceUsd8)
      yield { market: book.name, block: block.number, timestamp: block.timestamp, asset, symbol, priceUsd8 }
    }
  }
}
