import type { CohortsAnswer } from '../../core/risk/answers.ts'
import { COHORTS, type Cohort, type CohortDebt, changeBefore, type Fall, fallsOf } from '../../core/risk/de-risking.ts'
import { heaviestFirst } from '../../core/risk/heaviest.ts'
import type { MarketHour } from '../../core/risk/hours-from.ts'
import { knownOr, type Measure } from '../../core/risk/measure.ts'
import { portraitOf } from '../../core/risk/portrait.ts'
import type { CohortHistory } from './cohorts.ts'
import { DAY_S, recentMarket, sumBy } from './recent.ts'
import type { RiskWorld } from './world.ts'

/** Liquidations of the last 30 days count. */
const WINDOW_S = 30 * DAY_S
/** A fall of 10 % within 72 hours, and the 72 hours before it. Hours are bins, as everywhere that phases are judged. */
const [FALL, FALL_HOURS] = [0.1, 72]

/** Rows 10 and 11 from what was kept; undefined where nothing was. */
export function cohortHistory(world: RiskWorld): CohortHistory | undefined {
  const hours = recentMarket(world, WINDOW_S)
  if (hours.length === 0) return undefined
  return { liquidated: liquidatedOf(hours), deRisking: deRiskingOf(world) }
}

/** `liquidatedShare`: debt repaid by liquidators over the cohort's debt before the first of these hours. */
function liquidatedOf(hours: readonly MarketHour[]): NonNullable<CohortHistory['liquidated']> {
  const of = (cohort: Cohort) => {
    const own = hours.map(({ cohorts }) => cohorts[cohort])
    const [seizedUsd, coveredUsd] = [sumBy(own, (one) => one.seizedUsd), sumBy(own, (one) => one.coveredUsd)]
    const first = own[0]
    const before = first ? first.debtUsd - first.borrowUsd + first.repayUsd + first.coveredUsd : 0
    return { seizedUsd, lossUsd: seizedUsd - coveredUsd, liquidatedShare: before > 0 ? coveredUsd / before : null }
  }
  return byCohort(of)
}

const byCohort = <T>(of: (cohort: Cohort) => T): Record<Cohort, T> => ({
  ...{ '< 10k': of('< 10k'), '10k–100k': of('10k–100k'), '100k–1M': of('100k–1M') },
  ...{ '1M–10M': of('1M–10M'), '> 10M': of('> 10M') },
})

/** Before the last fall of the heaviest group. */
function deRiskingOf(world: RiskWorld): CohortsAnswer['deRisking'] {
  const [heaviest] = heaviestFirst(portraitOf(world.book))
  const fall = heaviest && fallsOf(world.hours(heaviest.root), FALL, FALL_HOURS).at(-1)
  const market = new Map(world.marketHours().map((one) => [one.hour, one]))
  const changes = fall && changeBefore(debtsBefore(market, fall), fall, FALL_HOURS)
  return {
    binS: world.binS,
    fallHour: fall?.startHour ?? null,
    cohorts: COHORTS.map((cohort) => ({
      cohort,
      debtChange: changes?.[cohort].value ?? null,
      protection: protectionOf(world.marketHours(), cohort, fall),
    })),
  }
}

/**
 * Debt at the two ends, the second as the first plus what was borrowed and less what was repaid in between by the accounts of the
 * cohort: so prices do not count, nor who moved from one cohort into another. Nothing where an hour is missing.
 */
function debtsBefore(market: ReadonlyMap<number, MarketHour>, { startHour }: Fall): readonly CohortDebt[] {
  const from = market.get(startHour - FALL_HOURS)
  const between = Array.from({ length: FALL_HOURS }, (_, i) => market.get(startHour - FALL_HOURS + 1 + i))
  if (from === undefined || between.some((hour) => hour === undefined || hour.partial)) return []
  const usd8 = (usd: number): bigint => BigInt(Math.round(usd * 1e8))
  return COHORTS.flatMap((cohort) => {
    const { debtUsd } = from.cohorts[cohort]
    const added = sumBy(between, (hour) => {
      const own = hour?.cohorts[cohort]
      return own ? own.borrowUsd - own.repayUsd - own.coveredUsd : 0
    })
    return [
      { hour: startHour - FALL_HOURS, cohort, debtUsd8: usd8(debtUsd) },
      { hour: startHour, cohort, debtUsd8: usd8(debtUsd + added) },
    ]
  })
}

/** Accounts that protected themselves and were not liquidated, over those and the liquidated: from before the fall to its end. */
function protectionOf(hours: readonly MarketHour[], cohort: Cohort, fall: Fall | undefined): Measure {
  const own = fall
    ? hours
        .filter(({ hour }) => hour > fall.startHour - FALL_HOURS && hour <= fall.hour + FALL_HOURS)
        .map((one) => one.cohorts[cohort])
    : []
  const caught = new Set(own.flatMap((one) => one.caught))
  const safe = new Set(own.flatMap(({ protectors }) => protectors).filter((one) => !caught.has(one)))
  return knownOr(safe.size + caught.size === 0 ? null : safe.size / (safe.size + caught.size), 'events')
}
