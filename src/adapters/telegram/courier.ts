/**
 * Brings the journal to one chat, in order. The journal is the outbox: the cursor moves, in the store, after each message that
 * was taken, so a crash loses nothing, and repeats a message only when its reply was lost.
 */
import type { JournalEntry } from '../../core/ports.ts'
import type { Called, Log } from './caller.ts'
import type { Naming } from './describe.ts'
import { messagesOf } from './digest.ts'

export interface CourierOptions {
  /** Under which the cursor is kept. */
  readonly name: string
  journal(after: number, limit: number): readonly JournalEntry[]
  lastSeq(): number
  readonly cursor: { get(name: string): string | undefined; set(name: string, value: string): void }
  send(text: string): Promise<Called<unknown>>
  /** Between two messages, and after a failure. */
  pause(ms: number): Promise<void>
  readonly spacingMs: number
  readonly naming: Naming
  readonly clean: (text: string) => string
  readonly log: Log
  readonly signal: AbortSignal
}

export interface Courier {
  /** There may be something new. */
  wake(): void
  /** Resolves once the signal is aborted and the last message settled. */
  readonly done: Promise<void>
}

const PAGE = 500
const AFTER_FAILURE_MS = 5_000
/** Entries that need no message move the cursor in memory only; a write for each of them would cost an fsync. */
const UNSAVED_MOST = 1_000

export function startCourier(options: CourierOptions): Courier {
  let rung = Promise.withResolvers<void>()
  const wake = (): void => rung.resolve()
  options.signal.addEventListener('abort', wake)
  let position = begin(options)
  const run = async (): Promise<void> => {
    while (!options.signal.aborted) {
      rung = Promise.withResolvers<void>()
      position = await turn(options, position)
      if (position.idle && !options.signal.aborted) await rung.promise
      // Let a block's entries arrive together: a burst is folded only if it is seen as one.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { wake, done: run() }
}

interface Position {
  readonly after: number
  readonly saved: number
  /** Everything there is was told. After a failure it is not, so nobody needs to ring. */
  readonly idle: boolean
}

/** A chat never seen before begins now: nobody wants the past of a year. */
function begin({ name, cursor, lastSeq }: CourierOptions): Position {
  const stored = cursor.get(name)
  const last = lastSeq()
  const known = stored !== undefined && /^\d{1,15}$/.test(stored)
  // Beyond the end: an older backup of the store was restored.
  const after = known ? Math.min(Number(stored), last) : last
  if (stored !== String(after)) cursor.set(name, String(after))
  return { after, saved: after, idle: false }
}

/** Tells what is pending; returns where it got to. */
async function turn(options: CourierOptions, from: Position): Promise<Position> {
  let { after, saved } = from
  try {
    const entries = options.journal(after, PAGE)
    for (const { text, seq } of messagesOf(entries, options.naming)) {
      const called = await options.send(options.clean(text))
      if (called.kind === 'stopped') return { after, saved, idle: false }
      // Here first: if the store takes no more writes, the message must not come again every few seconds.
      after = seq
      options.cursor.set(options.name, String(seq))
      saved = seq
      await options.pause(options.spacingMs)
      if (options.signal.aborted) return { after, saved, idle: false }
    }
    after = entries.at(-1)?.seq ?? after
    if (after - saved >= UNSAVED_MOST) {
      options.cursor.set(options.name, String(after))
      saved = after
    }
    return { after, saved, idle: entries.length === 0 }
  } catch (error) {
    options.log.error({ chat: options.name, error: options.clean(String(error)) }, 'telegram courier failed')
    await options.pause(AFTER_FAILURE_MS)
    return { after, saved, idle: false }
  }
}
