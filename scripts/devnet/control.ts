import { type Address, type EncodeFunctionDataParameters, encodeFunctionData, type Hash, type Hex } from 'viem'
import { addressesProviderAbi, aggregatorAbi, configuratorAbi, feedProxyAbi, oracleAbi } from './abis.ts'
import { ownArtifact } from './artifacts.ts'
import { deployLinked } from './deploy-aave.ts'
import { deployFeed, deployToken } from './deploy-tokens.ts'
import { Deployer } from './deployer.ts'
import { type ListingParameters, listReserve } from './list-reserves.ts'
import type { Market } from './market.ts'
import type { ReserveSymbol } from './risk-parameters.ts'

/** An oracle's report outbids the crowd. */
const reportTipFactor = 3n

type ConfiguratorCall = Omit<EncodeFunctionDataParameters<typeof configuratorAbi>, 'abi'>

export interface NewReserve {
  readonly symbol: string
  readonly decimals: number
  readonly priceUsd8: bigint
  readonly parameters: ListingParameters
}

/** What governance and oracles do. All of it is mined at once, except `reportPrice`. */
/** The genuine pool under other numbers: 99, 10 again, and 101. */
const POOLS = {
  'unknown revision': 'PoolOfUnknownRevision',
  'known revision': 'PoolOfKnownRevision',
  'named revision': 'PoolOfNamedRevision',
} as const

export class Control {
  readonly #market: Market

  constructor(market: Market) {
    this.#market = market
  }

  /** Sends the oracle's report and leaves it pending. */
  reportPrice(symbol: ReserveSymbol, priceUsd8: bigint): Promise<Hash> {
    if (symbol === 'wstETH') throw new Error('wstETH has no aggregator of its own: report WETH, or set its ratio')
    const { chain, reserves, addresses } = this.#market
    const data = encodeFunctionData({ abi: aggregatorAbi, functionName: 'report', args: [priceUsd8] })
    const tipWei = reportTipFactor * chain.baseFeeWei
    return chain.send({ from: addresses.governance, to: reserves[symbol].aggregator, data, tipWei })
  }

  async setPrice(symbol: ReserveSymbol, priceUsd8: bigint): Promise<void> {
    await this.reportPrice(symbol, priceUsd8)
    await this.#market.chain.settle()
  }

  async mine(blocks = 1): Promise<void> {
    for (let mined = 0; mined < blocks; mined++) await this.#market.chain.mineBlock()
  }

  /** One block at this time, in seconds. */
  mineWith(timestamp: bigint): Promise<void> {
    return this.#market.chain.mineBlock(timestamp)
  }

  advance(seconds: number | bigint): Promise<void> {
    return this.mineWith(this.#market.chain.head.timestamp + BigInt(seconds))
  }

  /** Sends from any address; `send` leaves it pending, `execute` mines it and insists on success. */
  as(from: Address) {
    const { chain } = this.#market
    const send = (to: Address, data: Hex, valueWei = 0n) => chain.send({ from, to, data, valueWei })
    const execute = async (to: Address, data: Hex, valueWei = 0n) => {
      const hash = await send(to, data, valueWei)
      await chain.settle()
      return hash
    }
    return { send, execute }
  }

  /** Any call of the pool's configurator: `configure({ functionName: 'setReserveFreeze', args: [asset, true] })`. */
  async configure(call: ConfiguratorCall): Promise<Hash> {
    const { addresses } = this.#market
    const parameters: EncodeFunctionDataParameters<typeof configuratorAbi> = { ...call, abi: configuratorAbi }
    return this.as(addresses.governance).execute(addresses.configurator, encodeFunctionData(parameters))
  }

  async addReserve(reserve: NewReserve): Promise<{ asset: Address; source: Address; aggregator: Address }> {
    const { chain, addresses } = this.#market
    const deployer = await Deployer.create(chain, addresses.governance)
    const asset = await deployToken(deployer, reserve.symbol, reserve.decimals)
    const feed = await deployFeed(deployer, reserve.symbol, reserve.priceUsd8)
    const args = [[asset], [feed.source]] as const
    await deployer.call(addresses.oracle, encodeFunctionData({ abi: oracleAbi, functionName: 'setAssetSources', args }))
    await listReserve(deployer, addresses, { asset, symbol: reserve.symbol, parameters: reserve.parameters })
    await chain.settle()
    return { asset, ...feed }
  }

  /**
   * A pool implementation to upgrade to, not yet in use. A proxy takes only a higher internal revision: the unknown
   * one first, then the known one.
   */
  async deployPool(revision: keyof typeof POOLS): Promise<Address> {
    const { chain, addresses } = this.#market
    const deployer = await Deployer.create(chain, addresses.governance)
    const artifact = ownArtifact('mocks/PoolOfRevision', POOLS[revision])
    const pool = await deployLinked(deployer, artifact, [addresses.addressesProvider, addresses.rateStrategy])
    await chain.settle()
    return pool
  }

  upgradePool(implementation: Address): Promise<Hash> {
    const { addresses } = this.#market
    const args = [implementation] as const
    const data = encodeFunctionData({ abi: addressesProviderAbi, functionName: 'setPoolImpl', args })
    return this.as(addresses.governance).execute(addresses.addressesProvider, data)
  }

  /** A new aggregator behind the same proxy: the price jumps, and the proxy's old aggregator stays silent. */
  async replaceAggregator(symbol: Exclude<ReserveSymbol, 'wstETH'>, priceUsd8: bigint): Promise<Address> {
    const { chain, addresses, reserves } = this.#market
    const deployer = await Deployer.create(chain, addresses.governance)
    const args = [addresses.governance, 8, `${symbol} / USD`, priceUsd8]
    const aggregator = await deployer.deploy(ownArtifact('mocks/Aggregator'), args)
    const data = encodeFunctionData({ abi: feedProxyAbi, functionName: 'confirmAggregator', args: [aggregator] })
    await deployer.call(reserves[symbol].source, data)
    await chain.settle()
    return aggregator
  }
}
