import { formatReserves, formatUserSummary } from '@aave/math-utils'
import type { Book } from '../../src/core/book.ts'
import type { AccountId } from '../../src/core/types.ts'
import {
  COLLATERAL,
  configuration,
  configurationCell,
  DEBT,
  flags,
  reserveCell,
  scaledCell,
} from '../../src/protocols/aave-v3/cells.ts'
import { assetOf, NOW, RESERVES } from './market.ts'

const assetText = (id: number): string => `0x${assetOf(id).toString(16).padStart(40, '0')}`
const COMMON = {
  currentTimestamp: Number(NOW),
  marketReferencePriceInUsd: '100000000',
  marketReferenceCurrencyDecimals: 8,
}

/** `formatUserSummary` over some accounts of a book: the market is formatted once, as its users do. */
export class Summaries {
  readonly #market
  readonly #reserves
  readonly #book: Book

  constructor(book: Book) {
    this.#book = book
    this.#reserves = RESERVES.map((_, id) => reserveOf(book, id))
    this.#market = formatReserves({ ...COMMON, reserves: this.#reserves })
  }

  /** Inputs of an account: its own rows, filled up to `rows` with reserves that it does not hold. */
  input(account: AccountId, rows: number) {
    const { ledger } = this.#book
    const own = new Map(flags(ledger.get(configurationCell(account))).map((flag) => [flag.id, flag]))
    const others = RESERVES.map((_, id) => id).filter((id) => !own.has(id))
    const ids = [...own.keys(), ...others].slice(0, Math.max(rows, own.size))
    const userReserves = ids.map((id) => ({
      underlyingAsset: assetText(id),
      scaledATokenBalance: String(ledger.get(scaledCell(account, id, COLLATERAL))),
      usageAsCollateralEnabledOnUser: own.get(id)?.collateral ?? false,
      scaledVariableDebt: String(ledger.get(scaledCell(account, id, DEBT))),
    }))
    const formattedReserves = this.#market.filter(({ underlyingAsset }) =>
      userReserves.some((row) => row.underlyingAsset === underlyingAsset),
    )
    return { ...COMMON, userReserves, formattedReserves, userEmodeCategoryId: 0 }
  }
}

export const healthOf = (input: ReturnType<Summaries['input']>): number => Number(formatUserSummary(input).healthFactor)

function reserveOf({ ledger }: Book, id: number) {
  const text = (field: Parameters<typeof reserveCell>[1]): string => String(ledger.get(reserveCell(id, field)))
  const data = ledger.get(reserveCell(id, 'configuration'))
  return {
    originalId: id,
    id: `${id}`,
    symbol: RESERVES[id]?.symbol ?? '',
    name: RESERVES[id]?.symbol ?? '',
    decimals: Number(configuration.decimals(data)),
    underlyingAsset: assetText(id),
    usageAsCollateralEnabled: true,
    reserveFactor: '1000',
    baseLTVasCollateral: String(configuration.ltv(data)),
    reserveLiquidationThreshold: String(configuration.liquidationThreshold(data)),
    reserveLiquidationBonus: String(configuration.liquidationBonus(data)),
    variableBorrowIndex: text('variableBorrowIndex'),
    liquidityIndex: text('liquidityIndex'),
    liquidityRate: text('currentLiquidityRate'),
    variableBorrowRate: text('currentVariableBorrowRate'),
    lastUpdateTimestamp: Number(ledger.get(reserveCell(id, 'lastUpdateTimestamp'))),
    priceInMarketReferenceCurrency: text('price'),
    availableLiquidity: '0',
    totalScaledVariableDebt: '0',
    borrowCap: '0',
    supplyCap: '0',
    debtCeiling: '0',
    debtCeilingDecimals: 2,
    isolationModeTotalDebt: '0',
    virtualUnderlyingBalance: '0',
    deficit: '0',
  }
}

const RAY = 10n ** 27n
const YEAR_S = 31_536_000n
const rayMul = (a: bigint, b: bigint): bigint => (a * b + RAY / 2n) / RAY

/** Interest accrued as the pool does it since 3.4: linear on collateral, three terms of the exponential on debt. */
function indexOf({ ledger }: Book, id: number, timestamp: bigint): { income: bigint; debt: bigint } {
  const cell = (field: Parameters<typeof reserveCell>[1]): bigint => ledger.get(reserveCell(id, field))
  const elapsedS = timestamp - cell('lastUpdateTimestamp')
  const x = (cell('currentVariableBorrowRate') * elapsedS) / YEAR_S
  const compounded = RAY + x + rayMul(x, x / 2n + rayMul(x, x / 6n))
  return {
    income: rayMul(RAY + (cell('currentLiquidityRate') * elapsedS) / YEAR_S, cell('liquidityIndex')),
    debt: rayMul(compounded, cell('variableBorrowIndex')),
  }
}

interface PlainEntry {
  readonly id: number
  readonly scaled: bigint
  readonly isDebt: boolean
}

/**
 * Health of everybody in BigInt and nothing else: what one writes first. Positions are plain objects; indices and prices are
 * computed once. Knows 3.6 without eModes, which is all that the made-up market has.
 */
export function bigIntSweep(book: Book): (timestamp: bigint) => AccountId[] {
  const { ledger } = book
  const positions = Array.from({ length: ledger.size }, (_, account): PlainEntry[] =>
    flags(ledger.get(configurationCell(account))).flatMap(({ id, borrowing, collateral }) => [
      ...(collateral ? [{ id, scaled: ledger.get(scaledCell(account, id, COLLATERAL)), isDebt: false }] : []),
      ...(borrowing ? [{ id, scaled: ledger.get(scaledCell(account, id, DEBT)), isDebt: true }] : []),
    ]),
  )
  return (timestamp) => {
    const reserves = RESERVES.map((reserve, id) => ({
      income: indexOf(book, id, timestamp).income,
      debt: indexOf(book, id, timestamp).debt,
      price: ledger.get(reserveCell(id, 'price')),
      unit: 10n ** BigInt(reserve.decimals),
      threshold: configuration.liquidationThreshold(ledger.get(reserveCell(id, 'configuration'))),
    }))
    const found: AccountId[] = []
    for (const [account, entries] of positions.entries()) {
      let weighted = 0n
      let owed = 0n
      for (const { id, scaled, isDebt } of entries) {
        const { income, debt, price, unit, threshold } = reserves[id] as (typeof reserves)[number]
        if (isDebt) owed += (((scaled * debt + RAY - 1n) / RAY) * price + unit - 1n) / unit
        else weighted += ((((scaled * income) / RAY) * price) / unit) * threshold
      }
      if (owed === 0n) continue
      const health = (weighted * 10n ** 18n + owed / 2n) / owed / 10_000n
      if (health < 10n ** 18n) found.push(account)
    }
    return found
  }
}
