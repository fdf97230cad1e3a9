import { Chain } from '../chain.ts'
import { type ChainName, chainSpec } from '../chain-spec.ts'
import { startNetwork } from '../network.ts'
import { deployLegacyMarket, type LegacyMarket } from './market.ts'

export interface LegacyDevnet {
  readonly http: string
  readonly ws: string
  readonly chain: Chain
  readonly market: LegacyMarket
  close(): Promise<void>
}

/** A chain with a market of Aave V3.0.2 on it and nobody in the market: no exchange, no population, no story. */
export async function startLegacyDevnet(name: ChainName, port = 0): Promise<LegacyDevnet> {
  const spec = chainSpec(name)
  const network = await startNetwork(spec, port)
  try {
    const chain = new Chain(spec, network.connection.provider)
    await chain.sync()
    const market = await deployLegacyMarket(chain)
    await chain.setBlockGasLimit(spec.blockGasLimit)
    await chain.mineBlock()
    return { http: network.http, ws: network.ws, chain, market, close: network.close }
  } catch (error) {
    await network.close()
    throw error
  }
}
