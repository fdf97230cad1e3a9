import type { JournalEntry } from '../../core/journal.ts'
import type { Store } from '../../core/ports.ts'

/** As much of a store as the loop needs, kept nowhere: what a backtest must keep across a restart is in its own state. */
export type MemoryStore = Pick<
  Store,
  'savePage' | 'dropPagesAbove' | 'atomically' | 'value' | 'setValue' | 'appendJournal' | 'latches' | 'saveLatch'
> & { readonly values: ReadonlyMap<string, string> }

/** Latches stand among the named values: whoever keeps those keeps them. Neither rules nor markets have spaces in their names. */
const LATCH = 'latch'

export function memoryStore(values: Iterable<readonly [string, string]> = []): MemoryStore {
  const kept = new Map(values)
  let seq = 0
  return {
    values: kept,
    savePage: () => {},
    dropPagesAbove: () => {},
    atomically: (fn) => fn(),
    value: (name) => kept.get(name),
    setValue: (name, value) => void kept.set(name, value),
    latches: () =>
      [...kept].flatMap(([name, body]) => {
        const [kind, rule, subject] = name.split(' ')
        return kind === LATCH && rule !== undefined && subject !== undefined ? [{ rule, subject, body }] : []
      }),
    saveLatch: ({ rule, subject, body }) => {
      const name = `${LATCH} ${rule} ${subject}`
      if (body === undefined) kept.delete(name)
      else kept.set(name, body)
    },
    appendJournal: (entry): JournalEntry => ({ ...entry, seq: ++seq }),
  }
}
