/**
 * In which phase of a wave a market is, hour by hour: build-up, cascade, exhaustion, recovery, or calm. A state machine:
 * whether a condition matters depends on the phase, and what ends a phase is weaker than what began it (hysteresis). Rules
 * and thresholds: `phase-ways.ts`, `phase-thresholds.ts`; how they did on past waves: `docs/phases.md`.
 */
import { allHeld, type Condition, lacksOf } from './condition.ts'
import { before, type Hour, run } from './hour.ts'
import type { Source } from './measure.ts'
import { type PhaseFacts, phaseFacts } from './phase-facts.ts'
import { PHASE_THRESHOLDS as T } from './phase-thresholds.ts'
import { type Phase, type Standing, type Wave, type Way, waysFrom } from './phase-ways.ts'

/** Plain data: what must be kept from hour to hour beside the hours themselves. */
export interface PhaseState extends Standing {
  readonly lastHour: number
  /** What led into the phase, with the values of that hour; nothing for the calm that was there from the first hour. */
  readonly why: readonly Condition[]
}

export interface PhaseDecision {
  readonly hour: number
  readonly phase: Phase
  /** Of the hour before. */
  readonly previous: Phase
  readonly sinceHour: number
  readonly why: readonly Condition[]
  /** Ways out of the phase with the conditions that are not met yet: what would change it. */
  readonly wouldChange: readonly Way[]
  readonly lacks: readonly Source[]
}

export interface PhaseStep {
  readonly state: PhaseState
  readonly decision: PhaseDecision
}

/**
 * Judges the last hour of `trailing`, which is in order and should reach 90 days back; older hours change nothing. Without a
 * state the market is calm.
 */
export function stepPhase(state: PhaseState | undefined, trailing: readonly Hour[]): PhaseStep {
  const now = trailing.at(-1)
  if (now === undefined) throw new RangeError('no hour to judge')
  const old = state ?? { phase: 'calm', sinceHour: now.hour, wave: null, lastHour: now.hour - 1, why: [] }
  if (now.hour <= old.lastHour) throw new RangeError(`hour ${now.hour} comes after hour ${old.lastHour} was judged`)
  const facts = phaseFacts(trailing, now)
  const ebbing: Standing = { ...old, wave: old.wave && grow(old.wave, [now]) }
  const taken = waysFrom(ebbing, facts).find(({ conditions }) => allHeld(conditions))
  const standing = taken === undefined ? ebbing : enter(taken.to, ebbing.wave, facts)
  const next: PhaseState = { ...standing, lastHour: now.hour, why: taken?.conditions ?? old.why }
  return { state: next, decision: decide(next, old.phase, facts) }
}

/** Every hour of `hours` judged in order: the same as one by one. */
export function phasesOf(hours: readonly Hour[], from?: PhaseState): readonly PhaseDecision[] {
  let state = from
  return hours.flatMap((now, i) => {
    if (from !== undefined && now.hour <= from.lastHour) return []
    const step = stepPhase(state, [
      ...before(hours.slice(Math.max(0, i - T.quantileHours.value), i), now.hour, T.quantileHours.value),
      now,
    ])
    state = step.state
    return [step.decision]
  })
}

function enter(phase: Phase, wave: Wave | null, { now, trailing }: PhaseFacts): Standing {
  if (phase === 'calm' || phase === 'build-up') return { phase, sinceHour: now.hour, wave: null }
  return { phase, sinceHour: now.hour, wave: phase === 'cascade' ? begin(now, trailing) : wave }
}

/** A cascade is seen in its second hour, or its first if that was violent: both are looked at. */
function begin(now: Hour, trailing: readonly Hour[]): Wave {
  const start: Wave = { startHour: now.hour, peakUsd: 0, lowUsd: Number.POSITIVE_INFINITY, lowHour: now.hour }
  return grow(start, run(trailing, now.hour, 2) ?? [now])
}

const grow = (wave: Wave, hours: readonly Hour[]): Wave =>
  hours.reduce(
    (so, { hour, liquidatedUsd, oracleLowUsd }) => ({
      startHour: so.startHour,
      peakUsd: Math.max(so.peakUsd, liquidatedUsd),
      ...(oracleLowUsd < so.lowUsd
        ? { lowUsd: oracleLowUsd, lowHour: hour }
        : { lowUsd: so.lowUsd, lowHour: so.lowHour }),
    }),
    wave,
  )

function decide(state: PhaseState, previous: Phase, facts: PhaseFacts): PhaseDecision {
  const ways = waysFrom(state, facts)
  return {
    hour: state.lastHour,
    phase: state.phase,
    previous,
    sinceHour: state.sinceHour,
    why: state.why,
    wouldChange: ways.map(({ to, conditions }) => ({ to, conditions: conditions.filter(({ held }) => held !== true) })),
    lacks: lacksOf(ways.flatMap(({ conditions }) => conditions)),
  }
}
