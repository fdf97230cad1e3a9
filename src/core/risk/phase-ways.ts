import { above, atLeast, below, type Condition, ifKnown } from './condition.ts'
import { before, type Hour, run } from './hour.ts'
import type { Source } from './measure.ts'
import { all, type Burst, type PhaseFacts, type Usual } from './phase-facts.ts'
import { PHASE_THRESHOLDS as T } from './phase-thresholds.ts'
import { median } from './quantile.ts'

export const PHASES = ['calm', 'build-up', 'cascade', 'exhaustion', 'recovery'] as const
export type Phase = (typeof PHASES)[number]

/** Into another phase when all conditions hold. */
export interface Way {
  readonly to: Phase
  readonly conditions: readonly Condition[]
}

/** The fall that is going on, or that was the last one. */
export interface Wave {
  readonly startHour: number
  /** Largest hour of liquidations. */
  readonly peakUsd: number
  readonly lowUsd: number
  readonly lowHour: number
}

/** Where the detector stands: the phase since when, and the wave it belongs to. */
export interface Standing {
  readonly phase: Phase
  readonly sinceHour: number
  readonly wave: Wave | null
}

/** All ways out of the present phase, the first that is met is taken. */
export function waysFrom(standing: Standing, facts: PhaseFacts): readonly Way[] {
  const { phase, wave } = standing
  const since = facts.now.hour - standing.sinceHour
  const stay = (hours: number): Condition => atLeast('hours in the phase', since, hours, 'hours')
  const cascades = cascadesFrom(facts, phase === 'exhaustion' || phase === 'recovery')
  if (phase === 'calm') return [...cascades, ...buildUps(facts, stay(T.dwellHours.value))]
  if (phase === 'build-up') return [...cascades, buildUpOver(facts, stay(T.dwellHours.value))]
  if (wave === null) throw new TypeError(`phase ${phase} without a wave`)
  if (phase === 'cascade')
    return [
      { to: 'exhaustion', conditions: [stay(T.dwellHours.value), ...quiet(facts, wave, T.exhaustionHours.value)] },
    ]
  if (phase === 'exhaustion')
    return [
      ...cascades,
      recovery(facts, wave, stay(T.dwellHours.value)),
      { to: 'calm', conditions: [stay(T.exhaustionMaxHours.value)] },
    ]
  return [...cascades, { to: 'calm', conditions: [stay(T.calmHours.value), calmPrices(facts)] }]
}

/** Two hours in a row, or one that is violent. `again`: a wave is ebbing, and only what reaches half of it is a new one. */
function cascadesFrom(facts: PhaseFacts, again: boolean): readonly Way[] {
  const fresh = again ? [freshForce(facts)] : []
  const two = [facts.burst, facts.burstBefore].flatMap((burst, i) => isBurst(burst, i === 0 ? '' : ', hour before', 1))
  return [
    { to: 'cascade', conditions: [...two, ...fresh] },
    { to: 'cascade', conditions: [...isBurst(facts.burst, ', violent', T.violentFactor.value), ...fresh] },
  ]
}

function isBurst(burst: Burst | undefined, which: string, factor: number): readonly Condition[] {
  const usd = burst?.liquidatedUsd ?? null
  const usual = burst?.medianUsd ?? null
  return [
    above(
      `liquidated over medians of the week${which}`,
      usd,
      usual === null ? null : factor * T.cascadeMedians.value * usual,
      'hours',
    ),
    above(
      `liquidated over a share of the debt${which}`,
      usd,
      burst ? factor * T.cascadeDebtShare.value * burst.debtUsd : null,
      'hours',
    ),
    above(`branching ratio${which}`, usd === null ? null : (burst?.branching ?? 0), T.cascadeBranching.value, 'hours'),
  ]
}

