import { closeSync, fstatSync, openSync } from 'node:fs'
import type { RecordingEntry, RecordingMeta } from '../../core/recording.ts'
import { damaged, firstLink, lastBlockOf, MAGIC, parseLine, RecordingError, requireMagic } from './format.ts'
import { type Place, readAt, readFrame, readHead, type Source } from './frames.ts'

/** How far a recording was read. */
export interface Progress extends Place {
  /** Bytes of the lines, unpacked. */
  readonly unpacked: number
  /** The recorder said that it was done here; false after an interruption, or where the end was cut off between frames. */
  readonly isEnd: boolean
}

export interface Recording {
  readonly meta: RecordingMeta
  readonly sizeBytes: number
  /** What has been read so far. */
  readonly place: Progress
  /** Entries in order; throws RecordingError naming the first page that is damaged or missing. Once. */
  entries(): Generator<RecordingEntry>
  close(): void
}

/** Opens a recording and reads what it says of itself. Frames are read, and verified whole, as they are needed. */
export function openRecording(path: string): Recording {
  const source = open(path)
  try {
    let place: Progress = { bytes: MAGIC.length, link: firstLink(), block: undefined, unpacked: 0, isEnd: false }
    const lines = readLines(source, place, (next) => {
      place = next
    })
    return {
      meta: readMeta(path, lines),
      sizeBytes: source.sizeBytes,
      get place() {
        return place
      },
      entries: () => entriesOf(path, lines),
      close: () => closeSync(source.fd),
    }
  } catch (error) {
    closeSync(source.fd)
    throw error
  }
}

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

function* readLines(source: Source, begin: Progress, moved: (place: Progress) => void): Generator<Line> {
  let place = begin
  const move = (next: Partial<Progress>): void => {
    place = { ...place, ...next }
    moved(place)
  }
  while (place.bytes < source.sizeBytes) {
    const { jsons, end, link, isEnd } = readFrame(source, place)
    move({ bytes: end, link, isEnd })
    for (const json of jsons) {
      const line = parseLine(json)
      const block = line.kind === 'meta' ? undefined : lastBlockOf(line)
      move({ block: block ?? place.block, unpacked: place.unpacked + json.length })
      yield line
    }
  }
}

/** The end of a recording, found by its frames' heads: only the frames that are needed to know it are unpacked. */
export interface Tail extends Place {
  readonly meta: RecordingMeta
  /** The last page or state; undefined where there is none yet. */
  readonly last: RecordingEntry | undefined
  /** Bytes of an unfinished frame behind it. */
  readonly tornBytes: number
}

/** Throws RecordingError where what it looks at is damaged; what lies before is for `plimsoll record --check`. */
export function readTail(path: string): Tail {
  const recording = openRecording(path)
  const source = open(path)
  try {
    const starts: Place[] = []
    let at: Place = { bytes: MAGIC.length, link: firstLink(), block: undefined }
    while (at.bytes < source.sizeBytes && !isTorn(source, at)) {
      starts.push(at)
      const { end, link } = readHead(source, at)
      at = { bytes: end, link, block: undefined }
    }
    const last = lastIn(source, starts)
    return {
      ...at,
      meta: recording.meta,
      last,
      block: last && lastBlockOf(last),
      tornBytes: source.sizeBytes - at.bytes,
    }
  } finally {
    closeSync(source.fd)
    recording.close()
  }
}

function lastIn(source: Source, starts: readonly Place[]): RecordingEntry | undefined {
  for (const start of starts.toReversed())
    for (const json of readFrame(source, start).jsons.toReversed()) {
      const line = parseLine(json)
      if (line.kind === 'page' || line.kind === 'state') return line
    }
  return undefined
}

/** Whether nothing but one unfinished frame follows: what a crash in the middle of a write leaves. */
export function isTorn(source: Source, place: Place): boolean {
  try {
    readHead(source, place)
    return false
  } catch (error) {
    if (error instanceof RecordingError) return true
    throw error
  }
}
