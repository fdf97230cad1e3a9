import * as arbitrum from '@aave-dao/aave-address-book/AaveV3Arbitrum'
import * as ethereum from '@aave-dao/aave-address-book/AaveV3Ethereum'
import * as optimism from '@aave-dao/aave-address-book/AaveV3Optimism'
import type { Address } from 'viem'
import { CHAINS } from '../../src/config/chains.ts'
import { MARKETS } from '../../src/config/markets.ts'
import { type ChainName, type ChainSpec, chainSpec, emptyBlockSeconds } from './chain-spec.ts'
import type { Places } from './deployer.ts'
import type { ReserveSymbol } from './risk-parameters.ts'

type Assets = Readonly<Record<ReserveSymbol, { readonly UNDERLYING: Address; readonly ORACLE: Address }>>

/** The address book's USDC on rollups is the bridged one; the native one came later and is called USDCn. */
const books = {
  ethereum: { market: ethereum, assets: ethereum.ASSETS },
  optimism: { market: optimism, assets: { ...optimism.ASSETS, USDC: optimism.ASSETS.USDCn } },
  arbitrum: { market: arbitrum, assets: { ...arbitrum.ASSETS, USDC: arbitrum.ASSETS.USDCn } },
} as const

/** The same on the three chains, says github.com/Uniswap/v3-periphery/deploys.md; our own configuration never asks for it. */
const positionManager: Address = '0xC36442b4a4522E871399CD717aBDD847Ab11FE88'

/** The real addresses of what the shipped market and its users call, by the parts that the deployment names. */
export function realPlaces(name: ChainName): Places {
  const { market } = books[name]
  const assets: Assets = books[name].assets
  const uniswap = known(CHAINS, name).uniswapV3
  const places = new Map<string, Address>([
    ['addressesProvider', market.POOL_ADDRESSES_PROVIDER],
    ['registry', market.POOL_ADDRESSES_PROVIDER_REGISTRY],
    ['oracle', market.ORACLE],
    ['aclManager', market.ACL_MANAGER],
    ['protocolDataProvider', market.AAVE_PROTOCOL_DATA_PROVIDER],
    ['uiPoolDataProvider', market.UI_POOL_DATA_PROVIDER],
    ['rateStrategy', books[name].assets.WETH.INTEREST_RATE_STRATEGY],
    ['treasury', market.COLLECTOR],
    ['uniswapFactory', uniswap.factory],
    ['quoter', uniswap.quoter],
    ['positionManager', positionManager],
  ])
  if (uniswap.router !== undefined) places.set('swapRouter', uniswap.router)
  for (const [symbol, { UNDERLYING, ORACLE }] of Object.entries(assets)) {
    places.set(`token ${symbol}`, UNDERLYING)
    places.set(`source ${symbol}`, ORACLE)
  }
  return places
}

/** Begins so many blocks before, and so much earlier, that the market's first block comes when the devnet's does. */
export function replicaSpec(name: ChainName): ChainSpec {
  const spec = chainSpec(name)
  const emptyBlocks = known(MARKETS, `aave-v3-${name}`).fromBlock - 1
  const beforeMs = emptyBlocks * emptyBlockSeconds(spec) * 1000
  return { ...spec, emptyBlocks, genesis: new Date(spec.genesis.getTime() - beforeMs) }
}

function known<T>(table: Readonly<Record<string, T>>, name: string): T {
  const entry = table[name]
  if (entry === undefined) throw new RangeError(`The configuration ships nothing called ${name}`)
  return entry
}
