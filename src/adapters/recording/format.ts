import { createHash } from 'node:crypto'
import { constants, zstdCompressSync } from 'node:zlib'
import type { Address, Hex } from 'viem'
import { type Complaint, PlimsollError } from '../../core/errors.ts'
import type { RecordingEntry, RecordingMeta } from '../../core/recording.ts'
import { decodeState, encodeState } from '../../core/state-codec.ts'
import type { Facts, Header, Log, Read } from '../../core/types.ts'

/**
 * A recording (`docs/recording.md`): magic, then frames. A frame is a head of fixed size and a zstd body of lines; a line is
 * a JSON array, a tab, and the first digits of its link. Links chain the lines: sha256(link before ‖ JSON). The frame's
 * head holds the whole link of its last line, and a digest of itself and the body as they lie on the disk.
 */
export const MAGIC = Buffer.from('PLIMSOLL RECORDING 2\n')
const FAMILY = 'PLIMSOLL RECORDING '
const SEALED_BYTES = 4 + 4 + 4 + 32
const SEAL_BYTES = 8
/** u32 bytes of the body, u32 lines, u32 mark, 32 bytes of link, 8 bytes of digest. */
export const FRAME_HEAD_BYTES = SEALED_BYTES + SEAL_BYTES
/** Hex digits of the link that stand behind a line: enough to name the line that was altered. */
export const LINK_DIGITS = 8
/** Level 19 saves a few per cent more and takes ten times as long. */
const LEVEL = 9

export const pack = (text: string): Buffer =>
  zstdCompressSync(Buffer.from(text), { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } })

export interface FrameHead {
  /** Of the body, in bytes. */
  readonly length: number
  readonly lines: number
  /** The recorder came to the end of what it was asked for. Without it the end may be missing. */
  readonly isEnd: boolean
  readonly link: Buffer
}

export function encodeFrame(body: Buffer, { lines, isEnd, link }: Omit<FrameHead, 'length'>): Buffer {
  const frame = Buffer.alloc(FRAME_HEAD_BYTES + body.length)
  frame.writeUInt32BE(body.length, 0)
  frame.writeUInt32BE(lines, 4)
  frame.writeUInt32BE(isEnd ? 1 : 0, 8)
  link.copy(frame, 12)
  sealOf(frame, body).copy(frame, SEALED_BYTES)
  body.copy(frame, FRAME_HEAD_BYTES)
  return frame
}

export const decodeHead = (head: Buffer): FrameHead => ({
  length: head.readUInt32BE(0),
  lines: head.readUInt32BE(4),
  isEnd: head.readUInt32BE(8) === 1,
  link: Buffer.from(head.subarray(12, SEALED_BYTES)),
})

/** Whether head and body are, byte for byte, what was written. */
export const isSealed = (head: Buffer, body: Buffer): boolean => sealOf(head, body).equals(head.subarray(SEALED_BYTES))

const sealOf = (head: Buffer, body: Buffer): Buffer =>
  createHash('sha256').update(head.subarray(0, SEALED_BYTES)).update(body).digest().subarray(0, SEAL_BYTES)

/** What these logs alone would take in a file. */
export const packedBytes = (logs: readonly Log[]): number =>
  logs.length === 0 ? 0 : pack(logs.map((log) => JSON.stringify(storeLog(log))).join('\n')).length

export const CUT_SHORT = 'the file ends there: it was cut short'
export const ALTERED = 'what stands there is not what was written'

/** The file is no recording, is damaged, or does not fit what is asked of it. */
export class RecordingError extends PlimsollError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super(complaint, 1, options)
  }
}

export const damaged = (path: string, where: string, why: string, options?: ErrorOptions): RecordingError =>
  new RecordingError(
    {
      code: 'RECORDING_DAMAGED',
      what: `${path}: damaged ${where}`,
      why,
      fix: 'Restore the file from a copy, or record the range again.',
    },
    options,
  )

export function requireMagic(path: string, found: Buffer): void {
  if (found.equals(MAGIC)) return
  if (found.length > 0 && found.length < MAGIC.length && found.equals(MAGIC.subarray(0, found.length)))
    throw damaged(path, 'at its beginning', CUT_SHORT)
  const isOther = found.toString('latin1').startsWith(FAMILY)
  throw new RecordingError({
    code: isOther ? 'RECORDING_VERSION' : 'NO_RECORDING',
    what: `${path} is not a recording${isOther ? ' of a version that is known here' : ''}`,
    why: `it begins with ${JSON.stringify(found.toString('latin1').trimEnd())} instead of ${JSON.stringify(MAGIC.toString('latin1').trimEnd())}`,
    fix: isOther ? 'Use the version of Plimsoll that wrote it.' : 'Name a file that `plimsoll record` wrote.',
  })
}

