import { type Address, encodeFunctionData, type Hex, zeroAddress } from 'viem'
import { coreV3Artifact } from '../artifacts.ts'
import type { Deployer } from '../deployer.ts'
import type { InterestRates } from '../risk-parameters.ts'
import { legacyConfiguratorAbi } from './abis.ts'
import type { LegacyAddresses } from './deploy-core.ts'
import type { LegacyEMode, LegacyReserveParameters } from './parameters.ts'

export interface LegacyListing {
  readonly asset: Address
  readonly symbol: string
  readonly parameters: LegacyReserveParameters
}

/** The same for every reserve: slopes and offsets of the stable rate, and how much of the debt may be stable at no extra. */
const stableRatesBps = { slope1: 50, slope2: 6000, offset: 100, excessOffset: 800, optimalStableShare: 2000 }

/** A listing creates three proxies. */
const listingGas = 5_000_000n

const rayOf = (bps: number) => BigInt(bps) * 10n ** 23n

/** Rates are fixed in the strategy's code, so each reserve has a strategy. */
export function deployStrategy(deployer: Deployer, provider: Address, rates: InterestRates): Promise<Address> {
  const { slope1, slope2, offset, excessOffset, optimalStableShare } = stableRatesBps
  const variable = [rates.optimalUsageBps, rates.baseBps, rates.slope1Bps, rates.slope2Bps]
  const values = [...variable, slope1, slope2, offset, excessOffset, optimalStableShare].map(rayOf)
  return deployer.deploy(coreV3Artifact('protocol/pool/DefaultReserveInterestRateStrategy'), [provider, ...values])
}

/** What a listing proposal does for one asset, but for its eMode. */
export async function listLegacyReserve(deployer: Deployer, aave: LegacyAddresses, listing: LegacyListing) {
  const { asset, parameters } = listing
  const tell = (data: Hex) => deployer.call(aave.configurator, data)
  const strategy = await deployStrategy(deployer, aave.addressesProvider, parameters.rates)
  await deployer.call(aave.configurator, encodeInit(aave, listing, strategy), listingGas)
  const { ltvBps, ltBps, bonusBps } = parameters
  const terms = [asset, BigInt(ltvBps), BigInt(ltBps), BigInt(bonusBps)] as const
  await tell(
    encodeFunctionData({ abi: legacyConfiguratorAbi, functionName: 'configureReserveAsCollateral', args: terms }),
  )
  for (const [functionName, enabled] of [
    ['setReserveBorrowing', true],
    ['setReserveFlashLoaning', true],
    ['setReserveStableRateBorrowing', parameters.stableBorrowing],
    ['setBorrowableInIsolation', parameters.borrowableInIsolation],
    ['setSiloedBorrowing', parameters.siloed],
  ] as const) {
    await tell(encodeFunctionData({ abi: legacyConfiguratorAbi, functionName, args: [asset, enabled] }))
  }
  for (const [functionName, value] of [
    ['setReserveFactor', parameters.reserveFactorBps],
    ['setLiquidationProtocolFee', parameters.protocolFeeBps],
    ['setSupplyCap', parameters.supplyCap],
    ['setBorrowCap', parameters.borrowCap],
    ['setDebtCeiling', parameters.debtCeilingUsd2],
  ] as const) {
    await tell(encodeFunctionData({ abi: legacyConfiguratorAbi, functionName, args: [asset, BigInt(value)] }))
  }
}

function encodeInit(aave: LegacyAddresses, { asset, symbol, parameters }: LegacyListing, strategy: Address): Hex {
  const input = {
    aTokenImpl: aave.aTokenImpl,
    stableDebtTokenImpl: aave.stableDebtTokenImpl,
    variableDebtTokenImpl: aave.variableDebtTokenImpl,
    underlyingAssetDecimals: parameters.decimals,
    interestRateStrategyAddress: strategy,
    underlyingAsset: asset,
    treasury: aave.treasury,
    incentivesController: zeroAddress,
    aTokenName: `Aave Old ${symbol}`,
    aTokenSymbol: `aOld${symbol}`,
    variableDebtTokenName: `Aave Old Variable Debt ${symbol}`,
    variableDebtTokenSymbol: `variableDebtOld${symbol}`,
    stableDebtTokenName: `Aave Old Stable Debt ${symbol}`,
    stableDebtTokenSymbol: `stableDebtOld${symbol}`,
    params: '0x' as const,
  }
  return encodeFunctionData({ abi: legacyConfiguratorAbi, functionName: 'initReserves', args: [[input]] })
}

/** `priceKey` is the zero address where the category has no price of its own. */
export function createLegacyEMode(deployer: Deployer, configurator: Address, eMode: LegacyEMode, priceKey: Address) {
  const args = [eMode.id, eMode.ltvBps, eMode.ltBps, eMode.bonusBps, priceKey, eMode.label] as const
  const call = { abi: legacyConfiguratorAbi, functionName: 'setEModeCategory', args } as const
  return deployer.call(configurator, encodeFunctionData(call))
}

export function joinLegacyEMode(deployer: Deployer, configurator: Address, asset: Address, category: number) {
  const call = { abi: legacyConfiguratorAbi, functionName: 'setAssetEModeCategory', args: [asset, category] } as const
  return deployer.call(configurator, encodeFunctionData(call))
}
