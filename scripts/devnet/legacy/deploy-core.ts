import { type Address, encodeFunctionData, zeroAddress } from 'viem'
import { aclManagerAbi, addressesProviderAbi } from '../abis.ts'
import { coreV3Artifact } from '../artifacts.ts'
import { namedAccount } from '../chain.ts'
import { deployLinked, proxyOf } from '../deploy-aave.ts'
import type { Deployer } from '../deployer.ts'
import { legacyConfiguratorAbi } from './abis.ts'

export interface LegacyAddresses {
  readonly addressesProvider: Address
  readonly registry: Address
  readonly pool: Address
  readonly configurator: Address
  readonly aclManager: Address
  readonly oracle: Address
  /** Asked by the oracle where a source is missing or answers nothing above 0; it knows no price until told one. */
  readonly fallbackOracle: Address
  readonly protocolDataProvider: Address
  readonly treasury: Address
  readonly aTokenImpl: Address
  readonly stableDebtTokenImpl: Address
  readonly variableDebtTokenImpl: Address
  /** Only where there is a sequencer. */
  readonly priceOracleSentinel?: Address
  readonly sequencerOracle?: Address
}

/** A key of the oracle and what it reads there. */
export interface PriceSource {
  readonly key: Address
  readonly source: Address
}

const marketId = 'Plimsoll devnet, V3.0.2'
const sentinelGraceSeconds = 3600n
/** Of a flash loan; and the treasury's share of that, the rest going to the lenders. */
export const legacyFlashLoanBps = { premium: 9n, shareOfTreasury: 3000n }

/** The steps of Aave's deploy scripts of the time, by one account that is also the governance. */
export async function deployCore(deployer: Deployer, prices: readonly PriceSource[]): Promise<LegacyAddresses> {
  const artifact = coreV3Artifact('protocol/configuration/PoolAddressesProvider')
  const provider = await deployer.deploy(artifact, [marketId, deployer.account])
  const registry = await deployRegistry(deployer, provider)
  const protocolDataProvider = await deployer.deploy(coreV3Artifact('misc/AaveProtocolDataProvider'), [provider])
  // Listing asks it whether anybody has supplied.
  await set(deployer, provider, 'setPoolDataProvider', protocolDataProvider)
  const aclManager = await deployRoles(deployer, provider)
  const oracles = await deployOracles(deployer, provider, prices)
  const pool = await deployPool(deployer, provider)
  const configurator = await deployConfigurator(deployer, provider)
  const sentinel = deployer.chain.spec.isRollup ? await deploySentinel(deployer, provider) : {}
  const tokens = await deployTokenImplementations(deployer, pool)
  const treasury = namedAccount('treasury of V3.0.2')
  const core = { addressesProvider: provider, registry, pool, configurator, aclManager, protocolDataProvider, treasury }
  return { ...core, ...oracles, ...tokens, ...sentinel }
}

async function deployRegistry(deployer: Deployer, provider: Address): Promise<Address> {
  const artifact = coreV3Artifact('protocol/configuration/PoolAddressesProviderRegistry')
  const registry = await deployer.deploy(artifact, [deployer.account])
  const args = [provider, 1n] as const
  const functionName = 'registerAddressesProvider'
  await deployer.call(registry, encodeFunctionData({ abi: addressesProviderAbi, functionName, args }))
  return registry
}

async function deployRoles(deployer: Deployer, provider: Address): Promise<Address> {
  await set(deployer, provider, 'setACLAdmin', deployer.account)
  const manager = await deployer.deploy(coreV3Artifact('protocol/configuration/ACLManager'), [provider])
  await set(deployer, provider, 'setACLManager', manager)
  const args = [deployer.account] as const
  for (const functionName of ['addPoolAdmin', 'addEmergencyAdmin'] as const) {
    await deployer.call(manager, encodeFunctionData({ abi: aclManagerAbi, functionName, args }))
  }
  return manager
}

/** Prices in US dollars with 8 decimals. */
async function deployOracles(deployer: Deployer, provider: Address, prices: readonly PriceSource[]) {
  const fallbackOracle = await deployer.deploy(coreV3Artifact('mocks/oracle/PriceOracle'), [])
  const keys = prices.map(({ key }) => key)
  const sources = prices.map(({ source }) => source)
  const args = [provider, keys, sources, fallbackOracle, zeroAddress, 10n ** 8n]
  const oracle = await deployer.deploy(coreV3Artifact('misc/AaveOracle'), args)
  await set(deployer, provider, 'setPriceOracle', oracle)
  return { oracle, fallbackOracle }
}

async function deployPool(deployer: Deployer, provider: Address): Promise<Address> {
  const name = deployer.chain.spec.isRollup ? 'L2Pool' : 'Pool'
  const implementation = await deployLinked(deployer, coreV3Artifact(`protocol/pool/${name}`), [provider])
  await set(deployer, provider, 'setPoolImpl', implementation)
  return proxyOf(provider, 1)
}

async function deployConfigurator(deployer: Deployer, provider: Address): Promise<Address> {
  const implementation = await deployLinked(deployer, coreV3Artifact('protocol/pool/PoolConfigurator'), [])
  await set(deployer, provider, 'setPoolConfiguratorImpl', implementation)
  const configurator = proxyOf(provider, 2)
  for (const [functionName, value] of [
    ['updateFlashloanPremiumTotal', legacyFlashLoanBps.premium],
    ['updateFlashloanPremiumToProtocol', legacyFlashLoanBps.shareOfTreasury],
  ] as const) {
    await deployer.call(configurator, encodeFunctionData({ abi: legacyConfiguratorAbi, functionName, args: [value] }))
  }
  return configurator
}

async function deploySentinel(deployer: Deployer, provider: Address) {
  const sequencerOracle = await deployer.deploy(coreV3Artifact('mocks/oracle/SequencerOracle'), [deployer.account])
  const args = [provider, sequencerOracle, sentinelGraceSeconds]
  const artifact = coreV3Artifact('protocol/configuration/PriceOracleSentinel')
  const priceOracleSentinel = await deployer.deploy(artifact, args)
  await set(deployer, provider, 'setPriceOracleSentinel', priceOracleSentinel)
  return { priceOracleSentinel, sequencerOracle }
}

async function deployTokenImplementations(deployer: Deployer, pool: Address) {
  const deploy = (name: string) => deployer.deploy(coreV3Artifact(`protocol/tokenization/${name}`), [pool])
  const aTokenImpl = await deploy('AToken')
  const stableDebtTokenImpl = await deploy('StableDebtToken')
  return { aTokenImpl, stableDebtTokenImpl, variableDebtTokenImpl: await deploy('VariableDebtToken') }
}

type OneAddressSetter =
  | 'setPriceOracle'
  | 'setPoolImpl'
  | 'setPoolConfiguratorImpl'
  | 'setPriceOracleSentinel'
  | 'setPoolDataProvider'
  | 'setACLAdmin'
  | 'setACLManager'

function set(deployer: Deployer, provider: Address, functionName: OneAddressSetter, address: Address): Promise<void> {
  return deployer.call(provider, encodeFunctionData({ abi: addressesProviderAbi, functionName, args: [address] }))
}
