import type { SideBySide } from '../../core/risk/answers.ts'
import { lacking } from '../../core/risk/measure.ts'
import { absorptionOf, nearPoint } from './absorption.ts'
import { briefOf } from './judged.ts'
import { assetFlowsOf, flowsOf, rotationOf } from './net-flows.ts'
import { overviewState } from './overview-state.ts'
import { DAY_S } from './recent.ts'
import { stableIssued } from './stable-supply.ts'
import type { RiskWorld } from './world.ts'

/** Row 12: every market by one definition. */
export function chainsAnswer(worlds: readonly RiskWorld[]): SideBySide {
  const markets = worlds.map((world): SideBySide['markets'][number] => {
    const state = overviewState(world)
    const absorption10 = nearPoint(absorptionOf(world, state.group.root, state.points))?.ratio ?? lacking('depth')
    const { netSupplyUsd, netBorrowUsd } = flowsOf(world)
    return {
      ...{ market: state.market, chainId: state.chainId, debtUsd: state.debtUsd, leverage: state.leverage.aggregate },
      ...{ ladder5Usd: state.ladder5Usd, ladder10Usd: state.ladder10Usd, absorption10 },
      phase: briefOf(world, state.group.root.toLowerCase()).phase,
      ...{ netSupplyUsd, netBorrowUsd, stableIssued24hUsd: stableIssued(world, DAY_S) },
    }
  })
  return { markets, rotationShare: rotationOf(markets), assets: assetFlowsOf(worlds) }
}
