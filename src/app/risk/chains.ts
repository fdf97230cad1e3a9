import { UsageError } from '../../core/errors.ts'
import type { SideBySide } from '../../core/risk/answers.ts'
import { lacking } from '../../core/risk/measure.ts'
import { absorptionOf, nearPoint } from './absorption.ts'
import { riskHead } from './head.ts'
import { briefOf } from './judged.ts'
import { assetFlowsOf, flowsOf, rotationOf } from './net-flows.ts'
import { overviewState } from './overview-state.ts'
import { DAY_S } from './recent.ts'
import { stableIssued } from './stable-supply.ts'
import type { RiskWorld } from './world.ts'

type Market = SideBySide['markets'][number]

/** Row 12: every market by one definition. `unread`: names of those that are not read yet; one that refuses costs the others nothing. */
export function chainsAnswer(worlds: readonly RiskWorld[], unread: readonly string[] = []): SideBySide {
  const missing = [...unread]
  const markets = worlds.flatMap((world) => {
    try {
      return [marketOf(world)]
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      missing.push(world.book.name)
      return []
    }
  })
  const rotationShare = missing.length > 0 ? lacking('events') : rotationOf(markets)
  return { markets, missing, rotationShare, assets: assetFlowsOf(worlds) }
}

function marketOf(world: RiskWorld): Market {
  const state = overviewState(world)
  const absorption10 = nearPoint(absorptionOf(world, state.group.root, state.points))?.ratio ?? lacking('depth')
  const { netSupplyUsd, netBorrowUsd } = flowsOf(world)
  return {
    ...riskHead(world),
    ...{ debtUsd: state.debtUsd, leverage: state.leverage.aggregate },
    ...{ ladder5Usd: state.ladder5Usd, ladder10Usd: state.ladder10Usd, absorption10 },
    phase: briefOf(world, state.group.root.toLowerCase()).phase,
    ...{ netSupplyUsd, netBorrowUsd, stableIssued24hUsd: stableIssued(world, DAY_S) },
  }
}
