import type { Database } from 'better-sqlite3'
import type { Checkpoint } from '../../core/ports.ts'
import { decodeState, encodeState } from '../../core/state-codec.ts'
import type { Header } from '../../core/types.ts'
import { digestOf, verify } from './digest.ts'
import { decodeHeader, encodeHeader } from './page-codec.ts'
import { dropPagesAbove, dropPagesUpTo } from './pages.ts'

interface CheckpointRow {
  readonly number: bigint
  readonly header: string
  readonly body: Buffer
  readonly digest: Buffer
}

/**
 * No markets, no change: the pages have nothing to go into. A market that is not among `markets` loses its
 * older checkpoint, since the pages that led on from it are dropped here. What began later may stand at a later block.
 */
export function saveCheckpoints(
  db: Database,
  chainId: number,
  block: Header,
  markets: ReadonlyMap<string, Checkpoint>,
): void {
  if (markets.size === 0) return
  db.prepare('DELETE FROM checkpoint WHERE chain_id = ?').run(chainId)
  for (const [market, checkpoint] of markets) {
    const at = checkpoint.block
    if (at.number < block.number || (at.number === block.number && at.hash !== block.hash))
      throw new RangeError(`checkpoint of ${market} is at block ${at.number}, not at ${block.number}`)
    addCheckpoint(db, chainId, market, checkpoint)
  }
  dropPagesUpTo(db, chainId, block.number)
}

/** One more beside those that are there. */
export function addCheckpoint(db: Database, chainId: number, market: string, checkpoint: Checkpoint): void {
  const { number } = checkpoint.block
  const header = encodeHeader(checkpoint.block)
  const body = encodeState(checkpoint)
  const digest = digestOf(nameOf(chainId, market, number), header, body)
  db.prepare(
    'INSERT OR REPLACE INTO checkpoint (chain_id, market, number, header, body, digest) VALUES (?, ?, ?, ?, ?, ?)',
  ).run(chainId, market, number, header, body, digest)
}

export function readCheckpoint(db: Database, chainId: number, market: string): Checkpoint | undefined {
  const row = db
    .prepare<[number, string], CheckpointRow>(
      'SELECT number, header, body, digest FROM checkpoint WHERE chain_id = ? AND market = ?',
    )
    .safeIntegers()
    .get(chainId, market)
  if (row === undefined) return undefined
  verify(nameOf(chainId, market, row.number), row.digest, row.header, row.body)
  return { block: decodeHeader(row.header), ...decodeState(row.body) }
}

/** Where the checkpoint stands, without the state it holds. */
export function readCheckpointBlock(db: Database, chainId: number, market: string): Header | undefined {
  const header = db
    .prepare<[number, string], string>('SELECT header FROM checkpoint WHERE chain_id = ? AND market = ?')
    .pluck()
    .get(chainId, market)
  return header === undefined ? undefined : decodeHeader(header)
}

export function forget(db: Database, chainId: number): void {
  db.prepare('DELETE FROM checkpoint WHERE chain_id = ?').run(chainId)
  dropPagesAbove(db, chainId, -1n)
}

const nameOf = (chainId: number, market: string, number: bigint): string =>
  `chain ${chainId}, block ${number}, checkpoint of ${market}`
