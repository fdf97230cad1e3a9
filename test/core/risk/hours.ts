import type { Hour } from '../../../src/core/risk/hour.ts'

/** A quiet hour of a market with ten billion of debt, nothing else recorded. */
export const hourAt = (hour: number, over: Partial<Hour> = {}): Hour => ({
  hour,
  liquidatedUsd: 0,
  liquidations: 0,
  oraclePriceUsd: 100,
  oracleLowUsd: over.oraclePriceUsd ?? 100,
  debtUsd: 10e9,
  ladder5Usd: null,
  ladder10Usd: null,
  leverage: null,
  fundingAnnual: null,
  carryAnnual: null,
  depthUsd: null,
  netFlowUsd: null,
  deficitUsd: null,
  utilisation: null,
  top10Share: null,
  coverage: null,
  ...over,
})

/** `count` hours in a row, each made of its number. */
export const hoursFrom = (first: number, count: number, over: (i: number) => Partial<Hour> = () => ({})): Hour[] =>
  Array.from({ length: count }, (_, i) => hourAt(first + i, over(i)))

/** A liquidation hour of so much, in calls of 50,000. */
export const burst = (usd: number): Partial<Hour> => ({ liquidatedUsd: usd, liquidations: Math.round(usd / 50_000) })
