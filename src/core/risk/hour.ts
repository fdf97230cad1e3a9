/**
 * One market in one hour, small enough to keep for years: what a time series holds and the history measures read. Dollars
 * are floats, since only statistics are made of them. An hour nobody watched is absent; what was not recorded is null.
 */
export interface Hour {
  /** Unix seconds / 3600. */
  readonly hour: number
  /** Collateral seized in the hour, at the oracle's prices of the calls. */
  readonly liquidatedUsd: number
  /** Liquidation calls. */
  readonly liquidations: number
  /** Of the group's feed root: the last of the hour and the lowest round in it. */
  readonly oraclePriceUsd: number
  readonly oracleLowUsd: number
  /** All borrowed, at the end of the hour. */
  readonly debtUsd: number
  /** Collateral of positions that a fall of 5 and of 10 % makes liquidatable (`docs/phases.md`, row 2). */
  readonly ladder5Usd: number | null
  readonly ladder10Usd: number | null
  /** C/(C − D), weighted by debt. */
  readonly leverage: number | null
  /** What longs pay shorts on a perpetual exchange, a year: 0.1 is 10 %. */
  readonly fundingAnnual: number | null
  /** Yield of the collateral less the cost of the debt, a year. */
  readonly carryAnnual: number | null
  /** Sellable until the price falls by 5 %. */
  readonly depthUsd: number | null
  /** Stable coins turned into volatile ones, net; negative: people sell. */
  readonly netFlowUsd: number | null
  /** Deficits created in the hour. */
  readonly deficitUsd: number | null
  /** Highest of the market's reserves, 0 to 1. */
  readonly utilisation: number | null
  /** Debt of the ten largest borrowers over all debt. */
  readonly top10Share: number | null
  /** (Offset + slashable stake) / deficit of the simulated fall. */
  readonly coverage: number | null
}

/** The hours from `hours` before `at` up to, but without, `at` itself. In order, as `trailing` is. */
export function before(trailing: readonly Hour[], at: number, hours: number): readonly Hour[] {
  const from = lowerBound(trailing, at - hours)
  return trailing.slice(from, lowerBound(trailing, at))
}

/** The last `hours` hours with `at`; undefined if one of them was not watched. */
export function run(trailing: readonly Hour[], at: number, hours: number): readonly Hour[] | undefined {
  const found = trailing.slice(lowerBound(trailing, at - hours + 1), lowerBound(trailing, at + 1))
  return found.length === hours ? found : undefined
}

/** Index of the first hour that is not before `hour`. */
function lowerBound(trailing: readonly Hour[], hour: number): number {
  let [low, high] = [0, trailing.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((trailing[middle]?.hour ?? 0) < hour) low = middle + 1
    else high = middle
  }
  return low
}
