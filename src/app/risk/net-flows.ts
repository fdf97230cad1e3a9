import type { AssetFlow, RiskOverview } from '../../core/risk/answers.ts'
import { rotationShare } from '../../core/risk/flows.ts'
import type { AssetHour } from '../../core/risk/hour-row.ts'
import type { MarketHour } from '../../core/risk/hours-from.ts'
import { known, knownOr, lacking, type Measure } from '../../core/risk/measure.ts'
import { DAY_S, recentMarket, sumBy } from './recent.ts'
import type { RiskWorld } from './world.ts'

/** Dollars at the prices of the moment. */
interface Net {
  readonly supply: number
  readonly borrow: number
}

const netOf = (assets: readonly AssetHour[]): Net => ({
  supply: sumBy(assets, ({ supply, withdraw }) => supply - withdraw),
  borrow: sumBy(assets, ({ borrow, repay }) => borrow - repay),
})

const assetsIn = (hours: readonly MarketHour[]): AssetHour[] => hours.flatMap(({ assets }) => Object.values(assets))

/** Row 12, of the last day: what people brought and took away by their own doing. */
export function flowsOf(world: RiskWorld): RiskOverview['flows'] {
  const hours = recentMarket(world, DAY_S)
  if (hours.length === 0) return { netSupplyUsd: lacking('events'), netBorrowUsd: lacking('events'), hours: 0 }
  const { supply, borrow } = netOf(assetsIn(hours))
  return { netSupplyUsd: known(supply), netBorrowUsd: known(borrow), hours: hours.length }
}

/** Of net supply over chains; markets of one chain count together. Lacks the events if one market's are not on record. */
export function rotationOf(markets: readonly { readonly chainId: number; readonly netSupplyUsd: Measure }[]): Measure {
  const nets = new Map<number, number>()
  for (const { chainId, netSupplyUsd } of markets) {
    if (netSupplyUsd.value === null) return lacking('events')
    nets.set(chainId, (nets.get(chainId) ?? 0) + netSupplyUsd.value)
  }
  return knownOr(rotationBetween([...nets.values()]), 'events')
}

const rotationBetween = (netsUsd: readonly number[]): number | null =>
  netsUsd.length < 2 ? null : rotationShare(netsUsd.map((usd) => BigInt(Math.round(usd * 1e8))))

/** By symbol, which is the only name that assets have in common over chains. */
export function assetFlowsOf(worlds: readonly RiskWorld[]): readonly AssetFlow[] {
  const all = worlds.flatMap((world) =>
    assetsIn(recentMarket(world, DAY_S)).map((asset) => ({ chainId: world.chainId, asset })),
  )
  const flows = [...Map.groupBy(all, ({ asset }) => asset.symbol)].map(([symbol, some]): AssetFlow => {
    const chains = [...Map.groupBy(some, ({ chainId }) => chainId)].map(([chainId, own]) => {
      const { supply, borrow } = netOf(own.map(({ asset }) => asset))
      return { chainId, netSupplyUsd: supply, netBorrowUsd: borrow }
    })
    return {
      symbol,
      netSupplyUsd: sumBy(chains, ({ netSupplyUsd }) => netSupplyUsd),
      netBorrowUsd: sumBy(chains, ({ netBorrowUsd }) => netBorrowUsd),
      rotationShare: rotationBetween(chains.map(({ netSupplyUsd }) => netSupplyUsd)),
      chains,
    }
  })
  const moved = ({ chains }: AssetFlow): number =>
    sumBy(chains, ({ netSupplyUsd, netBorrowUsd }) => Math.abs(netSupplyUsd) + Math.abs(netBorrowUsd))
  return flows.toSorted((a, b) => moved(b) - moved(a))
}
