import type { Book } from '../../core/book.ts'
import type { JournalEntry } from '../../core/journal.ts'
import type { Executor, Feed, Router } from '../../core/ports.ts'
import type { Facts } from '../../core/types.ts'
import { ChainState } from '../chain-state.ts'
import { Journal } from '../journal.ts'
import { runKeeper } from '../keeper.ts'
import { Desk } from '../people/desk.ts'
import type { Spoken } from '../spoken.ts'
import type { MemoryStore } from './memory.ts'
import type { OfflineSettings } from './settings.ts'

export interface OfflineOptions {
  readonly settings: OfflineSettings
  readonly feed: Feed
  readonly books: readonly Book[]
  readonly store: MemoryStore
  readonly journal: Journal
  readonly executor: Executor
  readonly router: Router
  readonly spoken?: Spoken
  readonly afterPage?: (facts: Facts) => void
  readonly signal: AbortSignal
}

/** Recorded quotes come at once and a node's are waited for: the loop's own limit must never strike. */
const NO_DEADLINE_MS = 2 ** 31 - 1

/** The live loop where nothing is sent and nothing is kept: what would only be a problem for a daemon is an error here. */
export async function runOffline({
  settings,
  books,
  store,
  journal,
  afterPage,
  ...rest
}: OfflineOptions): Promise<void> {
  const { chain, alerts } = settings
  const state = new ChainState(chain.name, chain.id, chain.blockTimeS)
  state.books = books
  await runKeeper({
    ...rest,
    state,
    books,
    store,
    journal,
    control: { paused: false },
    alerts: new Desk({ alerts, store, journal }),
    limits: settings.limits,
    afterPage: async (facts) => {
      // There is no chain to ask: a recording proved itself when it was made.
      for (const { name } of books) state.proven.add(name)
      afterPage?.(facts)
    },
    quoteDeadlineMs: NO_DEADLINE_MS,
    onProblem: (problem) => {
      throw new Error(problem)
    },
  })
}

/** A journal that one reader hears; a reader that fails ends the run. */
export function offlineJournal(store: MemoryStore, reader: (entry: JournalEntry) => void): Journal {
  const journal = new Journal(store, (error) => {
    throw error
  })
  journal.subscribe(reader)
  return journal
}
