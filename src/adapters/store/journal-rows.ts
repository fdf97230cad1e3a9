import type { Database } from 'better-sqlite3'
import type { JournalEntry, JournalKind } from '../../core/ports.ts'

interface JournalRow {
  readonly seq: number
  readonly chain_id: number
  readonly market: string
  readonly block: string
  readonly kind: JournalKind
  readonly data: string
}

export function appendJournal(db: Database, entry: Omit<JournalEntry, 'seq'>): JournalEntry {
  const { chainId, market, block, kind, data } = entry
  const { lastInsertRowid } = db
    .prepare('INSERT INTO journal (chain_id, market, block, kind, data) VALUES (?, ?, ?, ?, ?)')
    .run(chainId, market, block, kind, JSON.stringify(data))
  return { seq: Number(lastInsertRowid), chainId, market, block, kind, data }
}

/** Entries after `after`, oldest first. */
export function readJournal(
  db: Database,
  query: { after: number; kind?: string | undefined; limit: number },
): JournalEntry[] {
  const { after, kind, limit } = query
  const rows =
    kind === undefined
      ? db
          .prepare<[number, number], JournalRow>('SELECT * FROM journal WHERE seq > ? ORDER BY seq LIMIT ?')
          .all(after, limit)
      : db
          .prepare<[string, number, number], JournalRow>(
            'SELECT * FROM journal WHERE kind = ? AND seq > ? ORDER BY seq LIMIT ?',
          )
          .all(kind, after, limit)
  return rows.map(({ seq, chain_id, market, block, kind, data }) => ({
    seq,
    chainId: chain_id,
    market,
    block,
    kind,
    data: JSON.parse(data),
  }))
}

/** 0 when nothing was ever written. */
export const lastSeq = (db: Database): number =>
  db.prepare<[], number | null>('SELECT max(seq) FROM journal').pluck().get() ?? 0
