import type { Database } from 'better-sqlite3'
import type { Intent, IntentStatus } from '../../core/ports.ts'
import { digestOf, verify } from './digest.ts'

/** JSON knows neither bigint nor undefined: decimal strings and null stand for them. */
type StoredIntent = {
  readonly [K in keyof Intent]: Intent[K] extends bigint ? string : K extends 'settledBlock' ? string | null : Intent[K]
}

interface IntentRow {
  readonly hash: string
  readonly body: string
  readonly digest: Buffer
}

/** One row a hash: a replacement with the same nonce is another intent, a new status is the same one. */
export function saveIntent(db: Database, intent: Intent): void {
  const { chainId, hash, nonce, status } = intent
  const body = JSON.stringify(encode(intent))
  db.prepare(
    `INSERT INTO intent (chain_id, hash, nonce, status, body, digest) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (chain_id, hash) DO UPDATE SET nonce = excluded.nonce, status = excluded.status,
       body = excluded.body, digest = excluded.digest`,
  ).run(chainId, hash, nonce, status, body, digestOf(nameOf(chainId, hash), body))
}

/** By nonce, and of one nonce in the order in which they were first written. */
export function readIntents(db: Database, chainId: number, status: IntentStatus): Intent[] {
  const rows = db.prepare<[number, string], IntentRow>(
    'SELECT hash, body, digest FROM intent WHERE chain_id = ? AND status = ? ORDER BY nonce, id',
  )
  return rows.all(chainId, status).map(({ hash, body, digest }) => {
    verify(nameOf(chainId, hash), digest, body)
    return decode(JSON.parse(body))
  })
}

const encode = (intent: Intent): StoredIntent => ({
  ...intent,
  block: String(intent.block),
  settledBlock: intent.settledBlock === undefined ? null : String(intent.settledBlock),
  deadline: String(intent.deadline),
  debtPriceUsd8: String(intent.debtPriceUsd8),
  predictedProfit: String(intent.predictedProfit),
})

const decode = (stored: StoredIntent): Intent => ({
  ...stored,
  block: BigInt(stored.block),
  settledBlock: stored.settledBlock === null ? undefined : BigInt(stored.settledBlock),
  deadline: BigInt(stored.deadline),
  debtPriceUsd8: BigInt(stored.debtPriceUsd8),
  predictedProfit: BigInt(stored.predictedProfit),
})

const nameOf = (chainId: number, hash: string): string => `chain ${chainId}, transaction ${hash}`
