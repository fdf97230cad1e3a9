/**
 * Two groups moving together (row 5's joint shocks): what is liquidatable, and what nobody can be paid to repay, at every pair of
 * moves. Health is below 1 where A − D + x·(A_1 − D_1) + y·(A_2 − D_2) < 0 with moves x and y (−0.1: a fall of 10 %): for each x a
 * half-line of y, so that an account costs one crossing a row and then only the cells in which it is counted.
 *
 * Everything at the cell's own prices, in dollars: collateral of all accounts below 1 there, those of the present among them, and
 * their Σ max(0, D − Σ Cᵢ/(1+bᵢ)). A first round, as in a what-if: no calls are made, nothing is sold.
 */
import type { Address } from 'viem'
import { type Portrait, repayable, rulesUnknown, slopeOf, sumOf } from './portrait.ts'

/** Change of a price in per cent; here a fall is below 0. Both ways, since one may fall while the other rises. */
export const MOVES_PCT: readonly number[] = Array.from({ length: 21 }, (_, i) => -50 + 5 * i)

/** Rows by the first group, columns by the second. */
export interface Joint {
  readonly collateralUsd: readonly Float64Array[]
  readonly badDebtUsd: readonly Float64Array[]
}

const USD8 = 1e8
const MOVES = MOVES_PCT.map((pct) => pct / 100)
const WIDEST = Math.max(...MOVES.map(Math.abs))

export function jointMap(portrait: Portrait, first: Address, second: Address): Joint {
  const { credit, debit, size, terms } = portrait
  if (terms.closing === undefined) throw rulesUnknown(portrait)
  const groups = [first, second] as const
  const [a, b] = [slopeOf(portrait, first), slopeOf(portrait, second)]
  const collateral = planeOf(portrait, groups, (column) => terms.worth[column] as number, nothing)
  // D − B: what is missing when everything is sold.
  const rate = (column: number): number => portrait.rate[column] as number
  const missing = planeOf(portrait, groups, (column) => -repayable(terms, column), rate)
  const rows = (): Float64Array[] => MOVES.map(() => new Float64Array(MOVES.length))
  const joint = { collateralUsd: rows(), badDebtUsd: rows() }
  for (let account = 0; account < size; account++) {
    const margin = (credit[account] as number) - (debit[account] as number)
    const [pullA, pullB] = [a[account] as number, b[account] as number]
    if (!((debit[account] as number) > 0 && margin < WIDEST * (Math.abs(pullA) + Math.abs(pullB)))) continue
    for (let row = 0; row < MOVES.length; row++) {
      const x = MOVES[row] as number
      const { from, to } = under(margin + x * pullA, pullB)
      if (from === to) continue
      add(collateral, account, x, from, to, joint.collateralUsd[row] as Float64Array)
      add(missing, account, x, from, to, joint.badDebtUsd[row] as Float64Array)
    }
  }
  return joint
}

/** A sum over each account's row, linear in both moves. */
interface Plane {
  readonly here: Float64Array
  readonly first: Float64Array
  readonly second: Float64Array
}

const nothing = (): number => 0

/** `collateral`, `debt`: what a weight counts, by column. */
function planeOf(
  portrait: Portrait,
  groups: readonly [Address, Address],
  collateral: (column: number) => number,
  debt: (column: number) => number,
): Plane {
  const [first, second] = groups.map((root) => {
    const moved = portrait.moves(root)
    const only = (of: (column: number) => number) => (column: number) => (moved[column] === 1 ? of(column) : 0)
    return sumOf(portrait, only(collateral), only(debt))
  })
  return { here: sumOf(portrait, collateral, debt), first: first as Float64Array, second: second as Float64Array }
}

/** The columns y at which margin + y · pull < 0: of a row that rises or falls, one of its ends. */
function under(margin: number, pull: number): { readonly from: number; readonly to: number } {
  if (pull === 0) return { from: 0, to: margin < 0 ? MOVES.length : 0 }
  const below = (column: number): boolean => margin + (MOVES[column] as number) * pull < 0
  let [from, to] = [0, MOVES.length]
  if (pull > 0) while (to > 0 && !below(to - 1)) to--
  else while (from < to && !below(from)) from++
  return { from, to }
}

/** In dollars, and nothing below 0. */
function add(plane: Plane, account: number, x: number, from: number, to: number, into: Float64Array): void {
  const base = (plane.here[account] as number) + x * (plane.first[account] as number)
  const slope = plane.second[account] as number
  for (let column = from; column < to; column++) {
    const value = base + (MOVES[column] as number) * slope
    if (value > 0) into[column] = (into[column] as number) + value / USD8
  }
}
