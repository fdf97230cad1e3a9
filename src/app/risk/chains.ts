import type { SideBySide } from '../../core/risk/answers.ts'
import { lacking, type Measure } from '../../core/risk/measure.ts'
import { briefOf } from './judged.ts'
import { flowsOf, rotationOf } from './net-flows.ts'
import { type OverviewState, overviewState } from './overview-state.ts'
import type { RiskWorld } from './world.ts'

/** Row 12: every market by one definition. `absorption10`: liquidatable over depth at −10 %, where somebody can tell. */
export function chainsAnswer(
  worlds: readonly RiskWorld[],
  absorption10: (world: RiskWorld, state: OverviewState) => Measure = () => lacking('depth'),
): SideBySide {
  const markets = worlds.map((world): SideBySide['markets'][number] => {
    const state = overviewState(world)
    const { netSupplyUsd, netBorrowUsd } = flowsOf(world)
    return {
      ...{ market: state.market, chainId: state.chainId, debtUsd: state.debtUsd, leverage: state.leverage.aggregate },
      ...{ ladder5Usd: state.ladder5Usd, ladder10Usd: state.ladder10Usd, absorption10: absorption10(world, state) },
      phase: briefOf(world, state.group.root.toLowerCase()).phase,
      ...{ netSupplyUsd, netBorrowUsd },
    }
  })
  return { markets, rotationShare: rotationOf(markets) }
}
