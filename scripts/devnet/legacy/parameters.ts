import type { EModeParameters, ReserveParameters } from '../risk-parameters.ts'

export const legacySymbols = ['WETH', 'wstETH', 'WBTC', 'USDC', 'DAI', 'USDT', 'LINK', 'EURS'] as const
export type LegacySymbol = (typeof legacySymbols)[number]

/** What a reserve of V3.0.2 has and one of V3.6 has not, or no longer as a switch of the reserve itself. */
export interface LegacyReserveParameters extends ReserveParameters {
  readonly stableBorrowing: boolean
  readonly borrowableInIsolation: boolean
  readonly siloed: boolean
  /** US dollars with two decimals; 0: not isolated. */
  readonly debtCeilingUsd2: number
  /** A reserve is in one category at most; 0: in none. */
  readonly eModeCategory: number
}

export interface LegacyEMode extends Omit<EModeParameters, 'assets'> {
  /** The category has a price of its own, under a key of the oracle that is no reserve. */
  readonly priceUsd8: number
}

const usd = (dollars: number) => Math.round(dollars * 1e8)

const usual = {
  protocolFeeBps: 1000,
  reserveFactorBps: 1500,
  supplyCap: 0,
  borrowCap: 0,
  stableBorrowing: false,
  borrowableInIsolation: false,
  siloed: false,
  debtCeilingUsd2: 0,
  eModeCategory: 0,
  rates: { optimalUsageBps: 4500, baseBps: 0, slope1Bps: 700, slope2Bps: 30_000 },
}
const ether = { ...usual, rates: { optimalUsageBps: 8000, baseBps: 100, slope1Bps: 380, slope2Bps: 8000 } }
const dollar = {
  ...usual,
  reserveFactorBps: 1000,
  borrowableInIsolation: true,
  eModeCategory: 1,
  rates: { optimalUsageBps: 9000, baseBps: 0, slope1Bps: 400, slope2Bps: 6000 },
}

/** Chosen so that every rule of V3.0.2 has a reserve to which it applies. */
export const legacyReserves: Readonly<Record<LegacySymbol, LegacyReserveParameters>> = {
  WETH: { ...ether, decimals: 18, priceUsd8: usd(3000), ltvBps: 8000, ltBps: 8250, bonusBps: 10_500, eModeCategory: 2 },
  wstETH: {
    ...ether,
    decimals: 18,
    priceUsd8: usd(3600),
    ltvBps: 6900,
    ltBps: 7900,
    bonusBps: 10_700,
    eModeCategory: 2,
  },
  // No protocol fee.
  WBTC: {
    ...usual,
    decimals: 8,
    priceUsd8: usd(60_000),
    ltvBps: 7000,
    ltBps: 7500,
    bonusBps: 10_625,
    protocolFeeBps: 0,
  },
  USDC: {
    ...dollar,
    decimals: 6,
    priceUsd8: usd(1),
    ltvBps: 7700,
    ltBps: 8000,
    bonusBps: 10_450,
    stableBorrowing: true,
  },
  DAI: {
    ...dollar,
    decimals: 18,
    priceUsd8: usd(0.9998),
    ltvBps: 7500,
    ltBps: 7900,
    bonusBps: 10_500,
    stableBorrowing: true,
  },
  // Not a collateral, and so not one in eMode either.
  USDT: { ...dollar, decimals: 6, priceUsd8: usd(1.0002), ltvBps: 0, ltBps: 0, bonusBps: 0 },
  // Isolated.
  LINK: {
    ...usual,
    decimals: 18,
    priceUsd8: usd(15),
    ltvBps: 5000,
    ltBps: 6500,
    bonusBps: 10_750,
    supplyCap: 20_000_000,
    borrowCap: 10_000_000,
    debtCeilingUsd2: 5_000_000,
  },
  // Siloed when borrowed; no new loan against it.
  EURS: { ...usual, decimals: 2, priceUsd8: usd(1.08), ltvBps: 0, ltBps: 6500, bonusBps: 10_850, siloed: true },
}

export const legacyEModes: readonly LegacyEMode[] = [
  { id: 1, label: 'Stablecoins', ltvBps: 9300, ltBps: 9500, bonusBps: 10_100, priceUsd8: 0 },
  { id: 2, label: 'ETH correlated', ltvBps: 9000, ltBps: 9300, bonusBps: 10_200, priceUsd8: usd(3050) },
]
