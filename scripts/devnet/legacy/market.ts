import { type Address, zeroAddress } from 'viem'
import { type Chain, namedAccount } from '../chain.ts'
import { deployFeed, deployToken } from '../deploy-tokens.ts'
import { Deployer } from '../deployer.ts'
import { installMulticall3, multicall3Address } from '../multicall3.ts'
import { legacyPoolAbi } from './abis.ts'
import { deployCore, type LegacyAddresses } from './deploy-core.ts'
import { createLegacyEMode, joinLegacyEMode, listLegacyReserve } from './list-reserves.ts'
import { type LegacySymbol, legacyEModes, legacyReserves, legacySymbols } from './parameters.ts'

/** A price under a key of the oracle, and the aggregator that logs its answers. */
export interface LegacyPrice {
  readonly source: Address
  readonly aggregator: Address
}

export interface LegacyReserve extends LegacyPrice {
  readonly asset: Address
  readonly aToken: Address
  readonly sToken: Address
  readonly vToken: Address
  readonly decimals: number
}

/** A market of Aave V3.0.2: revision 1 of the pool, its contracts as their authors compiled them. */
export interface LegacyMarket {
  readonly chain: Chain
  readonly addresses: LegacyAddresses & { readonly governance: Address; readonly multicall3: Address }
  readonly reserves: Readonly<Record<LegacySymbol, LegacyReserve>>
  /** The price of the second category: its key is an address without code. */
  readonly eModePrice: LegacyPrice & { readonly key: Address }
}

const eModePriceKey = namedAccount('price of the ETH correlated category')

/** May stand beside other markets of the same chain; tokens and prices are its own. */
export async function deployLegacyMarket(chain: Chain): Promise<LegacyMarket> {
  const governance = namedAccount('governance')
  const deployer = await Deployer.create(chain, governance)
  await installMulticall3(chain)
  const assets = await deployAssets(deployer)
  const eModePrice = { key: eModePriceKey, ...(await deployEModeFeed(deployer)) }
  const prices = [...Object.values(assets).map(({ asset, source }) => ({ key: asset, source })), eModePrice]
  const aave = await deployCore(deployer, prices)
  for (const symbol of legacySymbols) {
    const { asset } = assets[symbol]
    await listLegacyReserve(deployer, aave, { asset, symbol, parameters: legacyReserves[symbol] })
  }
  for (const eMode of legacyEModes) {
    const key = eMode.priceUsd8 === 0 ? zeroAddress : eModePrice.key
    await createLegacyEMode(deployer, aave.configurator, eMode, key)
  }
  for (const symbol of legacySymbols) {
    const { eModeCategory } = legacyReserves[symbol]
    if (eModeCategory !== 0) await joinLegacyEMode(deployer, aave.configurator, assets[symbol].asset, eModeCategory)
  }
  await chain.settle()
  const reserves = await bySymbol((symbol) => describeReserve(chain, aave.pool, assets[symbol], symbol))
  return { chain, addresses: { ...aave, governance, multicall3: multicall3Address }, reserves, eModePrice }
}

type LegacyAsset = LegacyPrice & { readonly asset: Address }

function deployAssets(deployer: Deployer): Promise<Record<LegacySymbol, LegacyAsset>> {
  return bySymbol(async (symbol) => {
    const { decimals, priceUsd8 } = legacyReserves[symbol]
    const asset = await deployToken(deployer, symbol, decimals)
    return { asset, ...(await deployFeed(deployer, symbol, BigInt(priceUsd8))) }
  })
}

function deployEModeFeed(deployer: Deployer): Promise<LegacyPrice> {
  const own = legacyEModes.find(({ priceUsd8 }) => priceUsd8 !== 0)
  if (own === undefined) throw new Error('No category has a price of its own')
  return deployFeed(deployer, own.label, BigInt(own.priceUsd8))
}

async function describeReserve(chain: Chain, pool: Address, asset: LegacyAsset, symbol: LegacySymbol) {
  const call = { address: pool, abi: legacyPoolAbi, functionName: 'getReserveData', args: [asset.asset] } as const
  const data = await chain.client.readContract(call)
  const { aTokenAddress: aToken, stableDebtTokenAddress: sToken, variableDebtTokenAddress: vToken } = data
  return { ...asset, aToken, sToken, vToken, decimals: legacyReserves[symbol].decimals }
}

/** One after another: what is deployed stands where the nonce puts it. */
async function bySymbol<T>(make: (symbol: LegacySymbol) => Promise<T>): Promise<Record<LegacySymbol, T>> {
  const WETH = await make('WETH')
  const wstETH = await make('wstETH')
  const WBTC = await make('WBTC')
  const USDC = await make('USDC')
  const DAI = await make('DAI')
  const USDT = await make('USDT')
  const LINK = await make('LINK')
  return { WETH, wstETH, WBTC, USDC, DAI, USDT, LINK, EURS: await make('EURS') }
}
