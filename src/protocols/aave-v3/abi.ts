import { type Address, type Hex, padHex, toEventSelector, toFunctionSelector } from 'viem'
import type { Call } from '../../core/types.ts'

const event = (signature: string): Hex => toEventSelector(`event ${signature}`)

/** First topics of what a market says about its accounts, reserves and rules. */
export const EVENTS = {
  Borrow: event('Borrow(address,address,address,uint256,uint8,uint256,uint16)'),
  ReserveDataUpdated: event('ReserveDataUpdated(address,uint256,uint256,uint256,uint256,uint256)'),
  ReserveUsedAsCollateralEnabled: event('ReserveUsedAsCollateralEnabled(address,address)'),
  ReserveUsedAsCollateralDisabled: event('ReserveUsedAsCollateralDisabled(address,address)'),
  UserEModeSet: event('UserEModeSet(address,uint8)'),
  LiquidationCall: event('LiquidationCall(address,address,address,uint256,uint256,address,bool)'),
  MintedToTreasury: event('MintedToTreasury(address,uint256)'),
  DeficitCreated: event('DeficitCreated(address,address,uint256)'),
  DeficitCovered: event('DeficitCovered(address,address,uint256)'),
  Upgraded: event('Upgraded(address)'),
  Supply: event('Supply(address,address,address,uint256,uint16)'),
  Withdraw: event('Withdraw(address,address,address,uint256)'),
  Repay: event('Repay(address,address,address,uint256,bool)'),
  FlashLoan: event('FlashLoan(address,address,address,uint256,uint8,uint256,uint16)'),
  Mint: event('Mint(address,address,uint256,uint256,uint256)'),
  Burn: event('Burn(address,address,uint256,uint256,uint256)'),
  BalanceTransfer: event('BalanceTransfer(address,address,uint256,uint256)'),
  /** StableDebtToken (until 3.1): the account is the second word of a mint, the first of a burn. */
  StableMint: event('Mint(address,address,uint256,uint256,uint256,uint256,uint256,uint256)'),
  StableBurn: event('Burn(address,uint256,uint256,uint256,uint256,uint256)'),
  AnswerUpdated: event('AnswerUpdated(int256,uint256,uint256)'),
  EModeCategoryAdded: event('EModeCategoryAdded(uint8,uint256,uint256,uint256,address,string)'),
  AssetCollateralInEModeChanged: event('AssetCollateralInEModeChanged(address,uint8,bool)'),
  AssetBorrowableInEModeChanged: event('AssetBorrowableInEModeChanged(address,uint8,bool)'),
  AssetLtvzeroInEModeChanged: event('AssetLtvzeroInEModeChanged(address,uint8,bool)'),
} as const

/** Everything else that PoolConfigurator, PoolAddressesProvider and AaveOracle say: the market is read anew. */
export const CONFIGURATION_EVENTS: readonly Hex[] = [
  'ReserveInitialized(address,address,address,address,address)',
  'ReserveBorrowing(address,bool)',
  'ReserveFlashLoaning(address,bool)',
  'PendingLtvChanged(address,uint256)',
  'CollateralConfigurationChanged(address,uint256,uint256,uint256)',
  'ReserveActive(address,bool)',
  'ReserveFrozen(address,bool)',
  'ReservePaused(address,bool)',
  'ReserveDropped(address)',
  'ReserveFactorChanged(address,uint256,uint256)',
  'BorrowCapChanged(address,uint256,uint256)',
  'SupplyCapChanged(address,uint256,uint256)',
  'LiquidationProtocolFeeChanged(address,uint256,uint256)',
  'LiquidationGracePeriodChanged(address,uint40)',
  'LiquidationGracePeriodDisabled(address)',
  'DebtCeilingChanged(address,uint256,uint256)',
  'BorrowableInIsolationChanged(address,bool)',
  'SiloedBorrowingChanged(address,bool,bool)',
  'FlashloanPremiumTotalUpdated(uint128,uint128)',
  'ATokenUpgraded(address,address,address)',
  'VariableDebtTokenUpgraded(address,address,address)',
  'PoolUpdated(address,address)',
  'PoolConfiguratorUpdated(address,address)',
  'PriceOracleUpdated(address,address)',
  'PriceOracleSentinelUpdated(address,address)',
  'EModeAssetCategoryChanged(address,uint8,uint8)',
  'ReserveStableRateBorrowing(address,bool)',
  'BorrowableInIsolationChanged(address,bool)',
  'UnbackedMintCapChanged(address,uint256,uint256)',
  'ReserveInterestRateStrategyChanged(address,address,address)',
  'StableDebtTokenUpgraded(address,address,address)',
  'EModeCategoryIsolationChanged(uint8,bool)',
  'AddressSetAsProxy(bytes32,address,address,address)',
  'AssetSourceUpdated(address,address)',
  'FallbackOracleUpdated(address)',
].map(event)

