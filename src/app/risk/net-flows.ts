import type { RiskOverview } from '../../core/risk/answers.ts'
import { rotationShare } from '../../core/risk/flows.ts'
import type { MarketHour } from '../../core/risk/hours-from.ts'
import { known, knownOr, lacking, type Measure } from '../../core/risk/measure.ts'
import { DAY_S, recentMarket, sumBy } from './recent.ts'
import type { RiskWorld } from './world.ts'

const netOf = (hours: readonly MarketHour[], adds: 'supply' | 'borrow', takes: 'withdraw' | 'repay'): number =>
  sumBy(hours, ({ assets }) => sumBy(Object.values(assets), (asset) => asset[adds] - asset[takes]))

/** Row 12, of the last day: what people brought and took away by their own doing, at the prices of the moment. */
export function flowsOf(world: RiskWorld): RiskOverview['flows'] {
  const hours = recentMarket(world, DAY_S)
  if (hours.length === 0) return { netSupplyUsd: lacking('events'), netBorrowUsd: lacking('events'), hours: 0 }
  return {
    netSupplyUsd: known(netOf(hours, 'supply', 'withdraw')),
    netBorrowUsd: known(netOf(hours, 'borrow', 'repay')),
    hours: hours.length,
  }
}

/** Of net supply over chains; markets of one chain count together. Lacks the events if one market's are not on record. */
export function rotationOf(markets: readonly { readonly chainId: number; readonly netSupplyUsd: Measure }[]): Measure {
  const nets = new Map<number, bigint>()
  for (const { chainId, netSupplyUsd } of markets) {
    if (netSupplyUsd.value === null) return lacking('events')
    nets.set(chainId, (nets.get(chainId) ?? 0n) + BigInt(Math.round(netSupplyUsd.value * 1e8)))
  }
  return knownOr(nets.size < 2 ? null : rotationShare([...nets.values()]), 'events')
}
