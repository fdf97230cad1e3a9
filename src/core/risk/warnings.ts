/**
 * What people are warned of about a market as a whole. Pure: an overview and what was told before in, what to tell and to
 * remember out. Each warning turns on at one threshold and off at another (`warning-thresholds.ts`); what a measure does not
 * know turns nothing on and nothing off.
 */
import type { ConditionAnswer, RiskOverview } from './answers.ts'
import type { Phase } from './phase-ways.ts'
import { type Sight, type SightFacts, sightsOf } from './sights.ts'
import { WARNING_PATIENCE_S, WARNING_TYPES, type WarningSettings, type WarningType } from './warning-thresholds.ts'

/** What was told and holds still. Plain data: survives JSON. */
export interface WarningLatch {
  readonly type: WarningType
  /** Symbol of the group or of the asset. */
  readonly group: string
  /** Unix seconds of the chain when it was told. */
  readonly at: number
  /** Of type `phase`, the only one that is latched while all is calm. */
  readonly phase: Phase | null
  /** What it is about, for the message that ends it. */
  readonly facts: SightFacts
  /** It looks over, or cannot be seen, since then. */
  readonly away: { readonly as: 'off' | 'lacking'; readonly since: number } | null
  /** That it cannot be seen was told. */
  readonly unknown: boolean
}

/** `data` of a journal entry of kind `risk`. */
export interface RiskData extends SightFacts {
  readonly type: WarningType
  /** `unknown`: it was on, and cannot be seen any more. A phase is on unless it is `calm`. */
  readonly state: 'on' | 'off' | 'unknown'
  /** Symbol of the group or of the asset. */
  readonly group: string
  /** Null: not known, or without a bound (nothing can be sold at all). */
  readonly value: number | null
  /** That was passed: where it turned on, or off. */
  readonly threshold: number | null
  /** Sources that are missing. */
  readonly lacks: readonly string[]
  /** Of type `phase`. */
  readonly phase?: Phase
  readonly previous?: Phase | null
  readonly sinceHour?: number | null
  readonly why?: readonly ConditionAnswer[]
}

export interface Look {
  readonly said: readonly RiskData[]
  /** By key; undefined: forgotten. Only what changed. */
  readonly changes: ReadonlyMap<string, WarningLatch | undefined>
}

/** `latches`: of this market, by key. */
export function lookForWarnings(
  overview: RiskOverview,
  latches: ReadonlyMap<string, WarningLatch>,
  settings: WarningSettings,
): Look {
  const nowS = overview.block.timestamp
  const sights = new Map([...latches].map(([key, latch]) => [key, unseen(key, latch, overview)] as const))
  // Of a mirror that differs from the chain nothing is believed.
  if (overview.quarantined !== true) for (const sight of sightsOf(overview, settings)) sights.set(sight.key, sight)
  const said: RiskData[] = []
  const changes = new Map<string, WarningLatch | undefined>()
  for (const [key, sight] of sights) {
    const was = latches.get(key)
    const step = sight.type === 'phase' ? stepPhase(was, sight, nowS) : stepWarning(was, sight, nowS)
    if (step.said !== undefined) said.push(step.said)
    if (step.latch !== was) changes.set(key, step.latch)
  }
  said.sort((a, b) => WARNING_TYPES.indexOf(a.type) - WARNING_TYPES.indexOf(b.type))
  return { said, changes }
}

/** What was on and is not in the overview: a cliff of the group that was looked at is gone, anything else cannot be seen. */
function unseen(key: string, { type, group, facts }: WarningLatch, overview: RiskOverview): Sight {
  const isLookedAt = type === 'cliff' && overview.quarantined !== true && facts.root === overview.group.root
  const verdict = isLookedAt ? 'off' : 'lacking'
  return { key, type, group, verdict, value: null, threshold: null, facts, lacks: [], phase: null }
}

interface Step {
  readonly latch: WarningLatch | undefined
  readonly said?: RiskData
}

function stepWarning(was: WarningLatch | undefined, sight: Sight, nowS: number): Step {
  const { verdict, facts, type, group } = sight
  if (was === undefined) {
    if (verdict !== 'on') return { latch: undefined }
    return { latch: latchOf(sight, nowS), said: dataOf(sight, 'on') }
  }
  if (verdict === 'lacking') return lacking(was, sight, nowS)
  if (verdict === 'off') {
    const away = awaySince(was, 'off', nowS)
    const patience = type === 'cliff' ? WARNING_PATIENCE_S.cliffGone : 0
    if (nowS - away.since >= patience) return { latch: undefined, said: dataOf({ ...sight, group, facts }, 'off') }
    return { latch: same(was.away, away) ? was : { ...was, away } }
  }
  if (was.unknown) return { latch: latchOf(sight, nowS), said: dataOf(sight, 'on') }
  return { latch: was.away === null ? was : { ...was, away: null } }
}

/** Its own hysteresis is in the detector (`phase-ways.ts`): every change is told. That it is calm from the first is no news. */
function stepPhase(was: WarningLatch | undefined, sight: Sight, nowS: number): Step {
  const { phase } = sight
  if (phase === null) return was === undefined ? { latch: undefined } : lacking(was, sight, nowS)
  const latch = latchOf(sight, nowS)
  if (was === undefined) return phase === 'calm' ? { latch } : { latch, said: phaseData(sight, phase, null) }
  if (was.phase !== phase || was.unknown) return { latch, said: phaseData(sight, phase, was.phase) }
  return { latch: was.away === null ? was : { ...was, away: null } }
}

function lacking(was: WarningLatch, sight: Sight, nowS: number): Step {
  if (was.unknown || was.phase === 'calm') return { latch: was }
  const away = awaySince(was, 'lacking', nowS)
  if (nowS - away.since < WARNING_PATIENCE_S.unknown) return { latch: same(was.away, away) ? was : { ...was, away } }
  const { group, facts, phase } = was
  const told = dataOf({ ...sight, group, facts, value: null }, 'unknown')
  return { latch: { ...was, away, unknown: true }, said: phase === null ? told : { ...told, phase } }
}

const awaySince = ({ away }: WarningLatch, as: 'off' | 'lacking', nowS: number) =>
  away?.as === as ? away : { as, since: nowS }
const same = (a: WarningLatch['away'], b: WarningLatch['away']): boolean => a?.as === b?.as && a?.since === b?.since

const latchOf = ({ type, group, facts, phase }: Sight, at: number): WarningLatch => ({
  type,
  group,
  at,
  phase,
  facts,
  away: null,
  unknown: false,
})

const dataOf = ({ type, group, value, threshold, facts, lacks }: Sight, state: RiskData['state']): RiskData => ({
  type,
  state,
  group,
  value,
  threshold,
  ...facts,
  lacks,
})

const phaseData = (sight: Sight, phase: Phase, previous: Phase | null): RiskData => ({
  ...dataOf(sight, phase === 'calm' ? 'off' : 'on'),
  phase,
  previous,
  sinceHour: sight.sinceHour ?? null,
  why: sight.why ?? [],
})
