import type { Database } from 'better-sqlite3'
import type { JournalKind } from '../../core/journal.ts'
import type { EventName } from '../../core/people/events.ts'
import type { Fold, NewOutgoing, NewRow, Outbox, OutboxRow, Outgoing } from '../../core/people/outbox.ts'

type Transact = <T>(work: (db: Database) => T) => T

/** `write` and `read` run their work as one transaction each. */
export const createOutbox = (read: Transact, write: Transact): Outbox => ({
  add: (rows) => write((db) => add(db, rows)),
  waiting: (channel, query) => read((db) => waiting(db, channel, query)),
  nextDueS: (channel, nowS) => read((db) => nextDueS(db, channel, nowS)),
  row: (id) => read((db) => selectRows(db, 'o.id = ?', [id])[0]),
  postpone: (ids, dueS) => write((db) => each(db, 'UPDATE outbox SET due_s = ? WHERE id = ?', ids, [dueS])),
  drop: (ids) => write((db) => each(db, "UPDATE outbox SET state = 'dropped' WHERE id = ?", ids)),
  begin: (message, rows) => write((db) => begin(db, message, rows)),
  amend: (message, change, rows) => write((db) => amend(db, message, change, rows)),
  told: (message, toldAs) =>
    write((db) => {
      db.prepare("UPDATE outgoing SET state = 'told', told_as = ? WHERE id = ?").run(toldAs, message)
      moveRows(db, message, 'told')
    }),
  release: (message, close) => write((db) => release(db, message, close)),
  refuse: (message) => write((db) => refuse(db, message)),
  close: (message) => write((db) => db.prepare("UPDATE outgoing SET state = 'closed' WHERE id = ?").run(message)),
  sending: (channel) => read((db) => selectOutgoing(db, "channel = ? AND state = 'sending'", [channel])),
  open: (channel, fold, thread) =>
    read((db) =>
      selectOutgoing(db, "channel = ? AND state = 'told' AND fold = ? AND thread IS ?", [channel, fold, thread]),
    ),
  rowsOf: (message) => read((db) => selectRows(db, 'o.message = ? ORDER BY o.id', [message])),
  toldSince: (sinceS) => read((db) => toldSince(db, sinceS)),
  prune: (beforeS) => write((db) => prune(db, beforeS)),
})

type Value = string | number | null

function add(db: Database, rows: readonly NewRow[]): void {
  const insert = db.prepare(
    `INSERT INTO outbox (channel, key, seq, event, loud, created_s, due_s, state) VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting')
     ON CONFLICT (channel, key) DO NOTHING`,
  )
  for (const { channel, seq, event, loud, createdS, dueS } of rows)
    insert.run(channel, String(seq), seq, event, loud ? 1 : 0, createdS, dueS)
}

const waiting = (db: Database, channel: string, { nowS, limit }: { nowS: number; limit: number }): OutboxRow[] =>
  selectRows(db, "o.channel = ? AND o.state = 'waiting' AND o.due_s <= ? ORDER BY o.id LIMIT ?", [channel, nowS, limit])

function nextDueS(db: Database, channel: string, nowS: number): number | undefined {
  const sql = "SELECT min(due_s) FROM outbox WHERE channel = ? AND state = 'waiting' AND due_s > ?"
  return db.prepare<[string, number], number | null>(sql).pluck().get(channel, nowS) ?? undefined
}

function each(db: Database, sql: string, ids: readonly number[], before: readonly Value[] = []): void {
  const statement = db.prepare(sql)
  for (const id of ids) statement.run(...before, id)
}

function begin(db: Database, message: NewOutgoing, rows: readonly number[]): number {
  const { channel, fold, thread, loud, nowS, after, body } = message
  const { lastInsertRowid } = db
    .prepare(
      `INSERT INTO outgoing (channel, fold, thread, loud, created_s, changed_s, state, after_id, body)
       VALUES (?, ?, ?, ?, ?, ?, 'sending', ?, ?)`,
    )
    .run(channel, fold, thread, loud ? 1 : 0, nowS, nowS, after, body)
  const id = Number(lastInsertRowid)
  take(db, id, rows)
  return id
}

