import { closeSync, fstatSync, openSync } from 'node:fs'
import type { RecordingEntry, RecordingMeta } from '../../core/recording.ts'
import { damaged, firstLink, lastBlockOf, MAGIC, parseLine, RecordingError, requireMagic } from './format.ts'
import { type Position, readAt, readFrame, readHead, type Source } from './frames.ts'

/** Where a reader stands. */
export interface Place {
  /** Of the file, up to the end of the last frame of which every entry was read. */
  bytes: number
  link: Buffer
  /** The last block that was read; undefined before the first. */
  block: bigint | undefined
  /** How many such frames. */
  frames: number
  /** Characters of the lines, unpacked. */
  unpacked: number
  /** The recorder said that it was done there; false after an interruption, or where the end was cut off between frames. */
  isEnd: boolean
}

export interface Recording {
  readonly meta: RecordingMeta
  readonly sizeBytes: number
  /** What has been read so far; it moves. */
  readonly place: Readonly<Place>
  /** Entries in order; throws RecordingError naming the first page that is damaged or missing. Once. */
  entries(): Generator<RecordingEntry>
  close(): void
}

/**
 * Opens a recording and reads what it says of itself. Frames are read, and verified whole, as they are needed, from `from`
 * on: a place at the end of a frame, as an earlier reader told it.
 */
export function openRecording(path: string, from?: Readonly<Place>): Recording {
  const source = open(path)
  try {
    const place: Place = { ...beginning(), frames: 0, unpacked: 0, isEnd: false }
    const lines = readLines(source, place)
    const meta = readMeta(path, lines)
    if (from) Object.assign(place, from)
    const rest = from ? readLines(source, place) : lines
    return {
      meta,
      sizeBytes: source.sizeBytes,
      place,
      entries: () => entriesOf(path, rest),
      close: () => closeSync(source.fd),
    }
  } catch (error) {
    closeSync(source.fd)
    throw error
  }
}

const beginning = (): Position => ({ bytes: MAGIC.length, link: firstLink(), block: undefined })

type Line = ReturnType<typeof parseLine>

function readMeta(path: string, lines: Iterator<Line>): RecordingMeta {
  const first = lines.next()
  if (!first.done && first.value.kind === 'meta') return first.value.meta
  throw damaged(path, 'at its beginning', 'it does not say what it holds')
}

function* entriesOf(path: string, lines: Iterable<Line>): Generator<RecordingEntry> {
  for (const line of lines) {
    if (line.kind === 'meta') throw damaged(path, 'in its middle', 'a second beginning: two recordings were joined')
    yield line
  }
}

function open(path: string): Source {
  try {
    const fd = openSync(path, 'r')
    const source = { path, fd, sizeBytes: fstatSync(fd).size }
    try {
      requireMagic(path, readAt(fd, 0, MAGIC.length))
    } catch (error) {
      closeSync(fd)
      throw error
    }
    return source
  } catch (error) {
    if (error instanceof RecordingError) throw error
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

function* readLines(source: Source, place: Place): Generator<Line> {
  while (place.bytes < source.sizeBytes) {
    const { jsons, end, link, isEnd } = readFrame(source, place)
    for (const [i, json] of jsons.entries()) {
      const line = parseLine(json)
      place.block = (line.kind === 'meta' ? undefined : lastBlockOf(line)) ?? place.block
      place.unpacked += json.length
      if (i === jsons.length - 1) Object.assign(place, { bytes: end, link, isEnd, frames: place.frames + 1 })
      yield line
    }
    Object.assign(place, { bytes: end, link, isEnd })
  }
}

/** The end of a recording, found by its frames' heads: only the frames that are needed to know it are unpacked. */
export interface Tail extends Position {
  readonly meta: RecordingMeta
  /** The last page or state; undefined where there is none yet. */
  readonly last: (RecordingEntry & { readonly kind: 'page' | 'state' }) | undefined
  readonly isEnd: boolean
}

/** Throws RecordingError where what it looks at is damaged; what lies before is for `plimsoll record --check`. */
export function readTail(path: string): Tail {
  const recording = openRecording(path)
  const source = open(path)
  try {
    const starts: Position[] = []
    let at = { ...beginning(), isEnd: false }
    while (at.bytes < source.sizeBytes && !isTorn(source, at)) {
      starts.push(at)
      const { end, link, isEnd } = readHead(source, at)
      at = { bytes: end, link, block: undefined, isEnd }
    }
    const last = lastIn(source, starts)
    return { ...at, meta: recording.meta, last, block: last && lastBlockOf(last) }
  } finally {
    closeSync(source.fd)
    recording.close()
  }
}

function lastIn(source: Source, starts: readonly Position[]): Tail['last'] {
  for (const start of starts.toReversed())
    for (const json of readFrame(source, start).jsons.toReversed()) {
      const line = parseLine(json)
      if (line.kind === 'page' || line.kind === 'state') return line
    }
  return undefined
}

/** Whether nothing but one unfinished frame follows: what a crash in the middle of a write leaves. */
export function isTorn(source: Source, place: Position): boolean {
  try {
    readHead(source, place)
    return false
  } catch (error) {
    if (error instanceof RecordingError) return true
    throw error
  }
}
