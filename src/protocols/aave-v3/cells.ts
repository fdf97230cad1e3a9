import type { Address } from 'viem'
import type { Cell, Layout, Ledger } from '../../core/ledger.ts'
import { UINT256_MAX } from '../../core/math.ts'
import type { AccountId } from '../../core/types.ts'
import { toAddress } from './abi.ts'

/** Where everything of an Aave V3 market stands in the ledger. Addresses and short texts are numbers too. */
export const MARKET = {
  pool: 0,
  configurator: 1,
  oracle: 2,
  sentinel: 3,
  sentinelAllows: 4,
  revision: 5,
  flashPremiumBps: 6,
  reservesCount: 7,
  /** Bitmap of the eMode categories that exist; bit 0 says that they were looked for. */
  eModes: 8,
  /** Timestamp of the last reading of prices. */
  pricedAt: 9,
} as const

const RESERVE_BASE = 64
const RESERVE_STRIDE = 24
export const RESERVE = {
  asset: 0,
  aToken: 1,
  vToken: 2,
  /** ReserveConfigurationMap.data */
  configuration: 3,
  liquidityIndex: 4,
  currentLiquidityRate: 5,
  variableBorrowIndex: 6,
  currentVariableBorrowRate: 7,
  lastUpdateTimestamp: 8,
  liquidationGracePeriodUntil: 9,
  virtualUnderlyingBalance: 10,
  /** 8 decimals; `NO_PRICE`: the oracle does not answer, and everybody who holds the asset falls silent. */
  price: 11,
  source: 12,
  /** The feed that moves the price: `source`, or what it stands on. */
  root: 13,
  /** Who emits `AnswerUpdated` behind the root's proxy; 0: nobody. */
  aggregator: 14,
  symbol: 15,
  /** Debt at a fixed rate (until 3.1, SparkLend); 0: none. */
  sToken: 16,
  /** Highest rate and earliest update of any stable debt that was ever told: what bounds all of them from above. */
  maxStableRate: 17,
  minStableUpdate: 18,
} as const

/** The oracle's answer reverted. An answer of 0 is a price: the pool takes such an asset to be worth nothing. */
export const NO_PRICE = UINT256_MAX

const EMODE_BASE = 4096
const EMODE_STRIDE = 8
export const EMODE = {
  ltv: 0,
  liquidationThreshold: 1,
  liquidationBonus: 2,
  collateralBitmap: 3,
  ltvzeroBitmap: 4,
  /** Asset whose price stands for all of the category (until 3.1, SparkLend); 0: each has its own. */
  priceSource: 5,
  /** Of `priceSource`, 8 decimals; `NO_PRICE`: then the pool answers for nobody in the category. */
  price: 6,
  /** From 3.7: 1 where what is outside of the bitmap has an LTV of 0. */
  isolated: 7,
} as const

/** Reserves are numbered 0…127: `ReserveConfiguration.MAX_RESERVES_COUNT`. */
export const MAX_RESERVES = 128
const ACCOUNT_BASE = 8192

/** What the chain itself told of an account, where the pool's rules are not known: `getUserAccountData` and its block. */
export const TOLD = {
  block: 2,
  totalCollateralBase: 3,
  totalDebtBase: 4,
  availableBorrowsBase: 5,
  currentLiquidationThreshold: 6,
  ltv: 7,
  healthFactor: 8,
} as const

export type Side = 0 | 1
export const COLLATERAL: Side = 0
export const DEBT: Side = 1

/** Per reserve: scaled balances by side, then the debt at a fixed rate. */
export const STABLE = { principal: 2, rate: 3, updated: 4 } as const
const BALANCES_BASE = 10
const BALANCES_STRIDE = 5
const ACCOUNT_STRIDE = BALANCES_BASE + BALANCES_STRIDE * MAX_RESERVES
export const LAYOUT: Layout = { accountsFrom: ACCOUNT_BASE, cellsPerAccount: ACCOUNT_STRIDE }

/** Only what is named here leaves rows alone: a field that is forgotten costs time, not truth. */
const RATE_ONLY: ReadonlySet<number> = new Set([
  RESERVE.liquidityIndex,
  RESERVE.currentLiquidityRate,
  RESERVE.variableBorrowIndex,
  RESERVE.currentVariableBorrowRate,
  RESERVE.lastUpdateTimestamp,
  RESERVE.virtualUnderlyingBalance,
  RESERVE.price,
  RESERVE.maxStableRate,
  RESERVE.minStableUpdate,
])

/** Of a cell of the market: true when no row depends on it (prices, indices). */
export function isRateOnly(cell: Cell): boolean {
  if (cell === MARKET.pricedAt || cell === MARKET.sentinelAllows) return true
  return cell >= RESERVE_BASE && cell < EMODE_BASE && RATE_ONLY.has((cell - RESERVE_BASE) % RESERVE_STRIDE)
}

export const reserveCell = (id: number, field: keyof typeof RESERVE): Cell =>
  RESERVE_BASE + id * RESERVE_STRIDE + RESERVE[field]
export const eModeCell = (category: number, field: keyof typeof EMODE): Cell =>
  EMODE_BASE + category * EMODE_STRIDE + EMODE[field]
