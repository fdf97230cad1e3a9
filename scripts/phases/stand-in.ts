/**
 * A book that stands in for a lending market, so that candles become hours: no public file says hour by hour what was
 * liquidated on 2025-10-10. Real: closes, lows, turnover. Assumed: all else, in `ASSUMED`. `docs/phases.md` says what follows.
 */
import type { Hour } from '../../src/core/risk/hour.ts'
import type { Candle } from './candles.ts'

export interface Assumed {
  /** Part of an hour's exchange wick (below close and close before) that the oracle's lowest round shows. */
  readonly wick: number
  /** Positions open in proportion to turnover; liquidated when the price falls by d, density ∝ d^power · (0.8 − d). */
  readonly power: number
  readonly farthest: number
  /** Half of them are closed by their owners within so many days. */
  readonly halfLifeDays: number
  /** Liquidation threshold of the collateral. */
  readonly lt: number
  /** Seized by one call. */
  readonly callUsd: number
  /** All debt after the first 30 days: sets the unit, no threshold depends on it. */
  readonly debtUsd: number
}

export const ASSUMED: Assumed = {
  wick: 0.58,
  power: 2,
  farthest: 0.8,
  halfLifeDays: 30,
  lt: 0.8,
  callUsd: 15_000,
  debtUsd: 10e9,
}

/** Liquidation prices lie on a grid of a quarter of a per cent. */
const STEP = Math.log(1.0025)
const WARM_HOURS = 30 * 24
const binOf = (priceUsd: number): number => Math.round(Math.log(priceUsd) / STEP)
const priceOf = (bin: number): number => Math.exp(bin * STEP)

/** Liquidation price bin → units of collateral. */
type Book = Map<number, number>

/** The hours after the first 30 days, which only fill the book. */
export function standIn(candles: readonly Candle[], assumed: Assumed = ASSUMED): readonly Hour[] {
  const book: Book = new Map()
  const hours = candles.map((candle, i): Hour => {
    const previous = candles[i - 1]?.closeUsd ?? candle.closeUsd
    const floor = Math.min(previous, candle.closeUsd)
    const lowUsd = floor - assumed.wick * Math.max(0, floor - candle.lowUsd)
    const liquidatedUsd = liquidate(book, lowUsd)
    decay(book, 2 ** (-1 / (24 * assumed.halfLifeDays)))
    open(book, candle, assumed)
    return hourOf(candle, lowUsd, liquidatedUsd, book, assumed)
  })
  return rescale(hours, assumed)
}

function liquidate(book: Book, lowUsd: number): number {
  let seizedUsd = 0
  for (const [bin, units] of book)
    if (priceOf(bin) >= lowUsd) {
      seizedUsd += units * priceOf(bin)
      book.delete(bin)
    }
  return seizedUsd
}

function decay(book: Book, factor: number): void {
  for (const [bin, units] of book) book.set(bin, units * factor)
}

function open(book: Book, { closeUsd, turnoverUsd }: Candle, { power, farthest }: Assumed): void {
  const top = binOf(closeUsd)
  for (let bin = top - 1; priceOf(bin) > closeUsd * (1 - farthest); bin--) {
    const d = 1 - priceOf(bin) / closeUsd
    const weight = d ** power * (farthest - d) * priceOf(bin)
    book.set(bin, (book.get(bin) ?? 0) + (weight * turnoverUsd) / closeUsd ** 2)
  }
}

function hourOf(
  { hour, closeUsd }: Candle,
  oracleLowUsd: number,
  liquidatedUsd: number,
  book: Book,
  { lt }: Assumed,
): Hour {
  let [debtUsd, levered, ladder5Usd, ladder10Usd] = [0, 0, 0, 0]
  for (const [bin, units] of book) {
    const [collateral, debt] = [units * closeUsd, units * priceOf(bin) * lt]
    debtUsd += debt
    levered += (debt * collateral) / (collateral - debt)
    if (priceOf(bin) >= 0.95 * closeUsd) ladder5Usd += collateral
    if (priceOf(bin) >= 0.9 * closeUsd) ladder10Usd += collateral
  }
  return {
    ...{
      hour,
      liquidatedUsd,
      liquidations: 0,
      oraclePriceUsd: closeUsd,
      oracleLowUsd,
      debtUsd,
      ladder5Usd,
      ladder10Usd,
    },
    ...{ leverage: levered / debtUsd, fundingAnnual: null, carryAnnual: null, depthUsd: null, netFlowUsd: null },
    ...{ deficitUsd: null, utilisation: null, top10Share: null, coverage: null },
  }
}

function rescale(hours: readonly Hour[], { debtUsd, callUsd }: Assumed): readonly Hour[] {
  const unit = debtUsd / (hours[WARM_HOURS]?.debtUsd ?? Number.NaN)
  return hours.slice(WARM_HOURS).map((hour) => ({
    ...hour,
    liquidatedUsd: hour.liquidatedUsd * unit,
    liquidations: Math.round((hour.liquidatedUsd * unit) / callUsd),
    debtUsd: hour.debtUsd * unit,
    ladder5Usd: (hour.ladder5Usd ?? 0) * unit,
    ladder10Usd: (hour.ladder10Usd ?? 0) * unit,
  }))
}
