import type { Book } from '../core/book.ts'
import { type Candidate, decide, type Limits, type Refusal, refuse, screenCandidate } from '../core/plan.ts'
import type { Executor, Feed, FeedEvent, JournalEntry, RecordOutcome, Router, Store } from '../core/ports.ts'
import type { Facts, Header } from '../core/types.ts'
import type { AlertDesk } from './alerts.ts'
import type { ChainState } from './chain-state.ts'
import type { Control } from './control.ts'
import type { Journal } from './journal.ts'
import { outcomeData } from './outcome.ts'
import { Spoken } from './spoken.ts'

export interface KeeperOptions {
  readonly state: ChainState
  readonly feed: Feed
  readonly books: readonly Book[]
  readonly store: Store
  readonly journal: Journal
  readonly control: Control
  readonly alerts: AlertDesk
  readonly executor: Executor
  readonly router: Router
  readonly limits: (market: string) => Limits
  /** After a page was taken in: checkpoints, audits, new markets, the heartbeat. */
  readonly afterPage: (facts: Facts, live: boolean) => Promise<void>
  /** Longest wait for the quotes of one candidate. */
  readonly quoteDeadlineMs: number
}

/** So many candidates are looked at in one block, best first: quoting must not delay the next page. */
const MOST_CANDIDATES = 8

/** THE LOOP of one chain: a page in, books, what came of earlier plans, then what to do now. Ends with the feed. */
export async function runKeeper(options: KeeperOptions): Promise<void> {
  const { state, feed, books } = options
  const spoken = new Spoken()
  for await (const event of feed.follow(() => books)) {
    if (event.kind === 'rollback') {
      await rollback(options, event)
      continue
    }
    const { facts, live } = event
    for (const book of books) book.apply(facts)
    options.store.savePage(state.chainId, facts)
    if (!live) state.synced = false
    state.turnedAtMs = performance.now()
    await options.executor.settle(facts, recorder(options))
    await options.afterPage(facts, live)
    if (live) await act(options, facts, spoken)
  }
}

async function rollback(options: KeeperOptions, { to, depth }: FeedEvent & { kind: 'rollback' }): Promise<void> {
  const { state, books, store, journal } = options
  for (const book of books) book.rollback(to)
  store.dropPagesAbove(state.chainId, to.number)
  journal.add(entry(options, '', to, 'rollback', { to: to.number.toString(), depth }))
  await options.executor.rollback(to, recorder(options))
}

/** Warn, then liquidate: at the time of execution, the head's timestamp plus one block. */
async function act(options: KeeperOptions, facts: Facts, spoken: Spoken): Promise<void> {
  const { state, books, executor } = options
  const { block } = facts
  for (const book of books) {
    book.screen(block.timestamp)
    options.alerts.evaluate(book, state.chainId, block)
  }
  if (executor.mode === 'watch') return
  const executionTime = block.timestamp + BigInt(Math.max(1, Math.round(state.blockTimeS)))
  for (const book of books) {
    const candidates = book.liquidatable(executionTime)
    spoken.keep(book.name, new Set(candidates.map(({ borrower }) => borrower)))
    for (const [rank, candidate] of candidates.entries()) {
      // A newer block is known: what is decided on this one would be late, and the next page decides anew.
      if (rank > 0 && state.lagBlocks > 0) return
      const tell = recorder(options)
      const record: RecordOutcome = (market, at, outcome, together) => {
        if (spoken.isNews(market, candidate.borrower, outcome)) tell(market, at, outcome, together)
      }
      if (rank < MOST_CANDIDATES) await consider(options, book, candidate, facts, record)
      else record(book.name, block, refuse(candidate, 'over-limit', ''))
    }
  }
}

/** From a candidate to an outcome; none while something of ours is on its way for the borrower. */
async function consider(
  options: KeeperOptions,
  book: Book,
  candidate: Candidate,
  facts: Facts,
  record: RecordOutcome,
): Promise<void> {
  const { state, executor, control } = options
  const tell = (refusal: Refusal): void => record(book.name, facts.block, refusal)
  const reason = state.quarantined.get(book.name)
  if (reason !== undefined) return tell(refuse(candidate, 'market-quarantined', reason))
  if (control.paused) return tell(refuse(candidate, 'control-paused', ''))
  if (executor.inFlight(book.name, candidate.borrower)) return
  const limits = options.limits(book.name)
  const allowed = screenCandidate(candidate, limits)
  if ('kind' in allowed) return tell(allowed)
  const quotes = await inTime(options.quoteDeadlineMs, options.router.quote(book.name, allowed, facts))
  if (quotes === undefined) return tell(refuse(candidate, 'late-quote', `${options.quoteDeadlineMs} ms`))
  const plan = decide(candidate, quotes, facts.block.timestamp, limits)
  if (plan.kind === 'refusal') return tell(plan)
  await executor.execute(book.name, candidate, plan, facts, record)
}

/** Undefined when it takes too long: a quote that comes too late is no longer one. */
async function inTime<T>(deadlineMs: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), deadlineMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Journal and whatever belongs to the outcome, both or neither; people are told once it is on disk. */
const recorder =
  (options: KeeperOptions): RecordOutcome =>
  (market, block, outcome, together = () => {}) => {
    const kind = outcome.kind === 'planned' ? 'plan' : outcome.kind
    const write = (): void => {
      together()
      options.journal.add(entry(options, market, block, kind, outcomeData(outcome)))
    }
    options.journal.hold(() => options.store.atomically(write))
  }

const entry = (
  { state }: KeeperOptions,
  market: string,
  block: Header,
  kind: JournalEntry['kind'],
  data: JournalEntry['data'],
): Omit<JournalEntry, 'seq'> => ({ chainId: state.chainId, market, block: block.number.toString(), kind, data })