/** UserConfigurationMap.data: per reserve a bit for borrowing and one for collateral. */
export const configurationCell = (account: AccountId): Cell => ACCOUNT_BASE + account * ACCOUNT_STRIDE
export const userEModeCell = (account: AccountId): Cell => ACCOUNT_BASE + account * ACCOUNT_STRIDE + 1
export const toldCell = (account: AccountId, field: keyof typeof TOLD): Cell =>
  ACCOUNT_BASE + account * ACCOUNT_STRIDE + TOLD[field]
/** Scaled balance of the aToken or the variable debt token. */
export const scaledCell = (account: AccountId, id: number, side: Side): Cell =>
  ACCOUNT_BASE + account * ACCOUNT_STRIDE + BALANCES_BASE + id * BALANCES_STRIDE + side
/** Of a place among an account's cells: the reserve whose scaled debt stands there; undefined for anything else. */
export function debtReserveAt(place: number): number | undefined {
  const at = place - BALANCES_BASE
  return at >= 0 && at % BALANCES_STRIDE === DEBT ? (at - DEBT) / BALANCES_STRIDE : undefined
}
/** StableDebtToken: principal, the account's own rate in ray, and when it was last compounded. */
export const stableCell = (account: AccountId, id: number, field: keyof typeof STABLE): Cell =>
  ACCOUNT_BASE + account * ACCOUNT_STRIDE + BALANCES_BASE + id * BALANCES_STRIDE + STABLE[field]

/** Ids of the reserves that exist (a dropped one leaves a hole). */
export function reserveIds(ledger: Ledger): number[] {
  const count = Number(ledger.get(MARKET.reservesCount))
  const ids: number[] = []
  for (let id = 0; id < count; id++) if (ledger.get(reserveCell(id, 'asset')) !== 0n) ids.push(id)
  return ids
}

/** The eMode categories that exist. */
export function eModeIds(ledger: Ledger): number[] {
  const ids: number[] = []
  for (let rest = ledger.get(MARKET.eModes) >> 1n, id = 1; rest !== 0n; rest >>= 1n, id++)
    if ((rest & 1n) === 1n) ids.push(id)
  return ids
}

/** Bits of a configuration that are looked at as a plain number at a time: 15 reserves. */
const CHUNK_BITS = 30n
const CHUNK_MASK = (1n << CHUNK_BITS) - 1n

export interface Flag {
  readonly id: number
  readonly borrowing: boolean
  readonly collateral: boolean
}

/** Reserves in which an account's flags are set, with which. */
export function flags(configuration: bigint): Flag[] {
  const found: Flag[] = []
  for (let rest = configuration, first = 0; rest !== 0n; rest >>= CHUNK_BITS, first += 15)
    for (let bits = Number(rest & CHUNK_MASK), id = first; bits !== 0; bits >>>= 2, id++)
      if ((bits & 3) !== 0) found.push({ id, borrowing: (bits & 1) === 1, collateral: (bits & 2) === 2 })
  return found
}

export const addressIn = (ledger: Ledger, cell: Cell): Address => toAddress(ledger.get(cell))
export const reserveAddress = (
  ledger: Ledger,
  id: number,
  field: 'asset' | 'aToken' | 'vToken' | 'sToken' | 'root',
): Address => addressIn(ledger, reserveCell(id, field))

/** A text of at most 31 bytes as a number, and back. */
export function textToNumber(text: string): bigint {
  return Buffer.from(text, 'utf8')
    .subarray(0, 31)
    .reduce((n, byte) => (n << 8n) | BigInt(byte), 0n)
}
export function numberToText(value: bigint): string {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('utf8')
}

/** ReserveConfiguration.sol, field by field. */
const bits = (data: bigint, from: number, width: number): bigint =>
  (data >> BigInt(from)) & ((1n << BigInt(width)) - 1n)
export const configuration = {
  ltv: (data: bigint): bigint => bits(data, 0, 16),
  liquidationThreshold: (data: bigint): bigint => bits(data, 16, 16),
  liquidationBonus: (data: bigint): bigint => bits(data, 32, 16),
  decimals: (data: bigint): bigint => bits(data, 48, 8),
  active: (data: bigint): boolean => bits(data, 56, 1) === 1n,
  frozen: (data: bigint): boolean => bits(data, 57, 1) === 1n,
  paused: (data: bigint): boolean => bits(data, 60, 1) === 1n,
  flashLoanEnabled: (data: bigint): boolean => bits(data, 63, 1) === 1n,
  /** The reserve's eMode category, where each has one (until 3.1). */
  eModeCategory: (data: bigint): number => Number(bits(data, 168, 8)),
  /** Whether the pool counts the asset itself (3.1 to 3.3: not so for GHO). */
  virtualAccounting: (data: bigint): boolean => bits(data, 252, 1) === 1n,
  reserveFactor: (data: bigint): bigint => bits(data, 64, 16),
  /** Whole units of the asset; 0: no cap. */
  supplyCap: (data: bigint): bigint => bits(data, 116, 36),
  liquidationProtocolFee: (data: bigint): bigint => bits(data, 152, 16),
}
