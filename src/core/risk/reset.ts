/**
 * After a wave: a healthy reset, or deeper risk (row 16)? The day before the wave against the day after it, and the deficits
 * of the wave itself. One sign of deeper risk is enough; a reset needs all signs that are known, and those of `required`.
 */
import { above, allHeld, atLeast, below, type Condition, ifKnown, lacksOf } from './condition.ts'
import type { Hour } from './hour.ts'
import type { Source } from './measure.ts'
import { median } from './quantile.ts'

/** Proposed with row 16. Published: deficits were 0.22 % of what was liquidated in October 2025, 0.015 % in early 2026. */
const RESET_THRESHOLDS = {
  /** L(10 %) after over before: fallen by 30 % or more. */
  ladderLeft: 0.7,
  /** Deficits over liquidated collateral. */
  deficitShare: 0.005,
  coverage: 1,
  /** Depth after over before. */
  depthLeft: 0.8,
  /** Highest utilisation in every hour after the wave: nobody can withdraw. */
  pinned: 0.99,
} as const

export interface ResetJudgement {
  readonly verdict: 'healthy reset' | 'deeper risk' | 'unclear'
  readonly healthy: readonly Condition[]
  readonly deeper: readonly Condition[]
  readonly lacks: readonly Source[]
}

export function judgeReset(hours: {
  /** The day before the wave. */
  readonly before: readonly Hour[]
  readonly wave: readonly Hour[]
  /** The day after its last cascade. */
  readonly after: readonly Hour[]
}): ResetJudgement {
  const healthy = signsOfReset(hours)
  const deeper = signsOfDeeperRisk(hours)
  return { verdict: verdictOf(healthy, deeper), healthy, deeper, lacks: lacksOf([...healthy, ...deeper]) }
}

function verdictOf(healthy: readonly Condition[], deeper: readonly Condition[]): ResetJudgement['verdict'] {
  if (deeper.some(({ held }) => held === true)) return 'deeper risk'
  return allHeld(healthy) ? 'healthy reset' : 'unclear'
}

type Hours = Parameters<typeof judgeReset>[0]

function signsOfReset({ before, wave, after }: Hours): readonly Condition[] {
  const left = (of: (hour: Hour) => number | null): number | null => ratio(usual(after, of), usual(before, of))
  const { ladderLeft, deficitShare, coverage, depthLeft } = RESET_THRESHOLDS
  return [
    below(
      'ladder at −10 % after over before',
      left((hour) => hour.ladder10Usd),
      ladderLeft,
      'ladder',
    ),
    below('deficit over liquidated', deficitOver([...wave, ...after]), deficitShare, 'deficit'),
    ifKnown(
      below(
        'leverage after over before',
        left((hour) => hour.leverage),
        1,
        'leverage',
      ),
    ),
    ifKnown(
      atLeast(
        'coverage',
        usual(after, (hour) => hour.coverage),
        coverage,
        'coverage',
      ),
    ),
    ifKnown(
      atLeast(
        'depth after over before',
        left((hour) => hour.depthUsd),
        depthLeft,
        'depth',
      ),
    ),
  ]
}

function signsOfDeeperRisk({ before, wave, after }: Hours): readonly Condition[] {
  const share10 = (hour: Hour): number | null => hour.top10Share
  const used = after.flatMap(({ utilisation }) => utilisation ?? [])
  const least = used.length === 0 || used.length < after.length ? null : Math.min(...used)
  return [
    above('deficit over liquidated, after against in the wave', deficitOver(after), deficitOver(wave), 'deficit'),
    above(
      'share of the ten largest, after against before',
      usual(after, share10),
      usual(before, share10),
      'top10Share',
    ),
    atLeast('least utilisation after', least, RESET_THRESHOLDS.pinned, 'utilisation'),
  ]
}

/** Median of what is recorded. */
const usual = (hours: readonly Hour[], of: (hour: Hour) => number | null): number | null =>
  median(hours.flatMap((hour) => of(hour) ?? []))

const ratio = (a: number | null, b: number | null): number | null =>
  a === null || b === null || b === 0 ? null : a / b

/** Null where nothing was liquidated, or an hour's deficit was not recorded. */
function deficitOver(hours: readonly Hour[]): number | null {
  const deficits = hours.flatMap(({ deficitUsd }) => deficitUsd ?? [])
  if (deficits.length < hours.length) return null
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
  return ratio(sum(deficits), sum(hours.map(({ liquidatedUsd }) => liquidatedUsd)))
}
