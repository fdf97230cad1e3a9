import type { Address } from 'viem'
import { aaveArtifact, ownArtifact } from './artifacts.ts'
import type { Deployer } from './deployer.ts'
import { type ReserveSymbol, type RiskParameters, reserveSymbols } from './risk-parameters.ts'

/** A listed asset, the price source the oracle reads, and the aggregator that logs its answers. */
export interface Asset {
  readonly asset: Address
  readonly source: Address
  /** For wstETH this is the aggregator of ETH: its own price moves without logs. */
  readonly aggregator: Address
}

/** Where the feed is not called after the token. */
const feedNames: Readonly<Record<string, string>> = { WETH: 'ETH / USD', WBTC: 'BTC / USD' }

const yearSeconds = 31_536_000n
/** Yearly growth of the staking ratio, and of the cap on it, which starts a little higher. */
const growthBps = { ratio: 330n, cap: 968n }
const capHeadroomBps = 50n

export async function deployToken(deployer: Deployer, symbol: string, decimals: number): Promise<Address> {
  const owner = deployer.account
  const [name, args] =
    symbol === 'WETH'
      ? ['mocks/WETH9Mock', ['Wrapped Ether', symbol, owner]]
      : ['mocks/testnet-helpers/TestnetERC20', [symbol, symbol, decimals, owner]]
  return deployer.deployAs(`token ${symbol}`, aaveArtifact(name), args)
}

export async function deployFeed(deployer: Deployer, symbol: string, priceUsd8: bigint) {
  const description = feedNames[symbol] ?? `${symbol} / USD`
  const owner = deployer.account
  const aggregator = await deployer.deploy(ownArtifact('mocks/Aggregator'), [owner, 8, description, priceUsd8])
  const source = await deployer.deployAs(`source ${symbol}`, ownArtifact('mocks/FeedProxy'), [owner, aggregator])
  return { source, aggregator }
}

/** The ratio is what the fixture's two prices say it was. */
async function deployRatioFeed(deployer: Deployer, base: Address, ratio: bigint): Promise<Address> {
  const startTime = deployer.chain.head.timestamp
  const line = (startRatio: bigint, bps: bigint) => ({
    startRatio,
    startTime,
    growthPerSecond: (startRatio * bps) / 10_000n / yearSeconds,
  })
  const cap = ratio + (ratio * capHeadroomBps) / 10_000n
  const args = [deployer.account, base, 'wstETH / ETH / USD', line(ratio, growthBps.ratio), line(cap, growthBps.cap)]
  return deployer.deployAs('source wstETH', ownArtifact('mocks/CappedRatioFeed'), args)
}

/** Every asset with a price of its own; the tokens may be there already. */
export async function deployAssets(
  deployer: Deployer,
  risk: RiskParameters,
  tokens?: Readonly<Record<ReserveSymbol, Pick<Asset, 'asset'>>>,
): Promise<Record<ReserveSymbol, Asset>> {
  const assets: Partial<Record<ReserveSymbol, Asset>> = {}
  for (const symbol of reserveSymbols) {
    const asset = tokens?.[symbol].asset ?? (await deployToken(deployer, symbol, risk.reserves[symbol].decimals))
    assets[symbol] = { asset, ...(await deployPrice(deployer, symbol, risk, assets.WETH)) }
  }
  return assets as Record<ReserveSymbol, Asset>
}

async function deployPrice(deployer: Deployer, symbol: ReserveSymbol, risk: RiskParameters, ether?: Asset) {
  const priceUsd8 = BigInt(risk.reserves[symbol].priceUsd8)
  if (symbol !== 'wstETH') return deployFeed(deployer, symbol, priceUsd8)
  if (ether === undefined) throw new Error('wstETH is priced in WETH, which must be listed before it')
  const ratio = (priceUsd8 * 10n ** 18n) / BigInt(risk.reserves.WETH.priceUsd8)
  return { source: await deployRatioFeed(deployer, ether.source, ratio), aggregator: ether.aggregator }
}
