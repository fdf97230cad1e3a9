import { type Address, pad, toHex } from 'viem'
import { Book } from '../../../src/core/book.ts'
import type { Cell } from '../../../src/core/ledger.ts'
import { RAY } from '../../../src/core/math.ts'
import type { Protocol } from '../../../src/core/protocol.ts'
import type { Header } from '../../../src/core/types.ts'
import {
  COLLATERAL,
  configurationCell,
  DEBT,
  EMODE,
  eModeCell,
  MARKET,
  NO_PRICE,
  RESERVE,
  reserveCell,
  scaledCell,
  stableCell,
  textToNumber,
  userEModeCell,
} from '../../../src/protocols/aave-v3/cells.ts'
import { aaveV3 } from '../../../src/protocols/aave-v3/index.ts'

/** Markets written straight into the ledger: every case that a chain could be in, without a chain. */
export interface ReserveSpec {
  /** Default: R and its number. */
  readonly symbol: string | undefined
  readonly decimals: number
  readonly priceUsd8: bigint
  /** The oracle answers. */
  readonly hasPrice: boolean
  readonly ltvBps: number
  readonly ltBps: number
  readonly bonusBps: number
  readonly feeBps: number
  readonly paused: boolean
  readonly frozen: boolean
  readonly active: boolean
  readonly flashLoans: boolean
  readonly liquidityIndex: bigint
  readonly variableBorrowIndex: bigint
  readonly liquidityRate: bigint
  readonly borrowRate: bigint
  readonly updatedAt: bigint
  readonly graceUntil: bigint
  readonly available: bigint
  /** Reserves of one number stand on one feed. Default: each on its own. */
  readonly root: bigint | undefined
  readonly sToken: bigint
  /** Until 3.1. */
  readonly eModeCategory: number
  /** 3.1 to 3.3: not so for GHO. */
  readonly virtualAccounting: boolean
}

export const reserve = (over: Partial<ReserveSpec> = {}): ReserveSpec => ({
  symbol: undefined,
  decimals: 18,
  priceUsd8: 10n ** 8n,
  hasPrice: true,
  ltvBps: 8000,
  ltBps: 8300,
  bonusBps: 10_500,
  feeBps: 1000,
  paused: false,
  frozen: false,
  active: true,
  flashLoans: true,
  liquidityIndex: RAY,
  variableBorrowIndex: RAY,
  liquidityRate: 0n,
  borrowRate: 0n,
  updatedAt: NOW,
  graceUntil: 0n,
  available: 10n ** 40n,
  root: undefined,
  sToken: 0n,
  eModeCategory: 0,
  virtualAccounting: true,
  ...over,
})

export interface AccountSpec {
  readonly eMode?: number
  /** Reserve and scaled balance; the flag is set. */
  readonly collaterals: readonly (readonly [id: number, scaled: bigint])[]
  readonly debts: readonly (readonly [id: number, scaled: bigint])[]
  /** Debt at a fixed rate; the flag is set. */
  readonly stable?: readonly (readonly [id: number, debt: StableSpec])[]
}

export interface StableSpec {
  readonly principal: bigint
  readonly rate: bigint
  readonly updatedAt: bigint
}

export interface EModeSpec {
  readonly id: number
  readonly ltvBps: number
  readonly ltBps: number
  readonly bonusBps: number
  readonly collaterals: readonly number[]
  /** Until 3.1. */
  readonly priceSource?: bigint
  readonly priceUsd8?: bigint
  /** The oracle answers for `priceSource`. Default: it does. */
  readonly hasPrice?: boolean
  /** From 3.6: collaterals whose LTV is 0 in this category. */
  readonly ltvZero?: readonly number[]
  /** From 3.7: what is outside of the bitmap has an LTV of 0. */
  readonly isolated?: boolean
}

export interface MarketSpec {
  readonly reserves: readonly ReserveSpec[]
  readonly eModes?: readonly EModeSpec[]
  readonly accounts: readonly AccountSpec[]
  readonly revision?: bigint
  /** Undefined: there is none. */
  readonly sentinelAllows?: boolean
}

export const NOW = 1_760_000_000n
export const HEAD: Header = {
  number: 1n,
  hash: pad('0x1', { size: 32 }),
  parentHash: pad('0x0', { size: 32 }),
  timestamp: NOW,
  baseFeeWei: 0n,
  logsBloom: pad('0x0', { size: 256 }),
}

export const address = (n: number): Address => pad(toHex(n), { size: 20 })
export const assetOf = (id: number): Address => address(0xa000 + id)

const configurationOf = (r: ReserveSpec): bigint =>
  [
    [r.ltvBps, 0],
    [r.ltBps, 16],
    [r.bonusBps, 32],
    [r.decimals, 48],
    [Number(r.active), 56],
    [Number(r.frozen), 57],
    [Number(r.paused), 60],
    [Number(r.flashLoans), 63],
    [r.feeBps, 152],
    [r.eModeCategory, 168],
    [Number(r.virtualAccounting), 252],
  ].reduce((data, [value, at]) => data | (BigInt(value ?? 0) << BigInt(at ?? 0)), 0n)

