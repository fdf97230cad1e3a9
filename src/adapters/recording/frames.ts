import { readSync } from 'node:fs'
import { zstdDecompressSync } from 'node:zlib'
import {
  ALTERED,
  CUT_SHORT,
  damaged,
  decodeHead,
  FRAME_HEAD_BYTES,
  type FrameHead,
  isSealed,
  LINK_DIGITS,
  lastBlockOf,
  nextLink,
  parseLine,
} from './format.ts'

/** An open file. */
export interface Source {
  readonly path: string
  readonly fd: number
  readonly sizeBytes: number
}

/** Between two frames: after `bytes` of the file, at `link`, past `block`. */
export interface Position {
  readonly bytes: number
  readonly link: Buffer
  /** The last block that was read; undefined before the first. */
  readonly block: bigint | undefined
}

export interface Frame extends FrameHead {
  /** JSON of each line, all of them verified. */
  readonly jsons: readonly string[]
  /** Where the next one begins. */
  readonly end: number
}

/** The head of the frame at `place`, of which nothing is known but that the file is long enough for it. */
export function readHead(
  source: Source,
  place: Position,
): FrameHead & { readonly bytes: Buffer; readonly end: number } {
  const bytes = readAt(source.fd, place.bytes, FRAME_HEAD_BYTES)
  if (bytes.length < FRAME_HEAD_BYTES) throw damaged(source.path, after(place.block), CUT_SHORT)
  const head = decodeHead(bytes)
  const end = place.bytes + FRAME_HEAD_BYTES + head.length
  if (end > source.sizeBytes) throw damaged(source.path, after(place.block), CUT_SHORT)
  return { ...head, bytes, end }
}

/** The frame at `place`, verified whole. Throws RecordingError that names the page, as near to the damage as it can. */
export function readFrame(source: Source, place: Position): Frame {
  const { bytes, ...head } = readHead(source, place)
  const body = readAt(source.fd, place.bytes + FRAME_HEAD_BYTES, head.length)
  const lines = unpack(source, place, body)
  const jsons: string[] = []
  const where = (): string => after(lastBlockIn(jsons) ?? place.block, jsons.length)
  let link = place.link
  for (const line of lines) {
    const json = line.slice(0, -(LINK_DIGITS + 1))
    link = nextLink(link, json)
    if (line.slice(-LINK_DIGITS - 1) !== `\t${link.toString('hex', 0, LINK_DIGITS / 2)}`)
      throw damaged(source.path, where(), ALTERED)
    jsons.push(json)
  }
  if (lines.length !== head.lines || !link.equals(head.link) || !isSealed(bytes, body))
    throw damaged(source.path, after(place.block), ALTERED)
  return { ...head, jsons }
}

function unpack({ path }: Source, { block }: Position, body: Buffer): readonly string[] {
  if (body.length === 0) return []
  try {
    return zstdDecompressSync(body).toString('utf8').split('\n').slice(0, -1)
  } catch (error) {
    throw damaged(path, after(block), 'it cannot be unpacked', { cause: error })
  }
}

function lastBlockIn(jsons: readonly string[]): bigint | undefined {
  for (const json of jsons.toReversed()) {
    const entry = parseLine(json)
    const block = entry.kind === 'meta' ? undefined : lastBlockOf(entry)
    if (block !== undefined) return block
  }
  return undefined
}

export function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let got = 0
  while (got < length) {
    const n = readSync(fd, bytes, got, length - got, position + got)
    if (n === 0) break
    got += n
  }
  return bytes.subarray(0, got)
}

/** In words that name the page. */
function after(block: bigint | undefined, linesSince = 0): string {
  const place = block === undefined ? 'before its first page' : `in the page after block ${block}`
  return linesSince === 0 ? place : `${place} (line ${linesSince + 1} of its frame)`
}
