import type { Address } from 'viem'
import { completeReads } from '../../adapters/rpc/feed.ts'
import { WAD } from '../../core/math.ts'
import { type Candidate, decide, type Plan, type Refusal, type Seizure, screenCandidate } from '../../core/plan.ts'
import type { AccountView } from '../../core/protocol.ts'
import type { AccountId, Facts } from '../../core/types.ts'
import { nativePriceUsd8 } from '../executors.ts'
import { executeOnFork, simulateOnFork } from '../fork-stage.ts'
import { constantAnswer, type Lever, levers, priceBelow } from './push.ts'
import { type AccountResult, type Attempt, executedAmounts, type Move, type Pair, predictedAmounts } from './result.ts'
import type { RehearsalStage } from './stage.ts'

/**
 * Just under 1, and under 0.95, where the sequencer's grace period no longer forbids and the whole debt may be covered. By a
 * hundredth of a per cent: a feed that grows with time would lift health over the line again until the block of execution.
 */
const TARGETS_WAD = [(WAD * 9_999n) / 10_000n, (WAD * 9_499n) / 10_000n] as const
/** The closed form is exact unless a capped feed moves less than its root; then it closes in from both sides. */
const MOST_CORRECTIONS = 6
/** Close enough below the target. */
const CLOSE_BPS = 100n

/** Push one account under, plan as the live loop does, execute, and put everything back. Undefined: it has no debt. */
export async function rehearseAccount(stage: RehearsalStage, account: AccountId): Promise<AccountResult | undefined> {
  const view = stage.book.account(account, stage.timestamp)
  if (view === undefined || view.totalDebtBase === 0n) return undefined
  const attempts: Attempt[] = []
  for (const target of TARGETS_WAD) {
    const attempt = await attemptBelow(stage, account, view, target)
    await stage.restore()
    if (attempt) attempts.push(attempt)
    if (attempt?.outcome === 'ok') break
  }
  return {
    address: view.address,
    debtBase: `${view.totalDebtBase}`,
    collateralBase: `${view.totalCollateralBase}`,
    healthFactor: `${view.healthFactor}`,
    attempts,
    outcome: attempts.at(-1)?.outcome ?? 'unmoved',
  }
}

/** The account at prices that put it under, as the mirror sees it after reading them. */
interface Pushed {
  readonly facts: Facts
  readonly move: Move | null
  readonly seen: Seen
}

interface Seen {
  readonly view: AccountView
  /** Whether the float screen would have looked. */
  readonly flagged: boolean
  readonly candidate: Candidate | undefined
}

async function attemptBelow(
  stage: RehearsalStage,
  account: AccountId,
  view: AccountView,
  target: bigint,
): Promise<Attempt | undefined> {
  const pushed = await push(stage, account, view, target)
  if (pushed === undefined) return undefined
  const { move, seen } = pushed
  const about = {
    target: `${target}`,
    move,
    healthFactor: `${seen.view.healthFactor}`,
    debtBase: `${seen.view.totalDebtBase}`,
    collateralBase: `${seen.view.totalCollateralBase}`,
    ...NOTHING,
  }
  if (seen.candidate === undefined || !seen.flagged)
    return { ...about, outcome: 'failed', reason: 'not-flagged', detail: 'the mirror does not see it' }
  const { made, unserved } = await planFor(stage, seen.candidate, pushed.facts)
  if (made.kind === 'refusal')
    return {
      ...about,
      outcome: 'refused',
      reason: made.reason,
      detail: made.detail,
      pair: pairOf(seen.candidate.seizures[0]),
      unserved,
    }
  return { ...about, ...(await execute(stage, seen.candidate, made)), unserved }
}

const NOTHING = { pair: null, predicted: null, simulatedProfit: null, executed: null, unserved: [] } as const

const pairOf = (seizure: Seizure | undefined): Pair | null =>
  seizure ? { collateralAsset: seizure.collateralAsset, debtAsset: seizure.debtAsset } : null

/** The live loop's own steps: the rules and limits, one batch of quotes, the decision. */
async function planFor(
  { book, router, limits }: RehearsalStage,
  candidate: Candidate,
  facts: Facts,
): Promise<{ made: Plan | Refusal; unserved: Pair[] }> {
  const allowed = screenCandidate(candidate, limits)
  if ('kind' in allowed) return { made: allowed, unserved: [] }
  const quotes = await router.quote(book.name, allowed, facts)
  const unserved = allowed.filter((seizure) => !quotes.some((quote) => quote.seizure === seizure))
  const made = decide(candidate, quotes, facts.block.timestamp, limits)
  return { made, unserved: unserved.map(pairOf).filter((pair) => pair !== null) }
}

