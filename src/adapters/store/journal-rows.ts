import type { Database } from 'better-sqlite3'
import type { JournalEntry, JournalKind } from '../../core/journal.ts'
import type { JournalBackQuery } from '../../core/ports.ts'

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
  return rows.map(toEntry)
}

const toEntry = ({ seq, chain_id, market, block, kind, data }: JournalRow): JournalEntry => ({
  seq,
  chainId: chain_id,
  market,
  block,
  kind,
  data: JSON.parse(data),
})

/** Newest first. A query a kind, each along its index: one for all kinds would sort all their rows. */
export function readJournalBack(db: Database, query: JournalBackQuery): JournalEntry[] {
  const { subject, market, before = Number.MAX_SAFE_INTEGER, limit } = query
  const bySubject = subject === undefined ? '' : " AND coalesce(data ->> 'borrower', data ->> 'address') = @subject"
  const byMarket = market === undefined ? '' : ' AND market = @market'
  // The plus keeps SQLite off the index by kind where that by subject is the narrow one.
  const byKind = subject === undefined ? 'kind = @kind' : '+kind = @kind'
  const rows = db.prepare<[object], JournalRow>(
    `SELECT * FROM journal WHERE ${byKind}${bySubject}${byMarket} AND seq < @before ORDER BY seq DESC LIMIT @limit`,
  )
  return query.kinds
    .flatMap((kind) => rows.all({ kind, before, limit, ...(subject && { subject }), ...(market && { market }) }))
    .sort((a, b) => b.seq - a.seq)
    .slice(0, limit)
    .map(toEntry)
}

/** 0 when nothing was ever written. */
export const lastSeq = (db: Database): number =>
  db.prepare<[], number | null>('SELECT max(seq) FROM journal').pluck().get() ?? 0
