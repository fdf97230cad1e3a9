import { closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, renameSync, writeSync } from 'node:fs'
import type { RecordingEntry, RecordingMeta } from '../../core/recording.ts'
import {
  encodeFrame,
  entryLine,
  firstLink,
  LINK_DIGITS,
  lastBlockOf,
  MAGIC,
  metaLine,
  nextLink,
  pack,
  RecordingError,
} from './format.ts'
import type { Position } from './frames.ts'
import { isTorn, openRecording, readTail, type Tail } from './reader.ts'

/** Characters of lines that make a frame: large enough to compress well, small enough that a crash costs little. */
const FRAME_CHARACTERS = 512 * 1024

/** Appends to a recording. What `flush` has returned from survives a `kill -9`; a torn end is cut off by `resume`. */
export class RecordingWriter {
  readonly path: string
  readonly #fd: number
  #bytes: number
  #link: Buffer
  #lines: string[] = []
  #characters = 0
  #block: bigint | undefined
  /** The last frame on disk is marked as an end. */
  #isEnd: boolean

  /**
   * A file that begins with these entries: it is there whole or not at all. Throws RecordingError when there is one of
   * that name already.
   */
  static create(path: string, meta: RecordingMeta, entries: Iterable<RecordingEntry> = []): RecordingWriter {
    const part = `${path}.new`
    const fd = openNew(path, part)
    writeSync(fd, MAGIC, 0, MAGIC.length, 0)
    const writer = new RecordingWriter(path, fd, { bytes: MAGIC.length, link: firstLink(), block: undefined })
    writer.#add(metaLine(meta))
    for (const entry of entries) writer.append(entry)
    writer.flush()
    renameSync(part, path)
    return writer
  }

  /**
   * Goes on after the last whole frame. `onEntry` is given every entry that is kept; returns how many bytes of a torn end
   * were cut off. Damage before the end throws RecordingError: there is nothing to go on from.
   */
  static resume(
    path: string,
    onEntry: (entry: RecordingEntry) => void,
  ): { readonly writer: RecordingWriter; readonly meta: RecordingMeta; readonly cutBytes: number } {
    const recording = openRecording(path)
    try {
      try {
        for (const entry of recording.entries()) onEntry(entry)
      } catch (error) {
        if (!(error instanceof RecordingError) || !isTornEnd(path, recording.place)) throw error
      }
      return { ...RecordingWriter.#cutTo(path, recording.place), meta: recording.meta }
    } finally {
      recording.close()
    }
  }

  /** Goes on after the last whole frame without reading what lies before it. Throws RecordingError. */
  static extend(path: string): { readonly writer: RecordingWriter; readonly tail: Tail } {
    const tail = readTail(path)
    return { writer: RecordingWriter.#cutTo(path, tail).writer, tail }
  }

  /** Opens a file for writing behind `place`, where nothing is left of an unfinished frame. */
  static #cutTo(
    path: string,
    place: Position & { readonly isEnd: boolean },
  ): { writer: RecordingWriter; cutBytes: number } {
    const fd = openSync(path, 'r+')
    try {
      const cutBytes = fstatSync(fd).size - place.bytes
      ftruncateSync(fd, place.bytes)
      fsyncSync(fd)
      return { writer: new RecordingWriter(path, fd, place, place.isEnd), cutBytes }
    } catch (error) {
      closeSync(fd)
      throw error
    }
  }

  private constructor(path: string, fd: number, { bytes, link, block }: Position, isEnd = false) {
    this.path = path
    this.#fd = fd
    this.#bytes = bytes
    this.#link = link
    this.#block = block
    this.#isEnd = isEnd
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#bytes
  }

  /** The last block that was appended; undefined before the first. */
  get block(): bigint | undefined {
    return this.#block
  }

  /** Throws RangeError when it would go back: a recording holds one course of the chain. */
  append(entry: RecordingEntry): void {
    const first = entry.kind === 'gap' ? entry.from : lastBlockOf(entry)
    const isLate = first !== undefined && this.#block !== undefined && first <= this.#block
    if (isLate && entry.kind !== 'state')
      throw new RangeError(`recording ${this.path}: block ${first} after ${this.#block}`)
    this.#block = lastBlockOf(entry) ?? this.#block
    this.#add(entryLine(entry))
    if (this.#characters >= FRAME_CHARACTERS) this.flush()
  }

  /** On disk once it returns. Throws RecordingError when somebody else has written to the file. */
  flush(): void {
    if (this.#lines.length > 0) this.#write(false)
  }

  /** Flushes, and says that nothing is missing behind: the recorder is done. */
  finish(): void {
    if (this.#lines.length > 0 || !this.#isEnd) this.#write(true)
  }

  close(): void {
    try {
      this.flush()
    } finally {
      closeSync(this.#fd)
    }
  }

  #write(isEnd: boolean): void {
    const { size } = fstatSync(this.#fd)
    if (size !== this.#bytes) throw shared(this.path, size, this.#bytes)
    const body = this.#lines.length > 0 ? pack(this.#lines.join('')) : Buffer.alloc(0)
    const frame = encodeFrame(body, { lines: this.#lines.length, isEnd, link: this.#link })
    try {
      for (let at = 0; at < frame.length; ) at += writeSync(this.#fd, frame, at, frame.length - at, this.#bytes + at)
      fsyncSync(this.#fd)
    } catch (error) {
      // A disk that is full may have taken a part of it.
      ftruncateSync(this.#fd, this.#bytes)
      throw error
    }
    this.#bytes += frame.length
    this.#lines = []
    this.#characters = 0
    this.#isEnd = isEnd
  }

  #add(json: string): void {
    this.#link = nextLink(this.#link, json)
    const line = `${json}\t${this.#link.toString('hex', 0, LINK_DIGITS / 2)}\n`
    this.#lines.push(line)
    this.#characters += line.length
  }
}

function openNew(path: string, part: string): number {
  if (existsSync(path))
    throw new RecordingError({
      code: 'RECORDING_EXISTS',
      what: `${path} is there already`,
      why: 'a recording is never overwritten',
      fix: 'Go on with it by the same command, or name another file.',
    })
  try {
    return openSync(part, 'w+')
  } catch (error) {
    throw new RecordingError(
      {
        code: 'RECORDING_UNWRITABLE',
        what: `${path} cannot be written`,
        why: error instanceof Error ? error.message : String(error),
        fix: 'Name a file in a folder that can be written.',
      },
      { cause: error },
    )
  }
}

function isTornEnd(path: string, place: Position): boolean {
  const fd = openSync(path, 'r')
  try {
    return isTorn({ path, fd, sizeBytes: fstatSync(fd).size }, place)
  } finally {
    closeSync(fd)
  }
}

const shared = (path: string, size: number, known: number): RecordingError =>
  new RecordingError({
    code: 'RECORDING_SHARED',
    what: `${path} has ${size} bytes, ${known} of them written here`,
    why: 'another program writes to it',
    fix: 'Let one process write a recording.',
  })
