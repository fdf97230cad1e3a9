/** What an overview shows of each thing that may be warned of, against the thresholds; nothing is remembered here. */
import { pressureOf } from './absorption.ts'
import type { AbsorptionPoint, ConditionAnswer, OracleAnswer, ReserveStress, RiskOverview } from './answers.ts'
import type { Phase } from './phase-ways.ts'
import type { Band, WarningSettings, WarningType } from './warning-thresholds.ts'

/** What it is about, as the journal has it. Dollars are floats, shares are of 1. */
export interface SightFacts {
  /** Feed of the group. */
  readonly root?: string
  readonly asset?: string
  /** Of the one account. */
  readonly address?: string
  readonly fromPct?: number
  readonly toPct?: number
  readonly collateralUsd?: number | null
  readonly fallPct?: number
  readonly liquidatableUsd?: number | null
  readonly depthUsd?: number | null
  readonly borrowedUsd?: number | null
  readonly idleUsd?: number | null
}

/** `between`: nothing turns on, and what is on stays. `lacking`: a source is missing. */
type Verdict = 'on' | 'between' | 'off' | 'lacking'

export interface Sight {
  /** Of a market: unlike any other. */
  readonly key: string
  readonly type: WarningType
  readonly group: string
  readonly verdict: Verdict
  readonly value: number | null
  readonly threshold: number | null
  readonly facts: SightFacts
  readonly lacks: readonly string[]
  readonly phase: Phase | null
  readonly sinceHour?: number | null
  readonly why?: readonly ConditionAnswer[]
}

export const sightsOf = (overview: RiskOverview, settings: WarningSettings): readonly Sight[] => [
  phaseSight(overview),
  ...cliffSights(overview, settings),
  absorptionSight(overview, settings),
  ...overview.oracles.map((oracle) => feedSight(oracle, settings)),
  ...overview.reserves.map((reserve) => reserveSight(reserve, settings)),
  coverageSight(overview, settings),
]

/** As JSON can say it: it knows neither infinity nor a negative nothing. */
export const finite = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value + 0 : null

export const finiteConditions = (conditions: readonly ConditionAnswer[]): readonly ConditionAnswer[] =>
  conditions.map(({ name, value, threshold, held }) => ({
    name,
    value: finite(value),
    threshold: finite(threshold),
    held,
  }))

function phaseSight({ phase: { phase, sinceHour, why, lacks }, group: { root, symbol } }: RiskOverview): Sight {
  const found = { key: `phase:${root}`, type: 'phase', group: symbol, value: null, threshold: null, lacks } as const
  const verdict = phase === null ? 'lacking' : phase === 'calm' ? 'off' : 'on'
  return { ...found, verdict, facts: { root }, phase, sinceHour, why: finiteConditions(why) }
}

/** The nearest rung of each account. */
function cliffSights({ cliffs, group: { root, symbol } }: RiskOverview, settings: WarningSettings): readonly Sight[] {
  const { cliffShare, cliffWithinPct, cliffUsd } = settings
  const nearest = cliffs.toSorted((a, b) => b.fromPct - a.fromPct)
  const byAccount = new Map(nearest.map((cliff) => [cliff.address.toLowerCase(), cliff]))
  return [...byAccount].map(([account, { address, fromPct, toPct, share, collateralUsd }]) => {
    const near = below(fromPct, cliffWithinPct)
    const verdict = every(reached(share, cliffShare), near, reached(collateralUsd, cliffUsd))
    return {
      key: `cliff:${root}:${account}`,
      type: 'cliff',
      group: symbol,
      verdict,
      value: finite(share),
      threshold: limitOf(verdict, cliffShare),
      facts: { root, address, fromPct, toPct, collateralUsd: finite(collateralUsd) },
      lacks: [],
      phase: null,
    }
  })
}

