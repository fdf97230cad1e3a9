import type { Address } from 'viem'
import { Book } from '../../src/core/book.ts'
import type { Cell } from '../../src/core/ledger.ts'
import { RAY } from '../../src/core/math.ts'
import type { Header } from '../../src/core/types.ts'
import {
  COLLATERAL,
  configurationCell,
  DEBT,
  MARKET,
  reserveCell,
  scaledCell,
  textToNumber,
  userEModeCell,
} from '../../src/protocols/aave-v3/cells.ts'
import { aaveV3 } from '../../src/protocols/aave-v3/index.ts'

/** A made-up market of any size, the same for the same seed: 15 reserves, 1 to 3 collaterals and 1 or 2 debts an account. */
export interface MarketSize {
  readonly accounts: number
  readonly seed: number
  /** About so many, all their collateral ether and all their debt dollars, go under with a fall of ether by 1 %. */
  readonly at1Pct: number
  /** So many more with one by 10 %. Nobody is under to begin with. */
  readonly at10Pct: number
}

interface Reserve {
  readonly symbol: string
  readonly decimals: number
  readonly priceUsd: number
  readonly ltBps: number
}

export const RESERVES: readonly Reserve[] = [
  ['WETH', 18, 3000, 8300],
  ['WBTC', 8, 90_000, 7800],
  ['USDC', 6, 1, 7800],
  ['USDT', 6, 1, 7500],
  ['DAI', 18, 1, 7700],
  ['wstETH', 18, 3600, 8100],
  ['LINK', 18, 15, 7100],
  ['AAVE', 18, 180, 7600],
  ['cbETH', 18, 3300, 7900],
  ['rETH', 18, 3400, 7900],
  ['weETH', 18, 3200, 8000],
  ['GHO', 18, 1, 7700],
  ['UNI', 18, 8, 7400],
  ['LDO', 18, 1.2, 6500],
  ['cbBTC', 8, 90_000, 7800],
].map(([symbol, decimals, priceUsd, ltBps]) => ({ symbol, decimals, priceUsd, ltBps }) as Reserve)

export const NOW = 1_760_000_000n
const UPDATED = NOW - 300n
const BONUS_BPS = 10_500
const FEE_BPS = 1_000
const LIQUIDITY_RATE = RAY / 40n
const BORROW_RATE = RAY / 20n

const word = (value: bigint): `0x${string}` => `0x${value.toString(16).padStart(64, '0')}`
export const head = (number: bigint): Header => ({
  number,
  hash: word(number),
  parentHash: word(number - 1n),
  timestamp: NOW,
  baseFeeWei: 10n ** 9n,
  logsBloom: `0x${'0'.repeat(512)}`,
})

