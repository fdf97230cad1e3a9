import { type Address, numberToHex, zeroAddress } from 'viem'
import { aaveArtifact, coreV3Artifact } from '../devnet/artifacts.ts'
import { Chain, type Rpc, type Transaction } from '../devnet/chain.ts'
import { type ChainName, chainSpec } from '../devnet/chain-spec.ts'
import type { Deployer } from '../devnet/deployer.ts'
import { listLegacyReserve } from '../devnet/legacy/list-reserves.ts'
import { deployLegacyMarket, type LegacyMarket } from '../devnet/legacy/market.ts'
import { legacyEModes, legacyReserves, legacySymbols } from '../devnet/legacy/parameters.ts'
import { type ListingParameters, listReserve } from '../devnet/list-reserves.ts'
import { deployMarket } from '../devnet/market.ts'
import { openNetwork } from '../devnet/network.ts'
import type { Random } from '../devnet/random.ts'
import { type InterestRates, reserveSymbols } from '../devnet/risk-parameters.ts'

/** Sets of real contracts to compare with. */
export const contractSets = ['aave-v3.6', 'aave-v3.0.2'] as const
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
    readonly aclManager: Address
    readonly oracle: Address
    readonly treasury: Address
    readonly governance: Address
    readonly multicall3: Address
    readonly sequencerOracle?: Address
    readonly priceOracleSentinel?: Address
  }
  readonly listings: readonly Listing[]
  readonly eModes: readonly { readonly id: number; readonly assets: readonly Address[] }[]
  /** Of V3.0.2: the price of a category, under a key of the oracle that is no reserve. */
  readonly eModePrice?: LegacyMarket['eModePrice']
  /** What a listing proposal does for one more asset. Left pending. */
  list(deployer: Deployer, proposal: Proposal, random: Random): Promise<void>
  /** Another oracle of the set's kind; prices in US dollars with 8 decimals. Left pending. */
  deployOracle(deployer: Deployer, terms: OracleTerms): Promise<Address>
  close(): Promise<void>
}

export interface Proposal {
  readonly asset: Address
  readonly symbol: string
  readonly decimals: number
  readonly parameters: ListingParameters
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

type Market = Omit<Ground, 'set' | 'chain' | 'close' | 'deployOracle'>

/** `arbitrum` has a sequencer, the pool for rollups, and blocks that share a timestamp. */
export async function openGround(set: ContractSet, chainName: ChainName): Promise<Ground> {
  const spec = chainSpec(chainName)
  const connection = await openNetwork(spec)
  try {
    const rpc: Rpc = connection.provider
    const chain = new CountingChain(spec, rpc)
    await chain.sync()
    const market = await deploy[set](chain)
    const artifact = set === 'aave-v3.6' ? aaveArtifact('misc/AaveOracle') : coreV3Artifact('misc/AaveOracle')
    const deployOracle: Ground['deployOracle'] = (deployer, { assets, sources, fallback }) => {
      const { addressesProvider } = market.addresses
      return deployer.deploy(artifact, [addressesProvider, assets, sources, fallback, zeroAddress, 10n ** 8n])
    }
    return { set, chain, ...market, deployOracle, close: () => connection.close() }
  } catch (error) {
    await connection.close()
    throw error
  }
}

const deploy: Record<ContractSet, (chain: Chain) => Promise<Market>> = {
  async 'aave-v3.6'(chain) {
    const { addresses, reserves, risk } = await deployMarket(chain)
    const listings = reserveSymbols.map((symbol) => {
      const { asset, source, aggregator } = reserves[symbol]
      const { priceUsd8, ...terms } = risk.reserves[symbol]
      const reported = symbol === 'wstETH' ? undefined : aggregator
      return { ...terms, symbol, asset, source, aggregator: reported, priceUsd8: BigInt(priceUsd8) }
    })
    const eModes = risk.eModes.map(({ id, assets }) => ({ id, assets: assets.map((symbol) => reserves[symbol].asset) }))
    return { addresses, listings, eModes, list: (deployer, proposal) => listReserve(deployer, addresses, proposal) }
  },

  async 'aave-v3.0.2'(chain) {
    const { addresses, reserves, eModePrice } = await deployLegacyMarket(chain)
    const listings = legacySymbols.map((symbol) => {
      const { priceUsd8, ...terms } = legacyReserves[symbol]
      return { ...terms, ...reserves[symbol], symbol, priceUsd8: BigInt(priceUsd8) }
    })
    const eModes = legacyEModes.map(({ id }) => {
      const members = legacySymbols.filter((symbol) => legacyReserves[symbol].eModeCategory === id)
      return { id, assets: members.map((symbol) => reserves[symbol].asset) }
    })
    const list: Ground['list'] = (deployer, { asset, symbol, decimals, parameters }, random) => {
      const more = {
        stableBorrowing: random.chance(0.5),
        borrowableInIsolation: random.chance(0.5),
        siloed: random.chance(0.3),
        debtCeilingUsd2: random.pick([0, 0, 1_000, 100_000_000]),
        eModeCategory: 0,
      }
      // Only of the tables of the devnet.
      const priceUsd8 = 0
      return listLegacyReserve(deployer, addresses, {
        asset,
        symbol,
        parameters: { ...parameters, ...more, decimals, priceUsd8 },
      })
    }
    return { addresses, listings, eModes, eModePrice, list }
  },
}
