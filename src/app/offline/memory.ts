import type { JournalEntry, Store } from '../../core/ports.ts'

/** As much of a store as the loop needs, kept nowhere: what a backtest must keep across a restart is in its own state. */
export type MemoryStore = Pick<
  Store,
  'savePage' | 'dropPagesAbove' | 'atomically' | 'value' | 'setValue' | 'appendJournal'
> & { readonly values: ReadonlyMap<string, string> }

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
    appendJournal: (entry): JournalEntry => ({ ...entry, seq: ++seq }),
  }
}
