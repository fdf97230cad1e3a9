/**
 * How likely an account is to be liquidated within some hours, and by what: delta-normal. Its margin is M = A − D, A the
 * collateral weighted by thresholds, D the debt. With log returns r of the feeds, M moves by e·r, e_g = A_g − D_g being the weighted
 * exposure to feed g. Over h hours e·r is normal with mean 0 and variance h·eᵀΣe, and M follows a random walk, so by
 * the reflection principle P(min M < 0 within h) = 2Φ(−M/σ), σ = √(h·eᵀΣe). Each feed's part in it is that in the variance (Euler):
 * e_g(Σe)_g / eᵀΣe, which sum to 1. Limits: `docs/planner.md`.
 */
import type { Address } from 'viem'
import type { AccountView, Holding } from '../protocol.ts'
import { normalBelow } from './normal.ts'

/** One holding as the margin feels it. Base currency (8 decimals) as a float. */
export interface Exposure {
  readonly root: Address
  readonly symbol: string
  readonly side: 'collateral' | 'debt'
  /** Value × threshold of a collateral, − value of a debt. */
  readonly base: number
}

export function exposuresOf({ collaterals, debts }: Pick<AccountView, 'collaterals' | 'debts'>): readonly Exposure[] {
  const exposure = ({ root, symbol }: Holding, side: Exposure['side'], base: number): Exposure => ({
    ...{ root, symbol, side, base },
  })
  return [
    ...collaterals.map((one) => exposure(one, 'collateral', weighted(one.valueBase, one.liquidationThresholdBps))),
    ...debts.map((one) => exposure(one, 'debt', -Number(one.valueBase))),
  ]
}

export const weighted = (valueBase: bigint, thresholdBps: bigint): number =>
  (Number(valueBase) * Number(thresholdBps)) / 10_000

/** Σ per feed, in the order of `roots`. */
export const byRoot = (exposures: readonly Exposure[], roots: readonly Address[]): readonly number[] =>
  roots.map((root) => exposures.reduce((sum, one) => (one.root === root ? sum + one.base : sum), 0))

/** 1 for a margin that is used up already. */
export function chanceOfLiquidation(marginBase: number, sigmaBase: number): number {
  if (marginBase < 0) return 1
  return sigmaBase === 0 ? 0 : Math.min(1, 2 * normalBelow(-marginBase / sigmaBase))
}

/** √(h·eᵀΣe). */
export function sigmaOf(exposure: readonly number[], matrix: Matrix, hours: number): number {
  const { size, unit } = scaled(exposure)
  // A hedge may cancel to less than nothing in the last bits.
  return size * Math.sqrt(Math.max(0, hours * dot(unit, times(matrix, unit))))
}

/** What a unit of exposure to each feed adds to the variance, as a part of it: times the exposures these sum to 1. Empty without variance. */
export function eulerWeights(exposure: readonly number[], matrix: Matrix): readonly number[] {
  const { size, unit } = scaled(exposure)
  const marginal = times(matrix, unit)
  const variance = dot(unit, marginal)
  return variance > 0 ? marginal.map((one) => one / variance / size) : []
}

/** A base unit is 1: what is so small is nothing, and could not be divided by. */
const NOTHING = 1e-200

/** Size and direction, so that no square of an exposure runs out of the range of floats. */
function scaled(exposure: readonly number[]): { readonly size: number; readonly unit: readonly number[] } {
  const size = Math.max(0, ...exposure.map(Math.abs))
  return size < NOTHING ? { size: 0, unit: exposure.map(() => 0) } : { size, unit: exposure.map((one) => one / size) }
}

type Matrix = readonly (readonly number[])[]

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, one, i) => sum + one * (b[i] as number), 0)
const times = (matrix: Matrix, vector: readonly number[]): readonly number[] => matrix.map((row) => dot(row, vector))
