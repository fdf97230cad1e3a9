import type { Book } from '../core/book.ts'
import { RpcFault, UnreachableError } from '../core/errors.ts'
import type { JournalEntry } from '../core/journal.ts'
import type { ControlPort } from '../core/people/ports.ts'
import {
  type Candidate,
  decide,
  type Limits,
  type Refusal,
  refuse,
  type Seizure,
  screenCandidate,
  type Unhealthy,
} from '../core/plan.ts'
import type { Executor, Feed, FeedEvent, Follower, RecordOutcome, Router, Store } from '../core/ports.ts'
import type { Facts, Header } from '../core/types.ts'
import type { ChainState } from './chain-state.ts'
import { inTime } from './in-time.ts'
import type { Journal } from './journal.ts'
import { outcomeData } from './outcome.ts'
import type { Desk } from './people/desk.ts'
import { Spoken } from './spoken.ts'

export interface KeeperOptions {
  readonly state: ChainState
  readonly feed: Feed
  readonly books: readonly Book[]
  /** What goes the way of the pages beside the books; default: nothing does. */
  readonly beside?: Beside | undefined
  readonly store: Pick<Store, 'savePage' | 'dropPagesAbove' | 'atomically'>
  readonly journal: Journal
  readonly control: Pick<ControlPort, 'paused'>
  readonly alerts: Desk
  readonly executor: Executor
  readonly router: Router
  readonly limits: (market: string) => Limits
  /** After a page was taken in: the market is proven, checkpoints are written. */
  readonly afterPage: (facts: Facts, live: boolean) => Promise<void>
  /** After a live page was acted on: what must not hold it up. */
  readonly afterActing?: (facts: Facts) => Promise<void>
  /** Longest wait for the quotes of one candidate. */
  readonly quoteDeadlineMs: number
  /** Once aborted nothing more is decided or signed. */
  readonly signal: AbortSignal
  readonly onProblem: (problem: string) => void
  /** What was said before this loop began; default: nothing. */
  readonly spoken?: Spoken
}

/** Follows the same pages, and is decided by nowhere here. */
export interface Beside {
  followers(): readonly Follower[]
  page(facts: Facts): void
  rollback(to: Header): void
}

/** So many candidates of a market are quoted in one block, best first: waiting for quotes must not delay the next page. */
const MOST_QUOTED = 8

/** THE LOOP of one chain: a page in, books, what came of earlier plans, then what to do now. Ends with the feed. */
export async function runKeeper(options: KeeperOptions): Promise<void> {
  const { state, feed, books, beside, executor } = options
  const { spoken = new Spoken() } = options
  for await (const event of feed.follow(() => [...books, ...(beside?.followers() ?? [])])) {
    if (event.kind === 'rollback') {
      await rollback(options, event)
      continue
    }
    const { facts, live } = event
    // What changes everybody, such as an upgrade of the pool, is to be proven again.
    for (const book of books) {
      const touched = book.apply(facts)
      if (touched.all) state.proven.delete(book.name)
      options.alerts.page(book, state, touched, facts)
    }
    beside?.page(facts)
    options.store.savePage(state.chainId, facts)
    if (!live) state.synced = false
    state.turnedAtMs = performance.now()
    await despiteNode(options, () => executor.settle(facts, recorder(options)))
    await despiteNode(options, () => options.afterPage(facts, live))
    if (!live) continue
    await act(options, facts, spoken)
    await despiteNode(options, async () => options.afterActing?.(facts))
  }
}

/** A node that fails here costs what was asked of it, not the loop: the next page asks again. */
async function despiteNode({ onProblem }: KeeperOptions, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof RpcFault || error instanceof UnreachableError)) throw error
    onProblem(error.message)
  }
}

async function rollback(options: KeeperOptions, { to, depth }: FeedEvent & { kind: 'rollback' }): Promise<void> {
  const { state, books, store, journal } = options
  for (const book of books) {
    options.alerts.rollback(book, state, to, book.rollback(to))
  }
  options.beside?.rollback(to)
  journal.add(entry(options, '', to, 'rollback', { to: to.number.toString(), depth }))
  state.newest = undefined
  await options.executor.rollback(to, recorder(options))
  // Last: whoever starts again before this finds the orphans, and goes back once more.
  store.dropPagesAbove(state.chainId, to.number)
}