/** mulberry32: small, fast, the same everywhere. */
export function random(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Scattered, as real addresses are. */
export function addressOf(account: number): Address {
  const next = random(account + 1)
  let text = ''
  for (let i = 0; i < 5; i++)
    text += Math.floor(next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  return `0x${text}`
}

export const ORACLE: Address = `0x${'e'.repeat(40)}`
export const addressesProvider: Address = `0x${'f'.repeat(40)}`
export const assetOf = (id: number): bigint => BigInt(`0x${'a'.repeat(38)}`) * 256n + BigInt(id)
const liquidityIndexOf = (id: number): bigint => RAY + (RAY * BigInt(id)) / 97n
const borrowIndexOf = (id: number): bigint => RAY + (RAY * BigInt(id)) / 53n

/** A book that holds it. */
export function bookOf(size: MarketSize): Book {
  const book = new Book('bench', aaveV3({ addressesProvider, rules: 'auto', priceReadsS: 0n }))
  book.restore({ block: head(1n), accounts: addresses(size.accounts), cells: cells(size) })
  return book
}

function* addresses(count: number): Generator<Address> {
  for (let account = 0; account < count; account++) yield addressOf(account)
}

function* cells(size: MarketSize): Generator<readonly [Cell, bigint]> {
  yield* marketCells()
  const next = random(size.seed)
  const [first, second] = [size.at1Pct / size.accounts, (size.at1Pct + size.at10Pct) / size.accounts]
  for (let account = 0; account < size.accounts; account++) {
    const draw = next()
    if (draw < first) yield* accountCells(account, 1.0005 + next() * 0.009, true, next)
    else if (draw < second) yield* accountCells(account, 1.012 + next() * 0.09, true, next)
    else yield* accountCells(account, 1.2 + next() * 2, false, next)
  }
}

function* marketCells(): Generator<readonly [Cell, bigint]> {
  yield [MARKET.pool, 0xf001n]
  yield [MARKET.oracle, BigInt(ORACLE)]
  yield [MARKET.revision, 10n]
  yield [MARKET.flashPremiumBps, 5n]
  yield [MARKET.reservesCount, BigInt(RESERVES.length)]
  for (const [id, reserve] of RESERVES.entries()) yield* reserveCells(id, reserve)
}

function* reserveCells(id: number, { symbol, decimals, priceUsd, ltBps }: Reserve): Generator<readonly [Cell, bigint]> {
  const configuration =
    BigInt(ltBps - 300) | (BigInt(ltBps) << 16n) | (BigInt(BONUS_BPS) << 32n) | (BigInt(decimals) << 48n)
  yield [reserveCell(id, 'asset'), assetOf(id)]
  yield [reserveCell(id, 'aToken'), 0xb000n + BigInt(id)]
  yield [reserveCell(id, 'vToken'), 0xc000n + BigInt(id)]
  yield [reserveCell(id, 'configuration'), configuration | (1n << 56n) | (1n << 63n) | (BigInt(FEE_BPS) << 152n)]
  yield [reserveCell(id, 'liquidityIndex'), liquidityIndexOf(id)]
  yield [reserveCell(id, 'currentLiquidityRate'), LIQUIDITY_RATE]
  yield [reserveCell(id, 'variableBorrowIndex'), borrowIndexOf(id)]
  yield [reserveCell(id, 'currentVariableBorrowRate'), BORROW_RATE]
  yield [reserveCell(id, 'lastUpdateTimestamp'), UPDATED]
  yield [reserveCell(id, 'liquidationGracePeriodUntil'), 0n]
  yield [reserveCell(id, 'virtualUnderlyingBalance'), 10n ** 40n]
  yield [reserveCell(id, 'price'), BigInt(Math.round(priceUsd * 1e8))]
  yield [reserveCell(id, 'source'), 0xd000n + BigInt(id)]
  yield [reserveCell(id, 'root'), 0xd000n + BigInt(id)]
  yield [reserveCell(id, 'symbol'), textToNumber(symbol)]
}

/** Half of it stands on WETH, as it does on the real market. */
const collateralId = (next: () => number): number => (next() < 0.4 ? 0 : Math.floor(next() * RESERVES.length))

function* accountCells(
  account: number,
  health: number,
  falls: boolean,
  next: () => number,
): Generator<readonly [Cell, bigint]> {
  const ids = new Set<number>(falls ? [0] : [])
  for (let i = next() < 0.55 ? 1 : next() < 0.6 ? 2 : 3; i > 0 && !falls; i--) ids.add(collateralId(next))
  const collaterals = [...ids]
  const debts = [2, 3, 4, 0, 11].filter((id) => !ids.has(id)).slice(0, next() < 0.6 ? 1 : 2)
  const worth = 10 ** (2 + next() * 5)
  let flags = 0n
  let weighted = 0
  yield [userEModeCell(account), 0n]
  for (const id of collaterals) {
    const share = worth * (0.5 + next())
    weighted += (share * (RESERVES[id] as Reserve).ltBps) / 1e4
    flags |= 2n << BigInt(2 * id)
    yield [scaledCell(account, id, COLLATERAL), scaled(id, share, liquidityIndexOf(id), next)]
  }
  for (const id of debts) {
    flags |= 1n << BigInt(2 * id)
    yield [scaledCell(account, id, DEBT), scaled(id, weighted / health / debts.length, borrowIndexOf(id), next)]
  }
  yield [configurationCell(account), flags]
}

/** Dollars as a scaled balance, every digit of it used. */
function scaled(id: number, usd: number, index: bigint, next: () => number): bigint {
  const { decimals, priceUsd } = RESERVES[id] as Reserve
  const units = (usd / priceUsd / (Number(index) / 1e27)) * 10 ** decimals
  return BigInt(Math.floor(units)) + BigInt(Math.floor(next() * 1000))
}
