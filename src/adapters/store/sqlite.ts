import type { Database } from 'better-sqlite3'
import type { Address } from 'viem'
import { StoreError } from '../../core/errors.ts'
import type { JournalEntry } from '../../core/journal.ts'
import type { Outbox } from '../../core/people/outbox.ts'
import type { Mute, Watch } from '../../core/people/watch.ts'
import type { Checkpoint, Intent, IntentStatus, JournalBackQuery, OpenBin, Scan, Store } from '../../core/ports.ts'
import type { HourRow } from '../../core/risk/hour-row.ts'
import type { Facts, Header, Log } from '../../core/types.ts'
import { addCheckpoint, forget, readCheckpoint, readCheckpointBlock, saveCheckpoints } from './checkpoints.ts'
import { type Opened, openCopy, openMemory, openOwned, openReadonly, touch } from './database.ts'
import { explained } from './failures.ts'
import { dropHoursBefore, readHours, readOpenBin, saveHours } from './hours.ts'
import { readIntents, saveIntent } from './intents.ts'
import { appendJournal, lastSeq, readJournal, readJournalBack } from './journal-rows.ts'
import { type LatchRow, readLatches, saveLatch } from './latches.ts'
import { createOutbox } from './outbox.ts'
import { dropPagesAbove, readPages, savePage } from './pages.ts'
import { dropMute, dropWatch, readMutes, readWatches, saveMute, saveWatch } from './people.ts'
import { readScan, saveScan } from './scans.ts'

export interface OpenOptions {
  /** Look only, at the file itself; no lock. Any write throws StoreError. */
  readonly readonly?: boolean
  /** Work on a copy in memory of the last committed state, beside whoever owns the file. Its writes are forgotten. */
  readonly share?: 'copy'
}

/**
 * The store in one SQLite file. Without options the caller becomes its one owner. Throws StoreError when somebody else
 * is, or when the file is foreign, damaged, newer than this program, or cannot be written.
 */
export function openStore(path: string, options: OpenOptions = {}): Store {
  return new SqliteStore(
    explained(path, () => open(path, options)),
    path,
  )
}

function open(path: string, { readonly, share }: OpenOptions): Opened {
  if (path === ':memory:') return openMemory()
  if (share === 'copy') return openCopy(path)
  return readonly === true ? openReadonly(path) : openOwned(path)
}

/** Each method is one transaction (a savepoint within `atomically`); whatever SQLite throws leaves as a StoreError. */
export class SqliteStore implements Store {
  readonly #opened: Opened
  readonly #path: string
  readonly outbox: Outbox

  constructor(opened: Opened, path: string) {
    this.#opened = opened
    this.#path = path
    this.outbox = createOutbox(
      (work) => this.#read(work),
      (work) => this.#write(work),
    )
  }

  /** `fn` is synchronous; what it throws undoes all of it. */
  atomically<T>(fn: () => T): T {
    return this.#write(fn)
  }

  asOfOneMoment<T>(fn: () => T): T {
    return this.#read(fn)
  }

  savePage(chainId: number, facts: Facts): void {
    this.#write((db) => savePage(db, chainId, facts))
  }

  pages(chainId: number, upTo?: bigint): readonly Facts[] {
    return this.#read((db) => readPages(db, chainId, { upTo }))
  }

  pagesAfter(chainId: number, after: bigint): readonly Facts[] {
    return this.#read((db) => readPages(db, chainId, { after }))
  }

  dropPagesAbove(chainId: number, block: bigint): void {
    this.#write((db) => dropPagesAbove(db, chainId, block))
  }

  saveCheckpoints(chainId: number, block: Header, markets: ReadonlyMap<string, Checkpoint>): void {
    this.#write((db) => saveCheckpoints(db, chainId, block, markets))
  }

  addCheckpoint(chainId: number, name: string, checkpoint: Checkpoint): void {
    this.#write((db) => addCheckpoint(db, chainId, name, checkpoint))
  }