export const firstLink = (): Buffer => createHash('sha256').update(MAGIC).digest()
export const nextLink = (link: Buffer, json: string): Buffer => createHash('sha256').update(link).update(json).digest()

type Line =
  | readonly ['meta', RecordingMeta]
  | readonly ['state', string, StoredHeader, string]
  | readonly ['page', StoredHeader, readonly StoredLog[], readonly StoredRead[], number]
  | readonly ['gap', string, string]
  | readonly ['proof', string, string, number, number]

/** Number, hash, parent's hash, timestamp, base fee. The bloom only saves requests of a live feed. */
type StoredHeader = readonly [string, Hex, Hex, string, string]
type StoredLog = readonly [Address, readonly Hex[], Hex, number, Hex]
type StoredRead = readonly [Address, Hex, Hex | null]

const NO_BLOOM: Hex = `0x${'00'.repeat(256)}`

const storeHeader = ({ number, hash, parentHash, timestamp, baseFeeWei }: Header): StoredHeader => [
  String(number),
  hash,
  parentHash,
  String(timestamp),
  String(baseFeeWei),
]

const loadHeader = ([number, hash, parentHash, timestamp, baseFeeWei]: StoredHeader): Header => ({
  number: BigInt(number),
  hash,
  parentHash,
  timestamp: BigInt(timestamp),
  baseFeeWei: BigInt(baseFeeWei),
  logsBloom: NO_BLOOM,
})

const storeLog = ({ address, topics, data, logIndex, transactionHash }: Log): StoredLog => [
  address,
  topics,
  data,
  logIndex,
  transactionHash,
]
const loadLog = ([address, topics, data, logIndex, transactionHash]: StoredLog): Log => ({
  address,
  topics,
  data,
  logIndex,
  transactionHash,
})
const storeRead = ({ to, data, result }: Read): StoredRead => [to, data, result ?? null]
const loadRead = ([to, data, result]: StoredRead): Read => ({ to, data, result: result ?? undefined })

export const metaLine = (meta: RecordingMeta): string => JSON.stringify(['meta', meta] satisfies Line)

export function entryLine(entry: RecordingEntry): string {
  const line = ((): Line => {
    switch (entry.kind) {
      case 'state':
        return ['state', entry.market, storeHeader(entry.state.block), encodeState(entry.state).toString('base64')]
      case 'page': {
        const { block, logs, reads } = entry.facts
        return ['page', storeHeader(block), logs.map(storeLog), reads.map(storeRead), entry.derived]
      }
      case 'gap':
        return ['gap', String(entry.from), String(entry.to)]
      case 'proof':
        return ['proof', entry.market, String(entry.block), entry.checked, entry.mismatched]
    }
  })()
  return JSON.stringify(line)
}

/** The inverse of both; only for text whose link was verified. */
export function parseLine(json: string): { readonly kind: 'meta'; readonly meta: RecordingMeta } | RecordingEntry {
  const line: Line = JSON.parse(json)
  switch (line[0]) {
    case 'meta':
      return { kind: 'meta', meta: line[1] }
    case 'state':
      return {
        kind: 'state',
        market: line[1],
        state: { block: loadHeader(line[2]), ...decodeState(Buffer.from(line[3], 'base64')) },
      }
    case 'page':
      return { kind: 'page', facts: loadFacts(line[1], line[2], line[3]), derived: line[4] }
    case 'gap':
      return { kind: 'gap', from: BigInt(line[1]), to: BigInt(line[2]) }
    case 'proof':
      return { kind: 'proof', market: line[1], block: BigInt(line[2]), checked: line[3], mismatched: line[4] }
  }
}

const loadFacts = (block: StoredHeader, logs: readonly StoredLog[], reads: readonly StoredRead[]): Facts => ({
  block: loadHeader(block),
  logs: logs.map(loadLog),
  reads: reads.map(loadRead),
})

/** The last block that an entry speaks of; undefined for one that is beside the course of the chain. */
export function lastBlockOf(entry: RecordingEntry): bigint | undefined {
  switch (entry.kind) {
    case 'state':
      return entry.state.block.number
    case 'page':
      return entry.facts.block.number
    case 'gap':
      return entry.to
    case 'proof':
      return undefined
  }
}