function freshForce(facts: PhaseFacts): Condition {
  const day = before(facts.trailing, facts.now.hour, T.againHours.value)
  const largest = day.reduce((most, { liquidatedUsd }) => Math.max(most, liquidatedUsd), 0)
  return above(
    'liquidated over the largest hour of the last day',
    facts.now.liquidatedUsd,
    T.againShare.value * largest,
    'hours',
  )
}

/** (Ladder or leverage high) and funding high; where no funding is known, ladder and leverage both. */
function buildUps({ ladder, leverage, funding }: PhaseFacts, stay: Condition): readonly Way[] {
  const high = (name: string, usual: Usual, source: Source, q: number = T.buildUpQuantile.value): Condition =>
    above(name, usual.value, usual.at(q), source)
  const steep = high('ladder at −5 % over its 90 days', ladder, 'ladder')
  const levered = high('leverage over its 90 days', leverage, 'leverage')
  const paid = high('funding over its 90 days', funding, 'funding', T.buildUpFundingQuantile.value)
  if (paid.held === null) return [{ to: 'build-up', conditions: [stay, steep, levered, ifKnown(paid)] }]
  return [steep, levered].map((one) => ({ to: 'build-up', conditions: [stay, one, paid] }))
}

function buildUpOver({ ladder, leverage }: PhaseFacts, stay: Condition): Way {
  const low = (name: string, usual: Usual, source: Source): Condition =>
    below(name, usual.value, usual.at(T.buildUpOverQuantile.value), source)
  const both = [
    low('ladder at −5 % back to usual', ladder, 'ladder'),
    low('leverage back to usual', leverage, 'leverage'),
  ]
  // Seeing nothing is no reason to call it over.
  const blind = both.every(({ held }) => held === null)
  return { to: 'calm', conditions: [stay, ...both.map((one) => ({ ...one, required: blind }))] }
}

function quiet(facts: PhaseFacts, wave: Wave, hours: number): readonly Condition[] {
  const limit = T.quietShare.value * wave.peakUsd
  const held = all(facts, hours, ({ liquidatedUsd }) => liquidatedUsd < limit)
  return [
    {
      name: `liquidated under a share of the peak for ${hours} hours`,
      value: facts.now.liquidatedUsd,
      limit,
      held,
      lacks: held === null ? ['hours'] : [],
      required: true,
    },
    atLeast('hours without a new low', facts.now.hour - wave.lowHour, hours, 'hours'),
  ]
}

function recovery(facts: PhaseFacts, wave: Wave, stay: Condition): Way {
  const { now, funding } = facts
  const flow = flowOf(run(facts.trailing, now.hour, T.recoveryHours.value) ?? [])
  const depth = median(weekBefore(facts, wave).flatMap(({ depthUsd }) => depthUsd ?? []))
  const enough = depth === null ? null : T.recoveryDepthShare.value * depth
  return {
    to: 'recovery',
    conditions: [
      stay,
      ...quiet(facts, wave, T.recoveryHours.value),
      calmPrices(facts),
      ifKnown(below('funding normal', funding.value, funding.at(T.recoveryFundingQuantile.value), 'funding')),
      ifKnown(above('stable coins turned into volatile ones lately', flow, 0, 'netFlow')),
      ifKnown(atLeast('depth against before', now.depthUsd, enough, 'depth')),
    ],
  }
}

/** Null unless every hour of it is recorded. */
function flowOf(hours: readonly Hour[]): number | null {
  const flows = hours.flatMap(({ netFlowUsd }) => netFlowUsd ?? [])
  return flows.length === 0 || flows.length < hours.length ? null : flows.reduce((sum, flow) => sum + flow, 0)
}

const weekBefore = ({ trailing }: PhaseFacts, { startHour }: Wave): readonly Hour[] =>
  before(trailing, startHour, T.medianHours.value)

const calmPrices = ({ volatility }: PhaseFacts): Condition =>
  below('volatility under its 90 days', volatility.value, volatility.at(T.recoveryVolatilityQuantile.value), 'hours')
