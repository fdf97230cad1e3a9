import type { Address, Hex } from 'viem'
import { hexToString } from 'viem'
import type { Ledger } from '../../core/ledger.ts'
import type { Touched } from '../../core/protocol.ts'
import type { AccountId, Facts, Read } from '../../core/types.ts'
import { argument, SELECTORS, toAddress, topicAddress, word } from './abi.ts'
import {
  addressIn,
  configurationCell,
  eModeCell,
  eModeIds,
  MARKET,
  MAX_RESERVES,
  NO_PRICE,
  reserveCell,
  reserveIds,
  type STABLE,
  scaledCell,
  stableCell,
  type TOLD,
  textToNumber,
  toldCell,
  userEModeCell,
} from './cells.ts'
import { type Directory, directory, touch } from './touch.ts'

/**
 * Write one page: the answers to its reads become cells. Logs only say whose rows to make again; the answers are what
 * the chain holds at that block, so no rounding of any revision can come between.
 */
export function apply(facts: Facts, ledger: Ledger, addressesProvider: Address): Touched {
  const touched = touch(facts, ledger, directory(ledger, addressesProvider))
  let known: Directory | undefined
  const where = (): Directory => {
    known ??= directory(ledger, addressesProvider)
    return known
  }
  const told: AccountId[] = []
  for (const read of facts.reads) {
    const selector = read.data.slice(0, 10) as Hex
    if (isForeign(read, selector, ledger)) continue
    if (read.to === addressesProvider) applyProvider(read, selector, ledger)
    else if (selector === SELECTORS.getUserAccountData) told.push(...applyTold(read, ledger, facts))
    else if (selector === SELECTORS.balanceOf) applyHeld(read, ledger, where())
    else if (selector in STABLE_FIELDS) applyStable(read, selector, ledger, where())
    else if (ACCOUNT_SELECTORS.has(selector)) applyAccount(read, selector, ledger, where())
    else if (BY_ASSET.has(selector)) applyReserve(read, selector, ledger, where(), facts)
    else applyMarket(read, selector, ledger)
    if (MOVES_CONTRACTS.has(selector)) known = undefined
  }
  return { all: touched.market, accounts: new Set([...touched.accounts.keys(), ...told]) }
}

/** An answer for another market of the same chain: a page is for all of them, and their questions look alike. */
function isForeign({ to }: Read, selector: Hex, ledger: Ledger): boolean {
  if (OF_POOL.has(selector)) return to !== addressIn(ledger, MARKET.pool)
  if (OF_ORACLE.has(selector)) return to !== addressIn(ledger, MARKET.oracle)
  return selector === SELECTORS.isLiquidationAllowed && to !== addressIn(ledger, MARKET.sentinel)
}

const OF_ORACLE: ReadonlySet<Hex> = new Set([SELECTORS.getSourceOfAsset, SELECTORS.getAssetPrice])
const OF_POOL: ReadonlySet<Hex> = new Set([
  SELECTORS.POOL_REVISION,
  SELECTORS.FLASHLOAN_PREMIUM_TOTAL,
  SELECTORS.getReservesCount,
  SELECTORS.getReserveAddressById,
  SELECTORS.getReserveData,
  SELECTORS.getVirtualUnderlyingBalance,
  SELECTORS.getLiquidationGracePeriod,
  SELECTORS.getEModeCategoryCollateralConfig,
  SELECTORS.getEModeCategoryCollateralBitmap,
  SELECTORS.getEModeCategoryLtvzeroBitmap,
  SELECTORS.getIsEModeCategoryIsolated,
  SELECTORS.getEModeCategoryData,
  SELECTORS.getUserConfiguration,
  SELECTORS.getUserEMode,
  SELECTORS.getUserAccountData,
])

/** After these answers a directory made before may be wrong. */
const MOVES_CONTRACTS: ReadonlySet<Hex> = new Set([SELECTORS.getReserveAddressById, SELECTORS.getReserveData])

const PROVIDER_CELLS: Readonly<Record<Hex, number>> = {
  [SELECTORS.getPool]: MARKET.pool,
  [SELECTORS.getPoolConfigurator]: MARKET.configurator,
  [SELECTORS.getPriceOracle]: MARKET.oracle,
  [SELECTORS.getPriceOracleSentinel]: MARKET.sentinel,
}

function applyProvider({ result }: Read, selector: Hex, ledger: Ledger): void {
  const cell = PROVIDER_CELLS[selector]
  if (cell !== undefined && result !== undefined && result !== '0x') ledger.set(cell, word(result, 0))
}

const ACCOUNT_SELECTORS: ReadonlySet<Hex> = new Set([
  SELECTORS.scaledBalanceOf,
  SELECTORS.getUserConfiguration,
  SELECTORS.getUserEMode,
])

