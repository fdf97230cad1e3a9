import { type Address, encodeAbiParameters, encodeFunctionData, type Hex } from 'viem'
import { configuratorAbi } from './abis.ts'
import type { AaveAddresses } from './deploy-aave.ts'
import type { Deployer } from './deployer.ts'
import type { EModeParameters, InterestRates, ReserveParameters, ReserveSymbol } from './risk-parameters.ts'

export type ListingParameters = Omit<ReserveParameters, 'priceUsd8' | 'decimals'>

function encodeRates(rates: InterestRates): Hex {
  return encodeAbiParameters(
    [
      {
        type: 'tuple',
        components: [
          { type: 'uint16', name: 'optimalUsageRatio' },
          { type: 'uint32', name: 'baseVariableBorrowRate' },
          { type: 'uint32', name: 'variableRateSlope1' },
          { type: 'uint32', name: 'variableRateSlope2' },
        ],
      },
    ],
    [
      {
        optimalUsageRatio: rates.optimalUsageBps,
        baseVariableBorrowRate: rates.baseBps,
        variableRateSlope1: rates.slope1Bps,
        variableRateSlope2: rates.slope2Bps,
      },
    ],
  )
}

function encodeInit(aave: AaveAddresses, asset: Address, symbol: string, rates: InterestRates): Hex {
  const input = {
    aTokenImpl: aave.aTokenImpl,
    variableDebtTokenImpl: aave.variableDebtTokenImpl,
    underlyingAsset: asset,
    aTokenName: `Aave Devnet ${symbol}`,
    aTokenSymbol: `aDev${symbol}`,
    variableDebtTokenName: `Aave Devnet Variable Debt ${symbol}`,
    variableDebtTokenSymbol: `variableDebtDev${symbol}`,
    params: '0x' as const,
    interestRateData: encodeRates(rates),
  }
  return encodeFunctionData({ abi: configuratorAbi, functionName: 'initReserves', args: [[input]] })
}

/** What a listing proposal does for one asset. */
export async function listReserve(
  deployer: Deployer,
  aave: AaveAddresses,
  listing: { asset: Address; symbol: string; parameters: ListingParameters },
): Promise<void> {
  const { asset, symbol, parameters } = listing
  const tell = (data: Hex) => deployer.call(aave.configurator, data)
  await tell(encodeInit(aave, asset, symbol, parameters.rates))
  for (const functionName of ['setReserveBorrowing', 'setReserveFlashLoaning'] as const) {
    await tell(encodeFunctionData({ abi: configuratorAbi, functionName, args: [asset, true] }))
  }
  const { ltvBps, ltBps, bonusBps } = parameters
  await tell(
    encodeFunctionData({
      abi: configuratorAbi,
      functionName: 'configureReserveAsCollateral',
      args: [asset, BigInt(ltvBps), BigInt(ltBps), BigInt(bonusBps)],
    }),
  )
  for (const [functionName, value] of [
    ['setReserveFactor', parameters.reserveFactorBps],
    ['setLiquidationProtocolFee', parameters.protocolFeeBps],
    ['setSupplyCap', parameters.supplyCap],
    ['setBorrowCap', parameters.borrowCap],
  ] as const) {
    await tell(encodeFunctionData({ abi: configuratorAbi, functionName, args: [asset, BigInt(value)] }))
  }
}

export async function listEMode(
  deployer: Deployer,
  configurator: Address,
  eMode: EModeParameters,
  assetOf: (symbol: ReserveSymbol) => Address,
): Promise<void> {
  const { id, ltvBps, ltBps, bonusBps, label } = eMode
  const tell = (data: Hex) => deployer.call(configurator, data)
  const args = [id, ltvBps, ltBps, bonusBps, label] as const
  await tell(encodeFunctionData({ abi: configuratorAbi, functionName: 'setEModeCategory', args }))
  for (const symbol of eMode.assets) {
    for (const functionName of ['setAssetCollateralInEMode', 'setAssetBorrowableInEMode'] as const) {
      await tell(encodeFunctionData({ abi: configuratorAbi, functionName, args: [assetOf(symbol), id, true] }))
    }
  }
}
