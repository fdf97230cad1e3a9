import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import type { RecordingEntry, RecordingMeta } from '../../core/recording.ts'
import {
  entryLine,
  FRAME_HEAD_BYTES,
  firstLink,
  LINK_DIGITS,
  lastBlockOf,
  MAGIC,
  metaLine,
  nextLink,
  pack,
  RecordingError,
} from './format.ts'
import { openRecording, type Place } from './reader.ts'

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

  /** Throws RecordingError when the file is there already. */
  static create(path: string, meta: RecordingMeta): RecordingWriter {
    const fd = openNew(path)
    writeSync(fd, MAGIC, 0, MAGIC.length, 0)
    const place = { bytes: MAGIC.length, link: firstLink(), block: undefined }
    const writer = new RecordingWriter(path, fd, place)
    writer.#add(metaLine(meta))
    writer.flush()
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
      let whole: Place = { ...recording.place }
      try {
        let frames = recording.place.frames
        let held: RecordingEntry[] = []
        for (const entry of recording.entries()) {
          held.push(entry)
          if (recording.place.frames === frames) continue
          frames = recording.place.frames
          whole = { ...recording.place }
          for (const kept of held) onEntry(kept)
          held = []
        }
      } catch (error) {
        if (!(error instanceof RecordingError) || !isTornEnd(path, whole)) throw error
      }
      const fd = openSync(path, 'r+')
      const cutBytes = fstatSync(fd).size - whole.bytes
      ftruncateSync(fd, whole.bytes)
      fsyncSync(fd)
      return { writer: new RecordingWriter(path, fd, whole), meta: recording.meta, cutBytes }
    } finally {
      recording.close()
    }
  }

  private constructor(path: string, fd: number, { bytes, link, block }: Pick<Place, 'bytes' | 'link' | 'block'>) {
    this.path = path
    this.#fd = fd
    this.#bytes = bytes
    this.#link = link
    this.#block = block
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

  /** On disk once it returns. */
  flush(): void {
    if (this.#lines.length === 0) return
    const body = pack(this.#lines.join(''))
    const frame = Buffer.alloc(FRAME_HEAD_BYTES + body.length)
    frame.writeUInt32BE(body.length, 0)
    frame.writeUInt32BE(this.#lines.length, 4)
    this.#link.copy(frame, 8)
    body.copy(frame, FRAME_HEAD_BYTES)
    for (let at = 0; at < frame.length; ) at += writeSync(this.#fd, frame, at, frame.length - at, this.#bytes + at)
    fsyncSync(this.#fd)
    this.#bytes += frame.length
    this.#lines = []
    this.#characters = 0
  }

  close(): void {
    this.flush()
    closeSync(this.#fd)
  }

  #add(json: string): void {
    this.#link = nextLink(this.#link, json)
    const line = `${json}\t${this.#link.toString('hex', 0, LINK_DIGITS / 2)}\n`
    this.#lines.push(line)
    this.#characters += line.length
  }
}

function openNew(path: string): number {
  try {
    return openSync(path, 'wx+')
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw new RecordingError(
      {
        code: exists ? 'RECORDING_EXISTS' : 'RECORDING_UNWRITABLE',
        what: `${path} ${exists ? 'is there already' : 'cannot be written'}`,
        why: exists ? 'a recording is never overwritten' : error instanceof Error ? error.message : String(error),
        fix: exists
          ? 'Go on with it by the same command, or name another file.'
          : 'Name a file in a folder that can be written.',
      },
      { cause: error },
    )
  }
}

/** Whether nothing but one unfinished frame follows: what a crash in the middle of `flush` leaves. */
function isTornEnd(path: string, { bytes }: Place): boolean {
  const fd = openSync(path, 'r')
  try {
    const head = Buffer.alloc(FRAME_HEAD_BYTES)
    const rest = fstatSync(fd).size - bytes
    if (rest < FRAME_HEAD_BYTES) return true
    readSync(fd, head, 0, head.length, bytes)
    return rest < FRAME_HEAD_BYTES + head.readUInt32BE(0)
  } finally {
    closeSync(fd)
  }
}