function applyAccount({ to, data, result }: Read, selector: Hex, ledger: Ledger, where: Directory): void {
  const account = ledger.find(topicAddress(`0x${data.slice(10)}`))
  if (account === undefined || result === undefined || result === '0x') return
  if (selector === SELECTORS.getUserConfiguration) ledger.set(configurationCell(account), word(result, 0))
  else if (selector === SELECTORS.getUserEMode) ledger.set(userEModeCell(account), word(result, 0))
  else {
    const token = where.tokens.get(to)
    if (token) ledger.set(scaledCell(account, token.id, token.side), word(result, 0))
  }
}

/** Pool.getUserAccountData, in the order of its words. A pool that does not answer leaves what was told before. */
function applyTold({ data, result }: Read, ledger: Ledger, { block }: Facts): AccountId[] {
  const account = ledger.find(topicAddress(`0x${data.slice(10)}`))
  if (account === undefined || result === undefined || result === '0x') return []
  for (const [n, field] of TOLD_WORDS.entries()) ledger.set(toldCell(account, field), word(result, n))
  ledger.set(toldCell(account, 'block'), block.number)
  return [account]
}

const TOLD_WORDS: readonly (keyof typeof TOLD)[] = [
  'totalCollateralBase',
  'totalDebtBase',
  'availableBorrowsBase',
  'currentLiquidationThreshold',
  'ltv',
  'healthFactor',
]

/** What lies in an aToken: all that can be taken out, where the pool does not count it itself. */
function applyHeld({ to, data, result }: Read, ledger: Ledger, where: Directory): void {
  const id = where.assets.get(to)
  if (id === undefined || toAddress(argument(data)) !== addressIn(ledger, reserveCell(id, 'aToken'))) return
  ledger.set(
    reserveCell(id, 'virtualUnderlyingBalance'),
    result === undefined || result === '0x' ? 0n : word(result, 0),
  )
}

const STABLE_FIELDS: Readonly<Record<Hex, keyof typeof STABLE>> = {
  [SELECTORS.principalBalanceOf]: 'principal',
  [SELECTORS.getUserStableRate]: 'rate',
  [SELECTORS.getUserLastUpdated]: 'updated',
}

function applyStable({ to, data, result }: Read, selector: Hex, ledger: Ledger, where: Directory): void {
  const account = ledger.find(topicAddress(`0x${data.slice(10)}`))
  const id = where.stableTokens.get(to)
  const field = STABLE_FIELDS[selector]
  if (account === undefined || id === undefined || !field || result === undefined || result === '0x') return
  const value = word(result, 0)
  ledger.set(stableCell(account, id, field), value)
  if (field === 'rate' && value > ledger.get(reserveCell(id, 'maxStableRate')))
    ledger.set(reserveCell(id, 'maxStableRate'), value)
  const earliest = ledger.get(reserveCell(id, 'minStableUpdate'))
  if (field === 'updated' && value > 0n && (earliest === 0n || value < earliest))
    ledger.set(reserveCell(id, 'minStableUpdate'), value)
}

function applyMarket({ to, data, result }: Read, selector: Hex, ledger: Ledger): void {
  const answer = result === '0x' ? undefined : result
  const value = answer ? word(answer, 0) : 0n
  switch (selector) {
    case SELECTORS.POOL_REVISION:
      return ledger.set(MARKET.revision, value)
    case SELECTORS.FLASHLOAN_PREMIUM_TOTAL:
      return ledger.set(MARKET.flashPremiumBps, value)
    case SELECTORS.getReservesCount:
      // Until 3.1 nobody tells: every id is asked for, and most of them are not there.
      return ledger.set(MARKET.reservesCount, answer ? value : BigInt(MAX_RESERVES))
    case SELECTORS.isLiquidationAllowed:
      return ledger.set(MARKET.sentinelAllows, value)
    case SELECTORS.getReserveAddressById:
      return ledger.set(reserveCell(Number(argument(data)), 'asset'), value)
    case SELECTORS.getEModeCategoryCollateralConfig:
    case SELECTORS.getEModeCategoryCollateralBitmap:
    case SELECTORS.getEModeCategoryLtvzeroBitmap:
    case SELECTORS.getIsEModeCategoryIsolated:
    case SELECTORS.getEModeCategoryData:
      return applyEMode(Number(argument(data)), selector, answer, ledger)
    default:
      return applyFeed(to, selector, answer, ledger)
  }
}

