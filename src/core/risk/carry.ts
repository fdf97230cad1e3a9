/** What it costs and brings to hold the trade (row 14). All rates a year as floats: 0.1 is 10 %. */
import { known, knownOr, lacking, type Measure } from './measure.ts'

const YEAR_S = 31_536_000
const GMX_PRECISION = 1e30

/**
 * What longs pay shorts, annualised without compounding, from `nextFunding` of GMX v2's reader: `fundingFactorPerSecond` (30
 * decimals) and `longsPayShorts`. Null: no reader configured.
 */
export const fundingAnnual = (
  next: { readonly fundingFactorPerSecond: bigint; readonly longsPayShorts: boolean } | null,
): Measure => {
  if (next === null) return lacking('funding')
  const annual = (Number(next.fundingFactorPerSecond) / GMX_PRECISION) * YEAR_S
  return known(next.longsPayShorts ? annual : -annual)
}

/** A rate of Aave (ray a year, linear). */
export const rayRate = (rateRay: bigint): number => Number(rateRay) / 1e27

/** Yield of the collateral less the rate of the debt. Below 0 the position costs money to hold: pressure to unwind. */
export const carry = ({
  yieldAnnual,
  borrowAnnual,
}: {
  readonly yieldAnnual: number | null
  readonly borrowAnnual: number | null
}): Measure => {
  if (yieldAnnual === null) return lacking('yield')
  return knownOr(borrowAnnual === null ? null : yieldAnnual - borrowAnnual, 'carry')
}

/** Share of the debt, 0 to 1, whose carry is below 0; of the debt whose carry is known. */
export function underwaterShare(debts: readonly { readonly debtUsd: number; readonly carry: Measure }[]): Measure {
  const found = debts.filter(({ carry: { value } }) => value !== null)
  const sum = (of: readonly { readonly debtUsd: number }[]): number => of.reduce((all, { debtUsd }) => all + debtUsd, 0)
  const all = sum(found)
  return knownOr(all === 0 ? null : sum(found.filter(({ carry: { value } }) => (value ?? 0) < 0)) / all, 'carry')
}
