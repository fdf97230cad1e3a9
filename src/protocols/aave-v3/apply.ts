import type { Address, Hex } from 'viem'
import { hexToString } from 'viem'
import type { Ledger } from '../../core/ledger.ts'
import type { Touched } from '../../core/protocol.ts'
import type { Facts, Read } from '../../core/types.ts'
import { argument, SELECTORS, toAddress, topicAddress, word } from './abi.ts'
import {
  addressIn,
  configurationCell,
  eModeCell,
  MARKET,
  reserveCell,
  reserveIds,
  scaledCell,
  textToNumber,
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
  for (const read of facts.reads) {
    const selector = read.data.slice(0, 10) as Hex
    if (isForeign(read, selector, ledger)) continue
    if (read.to === addressesProvider) applyProvider(read, selector, ledger)
    else if (ACCOUNT_SELECTORS.has(selector)) applyAccount(read, selector, ledger, where())
    else if (BY_ASSET.has(selector)) applyReserve(read, selector, ledger, where(), facts)
    else applyMarket(read, selector, ledger)
    if (MOVES_CONTRACTS.has(selector)) known = undefined
  }
  return { all: touched.market, accounts: new Set(touched.accounts.keys()) }
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
  SELECTORS.getUserConfiguration,
  SELECTORS.getUserEMode,
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

function applyMarket({ to, data, result }: Read, selector: Hex, ledger: Ledger): void {
  const answer = result === '0x' ? undefined : result
  const value = answer ? word(answer, 0) : 0n
  switch (selector) {
    case SELECTORS.POOL_REVISION:
      return ledger.set(MARKET.revision, value)
    case SELECTORS.FLASHLOAN_PREMIUM_TOTAL:
      return ledger.set(MARKET.flashPremiumBps, value)
    case SELECTORS.getReservesCount:
      return ledger.set(MARKET.reservesCount, value)
    case SELECTORS.isLiquidationAllowed:
      return ledger.set(MARKET.sentinelAllows, value)
    case SELECTORS.getReserveAddressById:
      return ledger.set(reserveCell(Number(argument(data)), 'asset'), value)
    case SELECTORS.getEModeCategoryCollateralConfig:
    case SELECTORS.getEModeCategoryCollateralBitmap:
    case SELECTORS.getEModeCategoryLtvzeroBitmap:
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
  else {
    ledger.set(eModeCell(category, 'ltv'), value(0))
    ledger.set(eModeCell(category, 'liquidationThreshold'), value(1))
    ledger.set(eModeCell(category, 'liquidationBonus'), value(2))
    const bit = 1n << BigInt(category)
    const known = ledger.get(MARKET.eModes) | 1n
    ledger.set(MARKET.eModes, value(1) === 0n ? known & ~bit : known | bit)
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
      ledger.set(reserveCell(id, 'price'), value)
      ledger.set(MARKET.pricedAt, facts.block.timestamp)
  }
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
