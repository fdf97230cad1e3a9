import type { PhaseAnswer } from '../../core/risk/answers.ts'
import type { Hour } from '../../core/risk/hour.ts'
import type { PhaseDecision } from '../../core/risk/phase.ts'
import { portraitOf } from '../../core/risk/portrait.ts'
import type { RiskQuestions } from '../../core/risk/questions.ts'
import { judgeReset } from '../../core/risk/reset.ts'
import { chosenGroup, riskHead, toGroup } from './head.ts'
import { briefOf, judged, toCondition } from './judged.ts'
import type { RiskWorld } from './world.ts'

/** The day before a wave and the day after it, in bins: thresholds are made for hours. */
const DAY = 24

/** Rows 15 and 16. Throws UsageError for a group that is not there. */
export function phaseAnswer(world: RiskWorld, about: RiskQuestions['phase'][0]): PhaseAnswer {
  const group = chosenGroup(portraitOf(world.book), about.group)
  const decisions = judged(world, group.root)
  const hours = world.hours(group.root)
  return {
    ...riskHead(world),
    group: toGroup(group),
    ...briefOf(world, group.root),
    hours: hours.length,
    changes: decisions.flatMap(({ hour, phase, previous }) => (phase === previous ? [] : [{ hour, phase }])),
    reset: resetOf(decisions, hours),
  }
}

/** Of the last wave: from its first cascade to its last. Null without one, or while nothing has come after it. */
function resetOf(decisions: readonly PhaseDecision[], hours: readonly Hour[]): PhaseAnswer['reset'] {
  const span = lastWave(decisions)
  if (span === undefined) return null
  const within = (from: number, to: number): readonly Hour[] => hours.filter(({ hour }) => hour >= from && hour < to)
  const after = within(span.to, span.to + DAY)
  if (after.length === 0) return null
  const { verdict, healthy, deeper, lacks } = judgeReset({
    before: within(span.from - DAY, span.from),
    wave: within(span.from, span.to),
    after,
  })
  return { verdict, healthy: healthy.map(toCondition), deeper: deeper.map(toCondition), lacks }
}

/**
 * Hours of the last wave's cascades: a new one before calm has come back belongs to it. `from`: the hour before the first was
 * called, since it takes two to call one. `to`: the first hour after them.
 */
function lastWave(decisions: readonly PhaseDecision[]): { readonly from: number; readonly to: number } | undefined {
  const last = decisions.findLastIndex(({ phase }) => phase === 'cascade')
  if (last < 0) return undefined
  let first = last
  for (let at = last; at >= 0; at--) {
    const phase = decisions[at]?.phase
    if (phase === 'calm' || phase === 'build-up') break
    if (phase === 'cascade') first = at
  }
  return { from: (decisions[first]?.hour ?? 0) - 1, to: (decisions[last]?.hour ?? 0) + 1 }
}
