/**
 * The journal as server-sent events. The reader pulls from the journal itself and a new entry is only a reason to look again:
 * so replay and live are one thing without a seam, and a slow client holds one page of entries, never a queue.
 */
import { SCHEMA_VERSION } from '../../core/answers.ts'
import type { JournalEntry } from '../../core/journal.ts'
import type { Sink } from '../../core/ports.ts'

export interface StreamSource {
  journal(query: { after: number; limit: number }): readonly JournalEntry[]
  subscribe(sink: Sink): () => void
}

export interface StreamOptions {
  /** `seq` of the last entry the client has; undefined: from now on. */
  readonly after: number | undefined
  readonly heartbeatMs: number
  readonly signal: AbortSignal
  /** Called once when the stream is over, for whatever reason. */
  readonly ended: (error?: unknown) => void
}

const PAGE = 100
const RETRY_MS = 2_000

const frame = (entry: JournalEntry): string =>
  `id: ${entry.seq}\nevent: ${entry.kind}\ndata: ${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...entry })}\n\n`

export function eventStream(source: StreamSource, options: StreamOptions): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const bell = newBell()
  const cursor = newCursor(options.after)
  const unsubscribe = source.subscribe((entry) => {
    cursor.saw(entry.seq)
    bell.ring()
  })
  const end = once((error) => {
    unsubscribe()
    options.signal.removeEventListener('abort', bell.ring)
    bell.ring()
    options.ended(error)
  })
  options.signal.addEventListener('abort', bell.ring)
  // Pulled only when the client has taken what it was given.
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const entries = cursor.after === undefined ? [] : source.journal({ after: cursor.after, limit: PAGE })
    if (entries.length > 0) {
      cursor.sent(entries.at(-1)!.seq)
      controller.enqueue(encoder.encode(entries.map(frame).join('')))
      return
    }
    const rung = options.signal.aborted || (await bell.wait(options.heartbeatMs))
    if (end.done()) return
    if (options.signal.aborted) {
      end.run()
      controller.close()
    } else if (rung) await pull(controller)
    else controller.enqueue(encoder.encode(': heartbeat\n\n'))
  }
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`)),
    pull: (controller) =>
      pull(controller).catch((error: unknown) => {
        end.run(error)
        controller.error(error)
      }),
    cancel: () => end.run(),
  })
}

/** Where the client is in the journal. */
function newCursor(start: number | undefined) {
  let after = start
  let sent = 0
  return {
    get after() {
      return after
    },
    sent(seq: number) {
      after = seq
      sent = seq
    },
    saw(seq: number) {
      if (after === undefined) after = seq - 1
      // The client's number comes from another life of the journal (an old backup was restored): begin with what is new.
      else if (seq <= after && seq > sent) after = seq - 1
    },
  }
}

/** Remembers one ring that nobody waited for. */
function newBell() {
  let rung = false
  let wake: ((rung: boolean) => void) | undefined
  return {
    ring(): void {
      rung = true
      wake?.(true)
    },
    /** False when nothing rang in time. */
    async wait(ms: number): Promise<boolean> {
      const { promise, resolve } = Promise.withResolvers<boolean>()
      wake = resolve
      const timer = rung ? undefined : setTimeout(resolve, ms, false)
      const result = rung || (await promise)
      clearTimeout(timer)
      wake = undefined
      rung = false
      return result
    },
  }
}

function once(run: (error?: unknown) => void): { run(error?: unknown): void; done(): boolean } {
  let done = false
  return {
    run(error) {
      if (done) return
      done = true
      run(error)
    },
    done: () => done,
  }
}
