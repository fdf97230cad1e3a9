import { openStore } from '../../src/adapters/store/sqlite.ts'
import { ChainState } from '../../src/app/chain-state.ts'
import { Journal } from '../../src/app/journal.ts'
import { type KeeperOptions, runKeeper } from '../../src/app/keeper.ts'
import { Desk } from '../../src/app/people/desk.ts'
import { Book } from '../../src/core/book.ts'
import { WAD } from '../../src/core/math.ts'
import type { Limits, Plan, Quote, Seizure } from '../../src/core/plan.ts'
import type { Executor, Feed, FeedEvent, Router } from '../../src/core/ports.ts'
import type { Facts, Header } from '../../src/core/types.ts'
import { address, type Change, fakeProtocol, page } from '../core/fake-protocol.ts'
import { ladderOf } from '../core/people/rules.ts'

export const CHAIN = 5
export const MARKET = 'fake'

/** Account n owes 100 n and has one unit less: a candidate, the more worth the higher its number. */
export const sick = (n: number): Change => ({ account: n, collateral: 100n * BigInt(n) - 1n, debt: 100n * BigInt(n) })
export const well = (n: number): Change => ({ account: n, collateral: 1_000_000n, debt: 1n })
export const price: Change = { account: 0, collateral: 1n, debt: 0n }

export const live = (number: number, changes: readonly Change[] = [], branch = 0): FeedEvent => ({
  kind: 'page',
  facts: page(number, changes, branch),
  live: true,
})
export const past = (number: number, changes: readonly Change[] = []): FeedEvent => ({
  kind: 'page',
  facts: page(number, changes),
  live: false,
})

/** What happens between two pages: events of the feed, and work of the test. */
export type Step = FeedEvent | (() => void)

const scripted = (steps: readonly Step[]): Feed => ({
  async *follow() {
    for (const step of steps)
      if (typeof step === 'function') step()
      else yield step
  },
  finalize: () => {},
})

/** Plans what it is told, and remembers everything it was asked. */
class FakeExecutor implements Executor {
  mode: Executor['mode'] = 'live'
  readonly executed: { borrower: string; plan: Plan; block: bigint }[] = []
  readonly settled: bigint[] = []
  readonly rolledBack: bigint[] = []
  readonly flying = new Set<string>()
  onSettle: (facts: Facts) => void = () => {}
  onRollback: (to: Header) => void = () => {}

  inFlight(_market: string, borrower: string): boolean {
    return this.flying.has(borrower)
  }

  execute: Executor['execute'] = async (market, { borrower }, plan, { block }, record) => {
    this.executed.push({ borrower, plan, block: block.number })
    record(market, block, { kind: 'planned', plan })
  }

  settle: Executor['settle'] = async (facts) => {
    this.settled.push(facts.block.number)
    this.onSettle(facts)
  }

  rollback: Executor['rollback'] = async (to) => {
    this.rolledBack.push(to.number)
    this.onRollback(to)
  }
}

/** Pays `gain` beyond the debt, and remembers whose seizures it was shown. */
class FakeRouter implements Router {
  readonly asked: string[] = []
  gain = 1000n
  answer: (quotes: readonly Quote[]) => Promise<readonly Quote[]> = async (quotes) => quotes

  quote(_market: string, seizures: readonly Seizure[]): Promise<readonly Quote[]> {
    this.asked.push(...seizures.map(({ borrower }) => borrower))
    const price = { gas: 0n, gasPriceWei: 0n, l1FeeWei: 0n, nativePriceUsd8: 0n }
    return this.answer(
      seizures.map((seizure) => ({ seizure, path: '0x', amountOut: seizure.debtCovered + this.gain, ...price })),
    )
  }
}

export const LIMITS: Limits = {
  minProfitUsd8: 100n,
  maxDebtUsd8: undefined,
  maxGasWei: undefined,
  denyBorrowers: new Set(),
  denyAssets: new Set(),
  deadlineS: 30n,
}

/** The loop with everything about it: what is real is the book, the journal, the alerts and the store. */
export function openKeeper(over: Partial<KeeperOptions> = {}) {
  const store = openStore(':memory:')
  const journal = new Journal(store, (error) => {
    throw error
  })
  const state = new ChainState('test', CHAIN, 2)
  const book = new Book(MARKET, fakeProtocol)
  state.books = [book]
  state.proven.add(MARKET)
  const control = { paused: false }
  const executor = new FakeExecutor()
  const router = new FakeRouter()
  const abort = new AbortController()
  const problems: string[] = []
  const ladder = ladderOf({ thresholdsWad: [WAD], minDebtUsd8: 1n })
  const options: Omit<KeeperOptions, 'feed'> = {
    state,
    books: state.books,
    store,
    journal,
    control,
    alerts: new Desk({ alerts: { ladder, rules: [ladder], labels: new Map() }, store, journal }),
    executor,
    router,
    limits: () => LIMITS,
    afterPage: async () => {},
    quoteDeadlineMs: 1000,
    signal: abort.signal,
    onProblem: (problem) => void problems.push(problem),
    ...over,
  }
  const run = (...steps: Step[]): Promise<void> => runKeeper({ ...options, feed: scripted(steps) })
  /** `block kind borrower reason`, alerts left out. */
  const told = (): string[] =>
    store
      .journal({ after: 0, limit: 1000 })
      .filter(({ kind }) => kind !== 'alert')
      .map(({ block, kind, data }) => {
        const who = typeof data.borrower === 'string' ? ` ${Number(data.borrower)}` : ''
        return `${block} ${kind}${who}${typeof data.reason === 'string' ? ` ${data.reason}` : ''}`
      })
  const pages = (): number[] => store.pages(CHAIN).map(({ block }) => Number(block.number))
  return { state, book, store, journal, control, executor, router, abort, problems, run, told, pages }
}

export const people = (...numbers: number[]): string[] => numbers.map(address)
