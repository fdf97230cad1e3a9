import type { Database } from 'better-sqlite3'
import type { Facts } from '../../core/types.ts'
import { digestOf, verify } from './digest.ts'
import { damaged } from './failures.ts'
import { decodePage, encodePage } from './page-codec.ts'

interface PageRow {
  readonly number: bigint
  readonly previous: bigint | null
  readonly body: string
  readonly digest: Buffer
}

export function savePage(db: Database, chainId: number, facts: Facts): void {
  const { number } = facts.block
  dropPagesAbove(db, chainId, number - 1n)
  const previous = lastNumber(db, chainId)
  const body = encodePage(facts)
  db.prepare('INSERT INTO page (chain_id, number, previous, body, digest) VALUES (?, ?, ?, ?, ?)').run(
    chainId,
    number,
    previous,
    body,
    digestOf(nameOf(chainId, { number, previous }), body),
  )
}

export function dropPagesAbove(db: Database, chainId: number, block: bigint): void {
  db.prepare('DELETE FROM page WHERE chain_id = ? AND number > ?').run(chainId, block)
}

export function dropPagesUpTo(db: Database, chainId: number, block: bigint): void {
  db.prepare('DELETE FROM page WHERE chain_id = ? AND number <= ?').run(chainId, block)
}

/** Block numbers are SQLite integers. */
const HIGHEST = 2n ** 63n - 1n

/** After `after`, up to `upTo`. */
export function readPages(
  db: Database,
  chainId: number,
  { after = -1n, upTo = HIGHEST }: { readonly after?: bigint; readonly upTo?: bigint | undefined } = {},
): Facts[] {
  const rows = db
    .prepare<[number, bigint, bigint], PageRow>(
      'SELECT number, previous, body, digest FROM page WHERE chain_id = ? AND number > ? AND number <= ? ORDER BY number',
    )
    .safeIntegers()
  const pages: Facts[] = []
  const swallowed = checkpointNumber(db, chainId)
  let before = after >= 0n && (swallowed === null || after > swallowed) ? after : swallowed
  for (const row of rows.iterate(chainId, after, upTo)) {
    verify(nameOf(chainId, row), row.digest, row.body)
    if (isHole(row.previous, before, pages.length === 0))
      throw damaged(`chain ${chainId}, block ${row.previous}`, `the page before block ${row.number} is missing`)
    pages.push(decodePage(row.body))
    before = row.number
  }
  return pages
}

/** The first page may follow one that a checkpoint has swallowed; every other follows the page read before it. */
function isHole(previous: bigint | null, before: bigint | null, first: boolean): boolean {
  if (first) return previous !== null && (before === null || previous > before)
  return previous !== before
}

/** The number of the last page; the checkpoint's where there is none; null on a fresh chain. */
function lastNumber(db: Database, chainId: number): bigint | null {
  const last = db
    .prepare<[number], bigint | null>('SELECT max(number) FROM page WHERE chain_id = ?')
    .pluck()
    .safeIntegers()
    .get(chainId)
  return last ?? checkpointNumber(db, chainId)
}

/** That of the markets: what began later stands at a later block. */
function checkpointNumber(db: Database, chainId: number): bigint | null {
  const number = db
    .prepare<[number], bigint | null>('SELECT min(number) FROM checkpoint WHERE chain_id = ?')
    .pluck()
    .safeIntegers()
    .get(chainId)
  return number ?? null
}

const nameOf = (chainId: number, { number, previous }: Pick<PageRow, 'number' | 'previous'>): string =>
  `chain ${chainId}, block ${number}, after ${previous ?? 'nothing'}`