function reserveCells(id: number, r: ReserveSpec): [Cell, bigint][] {
  const values: Record<keyof typeof RESERVE, bigint> = {
    asset: BigInt(assetOf(id)),
    aToken: 0xb000n + BigInt(id),
    vToken: 0xc000n + BigInt(id),
    configuration: configurationOf(r),
    liquidityIndex: r.liquidityIndex,
    currentLiquidityRate: r.liquidityRate,
    variableBorrowIndex: r.variableBorrowIndex,
    currentVariableBorrowRate: r.borrowRate,
    lastUpdateTimestamp: r.updatedAt,
    liquidationGracePeriodUntil: r.graceUntil,
    virtualUnderlyingBalance: r.available,
    price: r.hasPrice ? r.priceUsd8 : NO_PRICE,
    source: 0xd000n + BigInt(id),
    root: r.root ?? 0xd000n + BigInt(id),
    aggregator: 0n,
    symbol: textToNumber(r.symbol ?? `R${id}`),
    sToken: r.sToken,
    maxStableRate: 0n,
    minStableUpdate: 0n,
  }
  return Object.keys(RESERVE).map((field) => {
    const name = field as keyof typeof RESERVE
    return [reserveCell(id, name), values[name]]
  })
}

const bitmap = (ids: readonly number[]): bigint => ids.reduce((bits, id) => bits | (1n << BigInt(id)), 0n)

function eModeCells({
  id,
  ltvBps,
  ltBps,
  bonusBps,
  collaterals,
  priceSource = 0n,
  priceUsd8 = 0n,
  hasPrice = true,
  ltvZero = [],
  isolated = false,
}: EModeSpec): [Cell, bigint][] {
  const values: Record<keyof typeof EMODE, bigint> = {
    ltv: BigInt(ltvBps),
    liquidationThreshold: BigInt(ltBps),
    liquidationBonus: BigInt(bonusBps),
    collateralBitmap: bitmap(collaterals),
    ltvzeroBitmap: bitmap(ltvZero),
    priceSource,
    price: hasPrice ? priceUsd8 : NO_PRICE,
    isolated: BigInt(isolated),
  }
  return Object.keys(EMODE).map((field) => {
    const name = field as keyof typeof EMODE
    return [eModeCell(id, name), values[name]]
  })
}

export function accountCells(
  account: number,
  { eMode = 0, collaterals, debts, stable = [] }: AccountSpec,
): [Cell, bigint][] {
  const borrowing = [...debts, ...stable].reduce((bits, [id]) => bits | (1n << BigInt(2 * id)), 0n)
  const flags = collaterals.reduce((bits, [id]) => bits | (2n << BigInt(2 * id)), borrowing)
  return [
    [configurationCell(account), flags],
    [userEModeCell(account), BigInt(eMode)],
    ...collaterals.map(([id, scaled]): [Cell, bigint] => [scaledCell(account, id, COLLATERAL), scaled]),
    ...debts.map(([id, scaled]): [Cell, bigint] => [scaledCell(account, id, DEBT), scaled]),
    ...stable.flatMap(([id, { principal, rate, updatedAt }]): [Cell, bigint][] => [
      [stableCell(account, id, 'principal'), principal],
      [stableCell(account, id, 'rate'), rate],
      [stableCell(account, id, 'updated'), updatedAt],
    ]),
  ]
}

/** A book at `HEAD` that holds this market; account n has address(n + 1). `bent` puts other parts in the plug's place. */
export function bookOf(market: MarketSpec, rules = 'auto', bent: Partial<Protocol> = {}): Book {
  const { reserves, accounts, eModes = [], revision = 10n, sentinelAllows } = market
  const plug = aaveV3({ addressesProvider: address(0xf000), rules, priceReadsS: 0n })
  const book = new Book('world', { ...plug, ...bent })
  book.restore({
    block: HEAD,
    accounts: accounts.map((_, n) => address(n + 1)),
    cells: [
      [MARKET.pool, 0xf001n],
      [MARKET.revision, revision],
      [MARKET.flashPremiumBps, 5n],
      [MARKET.reservesCount, BigInt(reserves.length)],
      [MARKET.sentinel, sentinelAllows === undefined ? 0n : 0xf002n],
      [MARKET.sentinelAllows, sentinelAllows ? 1n : 0n],
      [MARKET.eModes, eModes.reduce((bits, { id }) => bits | (1n << BigInt(id)), 1n)],
      ...reserves.flatMap((r, id) => reserveCells(id, r)),
      ...eModes.flatMap(eModeCells),
      ...accounts.flatMap((one, n) => accountCells(n, one)),
    ],
  })
  return book
}
