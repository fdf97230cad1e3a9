import { join } from 'node:path'
import type { Address } from 'viem'
import { RecordingWriter } from '../../../../src/adapters/recording/writer.ts'
import { type Backfilled, backfill } from '../../../../src/app/risk/backfill/backfill.ts'
import { backfillFiles } from '../../../../src/app/risk/backfill/files.ts'
import { Chronicle, historyOf } from '../../../../src/app/risk/chronicle.ts'
import { historianMaker } from '../../../../src/app/risk/history-maker.ts'
import type { OpenBin, Store } from '../../../../src/core/ports.ts'
import type { RecordingEntry, RecordingMeta } from '../../../../src/core/recording.ts'
import type { HourRow, MarketBody } from '../../../../src/core/risk/hour-row.ts'
import type { Facts } from '../../../../src/core/types.ts'
import { standing, type Told } from '../../../protocols/aave-v3/told.ts'

export const BIN_S = 60
const CHAINS = [{ name: 'ethereum', id: 1 }] as const
const maker = historianMaker({ chains: [] })

/** A devnet's story as a recorder would have kept it, and as the daemon would have counted it. */
export class Recorded {
  readonly told: Told
  readonly folder: string
  /** Pages that were never taken back. */
  readonly pages: readonly Facts[]

  constructor(told: Told, folder: string) {
    this.told = told
    this.folder = folder
    this.pages = standing(told.events).flatMap((event) => (event.kind === 'page' ? [event.facts] : []))
  }

  get market() {
    const { addressesProvider } = this.told.devnet.market.addresses
    return { name: 'main', chain: 'ethereum', addressesProvider: addressesProvider.toLowerCase() as Address }
  }

  get history(): string {
    return historyOf(this.market, BIN_S)
  }

  /** As the daemon's recorder: the state, then every page. */
  entries(from = 0, to = this.pages.length): RecordingEntry[] {
    const book = this.told.again()
    for (const facts of this.pages.slice(0, from)) book.apply(facts)
    if (book.head === undefined) throw new Error('the book is empty')
    const { cells, accounts, block } = book.checkpoint(book.head)
    const state = { block, accounts: [...accounts], cells: [...cells] }
    const pages = this.pages.slice(from, to).map((facts): RecordingEntry => ({ kind: 'page', facts, derived: 0 }))
    return [{ kind: 'state', market: 'as recorded', state }, ...pages]
  }

  write(name: string, entries: readonly RecordingEntry[], meta: Partial<RecordingMeta> = {}): string {
    const path = join(this.folder, name)
    const { addressesProvider } = this.market
    const own = { name: 'as recorded', protocol: 'aave-v3', addressesProvider, rules: 'auto', priceReadsS: 0 }
    const all = {
      chain: 'main',
      chainId: 1,
      blockTimeS: 12,
      markets: [own],
      source: 'daemon',
      version: 'test',
    } as const
    const writer = RecordingWriter.create(path, { ...all, ...meta }, entries)
    writer.finish()
    writer.close()
    return path
  }

  /** The rows of the daemon's own chronicle over the same chain, reorganisations and all; the last bin stays open. */
  live(): readonly HourRow[] {
    const book = this.told.again()
    const { name } = book
    const problems: string[] = []
    const chronicle = new Chronicle({
      ...{ chainId: 1, binS: BIN_S, markets: [{ ...this.market, name }], maker },
      openBin: () => undefined,
      onProblem: (problem) => void problems.push(problem),
    })
    for (const event of this.told.events) {
      if (event.kind === 'rollback') {
        chronicle.rollback(event.to)
        book.rollback(event.to)
        continue
      }
      chronicle.before(book, event.facts)
      book.apply(event.facts)
      chronicle.after(book, event.facts, undefined)
    }
    if (problems.length > 0) throw new Error(problems.join('\n'))
    const last = new Map(chronicle.take().rows.map((row) => [`${row.hour} ${row.root}`, row]))
    return inOrder([...last.values()].map((row) => ({ ...row, market: this.history })))
  }

  fill(
    store: Pick<Store, 'hours' | 'saveHours'>,
    paths: readonly string[],
    more: { readonly keepDays?: number; readonly signal?: AbortSignal; readonly say?: (line: string) => void } = {},
  ): Promise<Backfilled> {
    const { keepDays = 400, signal = new AbortController().signal, say = () => {} } = more
    const files = backfillFiles(paths, { chains: CHAINS, markets: [this.market] }, say)
    return backfill({ files, risk: { binS: BIN_S, keepDays }, store, maker, signal, onProgress: () => {} })
  }

  /** Everything the store has of the market. */
  rows(store: Pick<Store, 'hours'>): readonly HourRow[] {
    const { reserves } = this.told.book.protocol.market(this.told.book.ledger)
    const roots = ['', ...new Set(reserves.map(({ root }) => root))]
    return inOrder(roots.flatMap((root) => store.hours(this.history, root)))
  }
}

const inOrder = (rows: readonly HourRow[]): readonly HourRow[] =>
  [...rows].sort((a, b) => a.hour - b.hour || (a.root < b.root ? -1 : 1))

export const bodyOf = ({ body }: HourRow): MarketBody => JSON.parse(body)

/** A store that writes nothing passes for one. */
export class CountedStore {
  readonly #store: Store
  saved: HourRow[] = []
  open: OpenBin[] = []

  constructor(store: Store) {
    this.#store = store
  }

  hours(market: string, root: string, from?: number): readonly HourRow[] {
    return this.#store.hours(market, root, from)
  }

  saveHours(rows: readonly HourRow[], open: readonly OpenBin[]): void {
    this.saved.push(...rows)
    this.open.push(...open)
    this.#store.saveHours(rows, open)
  }
}

/** Without what reaches back behind the beginning of a recording: since when somebody was liquidatable, and the round before. */
export const shortSighted = (
  rows: readonly HourRow[],
): readonly (Record<string, unknown> & { readonly hour: number })[] =>
  rows.map(({ body, ...row }) => {
    const { late: _, roundAtS: __, silenceS: ___, ...seen } = JSON.parse(body)
    return { ...row, ...seen }
  })

/** Blocks without anything between those that are there: a longer recording of the same story. */
export function stretched(entries: readonly RecordingEntry[], times: number): RecordingEntry[] {
  let number = 0n
  let timestamp = 0n
  return entries.flatMap((entry): RecordingEntry[] => {
    if (entry.kind === 'state') ({ number, timestamp } = entry.state.block)
    if (entry.kind === 'state') return [entry]
    if (entry.kind !== 'page') return []
    const { facts } = entry
    const made = Array.from({ length: times }, (_, i): RecordingEntry => {
      const last = i === times - 1
      const block = { ...facts.block, number: ++number, timestamp: last ? facts.block.timestamp : timestamp }
      return { ...entry, facts: last ? { ...facts, block } : { block, logs: [], reads: [] } }
    })
    timestamp = facts.block.timestamp
    return made
  })
}
