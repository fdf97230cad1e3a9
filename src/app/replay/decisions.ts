import type { Address } from 'viem'
import { dryRun } from '../../adapters/executor/dry-run.ts'
import type { Book } from '../../core/book.ts'
import type { JournalEntry } from '../../core/journal.ts'
import type { Candidate } from '../../core/plan.ts'
import type { Feed, Router } from '../../core/ports.ts'
import type { Facts, Header } from '../../core/types.ts'
import { offlineJournal, runOffline } from '../offline/loop.ts'
import { memoryStore } from '../offline/memory.ts'
import type { OfflineSettings } from '../offline/settings.ts'

/** One page to decide on; the books stand at the page before. */
export interface Moment {
  readonly books: readonly Book[]
  readonly facts: Facts
  readonly router: Router
  readonly settings: OfflineSettings
  readonly signal: AbortSignal
}

/** What was decided of one account that was liquidatable. */
export interface Decision {
  readonly market: string
  readonly candidate: Candidate
  /** The journal's words for it; undefined: nothing was said. */
  readonly entry: JournalEntry | undefined
}

export interface Decisions {
  readonly block: Header
  readonly decisions: readonly Decision[]
  readonly alerts: readonly JournalEntry[]
}

/** The live loop over one page, with nothing said before it, so that it says everything. The books have taken the page in afterwards. */
export async function decideOn({ books, facts, router, settings, signal }: Moment): Promise<Decisions> {
  const store = memoryStore()
  const told: JournalEntry[] = []
  const journal = offlineJournal(store, (entry) => void told.push(entry))
  await runOffline({ settings, feed: onePage(facts), books, store, journal, executor: dryRun, router, signal })
  // As the loop asks it, for who was liquidatable at the time of execution.
  const at = facts.block.timestamp + BigInt(Math.max(1, Math.round(settings.chain.blockTimeS)))
  const decisions = books.flatMap((book) =>
    book.liquidatable(at).map((candidate) => ({
      market: book.name,
      candidate,
      entry: told.find(({ market, kind, data }) => market === book.name && isOf(kind, data, candidate.borrower)),
    })),
  )
  return { block: facts.block, decisions, alerts: told.filter(({ kind }) => kind === 'alert') }
}

const isOf = (kind: JournalEntry['kind'], data: JournalEntry['data'], borrower: Address): boolean =>
  (kind === 'plan' || kind === 'refusal') && String(data['borrower']).toLowerCase() === borrower

const onePage = (facts: Facts): Feed => ({
  async *follow() {
    yield { kind: 'page', facts, live: true }
  },
  finalize() {},
})
