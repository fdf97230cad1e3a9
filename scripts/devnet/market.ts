import type { Address } from 'viem'
import { poolAbi } from './abis.ts'
import { type Chain, namedAccount } from './chain.ts'
import { type AaveAddresses, deployAave } from './deploy-aave.ts'
import { type Asset, deployAssets } from './deploy-tokens.ts'
import { deployUniswap, type UniswapAddresses } from './deploy-uniswap.ts'
import { Deployer, type Places } from './deployer.ts'
import { setL1Fees } from './l1-fees.ts'
import { provideLiquidity, type Token } from './liquidity.ts'
import { listEMode, listReserve } from './list-reserves.ts'
import { installMulticall3, multicall3Address } from './multicall3.ts'
import { type ReserveSymbol, type RiskParameters, reserveSymbols, riskParameters } from './risk-parameters.ts'

export interface Reserve extends Asset {
  readonly aToken: Address
  readonly vToken: Address
  readonly decimals: number
}

export type DevnetAddresses = AaveAddresses &
  UniswapAddresses & { readonly wrappedNative: Address; readonly multicall3: Address; readonly governance: Address }

/** Everything that was deployed on one chain. */
export interface Market {
  readonly chain: Chain
  readonly risk: RiskParameters
  readonly addresses: DevnetAddresses
  readonly reserves: Readonly<Record<ReserveSymbol, Reserve>>
}

/** A market beside `other` lists the same tokens, at prices of its own. `places` puts contracts at given addresses. */
export async function deployMarket(chain: Chain, other?: Market, places?: Places): Promise<Market> {
  const governance = namedAccount('governance')
  const risk = riskParameters(chain.spec.name)
  const deployer = await Deployer.create(chain, governance, places)
  await installMulticall3(chain)
  if (chain.spec.chainType === 'op') await setL1Fees(chain)
  const assets = await deployAssets(deployer, risk, other?.reserves)
  const aave = await deployAave(deployer, Object.values(assets), assets.WETH)
  for (const symbol of reserveSymbols) {
    await listReserve(deployer, aave, { asset: assets[symbol].asset, symbol, parameters: risk.reserves[symbol] })
  }
  for (const eMode of risk.eModes) {
    await listEMode(deployer, aave.configurator, eMode, (symbol) => assets[symbol].asset)
  }
  const wrappedNative = assets.WETH.asset
  const uniswap = await deployUniswap(deployer, wrappedNative)
  await chain.settle()
  const reserves = await describeReserves(chain, aave.pool, { assets, risk })
  await provideLiquidity(chain, uniswap.positionManager, governance, tokensOf(reserves, risk))
  await chain.settle()
  // Wrapped ether that is minted must be redeemable, so the contract is given the ether behind it.
  await chain.rpc('hardhat_setBalance', wrappedNative, `0x${(10n ** 26n).toString(16)}`)
  const addresses = { ...aave, ...uniswap, wrappedNative, multicall3: multicall3Address, governance }
  return { chain, risk, addresses, reserves }
}

async function describeReserves(
  chain: Chain,
  pool: Address,
  { assets, risk }: { assets: Readonly<Record<ReserveSymbol, Asset>>; risk: RiskParameters },
): Promise<Record<ReserveSymbol, Reserve>> {
  const entries = await Promise.all(
    reserveSymbols.map(async (symbol) => [symbol, await describeReserve(chain, pool, assets[symbol], risk, symbol)]),
  )
  return Object.fromEntries(entries)
}

async function describeReserve(
  chain: Chain,
  pool: Address,
  asset: Asset,
  risk: RiskParameters,
  symbol: ReserveSymbol,
): Promise<Reserve> {
  const args = [asset.asset] as const
  const contract = { address: pool, abi: poolAbi, args } as const
  const aToken = await chain.client.readContract({ ...contract, functionName: 'getReserveAToken' })
  const vToken = await chain.client.readContract({ ...contract, functionName: 'getReserveVariableDebtToken' })
  return { ...asset, aToken, vToken, decimals: risk.reserves[symbol].decimals }
}

export function tokensOf(
  reserves: Readonly<Record<ReserveSymbol, Reserve>>,
  risk: RiskParameters,
): Record<ReserveSymbol, Token> {
  const entries = reserveSymbols.map((symbol) => {
    const { asset, decimals } = reserves[symbol]
    return [symbol, { asset, decimals, priceUsd8: BigInt(risk.reserves[symbol].priceUsd8) }]
  })
  return Object.fromEntries(entries)
}