/** Warn, then liquidate: at the time of execution, the head's timestamp plus one block. */
async function act(options: KeeperOptions, facts: Facts, spoken: Spoken): Promise<void> {
  const { state, books, executor } = options
  const { block } = facts
  for (const book of books) {
    book.screen(block.timestamp)
    options.alerts.evaluate(book, state, block)
  }
  if (executor.mode === 'watch') return
  const executionTime = state.executionTime(block)
  for (const book of books) {
    const found = book
      .unhealthy(executionTime)
      .map((one): Found => ({ ...one, borrower: book.ledger.address(one.account) }))
    spoken.keep(book.name, new Set(found.map(({ borrower }) => borrower)))
    let quoted = 0
    for (let first = 0; first < found.length; first += MOST_QUOTED) {
      const few = found.slice(first, first + MOST_QUOTED)
      for (const one of quoted < MOST_QUOTED ? sizeFew(options, book, few, executionTime) : few) {
        // A newer block is known: what is decided on this one would be late, and the next page decides anew.
        if (options.signal.aborted || (quoted > 0 && state.lagBlocks > 0)) return
        const record = newsOnly(options, spoken, one)
        if (quoted >= MOST_QUOTED) record(book.name, block, refuse(one, 'over-limit', ''))
        else if (await tryOne(options, book, one, facts, record)) quoted++
      }
    }
  }
}

/** Not sized yet. */
interface Found extends Unhealthy {
  readonly borrower: Candidate['borrower']
}

/** Those that may be sent, sized, best first; before them the others as they are. */
function sizeFew(options: KeeperOptions, book: Book, few: readonly Found[], timestamp: bigint): (Found | Candidate)[] {
  const held = few.filter((one) => holdBack(options, book, one) !== undefined)
  return [
    ...held,
    ...book.sized(
      few.filter((one) => !held.includes(one)),
      timestamp,
    ),
  ]
}

/** True when it was worth a quote. */
async function tryOne(
  options: KeeperOptions,
  book: Book,
  one: Found | Candidate,
  facts: Facts,
  record: RecordOutcome,
): Promise<boolean> {
  const tell = (refusal: Refusal): false => {
    record(book.name, facts.block, refusal)
    return false
  }
  const held = holdBack(options, book, one)
  if (held !== undefined) return held !== IN_FLIGHT && tell(held)
  // Held back a moment ago: the next block sizes it.
  if (!('seizures' in one)) return false
  const allowed = screenCandidate(one, options.limits(book.name))
  if ('kind' in allowed) return tell(allowed)
  await despiteNode(options, () => pursue(options, book, one, allowed, facts, record))
  return true
}

/** Repetitions are not told; what must be written together with an outcome always is. */
function newsOnly(options: KeeperOptions, spoken: Spoken, { borrower }: Pick<Candidate, 'borrower'>): RecordOutcome {
  const tell = recorder(options)
  return (market, block, outcome, together) => {
    if (spoken.isNews(market, borrower, outcome) || together) tell(market, block, outcome, together)
  }
}

const IN_FLIGHT = 'in-flight'

/** Why nothing is sent for a borrower, whatever it would bring. Nothing is said of what is on its way. */
function holdBack(
  { state, executor, control }: KeeperOptions,
  book: Book,
  one: Found | Candidate,
): Refusal | typeof IN_FLIGHT | undefined {
  const reason = state.distrust(book.name)
  if (reason !== undefined) return refuse(one, 'market-quarantined', reason)
  if (!state.proven.has(book.name)) return refuse(one, 'market-unproven', '')
  if (control.paused) return refuse(one, 'control-paused', '')
  const { timestamp } = book.head as Header
  return executor.inFlight(book.name, one.borrower, timestamp) ? IN_FLIGHT : undefined
}

/** Ask the world once, decide, act. */
async function pursue(
  options: KeeperOptions,
  book: Book,
  candidate: Candidate,
  seizures: readonly Seizure[],
  facts: Facts,
  record: RecordOutcome,
): Promise<void> {
  const { quoteDeadlineMs, router, executor } = options
  const tell = (refusal: Refusal): void => record(book.name, facts.block, refusal)
  const quotes = await inTime(quoteDeadlineMs, router.quote(book.name, seizures, facts))
  if (quotes === undefined) return tell(refuse(candidate, 'late-quote', `${quoteDeadlineMs} ms`))
  const plan = decide(candidate, quotes, facts.block.timestamp, options.limits(book.name))
  if (plan.kind === 'refusal') return tell(plan)
  if (options.signal.aborted) return
  if (options.control.paused) return tell(refuse(candidate, 'control-paused', ''))
  await executor.execute(book.name, candidate, plan, facts, record)
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
