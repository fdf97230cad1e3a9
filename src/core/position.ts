import type { Address } from 'viem'
import { PERCENTAGE_FACTOR, WAD } from './math.ts'
import type { AccountView, Holding } from './protocol.ts'

/** Assets priced from one feed, moving together: their weighted collateral and their debt in one account. */
interface Group {
  /** Σ value × threshold (basis points): base currency with 12 decimals. */
  readonly credit: bigint
  /** Σ debt value × 10,000: the same scale. */
  readonly debit: bigint
  /** The collateral that weighs most. */
  readonly largest: Holding
}

const weight = (holding: Holding): bigint => holding.valueBase * holding.liquidationThresholdBps

/** Collateral groups, heaviest first: the first is the driving collateral. */
function groups(view: AccountView): Group[] {
  const roots = [...new Set(view.collaterals.map(({ root }) => root))]
  return roots
    .map((root) => groupOf(view, root))
    .sort((a, b) => (a.credit > b.credit ? -1 : a.credit < b.credit ? 1 : 0))
}

function groupOf(view: AccountView, root: Address): Group {
  const collaterals = view.collaterals.filter((holding) => holding.root === root)
  return {
    credit: collaterals.reduce((sum, holding) => sum + weight(holding), 0n),
    debit: view.debts.filter((d) => d.root === root).reduce((sum, d) => sum + d.valueBase * PERCENTAGE_FACTOR, 0n),
    largest: collaterals.reduce((a, b) => (weight(b) > weight(a) ? b : a)),
  }
}

/** The feed of the driving collateral: the heaviest group's. Undefined without collateral. */
export const drivingRoot = (view: AccountView): Address | undefined => groups(view)[0]?.largest.root

/**
 * The factor (18 decimals, rounded up) on a group's price at which health is 1: λ = (D_o − A_o) / (A_g − D_g), o being the
 * rest of the account. Undefined when no fall of this group does it. Above 1 when health is already below 1.
 */
function liquidationFactor(view: AccountView, group: Group): bigint | undefined {
  const credit = view.collaterals.reduce((sum, holding) => sum + weight(holding), 0n)
  const rest = view.totalDebtBase * PERCENTAGE_FACTOR - group.debit - (credit - group.credit)
  const own = group.credit - group.debit
  return own <= 0n || rest <= 0n ? undefined : (rest * WAD + own - 1n) / own
}

export interface PriceOfLiquidation {
  readonly asset: Address
  readonly symbol: string
  /** Base currency for one whole unit, 8 decimals, at which health is 1 if the whole group moves together. */
  readonly priceUsd8: bigint
  /** 18 decimals: that price over the present one. */
  readonly factorWad: bigint
}

/** For each group whose fall brings health to 1, heaviest first; the first belongs to the driving collateral or is missing. */
export function liquidationPrices(view: AccountView): {
  driving: PriceOfLiquidation | undefined
  all: PriceOfLiquidation[]
} {
  const found = groups(view).map((group) => {
    const factorWad = liquidationFactor(view, group)
    if (factorWad === undefined) return undefined
    const { asset, symbol, priceUsd8 } = group.largest
    return { asset, symbol, priceUsd8: (priceUsd8 * factorWad) / WAD, factorWad }
  })
  return { driving: found[0], all: found.filter((price) => price !== undefined) }
}

/** The fall in per cent that a factor stands for, never negative; four decimals. */
export const distancePct = ({ factorWad }: PriceOfLiquidation): number =>
  factorWad >= WAD ? 0 : Number(((WAD - factorWad) * 1_000_000n) / WAD) / 10_000

const SECONDS_PER_YEAR = 31_536_000
const HORIZON_S = 100 * SECONDS_PER_YEAR

/**
 * Seconds until interest alone brings health to 1 at today's rates and prices: debt compounds, collateral grows linearly
 * (as the pool accrues them). 0 when it is there already, undefined when it does not happen within a hundred years.
 */
export function timeToLiquidationS(view: AccountView): number | undefined {
  if (view.totalDebtBase === 0n) return undefined
  const margin = (seconds: number): number => {
    const years = seconds / SECONDS_PER_YEAR
    const credit = view.collaterals.reduce((sum, h) => sum + (Number(weight(h)) / 1e4) * (1 + rate(h) * years), 0)
    return credit - view.debts.reduce((sum, d) => sum + Number(d.valueBase) * Math.exp(rate(d) * years), 0)
  }
  if (view.healthFactor < WAD || margin(0) < 0) return 0
  let high = 1
  while (margin(high) >= 0) {
    if (high > HORIZON_S) return undefined
    high *= 2
  }
  let low = high / 2
  while (high - low > 1) {
    const middle = (low + high) / 2
    if (margin(middle) >= 0) low = middle
    else high = middle
  }
  return Math.ceil(high)
}

const rate = ({ rateRay }: Holding): number => Number(rateRay) / 1e27
