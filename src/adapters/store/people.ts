import type { Database } from 'better-sqlite3'
import type { Address } from 'viem'
import type { Mute, Watch } from '../../core/people/watch.ts'

interface WatchRow {
  readonly id: number
  readonly chat: string
  readonly address: Address
  readonly body: string
}

/** JSON; thresholds as decimal strings. */
interface WatchBody {
  readonly name: string
  readonly thresholdsWad: readonly string[] | null
  readonly distancesBps: readonly number[] | null
  readonly createdS: number
}

/** In the order in which they were first watched. */
export function readWatches(db: Database, chat: string | undefined): Watch[] {
  const rows =
    chat === undefined
      ? db.prepare<[], WatchRow>('SELECT id, chat, address, body FROM watch ORDER BY id').all()
      : db.prepare<[string], WatchRow>('SELECT id, chat, address, body FROM watch WHERE chat = ? ORDER BY id').all(chat)
  return rows.map(({ id, chat, address, body }) => {
    const { thresholdsWad, ...rest } = JSON.parse(body) as WatchBody
    return { id, chat, address, ...rest, thresholdsWad: thresholdsWad?.map(BigInt) ?? null }
  })
}

/** One a chat and address: the other fields are replaced, the id stays. */
export function saveWatch(db: Database, { chat, address, ...rest }: Omit<Watch, 'id'>): Watch {
  const { name, thresholdsWad, distancesBps, createdS } = rest
  const body: WatchBody = { name, thresholdsWad: thresholdsWad?.map(String) ?? null, distancesBps, createdS }
  const id = db
    .prepare<[string, string, string], number>(
      `INSERT INTO watch (chat, address, body) VALUES (?, ?, ?)
       ON CONFLICT (chat, address) DO UPDATE SET body = excluded.body RETURNING id`,
    )
    .pluck()
    .get(chat, address, JSON.stringify(body))
  return { id: Number(id), chat, address, ...rest }
}

export const dropWatch = (db: Database, chat: string, address: Address): boolean =>
  db.prepare('DELETE FROM watch WHERE chat = ? AND address = ?').run(chat, address).changes > 0

export const readMutes = (db: Database, chat: string): Mute[] =>
  db
    .prepare<[string], Mute>('SELECT chat, scope, until_s AS untilS FROM mute WHERE chat = ? ORDER BY scope')
    .all(chat)
    .map((row) => ({ ...row }))

export function saveMute(db: Database, { chat, scope, untilS }: Mute): void {
  db.prepare(
    `INSERT INTO mute (chat, scope, until_s) VALUES (?, ?, ?)
     ON CONFLICT (chat, scope) DO UPDATE SET until_s = excluded.until_s`,
  ).run(chat, scope, untilS)
}

export const dropMute = (db: Database, chat: string, scope: string): boolean =>
  db.prepare('DELETE FROM mute WHERE chat = ? AND scope = ?').run(chat, scope).changes > 0
