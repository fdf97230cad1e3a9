import {
  type Address,
  BaseError,
  decodeErrorResult,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  type Hex,
  isHex,
  type TransactionReceipt,
} from 'viem'
import { aggregatorAbi, poolAbi } from '../abis.ts'
import {
  encodeApprove,
  encodeMint,
  encodeSetEMode,
  encodeSupply,
  encodeTransfer,
  encodeUseAsCollateral,
  encodeWithdraw,
} from '../actions.ts'
import type { Transaction } from '../chain.ts'
import { fallbackOracleAbi, legacyConfiguratorAbi, legacyPoolAbi } from './abis.ts'
import type { LegacyMarket, LegacyPrice } from './market.ts'
import type { LegacySymbol } from './parameters.ts'

const rateModes = { stable: 1n, variable: 2n } as const
export type RateMode = keyof typeof rateModes

export interface LegacyLiquidation {
  readonly collateral: LegacySymbol
  readonly debt: LegacySymbol
  readonly user: Address
  readonly amount: bigint
  readonly receiveAToken?: boolean
}

type ConfiguratorCall = Omit<EncodeFunctionDataParameters<typeof legacyConfiguratorAbi>, 'abi'>

const endless = 2n ** 127n

/** What an account may do in the market, as transactions: whoever sends them decides when a block is mined. */
export function movesOf({ addresses, reserves }: LegacyMarket, from: Address) {
  const { pool, governance } = addresses
  const tell = (data: Hex): Transaction => ({ from, to: pool, data })
  const assetOf = (symbol: LegacySymbol) => reserves[symbol].asset
  const borrow = (symbol: LegacySymbol, amount: bigint, mode: RateMode = 'variable') => {
    const args = [assetOf(symbol), amount, rateModes[mode], 0, from] as const
    return tell(encodeFunctionData({ abi: poolAbi, functionName: 'borrow', args }))
  }
  const repay = (symbol: LegacySymbol, amount: bigint, mode: RateMode = 'variable') => {
    const args = [assetOf(symbol), amount, rateModes[mode], from] as const
    return tell(encodeFunctionData({ abi: poolAbi, functionName: 'repay', args }))
  }
  const swapRateMode = (symbol: LegacySymbol, leaving: RateMode) => {
    const args = [assetOf(symbol), rateModes[leaving]] as const
    return tell(encodeFunctionData({ abi: legacyPoolAbi, functionName: 'swapBorrowRateMode', args }))
  }
  /** Anybody may ask it for anybody, when the stable rates have fallen too far behind. */
  const rebalance = (symbol: LegacySymbol, borrower: Address) => {
    const args = [assetOf(symbol), borrower] as const
    return tell(encodeFunctionData({ abi: legacyPoolAbi, functionName: 'rebalanceStableBorrowRate', args }))
  }
  const liquidate = ({ collateral, debt, user, amount, receiveAToken = false }: LegacyLiquidation) => {
    const args = [assetOf(collateral), assetOf(debt), user, amount, receiveAToken] as const
    return tell(encodeFunctionData({ abi: poolAbi, functionName: 'liquidationCall', args }))
  }
  return {
    /** Tokens appear in the account, and the pool is allowed to take them. */
    fund: (symbol: LegacySymbol, amount: bigint): Transaction[] => [
      { from: governance, to: assetOf(symbol), data: encodeMint(from, amount) },
      { from, to: assetOf(symbol), data: encodeApprove(pool, endless) },
    ],
    supply: (symbol: LegacySymbol, amount: bigint) => tell(encodeSupply(assetOf(symbol), amount, from)),
    withdraw: (symbol: LegacySymbol, amount: bigint) => tell(encodeWithdraw(assetOf(symbol), amount, from)),
    transfer: (symbol: LegacySymbol, to: Address, amount: bigint): Transaction => ({
      from,
      to: reserves[symbol].aToken,
      data: encodeTransfer(to, amount),
    }),
    useAsCollateral: (symbol: LegacySymbol, use: boolean) => tell(encodeUseAsCollateral(assetOf(symbol), use)),
    setEMode: (category: number) => tell(encodeSetEMode(category)),
    borrow,
    repay,
    swapRateMode,
    rebalance,
    liquidate,
  }
}

/** What governance and oracles do, as transactions. */
export function governanceOf({ addresses }: LegacyMarket) {
  const from = addresses.governance
  return {
    report: ({ aggregator }: LegacyPrice, priceUsd8: bigint): Transaction => ({
      from,
      to: aggregator,
      data: encodeFunctionData({ abi: aggregatorAbi, functionName: 'report', args: [priceUsd8] }),
    }),
    /** The price that the oracle takes for an asset, or any other key, whose source has none. */
    setFallbackPrice: (key: Address, priceUsd8: bigint): Transaction => ({
      from,
      to: addresses.fallbackOracle,
      data: encodeFunctionData({ abi: fallbackOracleAbi, functionName: 'setAssetPrice', args: [key, priceUsd8] }),
    }),
    /** Any call of the configurator: `configure({ functionName: 'setReserveFreeze', args: [asset, true] })`. */
    configure: (call: ConfiguratorCall): Transaction => {
      const parameters: EncodeFunctionDataParameters<typeof legacyConfiguratorAbi> = {
        ...call,
        abi: legacyConfiguratorAbi,
      }
      return { from, to: addresses.configurator, data: encodeFunctionData(parameters) }
    },
  }
}

/** One block with all of them, in this order; each must succeed. */
export async function perform(
  { chain }: LegacyMarket,
  transactions: readonly Transaction[],
  timestamp?: bigint,
): Promise<TransactionReceipt[]> {
  for (const transaction of transactions) await chain.send(transaction)
  return chain.settle(timestamp)
}

/** The code with which V3.0.2 would refuse now, `45` for instance, or `Panic 18`; undefined where it would not. */
export async function refusalOf({ chain }: LegacyMarket, { from, to, data }: Transaction): Promise<string | undefined> {
  try {
    await chain.client.call({ account: from, to: to ?? null, ...(data === undefined ? {} : { data }) })
    return undefined
  } catch (error) {
    return reasonIn(error)
  }
}

function reasonIn(error: unknown): string {
  const carrier = error instanceof BaseError ? error.walk((cause) => cause instanceof Object && 'data' in cause) : null
  if (carrier === null || !('data' in carrier) || !isHex(carrier.data) || carrier.data === '0x') throw error
  const { errorName, args } = decodeErrorResult({ data: carrier.data })
  return errorName === 'Error' ? args.join() : [errorName, ...args].join(' ')
}
