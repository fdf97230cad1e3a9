import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { zstdDecompressSync } from 'node:zlib'
import type { RecordingEntry, RecordingMeta } from '../../core/recording.ts'
import {
  damaged,
  FRAME_HEAD_BYTES,
  firstLink,
  LINK_DIGITS,
  lastBlockOf,
  MAGIC,
  MOST_FRAME_BYTES,
  nextLink,
  parseLine,
  RecordingError,
  requireMagic,
} from './format.ts'

/** Where a reader stands: after `bytes` of the file, at `link`, past `block`. */
export interface Place {
  bytes: number
  link: Buffer
  /** The last block that was read; undefined before the first. */
  block: bigint | undefined
  frames: number
  /** Bytes of the lines, unpacked. */
  unpacked: number
}

export interface Recording {
  readonly meta: RecordingMeta
  readonly sizeBytes: number
  /** What has been read so far. */
  readonly place: Readonly<Place>
  /** Entries in order; throws RecordingError naming the first page that is damaged or missing. Once. */
  entries(): Generator<RecordingEntry>
  close(): void
}

/**
 * Opens a recording and reads what it says of itself. Frames are read as they are needed, from `from` on: a place at the
 * end of a frame, as an earlier reader told it.
 */
export function openRecording(path: string, from?: Readonly<Place>): Recording {
  const fd = open(path)
  try {
    const sizeBytes = fstatSync(fd).size
    requireMagic(path, readAt(fd, 0, MAGIC.length))
    const place: Place = { bytes: MAGIC.length, link: firstLink(), block: undefined, frames: 0, unpacked: 0 }
    const lines = readLines(path, fd, sizeBytes, place)
    const first = lines.next()
    if (first.done || first.value.kind !== 'meta')
      throw damaged(path, 'at its beginning', 'it does not say what it holds')
    if (from) Object.assign(place, from)
    const rest = from ? readLines(path, fd, sizeBytes, place) : lines
    return {
      meta: first.value.meta,
      sizeBytes,
      place,
      entries: () => entriesOf(path, rest),
      close: () => closeSync(fd),
    }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

function* entriesOf(path: string, lines: Iterable<ReturnType<typeof parseLine>>): Generator<RecordingEntry> {
  for (const line of lines) {
    if (line.kind === 'meta') throw damaged(path, 'in its middle', 'a second beginning: two recordings were joined')
    yield line
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw new RecordingError(
      {
        code: 'NO_RECORDING',
        what: `${path} cannot be read`,
        why: error instanceof Error ? error.message : String(error),
        fix: 'Name a file that `plimsoll record` wrote.',
      },
      { cause: error },
    )
  }
}

function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let got = 0
  while (got < length) {
    const n = readSync(fd, bytes, got, length - got, position + got)
    if (n === 0) break
    got += n
  }
  return bytes.subarray(0, got)
}

function* readLines(
  path: string,
  fd: number,
  sizeBytes: number,
  place: Place,
): Generator<ReturnType<typeof parseLine>> {
  while (place.bytes < sizeBytes) {
    const { lines, link, bytes } = readFrame(path, fd, place)
    let at = place.link
    for (const [i, line] of lines.entries()) {
      const json = line.slice(0, -(LINK_DIGITS + 1))
      at = nextLink(at, json)
      if (line.slice(-LINK_DIGITS) !== at.toString('hex', 0, LINK_DIGITS / 2))
        throw damaged(path, after(place, i), 'what stands there is not what was written')
      place.unpacked += line.length + 1
      const entry = parseLine(json)
      const block = entry.kind === 'meta' ? undefined : lastBlockOf(entry)
      place.block = block ?? place.block
      if (i === lines.length - 1) {
        if (!at.equals(link)) throw damaged(path, after(place, i), 'its chain of hashes does not close')
        Object.assign(place, { link, bytes, frames: place.frames + 1 })
      }
      yield entry
    }
  }
}

interface Frame {
  readonly lines: readonly string[]
  readonly link: Buffer
  /** Where the next one begins. */
  readonly bytes: number
}

function readFrame(path: string, fd: number, place: Place): Frame {
  const head = readAt(fd, place.bytes, FRAME_HEAD_BYTES)
  if (head.length < FRAME_HEAD_BYTES) throw damaged(path, after(place, 0), 'the file ends there: it was cut short')
  const length = head.readUInt32BE(0)
  const count = head.readUInt32BE(4)
  if (length > MOST_FRAME_BYTES) throw damaged(path, after(place, 0), 'what stands there is not what was written')
  const body = readAt(fd, place.bytes + FRAME_HEAD_BYTES, length)
  if (body.length < length) throw damaged(path, after(place, 0), 'the file ends there: it was cut short')
  const lines = unpack(path, body, place).split('\n').slice(0, -1)
  if (lines.length !== count || count === 0)
    throw damaged(path, after(place, 0), 'what stands there is not what was written')
  return { lines, link: Buffer.from(head.subarray(8)), bytes: place.bytes + FRAME_HEAD_BYTES + length }
}

function unpack(path: string, body: Buffer, place: Place): string {
  try {
    return zstdDecompressSync(body).toString('utf8')
  } catch (error) {
    throw damaged(path, after(place, 0), 'it cannot be unpacked', { cause: error })
  }
}

/** In words that name the page. */
function after({ block }: Readonly<Place>, linesSince: number): string {
  const place = block === undefined ? 'before its first page' : `in the page after block ${block}`
  return linesSince === 0 ? place : `${place} (line ${linesSince + 1} of its frame)`
}