  checkpoint(chainId: number, market: string): Checkpoint | undefined {
    return this.#read((db) => readCheckpoint(db, chainId, market))
  }

  checkpointBlock(chainId: number, market: string): Header | undefined {
    return this.#read((db) => readCheckpointBlock(db, chainId, market))
  }

  forget(chainId: number): void {
    this.#write((db) => forget(db, chainId))
  }

  saveScan(market: string, scan: { readonly next: bigint; readonly found: readonly Log[] }): void {
    this.#write((db) => saveScan(db, market, scan))
  }

  scan(market: string): Scan | undefined {
    return this.#read((db) => readScan(db, market))
  }

  appendJournal(entry: Omit<JournalEntry, 'seq'>): JournalEntry {
    return this.#write((db) => appendJournal(db, entry))
  }

  journal(query: { after: number; kind?: string | undefined; limit: number }): readonly JournalEntry[] {
    return this.#read((db) => readJournal(db, query))
  }

  journalBack(query: JournalBackQuery): readonly JournalEntry[] {
    return this.#read((db) => readJournalBack(db, query))
  }

  lastSeq(): number {
    return this.#read(lastSeq)
  }

  latches(): readonly LatchRow[] {
    return this.#read(readLatches)
  }

  saveLatch(latch: Omit<LatchRow, 'body'> & { readonly body: string | undefined }): void {
    this.#write((db) => saveLatch(db, latch))
  }

  saveHours(rows: readonly HourRow[], open: readonly OpenBin[]): void {
    this.#write((db) => saveHours(db, rows, open))
  }

  hours(market: string, root: string, from = 0): readonly HourRow[] {
    return this.#read((db) => readHours(db, market, root, from))
  }

  dropHoursBefore(market: string, hour: number): void {
    this.#write((db) => dropHoursBefore(db, market, hour))
  }

  openBin(market: string): string | undefined {
    return this.#read((db) => readOpenBin(db, market))
  }

  saveIntent(intent: Intent): void {
    this.#write((db) => saveIntent(db, intent))
  }

  intents(chainId: number, status: IntentStatus): readonly Intent[] {
    return this.#read((db) => readIntents(db, chainId, status))
  }

  watches(chat?: string): readonly Watch[] {
    return this.#read((db) => readWatches(db, chat))
  }

  saveWatch(watch: Omit<Watch, 'id'>): Watch {
    return this.#write((db) => saveWatch(db, watch))
  }

  dropWatch(chat: string, address: Address): boolean {
    return this.#write((db) => dropWatch(db, chat, address))
  }

  mutes(chat: string): readonly Mute[] {
    return this.#read((db) => readMutes(db, chat))
  }

  saveMute(mute: Mute): void {
    this.#write((db) => saveMute(db, mute))
  }

  dropMute(chat: string, scope: string): boolean {
    return this.#write((db) => dropMute(db, chat, scope))
  }

  value(name: string): string | undefined {
    return this.#read((db) =>
      db.prepare<[string], string>('SELECT value FROM named_value WHERE name = ?').pluck().get(name),
    )
  }

  setValue(name: string, value: string): void {
    this.#write((db) =>
      db
        .prepare('INSERT INTO named_value (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
        .run(name, value),
    )
  }

  check(): void {
    this.#write(touch)
  }

  close(): void {
    this.#opened.close()
  }

  #read<T>(work: (db: Database) => T): T {
    const { db } = this.#opened
    if (!db.open) throw closed(this.#path)
    return explained(this.#path, () => db.transaction(work).deferred(db))
  }

  #write<T>(work: (db: Database) => T): T {
    const { db } = this.#opened
    if (!db.open) throw closed(this.#path)
    return explained(this.#path, () => db.transaction(work).immediate(db))
  }
}

const closed = (path: string): StoreError =>
  new StoreError({
    code: 'STORE_CLOSED',
    what: `store ${path}`,
    why: 'it was closed before',
    fix: 'Please report this: something still writes after the shutdown',
  })