/** The worst of all falls that are near enough. */
function absorptionSight({ absorption, group: { root, symbol } }: RiskOverview, settings: WarningSettings): Sight {
  const judged = absorption
    .filter(({ fallPct }) => fallPct <= settings.absorptionWithinPct.enter)
    .map((point) => ({ point, verdict: absorbed(point, settings) }))
  const of = (verdict: Verdict) => judged.filter((one) => one.verdict === verdict).map(({ point }) => point)
  const verdict = WORST.find((one) => of(one).length > 0) ?? 'lacking'
  const [worst] = of(verdict).toSorted(byPressure)
  return {
    key: `absorption:${root}`,
    type: 'absorption',
    group: symbol,
    verdict,
    value: finite(worst?.ratio.value ?? null),
    threshold: limitOf(verdict, settings.absorptionRatio),
    facts: {
      root,
      ...(worst && {
        fallPct: worst.fallPct,
        liquidatableUsd: finite(worst.liquidatableUsd),
        depthUsd: finite(worst.depthUsd.value),
      }),
    },
    lacks: verdict === 'lacking' ? [...new Set(of('lacking').flatMap(({ ratio }) => ratio.lacks))] : [],
    phase: null,
  }
}

/** The worst first; of several without a bound the nearest. */
function byPressure(a: AbsorptionPoint, b: AbsorptionPoint): number {
  const [ofA, ofB] = [pressureOf(a) ?? 0, pressureOf(b) ?? 0]
  return ofA === ofB ? 0 : ofB - ofA
}

const WORST = ['on', 'between', 'lacking', 'off'] as const
function absorbed(point: AbsorptionPoint, settings: WarningSettings): Verdict {
  const size = reached(point.liquidatableUsd, settings.absorptionUsd)
  const pressure = pressureOf(point)
  if (size === 'off') return 'off'
  return pressure === null ? 'lacking' : every(size, passed(pressure, settings.absorptionRatio))
}

function feedSight({ root, symbol, headroom: { value, lacks } }: OracleAnswer, { headroom }: WarningSettings): Sight {
  const verdict = value === null ? 'lacking' : below(value, headroom)
  const key = `capped-feed:${root}:${symbol}`
  const threshold = limitOf(verdict, headroom)
  const facts = { root }
  return {
    key,
    type: 'capped-feed',
    group: symbol,
    verdict,
    value: finite(value),
    threshold,
    facts,
    lacks,
    phase: null,
  }
}

function reserveSight(reserve: ReserveStress, settings: WarningSettings): Sight {
  const { asset, symbol, utilisation, borrowedUsd, idleUsd } = reserve
  const isKnown = utilisation !== null && borrowedUsd !== null
  const verdict = isKnown
    ? every(reached(utilisation, settings.utilisation), reached(borrowedUsd, settings.utilisationUsd))
    : 'lacking'
  return {
    key: `utilisation:${asset.toLowerCase()}`,
    type: 'utilisation',
    group: symbol,
    verdict,
    value: finite(utilisation),
    threshold: limitOf(verdict, settings.utilisation),
    facts: { asset, idleUsd: finite(idleUsd), borrowedUsd: finite(borrowedUsd) },
    lacks: isKnown ? [] : ['utilisation'],
    phase: null,
  }
}

function coverageSight({ coverage, group }: RiskOverview, { coverage: band }: WarningSettings): Sight {
  const { value, lacks } = coverage.ratio
  const verdict = value === null ? 'lacking' : below(value, band)
  const limit = { value: finite(value), threshold: limitOf(verdict, band) }
  return { key: 'coverage:', type: 'coverage', group: group.symbol, verdict, ...limit, facts: {}, lacks, phase: null }
}

const limitOf = (verdict: Verdict, { enter, leave }: Band): number => (verdict === 'off' ? leave : enter)

/** On at or above. */
const reached = (value: number, { enter, leave }: Band): Verdict =>
  value >= enter ? 'on' : value < leave ? 'off' : 'between'
/** On above. */
const passed = (value: number, { enter, leave }: Band): Verdict =>
  value > enter ? 'on' : value < leave ? 'off' : 'between'
/** On below. */
const below = (value: number, { enter, leave }: Band): Verdict =>
  value < enter ? 'on' : value >= leave ? 'off' : 'between'

/** All must be on; one that is off ends it. */
function every(...verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('off')) return 'off'
  return verdicts.every((verdict) => verdict === 'on') ? 'on' : 'between'
}
