import type { Facts, Header, Log, Read } from '../../core/types.ts'

/** JSON knows neither bigint nor undefined: decimal strings and null stand for them. */
type StoredHeader = { readonly [K in keyof Header]: Header[K] extends bigint ? string : Header[K] }
type StoredRead = Omit<Read, 'result'> & { readonly result: Exclude<Read['result'], undefined> | null }
interface StoredFacts {
  readonly block: StoredHeader
  readonly logs: readonly Log[]
  readonly reads: readonly StoredRead[]
}

export const encodePage = (facts: Facts): string => {
  const stored: StoredFacts = {
    block: storeHeader(facts.block),
    logs: facts.logs,
    reads: facts.reads.map(({ to, data, result }) => ({ to, data, result: result ?? null })),
  }
  return JSON.stringify(stored)
}

/** The inverse; only for text whose digest was verified. */
export function decodePage(body: string): Facts {
  const stored: StoredFacts = JSON.parse(body)
  const reads = stored.reads.map(({ to, data, result }) => ({ to, data, result: result ?? undefined }))
  return { block: loadHeader(stored.block), logs: stored.logs, reads }
}

export const encodeHeader = (header: Header): string => JSON.stringify(storeHeader(header))
export const decodeHeader = (body: string): Header => loadHeader(JSON.parse(body))

export const encodeLogs = (logs: readonly Log[]): string => JSON.stringify(logs)
export const decodeLogs = (body: string): readonly Log[] => JSON.parse(body)

const storeHeader = (header: Header): StoredHeader => ({
  number: String(header.number),
  hash: header.hash,
  parentHash: header.parentHash,
  timestamp: String(header.timestamp),
  baseFeeWei: String(header.baseFeeWei),
  logsBloom: header.logsBloom,
})

const loadHeader = (stored: StoredHeader): Header => ({
  number: BigInt(stored.number),
  hash: stored.hash,
  parentHash: stored.parentHash,
  timestamp: BigInt(stored.timestamp),
  baseFeeWei: BigInt(stored.baseFeeWei),
  logsBloom: stored.logsBloom,
})
