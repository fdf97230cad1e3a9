import type { Address } from 'viem'
import type { Book } from '../book.ts'
import { PERCENTAGE_FACTOR, WAD } from '../math.ts'
import { stableRoots } from '../risk/stable.ts'
import type { Header } from '../types.ts'
import type { Latch, Said } from './alert.ts'
import type { WaveRule } from './alert-rule.ts'

export interface WaveStep {
  readonly latch: Latch | undefined
  readonly said: Said | undefined
  readonly debtBase: bigint
  readonly accounts: number
}

/** What is told and open again: less than nine tenths of the limit would be liquidatable. */
const OVER = 0.9

/**
 * What would be liquidatable if every volatile asset fell: one more screen of everybody, at the supposed rates, and only when its
 * floats are above the limit (they flag too many, never too few) the exact look at those it flags. The sums in the sheet are those
 * of the wave afterwards: the caller screens again. So a rule of this kind costs two screens a page.
 */
export function stepWave(rule: WaveRule, latch: Latch | undefined, book: Book, head: Header): WaveStep {
  const timestamp = Number(head.timestamp)
  const was = latch?.kind === 'once' ? latch : undefined
  const isCooling = was !== undefined && was.at + rule.cooldownS > timestamp
  const nothing = { said: undefined, debtBase: 0n, accounts: 0 }
  return book.ledger.speculate(head.number, () => {
    book.protocol.shock(book.ledger, shockOf(book, rule.fallBps))
    const flagged = [...book.screen(head.timestamp)].filter((account) => isMeant(rule, book, account))
    const most = flagged.reduce((sum, account) => sum + (book.sheet.debit[account] as number) + book.grain, 0)
    const limit = Number(rule.aboveUsd8)
    if (was?.on) {
      if (most >= limit * OVER) return { ...nothing, latch: was }
      return { ...nothing, latch: isCooling ? { ...was, on: false } : undefined }
    }
    const kept = isCooling ? was : undefined
    if (isCooling || most <= limit * (1 - 1e-6)) return { ...nothing, latch: kept }
    const { debtBase, accounts } = exactly(rule, book, flagged, head.timestamp)
    if (debtBase <= rule.aboveUsd8) return { ...nothing, latch: kept }
    const said: Said = { type: 'wave', metric: 'debt', threshold: String(rule.fallBps / 100), before: null }
    return { latch: { kind: 'once', on: true, at: timestamp }, said, debtBase, accounts }
  })
}

const isMeant = ({ accounts }: WaveRule, book: Book, account: number): boolean =>
  accounts === undefined || accounts.has(book.ledger.address(account))

function exactly(
  rule: WaveRule,
  book: Book,
  flagged: readonly number[],
  timestamp: bigint,
): { debtBase: bigint; accounts: number } {
  let [debtBase, accounts] = [0n, 0]
  for (const account of flagged) {
    const found = book.protocol.standing(book.ledger, account, timestamp)
    if (found === undefined || found.healthFactor >= WAD || found.totalDebtBase < rule.minDebtUsd8) continue
    debtBase += found.totalDebtBase
    accounts++
  }
  return { debtBase, accounts }
}

/**
 * The fall of every volatile feed, by root: of everything that is no dollar, a euro too.
 */
export function shockOf({ protocol, ledger }: Book, fallBps: number): ReadonlyMap<Address, bigint> {
  const { reserves } = protocol.market(ledger)
  const stable = stableRoots(reserves)
  const factor = ((PERCENTAGE_FACTOR - BigInt(fallBps)) * WAD) / PERCENTAGE_FACTOR
  return new Map(reserves.filter(({ root }) => !stable.has(root)).map(({ root }) => [root, factor]))
}
