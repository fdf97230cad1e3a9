import { type Address, encodeFunctionData, getContractAddress, keccak256, toHex } from 'viem'
import { aclManagerAbi, addressesProviderAbi, configuratorAbi } from './abis.ts'
import { type Artifact, aaveArtifact, linkedLibraries } from './artifacts.ts'
import type { Asset } from './deploy-tokens.ts'
import type { Deployer } from './deployer.ts'

export interface AaveAddresses {
  readonly addressesProvider: Address
  readonly registry: Address
  readonly pool: Address
  readonly configurator: Address
  readonly aclManager: Address
  readonly oracle: Address
  readonly rateStrategy: Address
  readonly rewardsController: Address
  readonly treasury: Address
  readonly aTokenImpl: Address
  readonly variableDebtTokenImpl: Address
  readonly protocolDataProvider: Address
  readonly uiPoolDataProvider: Address
  readonly liquidationDataProvider: Address
  /** Only where there is a sequencer. */
  readonly priceOracleSentinel?: Address
  readonly sequencerOracle?: Address
}

const marketId = 'Plimsoll devnet'
const zero: Address = '0x0000000000000000000000000000000000000000'
const flashLoanPremiumBps = 5n
const sentinelGraceSeconds = 3600n

/** The provider creates its proxies itself: a new contract's first creation has nonce 1. */
export function proxyOf(provider: Address, order: 1 | 2 | 3): Address {
  return getContractAddress({ from: provider, nonce: BigInt(order) })
}

/** Deploys a contract with the libraries it was compiled against. */
export async function deployLinked(deployer: Deployer, artifact: Artifact, args: readonly unknown[]): Promise<Address> {
  const libraries = new Map<string, Address>()
  for (const library of linkedLibraries(artifact)) {
    // A library may use one before it: FlashLoanLogic calls BorrowLogic.
    libraries.set(library.contractName, await deployer.deploy(library, [], libraries))
  }
  return deployer.deploy(artifact, args, libraries)
}

/** The steps of AaveV3SetupProcedure, in its order, by one account that is also the governance. */
export async function deployAave(deployer: Deployer, assets: readonly Asset[], ether: Asset): Promise<AaveAddresses> {
  const provider = await deployProvider(deployer)
  const strategy = aaveArtifact('misc/DefaultReserveInterestRateStrategyV2')
  const rateStrategy = await deployer.deployAs('rateStrategy', strategy, [provider])
  const registry = await deployRegistry(deployer, provider)
  const oracle = await deployOracle(deployer, provider, assets)
  await deployer.call(provider, set('setPriceOracle', oracle))
  await deployer.call(provider, set('setPoolImpl', await deployPoolImplementation(deployer, provider, rateStrategy)))
  const configuratorImpl = await deployLinked(deployer, aaveArtifact('instances/PoolConfiguratorInstance'), [])
  await deployer.call(provider, set('setPoolConfiguratorImpl', configuratorImpl))
  const pool = proxyOf(provider, 1)
  const configurator = proxyOf(provider, 2)
  const sentinel = deployer.chain.spec.isRollup ? await deploySentinel(deployer, provider) : {}
  const rewardsController = await deployRewards(deployer, provider)
  const aclManager = await deployRoles(deployer, provider, configurator)
  const treasury = await deployer.deployAs('treasury', aaveArtifact('treasury/Collector'), [])
  const tokens = await deployTokenImplementations(deployer, [pool, rewardsController, treasury])
  const helpers = await deployHelpers(deployer, provider, pool, ether)
  await deployer.call(provider, set('setPoolDataProvider', helpers.protocolDataProvider))
  const core = { addressesProvider: provider, registry, pool, configurator, aclManager, oracle, rateStrategy }
  return { ...core, rewardsController, treasury, ...tokens, ...helpers, ...sentinel }
}

function deployProvider(deployer: Deployer): Promise<Address> {
  const artifact = aaveArtifact('protocol/configuration/PoolAddressesProvider')
  return deployer.deployAs('addressesProvider', artifact, [marketId, deployer.account])
}

/** Prices in US dollars with 8 decimals; there is no fallback. */
function deployOracle(deployer: Deployer, provider: Address, assets: readonly Asset[]): Promise<Address> {
  const listed = assets.map(({ asset }) => asset)
  const sources = assets.map(({ source }) => source)
  const args = [provider, listed, sources, zero, zero, 10n ** 8n]
  return deployer.deployAs('oracle', aaveArtifact('misc/AaveOracle'), args)
}