type Done = Pick<Attempt, 'outcome' | 'reason' | 'detail' | 'pair' | 'predicted' | 'simulatedProfit' | 'executed'>

/** Simulated first, as the live loop does; a plan that would revert is a failure of ours, and is not sent. */
async function execute(
  { fork, stand, book, block, timestamp }: RehearsalStage,
  candidate: Candidate,
  plan: Plan,
): Promise<Done> {
  const order = { stand, encode: book.protocol.encode, plan, timestamp, baseFeeWei: block.baseFeeWei }
  const about = { pair: pairOf(plan.quote.seizure), predicted: predictedAmounts(plan) }
  const simulated = await simulateOnFork(fork, order, candidate)
  if ('kind' in simulated) {
    const { reason, detail } = simulated
    return { outcome: 'failed', reason, detail, ...about, simulatedProfit: null, executed: null }
  }
  const done = await executeOnFork(fork, order)
  const both = { ...about, simulatedProfit: `${simulated.profit}`, executed: executedAmounts(plan, done) }
  return done.status === 'success'
    ? { outcome: 'ok', reason: null, detail: '', ...both }
    : { outcome: 'failed', reason: 'reverted', detail: done.revert ?? '', ...both }
}

async function push(
  stage: RehearsalStage,
  account: AccountId,
  view: AccountView,
  target: bigint,
): Promise<Pushed | undefined> {
  const facts = await readPage(stage)
  const seen = look(stage, account, facts)
  if (seen && seen.view.healthFactor < target) return { facts, move: null, seen }
  const { reserves } = stage.book.protocol.market(stage.book.ledger)
  for (const lever of levers(view, reserves)) {
    const pushed = await pull(stage, account, seen?.view ?? view, lever, target)
    if (pushed) return pushed
    await stage.restore()
  }
  return undefined
}

/** Sets the source's answer until health is just below the target, as read back through the oracle. */
async function pull(
  stage: RehearsalStage,
  account: AccountId,
  before: AccountView,
  lever: Lever,
  target: bigint,
): Promise<Pushed | undefined> {
  let view = before
  let under: Pushed | undefined
  for (let i = 0; i < MOST_CORRECTIONS; i++) {
    const price = priceBelow(view, lever, target)
    if (price === undefined) break
    await stage.fork.node.request('hardhat_setCode', [lever.source, constantAnswer(price)])
    const facts = await readPage(stage)
    const seen = look(stage, account, facts)
    if (seen === undefined) break
    view = seen.view
    under = view.healthFactor < target ? { facts, move: moveOf(before, lever, price), seen } : undefined
    if (under && view.healthFactor * 10_000n >= target * (10_000n - CLOSE_BPS)) return under
  }
  return under
}

function moveOf(before: AccountView, { assets, symbol, direction, source }: Lever, price: bigint): Move {
  const held = [...before.collaterals, ...before.debts].find(({ asset }) => asset === assets[0])
  return { symbol, direction, source, fromUsd8: `${held?.priceUsd8 ?? 0n}`, toUsd8: `${price}` }
}

/** A page like any other: no logs, the prices as the oracle answers them now. */
const readPage = ({ batch, block, book }: RehearsalStage): Promise<Facts> => completeReads({ batch }, block, [], [book])

/** The page taken in, looked at, and taken back: prices are not in the rows, so nothing else need change. */
function look({ book, block, timestamp, chain, priced }: RehearsalStage, account: AccountId, facts: Facts) {
  return book.ledger.speculate(block.number, (): Seen | undefined => {
    book.protocol.apply(facts, book.ledger)
    const view = book.account(account, timestamp)
    if (view === undefined) return undefined
    priced.nativeUsd8 = nativePriceUsd8(book, chain)
    const flagged = book.screen(timestamp).includes(account)
    return { view, flagged, candidate: book.protocol.inspect(book.ledger, account, timestamp) }
  })
}

/** Everyone with debt, the largest first. */
export function debtors({ book, timestamp }: Pick<RehearsalStage, 'book' | 'timestamp'>): Address[] {
  const found: { address: Address; debt: bigint }[] = []
  for (let account = 0; account < book.ledger.size; account++) {
    const view = book.account(account, timestamp)
    if (view && view.totalDebtBase > 0n) found.push({ address: view.address, debt: view.totalDebtBase })
  }
  found.sort((a, b) => (a.debt > b.debt ? -1 : a.debt < b.debt ? 1 : a.address < b.address ? -1 : 1))
  return found.map(({ address }) => address)
}
