/**
 * From the journal to the outbox: what each channel is to be told. The journal is the truth, so this may come later, at the
 * latest after a restart: rows and the place in the journal are one transaction, and a row is unique by channel and entry.
 */

import type { JournalEntry } from '../../core/journal.ts'
import type { Channel } from '../../core/people/channel.ts'
import type { NewRow } from '../../core/people/outbox.ts'
import { route } from '../../core/people/route.ts'
import type { Mute } from '../../core/people/watch.ts'
import type { Store } from '../../core/ports.ts'

export interface DispatcherOptions {
  readonly store: Pick<Store, 'atomically' | 'journal' | 'lastSeq' | 'outbox' | 'setValue' | 'value'>
  readonly channels: readonly Channel[]
  mutes(channel: string, nowS: number): readonly Mute[]
  /** Unix seconds. */
  nowS(): number
  /** Channels that have something new. */
  onRows(channels: ReadonlySet<string>): void
}

const CURSOR = 'outbox.cursor'
const PAGE = 1_000
/** Entries that nobody is told of move the cursor in memory only; a write for each of them would cost an fsync. */
const UNSAVED_MOST = 1_000
/** Buttons of older messages no longer know what they were about. */
const KEPT_S = 30 * 86_400
const PRUNE_EVERY_S = 3_600

export class Dispatcher {
  readonly #options: DispatcherOptions
  /** Entries up to there are no news for a channel: it came later. */
  readonly #since: ReadonlyMap<string, number>
  #cursor: number
  #saved: number
  #prunedS = 0

  constructor(options: DispatcherOptions) {
    this.#options = options
    const { store, channels } = options
    const last = store.lastSeq()
    this.#since = store.atomically(() => new Map(channels.map(({ name }) => [name, begin(store, name, last)])))
    // Without a cursor of its own yet: where the channels of an earlier version stood.
    const start = storedSeq(store.value(CURSOR)) ?? Math.min(last, ...this.#since.values())
    // Beyond the end: an older backup of the store was restored.
    this.#cursor = Math.min(start, last)
    this.#saved = -1
  }

  /** Everything that is new, a bounded number of entries at a time. Throws StoreError; then nothing of that part was taken. */
  run(): void {
    while (this.#page() === PAGE);
    this.#prune()
  }

  #page(): number {
    const { store, channels, mutes, nowS, onRows } = this.#options
    const entries = store.journal({ after: this.#cursor, limit: PAGE })
    const now = nowS()
    const last = entries.at(-1)?.seq ?? this.#cursor
    const rows = channels.flatMap((channel) => {
      const news = entries.filter(({ seq }) => seq > (this.#since.get(channel.name) ?? 0))
      return rowsFor(news, channel, { mutes: mutes(channel.name, now), nowS: now })
    })
    if (rows.length > 0 || last - this.#saved >= UNSAVED_MOST || this.#saved < 0) {
      store.atomically(() => {
        store.outbox.add(rows)
        store.setValue(CURSOR, String(last))
      })
      this.#saved = last
    }
    this.#cursor = last
    if (rows.length > 0) onRows(new Set(rows.map(({ channel }) => channel)))
    return entries.length
  }

  #prune(): void {
    const now = this.#options.nowS()
    if (now - this.#prunedS < PRUNE_EVERY_S) return
    this.#prunedS = now
    this.#options.store.outbox.prune(now - KEPT_S)
  }
}

const rowsFor = (
  entries: readonly JournalEntry[],
  channel: Channel,
  { mutes, nowS }: { readonly mutes: readonly Mute[]; readonly nowS: number },
): NewRow[] =>
  entries.flatMap((entry) => {
    const routed = route(entry, { channel, mutes, nowS })
    return routed === undefined ? [] : [{ channel: channel.name, seq: entry.seq, createdS: nowS, ...routed }]
  })

/** A channel never seen before begins now: nobody wants the past of a year. */
function begin(store: DispatcherOptions['store'], channel: string, last: number): number {
  const stored = storedSeq(store.value(channel))
  const since = Math.min(stored ?? last, last)
  if (stored !== since) store.setValue(channel, String(since))
  return since
}

const storedSeq = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
