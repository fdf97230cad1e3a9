/** Debt that collateral does not carry any more (rows 2 and 17). In dollars, as floats. */
import type { Address } from 'viem'
import { type Portrait, repayable, repayableOf, slopeOf, sumOf } from './portrait.ts'

const USD8 = 1e8

/** Unrealised: Σ max(0, D − C), before any bonus. `collateral`: C by account. */
export function unrealisedUsd({ debit, size }: Portrait, collateral: Float64Array): number {
  let sum = 0
  for (let account = 0; account < size; account++) {
    const missing = (debit[account] as number) - (collateral[account] as number)
    if (missing > 0) sum += missing
  }
  return sum / USD8
}

/**
 * If the group's price moved by `move` (−0.2: a fall of 20 %): Σ max(0, D − Σ Cᵢ/(1+bᵢ)) over everybody below 1 then, those of
 * today among them. Nothing is sold and nothing else moves.
 */
export function deficitAfterUsd(portrait: Portrait, root: Address, move: number): number {
  const { credit, debit, size, terms, rate } = portrait
  const [moved, slope, repays] = [portrait.moves(root), slopeOf(portrait, root), repayableOf(portrait)]
  const only = (of: (column: number) => number) => (column: number) => (moved[column] === 1 ? of(column) : 0)
  const gains = sumOf(
    portrait,
    only((column) => -repayable(terms, column)),
    only((column) => rate[column] as number),
  )
  let sum = 0
  for (let account = 0; account < size; account++) {
    const debt = debit[account] as number
    const margin = (credit[account] as number) - debt + move * (slope[account] as number)
    if (!(debt > 0 && margin < 0)) continue
    const missing = debt - (repays[account] as number) + move * (gains[account] as number)
    if (missing > 0) sum += missing
  }
  return sum / USD8
}