function applyEMode(category: number, selector: Hex, answer: Hex | undefined, ledger: Ledger): void {
  const value = (n: number): bigint => (answer ? word(answer, n) : 0n)
  if (selector === SELECTORS.getEModeCategoryCollateralBitmap)
    ledger.set(eModeCell(category, 'collateralBitmap'), value(0))
  else if (selector === SELECTORS.getEModeCategoryLtvzeroBitmap)
    ledger.set(eModeCell(category, 'ltvzeroBitmap'), value(0))
  else if (selector === SELECTORS.getIsEModeCategoryIsolated) ledger.set(eModeCell(category, 'isolated'), value(0))
  else {
    // `getEModeCategoryData` answers a tuple with a text in it: a word of offset first, and the price source after the terms.
    const first = selector === SELECTORS.getEModeCategoryData ? 1 : 0
    ledger.set(eModeCell(category, 'ltv'), value(first))
    ledger.set(eModeCell(category, 'liquidationThreshold'), value(first + 1))
    ledger.set(eModeCell(category, 'liquidationBonus'), value(first + 2))
    if (first === 1) ledger.set(eModeCell(category, 'priceSource'), value(4))
    const bit = 1n << BigInt(category)
    const known = ledger.get(MARKET.eModes) | 1n
    ledger.set(MARKET.eModes, value(first + 1) === 0n ? known & ~bit : known | bit)
  }
}

/** Pool.getReserveData's words (DataTypes.ReserveDataLegacy) that the mirror keeps. */
const RESERVE_DATA_WORDS = [
  ['configuration', 0],
  ['liquidityIndex', 1],
  ['currentLiquidityRate', 2],
  ['variableBorrowIndex', 3],
  ['currentVariableBorrowRate', 4],
  ['lastUpdateTimestamp', 6],
  ['aToken', 8],
  ['sToken', 9],
  ['vToken', 10],
] as const

const BY_ASSET: ReadonlySet<Hex> = new Set([
  SELECTORS.getReserveData,
  SELECTORS.getVirtualUnderlyingBalance,
  SELECTORS.getLiquidationGracePeriod,
  SELECTORS.getSourceOfAsset,
  SELECTORS.getAssetPrice,
])

function applyReserve({ data, result }: Read, selector: Hex, ledger: Ledger, where: Directory, facts: Facts): void {
  if (selector === SELECTORS.getAssetPrice) applyCategoryPrice(argument(data), result, ledger)
  const id = where.assets.get(toAddress(argument(data)))
  if (id === undefined) return
  const answer = result === '0x' ? undefined : result
  const value = answer ? word(answer, 0) : 0n
  switch (selector) {
    case SELECTORS.getReserveData:
      for (const [field, at] of RESERVE_DATA_WORDS) if (answer) ledger.set(reserveCell(id, field), word(answer, at))
      return
    case SELECTORS.getVirtualUnderlyingBalance:
      return ledger.set(reserveCell(id, 'virtualUnderlyingBalance'), value)
    case SELECTORS.getLiquidationGracePeriod:
      return ledger.set(reserveCell(id, 'liquidationGracePeriodUntil'), value)
    case SELECTORS.getSourceOfAsset:
      return applySource(id, value, ledger)
    case SELECTORS.getAssetPrice:
      ledger.set(reserveCell(id, 'price'), answer ? value : NO_PRICE)
      ledger.set(MARKET.pricedAt, facts.block.timestamp)
  }
}

/** The asset whose price stands for an eMode category need not be a reserve. */
function applyCategoryPrice(asset: bigint, result: Hex | undefined, ledger: Ledger): void {
  for (const category of eModeIds(ledger))
    if (ledger.get(eModeCell(category, 'priceSource')) === asset)
      ledger.set(eModeCell(category, 'price'), result === undefined || result === '0x' ? NO_PRICE : word(result, 0))
}

const BASE_SELECTORS: ReadonlySet<Hex> = new Set([
  SELECTORS.BASE_TO_USD_AGGREGATOR,
  SELECTORS.PEG_TO_BASE,
  SELECTORS.ASSET_TO_USD_AGGREGATOR,
])

/** What an asset or a feed says of itself. Several reserves may share a feed. */
function applyFeed(to: Address, selector: Hex, answer: Hex | undefined, ledger: Ledger): void {
  for (const id of reserveIds(ledger)) {
    const is = (field: 'asset' | 'source' | 'root'): boolean => addressIn(ledger, reserveCell(id, field)) === to
    if (selector === SELECTORS.symbol && is('asset'))
      ledger.set(reserveCell(id, 'symbol'), textToNumber(symbolOf(answer)))
    else if (BASE_SELECTORS.has(selector) && is('source') && answer)
      ledger.set(reserveCell(id, 'root'), word(answer, 0))
    else if (selector === SELECTORS.aggregator && is('root'))
      ledger.set(reserveCell(id, 'aggregator'), answer ? word(answer, 0) : 0n)
  }
}

/** Until it names another, a source is its own root. */
function applySource(id: number, source: bigint, ledger: Ledger): void {
  ledger.set(reserveCell(id, 'source'), source)
  ledger.set(reserveCell(id, 'root'), source)
}

/** ERC-20's `symbol()`: a string, or bytes32 in the oldest tokens. */
function symbolOf(answer: Hex | undefined): string {
  if (answer === undefined) return '?'
  if (answer.length === 66) return hexToString(answer).replaceAll('\0', '')
  const length = Number(word(answer, 1))
  return hexToString(`0x${answer.slice(130, 130 + 2 * length)}`)
}
