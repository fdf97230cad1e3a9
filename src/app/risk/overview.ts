import type { RiskOverview } from '../../core/risk/answers.ts'
import { absorptionOf, nearPoint } from './absorption.ts'
import { kinksOf, overviewHistory } from './overview-history.ts'
import { overviewState } from './overview-state.ts'
import type { RiskWorld } from './world.ts'

/** How a market stands: its book, its pools and its history put together. */
export function overviewAnswer(world: RiskWorld): RiskOverview {
  const state = overviewState(world, kinksOf(world))
  const { points, unrealisedUsd, idleStableUsd, ladder5Usd, ladder10Usd, seizable10Usd, deficit20Usd, ...shown } = state
  const absorption = absorptionOf(world, state.group.root, points)
  const soldUsd = nearPoint(absorption)?.depthUsd.value ?? null
  return { ...shown, absorption, ...overviewHistory(world, state, soldUsd) }
}