function amend(db: Database, message: number, change: { body: string; nowS: number }, rows: readonly number[]): void {
  db.prepare("UPDATE outgoing SET state = 'sending', body = ?, changed_s = ? WHERE id = ?").run(
    change.body,
    change.nowS,
    message,
  )
  take(db, message, rows)
}

const take = (db: Database, message: number, rows: readonly number[]): void =>
  each(db, "UPDATE outbox SET state = 'sending', message = ? WHERE id = ?", rows, [message])

const moveRows = (db: Database, message: number, state: 'told' | 'dropped'): void =>
  void db.prepare("UPDATE outbox SET state = ? WHERE message = ? AND state = 'sending'").run(state, message)

function release(db: Database, message: number, close: boolean): void {
  db.prepare("UPDATE outbox SET state = 'waiting', message = NULL WHERE message = ? AND state = 'sending'").run(message)
  settle(db, message, close)
}

function refuse(db: Database, message: number): void {
  moveRows(db, message, 'dropped')
  settle(db, message, true)
}

/** One that was told before stays as it was; one that never was is forgotten. */
function settle(db: Database, message: number, close: boolean): void {
  db.prepare('DELETE FROM outgoing WHERE id = ? AND told_as IS NULL').run(message)
  db.prepare('UPDATE outgoing SET state = ? WHERE id = ?').run(close ? 'closed' : 'told', message)
}

interface Row {
  readonly id: number
  readonly channel: string
  readonly event: EventName
  readonly loud: number
  readonly seq: number
  readonly chain_id: number
  readonly market: string
  readonly block: string
  readonly kind: JournalKind
  readonly data: string
}

function selectRows(db: Database, where: string, values: readonly Value[]): OutboxRow[] {
  const rows = db.prepare<Value[], Row>(
    `SELECT o.id, o.channel, o.event, o.loud, j.seq, j.chain_id, j.market, j.block, j.kind, j.data
     FROM outbox o JOIN journal j ON j.seq = o.seq WHERE ${where}`,
  )
  return rows.all(...values).map(({ id, channel, event, loud, seq, chain_id, market, block, kind, data }) => ({
    id,
    channel,
    event,
    loud: loud === 1,
    entry: { seq, chainId: chain_id, market, block, kind, data: JSON.parse(data) },
  }))
}

interface OutgoingRow {
  readonly id: number
  readonly channel: string
  readonly fold: Fold
  readonly thread: number | null
  readonly loud: number
  readonly created_s: number
  readonly changed_s: number
  readonly state: Outgoing['state']
  readonly after_id: number | null
  readonly told_as: string | null
  readonly body: string
  readonly row_count: number
}

function selectOutgoing(db: Database, where: string, values: readonly Value[]): Outgoing | undefined {
  const sql = `SELECT *, (SELECT count(*) FROM outbox WHERE message = outgoing.id) AS row_count
     FROM outgoing WHERE ${where} ORDER BY id DESC LIMIT 1`
  const row = db.prepare<Value[], OutgoingRow>(sql).get(...values)
  if (row === undefined) return undefined
  const { id, channel, fold, thread, loud, state, body } = row
  const times = { createdS: row.created_s, changedS: row.changed_s }
  const ids = { after: row.after_id, toldAs: row.told_as }
  return { id, channel, fold, thread, loud: loud === 1, ...times, state, ...ids, body, rows: row.row_count }
}

const toldSince = (db: Database, sinceS: number): { channel: string; toldAs: string; changedS: number }[] =>
  db
    .prepare<[number], { channel: string; toldAs: string; changedS: number }>(
      'SELECT channel, told_as AS toldAs, changed_s AS changedS FROM outgoing WHERE changed_s >= ? AND told_as IS NOT NULL',
    )
    .all(sinceS)

function prune(db: Database, beforeS: number): void {
  db.prepare("DELETE FROM outbox WHERE state IN ('told', 'dropped') AND created_s < ?").run(beforeS)
  db.prepare("DELETE FROM outgoing WHERE state <> 'sending' AND changed_s < ?").run(beforeS)
}