function deployPoolImplementation(deployer: Deployer, provider: Address, rateStrategy: Address) {
  const instance = deployer.chain.spec.isRollup ? 'instances/L2PoolInstance' : 'instances/PoolInstance'
  return deployLinked(deployer, aaveArtifact(instance), [provider, rateStrategy])
}

async function deployRegistry(deployer: Deployer, provider: Address): Promise<Address> {
  const artifact = aaveArtifact('protocol/configuration/PoolAddressesProviderRegistry')
  const registry = await deployer.deployAs('registry', artifact, [deployer.account])
  const args = [provider, 1n] as const
  await deployer.call(
    registry,
    encodeFunctionData({ abi: addressesProviderAbi, functionName: 'registerAddressesProvider', args }),
  )
  return registry
}

async function deployRewards(deployer: Deployer, provider: Address): Promise<Address> {
  const implementation = await deployer.deploy(aaveArtifact('rewards/RewardsController'), [deployer.account])
  const args = [keccak256(toHex('INCENTIVES_CONTROLLER')), implementation] as const
  await deployer.call(
    provider,
    encodeFunctionData({ abi: addressesProviderAbi, functionName: 'setAddressAsProxy', args }),
  )
  return proxyOf(provider, 3)
}

async function deployRoles(deployer: Deployer, provider: Address, configurator: Address): Promise<Address> {
  await deployer.call(provider, set('setACLAdmin', deployer.account))
  const artifact = aaveArtifact('protocol/configuration/ACLManager')
  const manager = await deployer.deployAs('aclManager', artifact, [provider])
  await deployer.call(provider, set('setACLManager', manager))
  const args = [deployer.account] as const
  for (const functionName of ['addPoolAdmin', 'addEmergencyAdmin'] as const) {
    await deployer.call(manager, encodeFunctionData({ abi: aclManagerAbi, functionName, args }))
  }
  await deployer.call(
    configurator,
    encodeFunctionData({ abi: configuratorAbi, functionName: 'updateFlashloanPremium', args: [flashLoanPremiumBps] }),
  )
  return manager
}

async function deploySentinel(deployer: Deployer, provider: Address) {
  const sequencerOracle = await deployer.deploy(aaveArtifact('mocks/oracle/SequencerOracle'), [deployer.account])
  const args = [provider, sequencerOracle, sentinelGraceSeconds]
  const priceOracleSentinel = await deployer.deploy(aaveArtifact('misc/PriceOracleSentinel'), args)
  await deployer.call(provider, set('setPriceOracleSentinel', priceOracleSentinel))
  return { priceOracleSentinel, sequencerOracle }
}

async function deployTokenImplementations(deployer: Deployer, args: readonly [Address, Address, Address]) {
  const [pool, rewards] = args
  const aTokenImpl = await deployer.deploy(aaveArtifact('instances/ATokenInstance'), args)
  const debtArtifact = aaveArtifact('instances/VariableDebtTokenInstance')
  const variableDebtTokenImpl = await deployer.deploy(debtArtifact, [pool, rewards])
  return { aTokenImpl, variableDebtTokenImpl }
}

async function deployHelpers(deployer: Deployer, provider: Address, pool: Address, ether: Asset) {
  const dataArtifact = aaveArtifact('helpers/AaveProtocolDataProvider')
  const protocolDataProvider = await deployer.deployAs('protocolDataProvider', dataArtifact, [provider])
  const feeds = [ether.source, ether.source]
  const uiArtifact = aaveArtifact('helpers/UiPoolDataProviderV3')
  const uiPoolDataProvider = await deployer.deployAs('uiPoolDataProvider', uiArtifact, feeds)
  const liquidationArtifact = aaveArtifact('helpers/LiquidationDataProvider')
  const liquidationDataProvider = await deployer.deploy(liquidationArtifact, [pool, provider])
  return { protocolDataProvider, uiPoolDataProvider, liquidationDataProvider }
}

type OneAddressSetter =
  | 'setPriceOracle'
  | 'setPoolImpl'
  | 'setPoolConfiguratorImpl'
  | 'setPriceOracleSentinel'
  | 'setPoolDataProvider'
  | 'setACLAdmin'
  | 'setACLManager'

function set(functionName: OneAddressSetter, address: Address) {
  return encodeFunctionData({ abi: addressesProviderAbi, functionName, args: [address] })
}
