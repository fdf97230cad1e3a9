import { type Address, numberToHex, zeroAddress } from 'viem'
import { aaveArtifact } from '../devnet/artifacts.ts'
import { Chain, type Rpc, type Transaction } from '../devnet/chain.ts'
import { type ChainName, chainSpec } from '../devnet/chain-spec.ts'
import type { Deployer } from '../devnet/deployer.ts'
import { type ListingParameters, listReserve } from '../devnet/list-reserves.ts'
import { deployMarket } from '../devnet/market.ts'
import { openNetwork } from '../devnet/network.ts'
import { type InterestRates, reserveSymbols } from '../devnet/risk-parameters.ts'

/** Sets of real contracts to compare with. */
export const contractSets = ['aave-v3.6'] as const
export type ContractSet = (typeof contractSets)[number]
export const isContractSet = (name: string): name is ContractSet => contractSets.some((set) => set === name)

/** How a reserve was listed: what governance returns to when it has tried everything else. */
export interface Listing {
  readonly symbol: string
  readonly asset: Address
  readonly decimals: number
  readonly priceUsd8: bigint
  readonly ltvBps: number
  readonly ltBps: number
  readonly bonusBps: number
  readonly supplyCap: number
  readonly borrowCap: number
  readonly rates: InterestRates
  readonly source: Address
  /** Who reports the price behind the source; undefined for a ratio on another feed. */
  readonly aggregator: Address | undefined
}

/** A chain with the contracts of one set on it, and nobody in the market. */
export interface Ground {
  readonly set: ContractSet
  readonly chain: CountingChain
  readonly addresses: {
    readonly addressesProvider: Address
    readonly pool: Address
    readonly configurator: Address
    readonly oracle: Address
    readonly treasury: Address
    readonly governance: Address
    readonly multicall3: Address
    readonly sequencerOracle?: Address
    readonly priceOracleSentinel?: Address
  }
  readonly listings: readonly Listing[]
  readonly eModes: readonly { readonly id: number; readonly assets: readonly Address[] }[]
  /** What a listing proposal does for one more asset. Left pending. */
  list(deployer: Deployer, listing: { asset: Address; symbol: string; parameters: ListingParameters }): Promise<void>
  /** Another oracle of the set's kind; prices in US dollars with 8 decimals. Left pending. */
  deployOracle(deployer: Deployer, terms: OracleTerms): Promise<Address>
  close(): Promise<void>
}

export interface OracleTerms {
  readonly assets: readonly Address[]
  readonly sources: readonly Address[]
  readonly fallback: Address
}

/** Counts what was sent, so that receipts can be told apart by the action they belong to. */
export class CountingChain extends Chain {
  sent = 0

  override send(transaction: Transaction) {
    this.sent++
    return super.send(transaction)
  }

  /** Calls at `pending` see the block to come at this time. */
  async setNext(timestamp: bigint): Promise<void> {
    await this.rpc('evm_setNextBlockTimestamp', numberToHex(timestamp))
  }
}

/** `arbitrum` has a sequencer, the pool for rollups, and blocks that share a timestamp. */
export async function openGround(set: ContractSet, chainName: ChainName): Promise<Ground> {
  const spec = chainSpec(chainName)
  const connection = await openNetwork(spec)
  try {
    const rpc: Rpc = connection.provider
    const chain = new CountingChain(spec, rpc)
    await chain.sync()
    const { addresses, reserves, risk } = await deployMarket(chain)
    const listings = reserveSymbols.map((symbol) => {
      const { asset, source, aggregator } = reserves[symbol]
      const { priceUsd8, ...terms } = risk.reserves[symbol]
      const reported = symbol === 'wstETH' ? undefined : aggregator
      return { ...terms, symbol, asset, source, aggregator: reported, priceUsd8: BigInt(priceUsd8) }
    })
    const eModes = risk.eModes.map(({ id, assets }) => ({ id, assets: assets.map((symbol) => reserves[symbol].asset) }))
    const list: Ground['list'] = (deployer, listing) => listReserve(deployer, addresses, listing)
    const deployOracle: Ground['deployOracle'] = (deployer, { assets, sources, fallback }) => {
      const args = [addresses.addressesProvider, assets, sources, fallback, zeroAddress, 10n ** 8n]
      return deployer.deploy(aaveArtifact('misc/AaveOracle'), args)
    }
    return { set, chain, addresses, listings, eModes, list, deployOracle, close: () => connection.close() }
  } catch (error) {
    await connection.close()
    throw error
  }
}
