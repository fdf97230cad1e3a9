import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { RecordingError } from '../../adapters/recording/format.ts'
import type { Tail } from '../../adapters/recording/reader.ts'
import { RecordingWriter } from '../../adapters/recording/writer.ts'
import type { Book } from '../../core/book.ts'
import type { Store } from '../../core/ports.ts'
import type { RecordingEntry, RecordingMeta } from '../../core/recording.ts'
import type { Header } from '../../core/types.ts'

export interface KeepOptions {
  /** Where `CHAIN.plimsoll` lies, or will. */
  readonly folder: string
  readonly meta: RecordingMeta
  readonly store: Pick<Store, 'pages'>
  /** Pages that the loop stands on: the checkpoint's block first, the newest last. */
  readonly known: Known
  readonly books: readonly Book[]
  readonly say: (line: string) => void
}

interface Known {
  readonly oldest: Header | undefined
  /** The newest page at or below `block`. */
  lastAt(block: bigint): Header | undefined
}

/** A chain's recording while the daemon runs. */
export interface Kept {
  /** Appends what the store has up to `block`, which is final; on disk once it returns. */
  keep(block: bigint): void
  /** Nothing more comes. */
  close(): void
}

/**
 * Goes on with the chain's recording if it leads up to the pages that the loop stands on; otherwise keeps it under another
 * name and begins anew with the markets' state at the last checkpoint. Throws RecordingError when the folder takes none.
 */
export function keepRecording(options: KeepOptions): Kept {
  const { meta, store } = options
  const writer = goOn(options) ?? begin(options)
  return {
    keep(block) {
      for (const facts of store.pages(meta.chainId, block)) {
        const next = (writer.block ?? -1n) + 1n
        const { number } = facts.block
        if (number < next) continue
        if (number > next) writer.append({ kind: 'gap', from: next, to: number - 1n })
        writer.append({ kind: 'page', facts, derived: 0 })
      }
      // Whole up to here, whatever happens to the daemon next.
      writer.finish()
    },
    close() {
      writer.finish()
      writer.close()
    },
  }
}

const pathOf = ({ folder, meta }: KeepOptions): string => join(folder, `${meta.chain}.plimsoll`)

function begin(options: KeepOptions): RecordingWriter {
  const { folder, meta, books, known } = options
  const base = known.oldest
  if (base === undefined) throw new RangeError(`chain ${meta.chain}: a recording begins with a page`)
  const states = books.map(
    (book): RecordingEntry => ({ kind: 'state', market: book.name, state: book.checkpoint(base) }),
  )
  makeFolder(folder)
  return RecordingWriter.create(pathOf(options), meta, states)
}

function goOn(options: KeepOptions): RecordingWriter | undefined {
  const path = pathOf(options)
  if (!existsSync(path)) return undefined
  try {
    const { writer, tail } = RecordingWriter.extend(path)
    if (leadsUp(options, tail)) return writer
    writer.close()
    putAside(options, path, `until-${tail.block ?? 0n}`, 'it does not lead up to the present pages')
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error
    putAside(options, path, 'damaged', `${error.what}: ${error.why}`)
  }
  return undefined
}

/** The same markets, and its last block is one that the loop stands on: what comes next follows without a hole. */
function leadsUp({ meta, known }: KeepOptions, { meta: found, last }: Tail): boolean {
  const same = ({ chainId, markets }: RecordingMeta): string => JSON.stringify([chainId, markets])
  if (last === undefined || same(found) !== same(meta)) return false
  const { number, hash } = last.kind === 'page' ? last.facts.block : last.state.block
  const here = known.lastAt(number)
  return here !== undefined && here.number === number && here.hash === hash
}

function putAside({ folder, meta, say }: KeepOptions, path: string, suffix: string, why: string): void {
  const name = (n: number): string => join(folder, `${meta.chain}-${suffix}${n === 0 ? '' : `-${n}`}.plimsoll`)
  let n = 0
  while (existsSync(name(n))) n++
  renameSync(path, name(n))
  say(`the recording ${path} is kept as ${name(n)} and begun anew: ${why}`)
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new RecordingError(
      {
        code: 'RECORDING_UNWRITABLE',
        what: `the folder ${folder} cannot be made`,
        why: error instanceof Error ? error.message : String(error),
        fix: 'Correct recording.folder.',
      },
      { cause: error },
    )
  }
}