/** Events that name an eMode category, and the topic or data word in which its id stands. */
export const EMODE_EVENTS: ReadonlyMap<Hex, 'topic' | 'data'> = new Map([
  [EVENTS.EModeCategoryAdded, 'topic'],
  [EVENTS.AssetCollateralInEModeChanged, 'data'],
  [EVENTS.AssetBorrowableInEModeChanged, 'data'],
  [EVENTS.AssetLtvzeroInEModeChanged, 'data'],
])

export const selector = (signature: string): Hex => toFunctionSelector(`function ${signature}`)

/** Selectors of the questions the mirror asks. Every answer but `symbol` is a row of 32-byte words. */
export const SELECTORS = {
  getPool: selector('getPool()'),
  getPoolConfigurator: selector('getPoolConfigurator()'),
  getPriceOracle: selector('getPriceOracle()'),
  getPriceOracleSentinel: selector('getPriceOracleSentinel()'),
  POOL_REVISION: selector('POOL_REVISION()'),
  FLASHLOAN_PREMIUM_TOTAL: selector('FLASHLOAN_PREMIUM_TOTAL()'),
  getReservesCount: selector('getReservesCount()'),
  getReserveAddressById: selector('getReserveAddressById(uint16)'),
  getReserveData: selector('getReserveData(address)'),
  getVirtualUnderlyingBalance: selector('getVirtualUnderlyingBalance(address)'),
  getLiquidationGracePeriod: selector('getLiquidationGracePeriod(address)'),
  getEModeCategoryCollateralConfig: selector('getEModeCategoryCollateralConfig(uint8)'),
  getEModeCategoryCollateralBitmap: selector('getEModeCategoryCollateralBitmap(uint8)'),
  getEModeCategoryLtvzeroBitmap: selector('getEModeCategoryLtvzeroBitmap(uint8)'),
  getIsEModeCategoryIsolated: selector('getIsEModeCategoryIsolated(uint8)'),
  /** Until 3.1: threshold, bonus and price of a category in one answer. */
  getEModeCategoryData: selector('getEModeCategoryData(uint8)'),
  getUserConfiguration: selector('getUserConfiguration(address)'),
  getUserEMode: selector('getUserEMode(address)'),
  getUserAccountData: selector('getUserAccountData(address)'),
  scaledBalanceOf: selector('scaledBalanceOf(address)'),
  /** What lies in an aToken, where the pool does not count it itself. */
  balanceOf: selector('balanceOf(address)'),
  principalBalanceOf: selector('principalBalanceOf(address)'),
  getUserStableRate: selector('getUserStableRate(address)'),
  getUserLastUpdated: selector('getUserLastUpdated(address)'),
  scaledTotalSupply: selector('scaledTotalSupply()'),
  /** Of the token of debt at a fixed rate. */
  getSupplyData: selector('getSupplyData()'),
  symbol: selector('symbol()'),
  getSourceOfAsset: selector('getSourceOfAsset(address)'),
  getAssetPrice: selector('getAssetPrice(address)'),
  isLiquidationAllowed: selector('isLiquidationAllowed()'),
  /** Which feed a composite feed stands on: capped ratio, pegged, and capped stable adapters name it differently. */
  BASE_TO_USD_AGGREGATOR: selector('BASE_TO_USD_AGGREGATOR()'),
  PEG_TO_BASE: selector('PEG_TO_BASE()'),
  ASSET_TO_USD_AGGREGATOR: selector('ASSET_TO_USD_AGGREGATOR()'),
  aggregator: selector('aggregator()'),
} as const

/** A call with at most one word of arguments. */
export function call(to: Address, selector: Hex, argument?: Address | bigint): Call {
  if (argument === undefined) return { to, data: selector }
  const word = typeof argument === 'bigint' ? argument.toString(16) : argument.slice(2)
  return { to, data: `${selector}${word.padStart(64, '0')}` }
}

/** The n-th 32-byte word of an answer, of event data, or of arguments when the selector is cut off. */
export const word = (hex: Hex, n: number): bigint => BigInt(`0x${hex.slice(2 + 64 * n, 66 + 64 * n) || '0'}`)
/** The one argument of a call made by `call`. */
export const argument = (data: Hex): bigint => BigInt(`0x${data.slice(10) || '0'}`)
export function toAddress(value: bigint): Address {
  const known = addresses.get(value)
  if (known) return known
  const address = padHex(`0x${value.toString(16)}`, { size: 20 })
  addresses.set(value, address)
  return address
}
/** The contracts of a market, a few hundred: formatting them again in every block would cost more than the block. */
const addresses = new Map<bigint, Address>()
export const topicAddress = (topic: Hex | undefined): Address => `0x${(topic ?? '').slice(26)}`
