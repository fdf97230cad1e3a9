import type { JournalEntry } from '../core/journal.ts'
import type { Sink, Store } from '../core/ports.ts'

/** What there is to say about a failing reader. Must not throw. */
export type OnSinkError = (error: unknown, entry: JournalEntry) => void

/** Everything that happened, in order: written down first, then told to every reader. */
export class Journal {
  readonly #store: Pick<Store, 'appendJournal'>
  readonly #onSinkError: OnSinkError
  readonly #sinks = new Set<Sink>()
  readonly #untold: JournalEntry[] = []
  #telling = false

  constructor(store: Pick<Store, 'appendJournal'>, onSinkError: OnSinkError) {
    this.#store = store
    this.#onSinkError = onSinkError
  }

  /** Throws StoreError when it cannot be written (then nobody is told), TypeError when `data` is not JSON. */
  add(entry: Omit<JournalEntry, 'seq'>): JournalEntry {
    const written = this.#store.appendJournal({ ...entry, data: jsonSafe(entry.data) })
    this.#untold.push(written)
    this.#tell()
    return written
  }

  /** What `work` adds is told once `work` has returned, and never when it throws: for a transaction around several. */
  hold<T>(work: () => T): T {
    const nested = this.#telling
    const before = this.#untold.length
    this.#telling = true
    try {
      return work()
    } catch (error) {
      this.#untold.length = before
      throw error
    } finally {
      this.#telling = nested
      this.#tell()
    }
  }

  /** Returns how to stop listening. */
  subscribe(sink: Sink): () => void {
    const own: Sink = (entry) => sink(entry)
    this.#sinks.add(own)
    return () => {
      this.#sinks.delete(own)
    }
  }

  /** A sink that adds an entry itself waits its turn: everybody hears everything in the order of `seq`. */
  #tell(): void {
    if (this.#telling) return
    this.#telling = true
    for (let entry = this.#untold.shift(); entry !== undefined; entry = this.#untold.shift())
      for (const sink of [...this.#sinks]) this.#tellOne(sink, entry)
    this.#telling = false
  }

  #tellOne(sink: Sink, entry: JournalEntry): void {
    try {
      sink(entry)
    } catch (error) {
      this.#onSinkError(error, entry)
    }
  }
}

/**
 * A copy that survives JSON unchanged: bigint becomes a decimal string. Throws TypeError naming the place for what JSON
 * would drop or bend: undefined, functions, symbols, NaN, infinities, and objects that are more than their fields.
 */
export function jsonSafe(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, safe(value, key)]))
}

function safe(value: unknown, place: string): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (Array.isArray(value)) return Array.from(value, (item, i) => safe(item, `${place}[${i}]`))
  if (isPlain(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, safe(item, `${place}.${key}`)]))
  throw new TypeError(`journal data: ${place} is ${kindOf(value)}, which JSON cannot say`)
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const kindOf = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? `a ${value.constructor.name}`
    : typeof value === 'number'
      ? `${value}`
      : typeof value
