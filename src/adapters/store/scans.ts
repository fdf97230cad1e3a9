import type { Database } from 'better-sqlite3'
import type { Scan } from '../../core/ports.ts'
import type { Log } from '../../core/types.ts'
import { digestOf, verify } from './digest.ts'
import { decodeLogs, encodeLogs } from './page-codec.ts'

interface BatchRow {
  readonly body: string
  readonly digest: Buffer
}

/** Adds `found` to what was found before, and moves the cursor with it. */
export function saveScan(db: Database, market: string, scan: { next: bigint; found: readonly Log[] }): void {
  db.prepare('INSERT INTO scan (market, next) VALUES (?, ?) ON CONFLICT DO UPDATE SET next = excluded.next').run(
    market,
    scan.next,
  )
  if (scan.found.length === 0) return
  const body = encodeLogs(scan.found)
  db.prepare('INSERT INTO scan_batch (market, body, digest) VALUES (?, ?, ?)').run(
    market,
    body,
    digestOf(nameOf(market), body),
  )
}

export function readScan(db: Database, market: string): Scan | undefined {
  const next = db.prepare<[string], bigint>('SELECT next FROM scan WHERE market = ?').pluck().safeIntegers().get(market)
  if (next === undefined) return undefined
  const batches = db.prepare<[string], BatchRow>('SELECT body, digest FROM scan_batch WHERE market = ? ORDER BY id')
  const logs: Log[] = []
  for (const { body, digest } of batches.iterate(market)) {
    verify(nameOf(market), digest, body)
    for (const log of decodeLogs(body)) logs.push(log)
  }
  return { next, logs }
}

const nameOf = (market: string): string => `scan of ${market}`
