import type { Address } from 'viem'
import type { Book } from '../book.ts'
import type { PoolBook } from '../pool-book.ts'
import { COHORTS, type Cohort, cohortOf } from './de-risking.ts'
import type { StateBody } from './hour-row.ts'
import { topShare } from './inequality.ts'

/** How a market stands at the end of an hour. What nobody tells is null. */
export interface StateSample extends StateBody {
  readonly debtUsd: number
  readonly cohortDebtUsd: Readonly<Record<Cohort, number>>
  /** By root, in lower case. */
  readonly groups: ReadonlyMap<Address, GroupSample>
}

export interface GroupSample {
  readonly ladder5Usd: number | null
  readonly ladder10Usd: number | null
  readonly depthUsd: number | null
}

/** What others know to tell: ladder, depth, leverage. */
export type Sampler = (
  book: Book,
  exchange: PoolBook | undefined,
) => Partial<Omit<StateSample, 'debtUsd' | 'cohortDebtUsd'>>

/** Debts by the sheet at the book's head; the rest from `sampler`. Screens the book. */
export function sampleOf(book: Book, exchange: PoolBook | undefined, sampler: Sampler | undefined): StateSample {
  const { head, sheet } = book
  if (head === undefined) throw new RangeError(`market ${book.name}: no sample before its first page`)
  book.screen(head.timestamp)
  const cohortDebtUsd: Record<string, number> = Object.fromEntries(COHORTS.map((cohort) => [cohort, 0]))
  const debts: number[] = []
  let debtUsd = 0
  for (let i = 0; i < sheet.size; i++) {
    // An account without a price is NaN, and counts nowhere.
    const debt = (sheet.debit[i] as number) / 1e8
    if (!(debt > 0)) continue
    debts.push(debt)
    debtUsd += debt
    const cohort = cohortOf(BigInt(Math.floor(debt * 1e8)))
    cohortDebtUsd[cohort] = (cohortDebtUsd[cohort] ?? 0) + debt
  }
  return {
    collateralUsd: null,
    leverage: null,
    badDebt20Usd: null,
    groups: new Map(),
    top10Share: topShare(debts, 10),
    ...sampler?.(book, exchange),
    debtUsd,
    cohortDebtUsd: cohortDebtUsd as Record<Cohort, number>,
  }
}
