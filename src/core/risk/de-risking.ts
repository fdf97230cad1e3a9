/** Who takes risk off, and when (row 11). */
import type { Hour } from './hour.ts'
import { knownOr, type Measure, shareOf } from './measure.ts'

/** By debt in dollars, as in row 10. */
export const COHORTS = ['< 10k', '10k–100k', '100k–1M', '1M–10M', '> 10M'] as const
export type Cohort = (typeof COHORTS)[number]

/** From so much on the next cohort. */
export const BOUNDS_USD8 = [10_000n, 100_000n, 1_000_000n, 10_000_000n].map((usd) => usd * 10n ** 8n)

/** A bound belongs to the cohort above it. */
export const cohortOf = (debtUsd8: bigint): Cohort =>
  COHORTS[BOUNDS_USD8.filter((bound) => debtUsd8 >= bound).length] ?? '> 10M'

/** A repay or supply that was the account's own doing, or a liquidation of it. */
export interface RiskEvent {
  readonly kind: 'repay' | 'supply' | 'liquidated'
  readonly account: string
  readonly cohort: Cohort
  readonly usd8: bigint
  /** 18 decimals; null: without debt, or not known. */
  readonly healthBefore: bigint | null
  readonly healthAfter: bigint | null
}

/** Below this a repay or supply counts as protection. 18 decimals. */
const PROTECT_BELOW = 1_250_000_000_000_000_000n

/** A repay or supply that lifts health from below 1.25. Without debt left, health after is null: lifted as far as can be. */
export const isProtection = ({ kind, healthBefore, healthAfter }: RiskEvent): boolean =>
  kind !== 'liquidated' &&
  healthBefore !== null &&
  healthBefore < PROTECT_BELOW &&
  (healthAfter === null || healthAfter > healthBefore)

/** A fall of the oracle price from the highest of the hours before it. */
export interface Fall {
  readonly startHour: number
  readonly hour: number
  /** 0.1: 10 %. */
  readonly depth: number
}

/**
 * Falls of at least `depth` within `withinHours`: from the hour of the high to the first hour so low. The next one is looked
 * for from there on.
 */
export function fallsOf(hours: readonly Hour[], depth: number, withinHours: number): readonly Fall[] {
  const falls: Fall[] = []
  let high: Hour[] = []
  for (const now of hours) {
    high = high.filter(({ hour }) => hour >= now.hour - withinHours)
    const from = high[0]
    if (from !== undefined && now.oracleLowUsd <= from.oraclePriceUsd * (1 - depth)) {
      falls.push({ startHour: from.hour, hour: now.hour, depth: 1 - now.oracleLowUsd / from.oraclePriceUsd })
      high = []
    }
    // The highest comes first: whatever is not above the newest price can never be the high again.
    high = [...high.filter(({ oraclePriceUsd }) => oraclePriceUsd > now.oraclePriceUsd), now]
  }
  return falls
}

/** Debt of one cohort in one hour, at constant prices, else a fall in price looks like a repayment. */
export interface CohortDebt {
  readonly hour: number
  readonly cohort: Cohort
  readonly debtUsd8: bigint
}

/** Change of each cohort's debt in the `hours` before `fall` began: −0.2 is a fifth repaid. Do the large ones leave first? */
export function changeBefore(debts: readonly CohortDebt[], fall: Fall, hours = 72): Readonly<Record<Cohort, Measure>> {
  const at = (cohort: Cohort, hour: number): bigint | undefined =>
    debts.find((one) => one.cohort === cohort && one.hour === hour)?.debtUsd8
  const change = (cohort: Cohort): Measure => {
    const [from, to] = [at(cohort, fall.startHour - hours), at(cohort, fall.startHour)]
    return knownOr(from === undefined || to === undefined ? null : shareOf(to - from, from), 'hours')
  }
  return {
    ...{ '< 10k': change('< 10k'), '10k–100k': change('10k–100k'), '100k–1M': change('100k–1M') },
    ...{ '1M–10M': change('1M–10M'), '> 10M': change('> 10M') },
  }
}
