import type { Database } from 'better-sqlite3'
import type { OpenBin } from '../../core/ports.ts'
import type { HourRow } from '../../core/risk/hour-row.ts'

export function saveHours(db: Database, rows: readonly HourRow[], open: readonly OpenBin[]): void {
  const put = db.prepare(
    'INSERT INTO hour (market, root, hour, body) VALUES (?, ?, ?, ?) ON CONFLICT (market, root, hour) DO UPDATE SET body = excluded.body',
  )
  for (const { market, root, hour, body } of rows) put.run(market, root, hour, body)
  const keep = db.prepare(
    'INSERT INTO open_bin (market, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
  )
  for (const { market, body } of open) keep.run(market, body)
}

export function readHours(db: Database, market: string, root: string, from: number): HourRow[] {
  return db
    .prepare<[string, string, number], HourRow>(
      'SELECT market, root, hour, body FROM hour WHERE market = ? AND root = ? AND hour >= ? ORDER BY hour',
    )
    .all(market, root, from)
}

export function dropHoursBefore(db: Database, market: string, hour: number): void {
  db.prepare('DELETE FROM hour WHERE market = ? AND hour < ?').run(market, hour)
}

export function readOpenBin(db: Database, market: string): string | undefined {
  return db.prepare<[string], string>('SELECT body FROM open_bin WHERE market = ?').pluck().get(market)
}
