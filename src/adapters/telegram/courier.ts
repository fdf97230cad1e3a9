/**
 * Brings the journal to one chat, in order. The journal is the outbox: the cursor moves, in the store, after each message that
 * was taken, so a crash loses nothing, and repeats a message only when its reply was lost.
 */
import type { JournalEntry } from '../../core/ports.ts'
import type { Called, Log } from './caller.ts'
import { isTold, type Naming } from './describe.ts'
import { nextMessage } from './digest.ts'

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
/** Bounds the memory of one digest; what a chat missed in weeks comes as several. */
const MOST_PAGES = 20
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
  /** There was nothing to read: wait for the bell. */
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

/** One message at most: what waits is looked at anew before each, so that a burst is folded while it lasts. */
async function turn(options: CourierOptions, from: Position): Promise<Position> {
  let { after, saved } = from
  try {
    const { entries, last } = waiting(options, after)
    const message = nextMessage(entries, options.naming)
    if (message !== undefined) {
      const called = await options.send(options.clean(message.text))
      if (called.kind === 'stopped') return { after, saved, idle: false }
    }
    // Here first: if the store takes no more writes, the message must not come again every few seconds.
    after = message?.seq ?? last
    if (message !== undefined || after - saved >= UNSAVED_MOST) {
      options.cursor.set(options.name, String(after))
      saved = after
    }
    if (message !== undefined) await options.pause(options.spacingMs)
    return { after, saved, idle: last === from.after }
  } catch (error) {
    options.log.error({ chat: options.name, error: options.clean(String(error)) }, 'telegram courier failed')
    await options.pause(AFTER_FAILURE_MS)
    return { after, saved, idle: false }
  }
}

/** What is worth telling after `after`, and how far the journal was read for it. */
function waiting({ journal }: CourierOptions, after: number): { entries: JournalEntry[]; last: number } {
  const entries: JournalEntry[] = []
  let last = after
  for (let page = 0; page < MOST_PAGES; page++) {
    const read = journal(last, PAGE)
    entries.push(...read.filter(isTold))
    last = read.at(-1)?.seq ?? last
    if (read.length < PAGE) break
  }
  return { entries, last }
}
