import type { Address } from 'viem'
import type { AlertsConfig, ChainConfig, Config } from '../../config/config.ts'
import { resolve } from '../../config/resolve.ts'
import { schema } from '../../config/schema.ts'
import type { Limits } from '../../core/plan.ts'
import type { RecordingMeta } from '../../core/recording.ts'

/** What is put in place of the configuration; what is absent stays as configured. */
export interface Overrides {
  readonly minProfitUsd8?: bigint
  readonly maxDebtUsd8?: bigint
  readonly slippageBps?: number
  readonly latencyBlocks?: number
}

/** Everything a backtest decides by. */
export interface OfflineSettings {
  readonly chain: ChainConfig
  readonly alerts: AlertsConfig
  readonly slippageBps: number
  readonly latencyBlocks: number
  limits(market: string): Limits
  contract(market: string): Address | undefined
}

/** What the sale of collateral is taken to lose where no quote was recorded. */
const DEFAULT_SLIPPAGE_BPS = 50
/** A plan made on a block is included in the next one. */
const DEFAULT_LATENCY_BLOCKS = 1
/** Nothing is asked of it: a backtest needs no node. */
const NO_NODE = 'http://127.0.0.1:9'

/** The configuration as far as it speaks of the recorded markets; defaults for what it leaves out, and without one. */
export function offlineSettings(
  meta: RecordingMeta,
  config: Config | undefined,
  overrides: Overrides,
): OfflineSettings {
  const bare = bareConfig(meta)
  const chain = config?.chains.find(({ id }) => id === meta.chainId) ?? bare.chains[0]
  if (chain === undefined) throw new RangeError('a recording without a chain')
  const { minProfitUsd8, maxDebtUsd8 } = overrides
  const executorOf = (market: string) => config?.executor.markets.get(market) ?? bare.executor.markets.get(market)
  return {
    chain: { ...chain, blockTimeS: meta.blockTimeS },
    alerts: config?.alerts ?? bare.alerts,
    slippageBps: overrides.slippageBps ?? DEFAULT_SLIPPAGE_BPS,
    latencyBlocks: overrides.latencyBlocks ?? DEFAULT_LATENCY_BLOCKS,
    limits(market) {
      const found = executorOf(market)
      if (found === undefined) throw new RangeError(`no limits for market ${market}`)
      return {
        ...found.limits,
        ...(minProfitUsd8 === undefined ? {} : { minProfitUsd8 }),
        ...(maxDebtUsd8 === undefined ? {} : { maxDebtUsd8 }),
      }
    },
    contract: (market) => executorOf(market)?.contract,
  }
}

function bareConfig({ chain, chainId, blockTimeS, markets }: RecordingMeta): Config {
  const file = schema.parse({
    chains: { [chain]: { id: chainId, rpc: [NO_NODE], blockTimeS } },
    markets: markets.map(({ name, protocol, addressesProvider }) => ({ name, protocol, chain, addressesProvider })),
  })
  return resolve(file, '.')
}
