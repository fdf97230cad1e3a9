import { type Hex, pad, toHex } from 'viem'
import type { Book } from '../../src/core/book.ts'
import type { Candidate } from '../../src/core/plan.ts'
import type { Facts } from '../../src/core/types.ts'
import { SELECTORS } from '../../src/protocols/aave-v3/abi.ts'
import { figure, inTurn } from './clock.ts'
import { assetOf, bookOf, head, NOW, ORACLE, RESERVES } from './market.ts'
import { bigIntSweep, healthOf, Summaries } from './reference.ts'

/** As many as the keeper sizes at first. */
const SIZED = 8
const SAMPLE = 1_000
/** One block on. */
const EXECUTION = NOW + 12n

const word = (value: bigint): Hex => pad(toHex(value), { size: 32 })

/** A page in which ether costs so much of its price. */
export function pricePage(number: bigint, factor: number): Facts {
  const price = BigInt(Math.round((RESERVES[0]?.priceUsd ?? 0) * factor * 1e8))
  const data: Hex = `${SELECTORS.getAssetPrice}${word(assetOf(0)).slice(2)}`
  return { block: head(number), logs: [], reads: [{ to: ORACLE, data, result: word(price) }] }
}

/** A page taken in, everybody screened, the unhealthy found exactly and ordered, the first few sized. */
export function turnPage(book: Book, facts: Facts): { readonly unhealthy: number; readonly first: Candidate[] } {
  book.apply(facts)
  book.finalize(facts.block.number)
  const found = book.unhealthy(EXECUTION)
  return { unhealthy: found.length, first: book.sized(found.slice(0, SIZED), EXECUTION) }
}

export interface Ranked {
  readonly accounts: number
  readonly liquidatable: number
  readonly rankedMs: number
  readonly rankedLeastMs: number
  /** Its parts: everybody screened, the flagged checked, the first few sized. */
  readonly screenMs: number
  readonly checksMs: number
  readonly sizingMs: number
  readonly bigIntMs: number
  readonly summary15Ms: number
  readonly summary3Ms: number
}

const ROUNDS: Readonly<Record<number, number>> = { 1000: 101, 10000: 51, 100000: 31, 1000000: 15 }

/** Ether falls by 1 %: ours beside what a user would write, and beside Aave's own library. */
export async function ranked(accounts: number, seed: number): Promise<Ranked> {
  const at1Pct = accounts >= 1_000_000 ? 450 : Math.max(10, Math.ceil(accounts * 0.00263))
  const book = bookOf({ accounts, seed, at1Pct, at10Pct: Math.ceil(accounts * 0.02) })
  let number = 2n
  const page = (factor: number) => turnPage(book, pricePage(number++, factor))
  const { unhealthy } = page(0.99)
  // A million positions as objects would not fit beside the rest: the sweep of the first tenth stands for all of them.
  const swept = Math.min(accounts, 100_000)
  const small = swept === accounts ? book : bookOf({ accounts: swept, seed, at1Pct: 263, at10Pct: 2_000 })
  if (small !== book) turnPage(small, pricePage(2n, 0.99))
  const sweep = bigIntSweep(small)
  agree(small, sweep(EXECUTION))
  const summaries = new Summaries(book)
  for (let account = 0; account < 50; account++) sameHealth(book, account, healthOf(summaries.input(account, 15)))
  const sample = Array.from({ length: Math.min(SAMPLE, accounts) }, (_, account) => account)
  const [full, own] = [15, 3].map((rows) => sample.map((account) => summaries.input(account, rows)))
  const rounds = ROUNDS[accounts] ?? 31
  const found = book.unhealthy(EXECUTION)
  const us = await inTurn(rounds, {
    // Down again from the price before, so that every turn is a change.
    up: () => page(1),
    down: () => page(0.99),
    screen: () => book.screen(EXECUTION),
    checks: () => found.forEach(({ account }) => void book.protocol.check(book.ledger, account, EXECUTION)),
    sizing: () => book.sized(found.slice(0, SIZED), EXECUTION),
  })
  const them = await inTurn(Math.min(rounds, 7), {
    bigInt: () => sweep(EXECUTION),
    summary15: () => full?.map(healthOf),
    summary3: () => own?.map(healthOf),
    again: () => [page(1), page(0.99)],
  })
  const scale = accounts / sample.length
  return {
    accounts,
    liquidatable: unhealthy,
    rankedMs: us.down.medianMs,
    rankedLeastMs: us.down.leastMs,
    screenMs: us.screen.medianMs,
    checksMs: us.checks.medianMs,
    sizingMs: us.sizing.medianMs,
    bigIntMs: (them.bigInt.medianMs * accounts) / swept,
    summary15Ms: them.summary15.medianMs * scale,
    summary3Ms: them.summary3.medianMs * scale,
  }
}

/** A figure of a sweep that found others would be worth nothing. */
function agree(book: Book, theirs: readonly number[]): void {
  const ours = book.unhealthy(EXECUTION).map(({ account }) => account)
  if (ours.sort((a, b) => a - b).join() !== [...theirs].sort((a, b) => a - b).join())
    throw new Error(`the sweep finds ${theirs.length} unhealthy accounts, the book ${ours.length}`)
}

/** Their interest is approximate: 1e-6 is what it may be off by after minutes. */
function sameHealth(book: Book, account: number, theirs: number): void {
  const ours = Number(book.account(account, NOW)?.healthFactor) / 1e18
  if (!(Math.abs(ours - theirs) < 1e-6 * ours)) throw new Error(`account ${account}: health ${ours}, theirs ${theirs}`)
}

/** Ether falls by 10 % at 100,000 accounts; what one exact check and one sizing cost. */
export async function crash(seed: number): Promise<Record<string, unknown>> {
  const book = bookOf({ accounts: 100_000, seed, at1Pct: 263, at10Pct: 2_000 })
  let number = 2n
  const page = (factor: number) => turnPage(book, pricePage(number++, factor))
  const { unhealthy } = page(0.9)
  const found = book.unhealthy(EXECUTION)
  const { protocol, ledger } = book
  const turns = await inTurn(21, {
    recovery: () => page(1),
    crash: () => page(0.9),
    screen: () => book.screen(EXECUTION),
    checks: () => found.forEach(({ account }) => void protocol.check(ledger, account, EXECUTION)),
    sizing: () => book.sized(found, EXECUTION),
  })
  return {
    accounts: 100_000,
    liquidatable: unhealthy,
    'ms to the ranked list, 8 sized': figure(turns.crash.medianMs),
    'of it the screen, ms': figure(turns.screen.medianMs),
    'µs an exact check': figure((turns.checks.medianMs * 1e3) / found.length),
    'µs a candidate sized': figure((turns.sizing.medianMs * 1e3) / found.length),
    'ms if all were sized': figure(turns.crash.medianMs + turns.sizing.medianMs),
  }
}
