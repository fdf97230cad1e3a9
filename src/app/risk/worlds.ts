import type { MarketConfig } from '../../config/config.ts'
import { PlimsollError, UsageError } from '../../core/errors.ts'
import type { Store } from '../../core/ports.ts'
import type { Worlds } from './answer.ts'
import { historyOf } from './chronicle.ts'
import { historyFrom, type RiskWorld } from './world.ts'

/** What was kept of one market. */
export const keptHistory = (
  store: Pick<Store, 'hours'>,
  market: Pick<MarketConfig, 'name' | 'addressesProvider'>,
  binS: number,
): ReturnType<typeof historyFrom> => historyFrom((root) => store.hours(historyOf(market, binS), root))

/** The markets of a configuration; `open` says how one is seen now, undefined while it is not read. */
export function worldsOf(
  markets: readonly MarketConfig[],
  open: (market: MarketConfig) => RiskWorld | undefined,
): Worlds {
  return {
    of(name) {
      const market = markets.find((one) => one.name === name)
      if (market === undefined) throw noMarket(name, markets)
      const world = open(market)
      if (world === undefined) throw notReady(name)
      return world
    },
    all: () => markets.map(open).filter((world) => world !== undefined),
    unread: () => markets.filter((market) => open(market) === undefined).map(({ name }) => name),
  }
}

const noMarket = (name: string, markets: readonly MarketConfig[]): UsageError =>
  new UsageError({
    code: 'UNKNOWN_MARKET',
    what: `market "${name}" is not in the configuration`,
    why: `it names ${markets.map((market) => market.name).join(', ')}`,
    fix: 'Choose one of these.',
  })

const notReady = (name: string): PlimsollError =>
  new PlimsollError(
    {
      code: 'RISK_NOT_READY',
      what: `the wave of market "${name}"`,
      why: 'the market is being read for the first time, or anew',
      fix: 'Ask again once /readyz says that the market is synced.',
    },
    75,
  )
