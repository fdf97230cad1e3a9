/** A market's day in a few figures, against those of the brief before: what a person should know in the morning. Pure. */
import type { JournalEntry } from '../journal.ts'
import type { AbsorptionPoint, ConditionAnswer, LadderPoint, PhaseBrief, RiskOverview } from './answers.ts'
import type { Phase } from './phase-ways.ts'
import { finite, finiteConditions } from './sights.ts'

/** Kept from brief to brief as JSON. Dollars as floats, shares of 1; null: not known then. */
export interface BriefFigures {
  readonly block: string
  /** Unix seconds of the chain. */
  readonly timestamp: number
  /** Feed and symbol of the heaviest group. */
  readonly root: string
  readonly group: string
  readonly debtUsd: number | null
  readonly leverage: number | null
  /** Collateral of positions that such a fall makes liquidatable. */
  readonly ladder5Usd: number | null
  readonly ladder10Usd: number | null
  /** Of the tightest reserve that matters. */
  readonly utilisation: { readonly symbol: string; readonly value: number } | null
  readonly phase: Phase | null
}

/** `data` of a journal entry of kind `brief`. */
export interface BriefData {
  /** `2026-11-26`, in the time zone of the alerts. */
  readonly day: string
  readonly now: BriefFigures
  /** Of the brief before; null: this is the first. */
  readonly before: BriefFigures | null
  /** At −5 and −10 %. */
  readonly absorption: readonly BriefAbsorption[]
  /** In hours of `binS` seconds. */
  readonly sinceHour: number | null
  readonly binS: number
  readonly why: readonly ConditionAnswer[]
  /** What would change our mind: of each phase the way that misses least. */
  readonly wouldChange: PhaseBrief['wouldChange']
  readonly lacks: readonly string[]
  /** The mirror differs from the chain: the figures may be wrong. */
  readonly distrusted: boolean
}

export type BriefEntry = Omit<JournalEntry, 'seq'>

export interface BriefAbsorption {
  readonly fallPct: number
  readonly liquidatableUsd: number | null
  readonly depthUsd: number | null
  /** Null with a depth of 0: nothing can be sold at all. */
  readonly ratio: number | null
  readonly lacks: readonly string[]
}

const FALLS = [5, 10]
/** A reserve with less borrowed says nothing about the market. */
const LEAST_BORROWED_USD = 100_000

/** `ladder`: its points, where it could be asked. */
export function briefOf(about: {
  readonly day: string
  readonly overview: RiskOverview
  readonly ladder: readonly LadderPoint[] | undefined
  readonly before: BriefFigures | undefined
}): BriefData {
  const { day, overview, ladder, before } = about
  const { phase, coverage } = overview
  const now = figuresOf(overview, ladder)
  const absorption = overview.absorption.filter(({ fallPct }) => FALLS.includes(fallPct)).map(absorptionOf)
  const lacks = [
    ...(ladder === undefined ? ['ladder'] : []),
    ...(absorption.length === 0 ? ['depth'] : absorption.flatMap((point) => point.lacks)),
    ...coverage.ratio.lacks,
    ...phase.lacks,
  ]
  return {
    day,
    now,
    before: before === undefined ? null : comparable(before, now),
    absorption,
    sinceHour: phase.sinceHour,
    binS: phase.binS,
    why: finiteConditions(phase.why),
    wouldChange: nearestWays(phase.wouldChange),
    lacks: [...new Set(lacks)],
    distrusted: overview.quarantined === true,
  }
}

function figuresOf(overview: RiskOverview, ladder: readonly LadderPoint[] | undefined): BriefFigures {
  const { block, group, debtUsd, leverage, phase } = overview
  const at = (fall: number): number | null =>
    finite(ladder?.find(({ fallPct }) => fallPct === fall)?.collateralUsd ?? null)
  return {
    block: block.number,
    timestamp: block.timestamp,
    root: group.root,
    group: group.symbol,
    debtUsd: finite(debtUsd),
    leverage: finite(leverage.aggregate),
    ladder5Usd: at(5),
    ladder10Usd: at(10),
    utilisation: tightest(overview),
    phase: phase.phase,
  }
}

/** The reserve of which most is lent out. */
export function tightest({ reserves }: Pick<RiskOverview, 'reserves'>): BriefFigures['utilisation'] {
  const [most] = reserves
    .flatMap(({ symbol, utilisation, borrowedUsd }) =>
      utilisation === null || (borrowedUsd ?? 0) < LEAST_BORROWED_USD ? [] : [{ symbol, value: utilisation }],
    )
    .toSorted((a, b) => b.value - a.value)
  return most ?? null
}

const absorptionOf = ({ fallPct, liquidatableUsd, depthUsd, ratio }: AbsorptionPoint): BriefAbsorption => ({
  fallPct,
  liquidatableUsd: finite(liquidatableUsd),
  depthUsd: finite(depthUsd.value),
  ratio: finite(ratio.value),
  lacks: [...new Set([...depthUsd.lacks, ...ratio.lacks])],
})

/** Another group weighs most now: what was said of the former one does not compare. */
const comparable = (before: BriefFigures, now: BriefFigures): BriefFigures =>
  before.root === now.root ? before : { ...before, ladder5Usd: null, ladder10Usd: null, phase: null }

/** Several ways may lead to one phase: that which misses least. */
export function nearestWays(ways: PhaseBrief['wouldChange']): PhaseBrief['wouldChange'] {
  const nearest = new Map<Phase, PhaseBrief['wouldChange'][number]>()
  for (const way of ways) {
    const known = nearest.get(way.to)
    if (known === undefined || way.missing.length < known.missing.length) nearest.set(way.to, way)
  }
  return [...nearest.values()].map(({ to, missing }) => ({ to, missing: finiteConditions(missing) }))
}
