import type { Book } from '../../core/book.ts'
import type { ConditionAnswer, PhaseBrief } from '../../core/risk/answers.ts'
import type { Condition } from '../../core/risk/condition.ts'
import { before, type Hour } from '../../core/risk/hour.ts'
import { type PhaseDecision, type PhaseState, stepPhase } from '../../core/risk/phase.ts'
import { PHASE_THRESHOLDS } from '../../core/risk/phase-thresholds.ts'
import type { RiskWorld } from './world.ts'

/**
 * A wave ends in weeks (`exhaustionMaxHours`), so that judging begins 90 to 120 days ago, in calm: from an hour that stays the same for
 * 30 days, for the same answer whenever it is asked. What lies before is still what quantiles are made of.
 */
const JUDGED_HOURS = 2_880
const ANCHOR_HOURS = 720
/** The last hours may be written again after a reorganisation. */
const UNSETTLED = 3

interface Kept {
  readonly firstHour: number
  readonly count: number
  readonly lastHour: number
  readonly state: PhaseState | undefined
  readonly decisions: readonly PhaseDecision[]
}

/** One hour costs half a millisecond: what was judged is kept, as long as the book lives. */
const kept = new WeakMap<Book, Map<string, Kept>>()

/** Every hour's phase, in order. */
export function judged(world: Pick<RiskWorld, 'book' | 'hours'>, root: string): readonly PhaseDecision[] {
  const hours = world.hours(root)
  const last = hours.at(-1)
  if (last === undefined) return []
  const anchor = Math.floor((last.hour - JUDGED_HOURS) / ANCHOR_HOURS) * ANCHOR_HOURS
  const start = hours.findIndex(({ hour }) => hour >= anchor)
  const known = kept.get(world.book)?.get(root)
  const from = known && isPrefix(known, hours, start) ? known : undefined
  const { settled, decisions } = judge(hours, { start, from })
  const roots = kept.get(world.book) ?? new Map<string, Kept>()
  kept.set(world.book, roots.set(root, settled))
  return decisions
}

/** What was judged is still what is on record: nothing was filled in before, nothing written again. */
function isPrefix({ firstHour, count, lastHour }: Kept, hours: readonly Hour[], start: number): boolean {
  return count > 0 && hours[start]?.hour === firstHour && hours[start + count - 1]?.hour === lastHour
}

function judge(
  hours: readonly Hour[],
  { start, from }: { readonly start: number; readonly from: Kept | undefined },
): { readonly settled: Kept; readonly decisions: readonly PhaseDecision[] } {
  const firstHour = hours[start]?.hour ?? 0
  let state = from?.state
  let settled: Kept = from ?? { firstHour, count: 0, lastHour: firstHour, state: undefined, decisions: [] }
  const decisions = [...(from?.decisions ?? [])]
  for (let i = start + settled.count; i < hours.length; i++) {
    const now = hours[i] as Hour
    const past = hours.slice(Math.max(0, i - PHASE_THRESHOLDS.quantileHours.value), i)
    const step = stepPhase(state, [...before(past, now.hour, PHASE_THRESHOLDS.quantileHours.value), now])
    state = step.state
    decisions.push(step.decision)
    if (i < hours.length - UNSETTLED) settled = { ...settled, count: i - start + 1, lastHour: now.hour, state }
  }
  return { settled: { ...settled, decisions: decisions.slice(0, settled.count) }, decisions }
}

export function briefOf(world: RiskWorld, root: string): PhaseBrief {
  const now = judged(world, root).at(-1)
  const { binS } = world
  if (now === undefined) return { phase: null, sinceHour: null, why: [], wouldChange: [], lacks: ['hours'], binS }
  return {
    phase: now.phase,
    sinceHour: now.sinceHour,
    why: now.why.map(toCondition),
    wouldChange: now.wouldChange.map(({ to, conditions }) => ({ to, missing: conditions.map(toCondition) })),
    lacks: now.lacks,
    binS,
  }
}

export const toCondition = ({ name, value, limit, held }: Condition): ConditionAnswer => ({
  name,
  value,
  threshold: limit,
  held,
})
