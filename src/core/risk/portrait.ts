import type { Address } from 'viem'
import type { Book } from '../book.ts'
import { UsageError } from '../errors.ts'
import type { ReserveView } from '../protocol.ts'
import type { RowTerms } from '../row-terms.ts'
import type { Header } from '../types.ts'
import { type Group, groupsOf } from './groups.ts'

/**
 * A book at its head in floats: what every statistic of its accounts is made of. Base units (8 decimals) by account, as the
 * sheet has them: an account without debt is 0 in everything, one without a price is NaN and so counts nowhere. Valid until the
 * book is screened again.
 *
 * Against the chain's integers: relative 16·2⁻⁵² and some base units an entry (`Protocol.slack`). Where a pool floors the average
 * threshold (until 3.4), credit is up to 1e-4 / threshold too small, and collateral with it.
 */
export interface Portrait {
  readonly book: Book
  readonly head: Header
  readonly size: number
  /** A = Σ Cᵢ·LTᵢ and D. */
  readonly credit: Float64Array
  readonly debit: Float64Array
  /** By column: what a weight is worth. */
  readonly rate: Float64Array
  readonly terms: RowTerms
  readonly reserves: readonly ReserveView[]
  readonly groups: readonly Group[]
  /** By column: 1 where the feed moves it, else 0. */
  moves(root: Address): Float64Array
}

/** Screens the book. Throws RangeError before its first page. */
export function portraitOf(book: Book): Portrait {
  const { head, protocol, ledger, sheet } = book
  if (head === undefined) throw new RangeError(`market ${book.name}: no portrait before its first page`)
  book.screen(head.timestamp)
  const terms = protocol.rowTerms(ledger, head.timestamp)
  const { reserves } = protocol.market(ledger)
  const rate = book.rates.slice(0, terms.worth.length)
  const moves = (root: Address): Float64Array =>
    rate.map((_, column) => (reserves[terms.mover[column] as number]?.root === root ? 1 : 0))
  const [credit, debit] = [sheet.credit.subarray(0, sheet.size), sheet.debit.subarray(0, sheet.size)]
  return { book, head, size: sheet.size, credit, debit, rate, terms, reserves, groups: groupsOf(reserves), moves }
}

/** One more sum of everybody's row: `collateral` and `debt` say by column what a weight counts. One pass. */
export function sumOf(
  { book, size, rate }: Portrait,
  collateral: (column: number) => number,
  debt: (column: number) => number,
): Float64Array {
  const into = new Float64Array(size)
  const table = (of: (column: number) => number): Float64Array => Float64Array.from(rate, (_, column) => of(column))
  book.sheet.sum(table(collateral), table(debt), into)
  return into
}

const at = (values: Float64Array, column: number): number => values[column] as number
const nothing = (): number => 0

/** C = Σ Cᵢ, before thresholds. */
export const collateralOf = (portrait: Portrait): Float64Array =>
  sumOf(portrait, (column) => at(portrait.terms.worth, column), nothing)

/** B = Σ Cᵢ/(1+bᵢ): the most debt that seizing everything repays. */
export const repayableOf = (portrait: Portrait): Float64Array =>
  sumOf(portrait, (column) => repayable(portrait.terms, column), nothing)

/** Collateral without a bonus cannot be seized and repays nothing. */
export const repayable = ({ worth, bonus }: RowTerms, column: number): number =>
  at(bonus, column) > 0 ? at(worth, column) / at(bonus, column) : 0

/** A_g − D_g: what A − D gains when the group's price doubles. Above 0: long of it; below: short. */
export function slopeOf(portrait: Portrait, root: Address): Float64Array {
  const moved = portrait.moves(root)
  const worth = (column: number): number => (at(moved, column) === 1 ? at(portrait.rate, column) : 0)
  return sumOf(portrait, worth, (column) => -worth(column))
}

/** What is asked needs more of an account than its health. */
export const rulesUnknown = ({ book }: Portrait): UsageError =>
  new UsageError({
    code: 'RULES_UNKNOWN',
    what: `market ${book.name}`,
    why: `the rules of its pool's revision ${book.protocol.market(book.ledger).revision} are not known here: of accounts only totals and health are`,
    fix: 'Name the rule set that applies in the market\u2019s `rules`, or use a release that knows this revision.',
  })
