import { branchingRatio } from './branching.ts'
import { before, type Hour, run } from './hour.ts'
import { PHASE_THRESHOLDS as T } from './phase-thresholds.ts'
import { median, quantilesOf } from './quantile.ts'
import { ewmaVolatility } from './volatility.ts'

/** What one hour is judged by, with the usual it is held against. Null: not recorded, or too short a history. */
export interface PhaseFacts {
  readonly now: Hour
  readonly trailing: readonly Hour[]
  readonly burst: Burst
  /** Of the hour before; undefined if that was not watched. */
  readonly burstBefore: Burst | undefined
  /** These three as the mean of the last hours, against single hours of the past. */
  readonly ladder: Usual
  readonly leverage: Usual
  readonly funding: Usual
  /** Per hour. */
  readonly volatility: Usual
}

/** Liquidations of an hour against the days before it. */
export interface Burst {
  readonly liquidatedUsd: number
  readonly medianUsd: number | null
  readonly debtUsd: number
  readonly branching: number | null
}

/** A value and the quantiles of the 90 days before it. */
export interface Usual {
  readonly value: number | null
  at(q: number): number | null
}

/** `trailing`: in order, the hour to judge last; whatever lies more than 90 days before it is not looked at. */
export function phaseFacts(trailing: readonly Hour[], now: Hour): PhaseFacts {
  const past = before(trailing, now.hour, T.quantileHours.value)
  const lately = run(trailing, now.hour, T.buildUpHours.value) ?? []
  const usual = (of: (hour: Hour) => number | null): Usual => usualOf(past.map(of), meanOf(lately.map(of)))
  const sigmas = ewmaVolatility(
    [...past, now].map(({ oraclePriceUsd }) => oraclePriceUsd),
    T.volatilityHalfLifeHours.value,
  )
  const previous = past.at(-1)
  return {
    now,
    trailing,
    burst: burstOf(trailing, now),
    burstBefore: previous?.hour === now.hour - 1 ? burstOf(trailing, previous) : undefined,
    ladder: usual((hour) => hour.ladder5Usd),
    leverage: usual((hour) => hour.leverage),
    funding: usual((hour) => hour.fundingAnnual),
    volatility: usualOf(sigmas.slice(0, -1), sigmas.at(-1) ?? null),
  }
}

function burstOf(trailing: readonly Hour[], hour: Hour): Burst {
  const week = before(trailing, hour.hour, T.medianHours.value)
  const day = [...before(trailing, hour.hour, T.branchingHours.value - 1), hour]
  return {
    liquidatedUsd: hour.liquidatedUsd,
    medianUsd: week.length < T.medianMinHours.value ? null : median(week.map(({ liquidatedUsd }) => liquidatedUsd)),
    debtUsd: hour.debtUsd,
    branching: branchingRatio(day.map(({ liquidations }) => liquidations)),
  }
}

function usualOf(past: readonly (number | null)[], value: number | null): Usual {
  const values = past.filter((one) => one !== null)
  return { value, at: values.length < T.quantileMinHours.value ? () => null : quantilesOf(values) }
}

/** Null if one is, or there is none. */
function meanOf(values: readonly (number | null)[]): number | null {
  const found = values.filter((value) => value !== null)
  return found.length < Math.max(1, values.length) ? null : found.reduce((sum, value) => sum + value, 0) / found.length
}

/** The last `hours` hours were all watched and all are `so`; null if one was not watched. */
export function all(facts: PhaseFacts, hours: number, so: (hour: Hour) => boolean): boolean | null {
  const last = run(facts.trailing, facts.now.hour, hours)
  return last === undefined ? null : last.every(so)
}
