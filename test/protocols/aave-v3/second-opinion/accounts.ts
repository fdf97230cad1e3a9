import type { EModeSpec } from '../world.ts'
import {
  type Account,
  type Case,
  categoryOf,
  ceil,
  compoundedFrom34,
  compoundedUntil33,
  debtIndex,
  flaggedOf,
  floor,
  half,
  incomeIndex,
  MOST,
  owedScaled,
  quoted,
  RAY,
  reserveOf,
  type Said,
  stableDebt,
  suppliedScaled,
  unitOf,
  WAD,
} from './facts.ts'

const EMPTY: Said = {
  totalCollateralBase: 0n,
  totalDebtBase: 0n,
  availableBorrowsBase: 0n,
  currentLiquidationThreshold: 0n,
  ltv: 0n,
  healthFactor: MOST,
}
/** What the oracle says of a category's own price source; 0: there is none. Undefined: it does not answer, and nobody in it has health. */
const commonPrice = (category: EModeSpec | undefined): bigint | undefined => {
  if (!category?.priceSource) return 0n
  return category.hasPrice === false ? undefined : (category.priceUsd8 ?? 0n)
}
const over = (capacity: bigint, debt: bigint): bigint => (capacity > debt ? capacity - debt : 0n)

/**
 * 3.0.x: one category a reserve, told by its configuration. The category's own price, where it has one and it is not 0, stands
 * for all of its assets. A reserve whose own threshold is 0 does not count, one whose own LTV is 0 adds none, eMode or not.
 */
export function account30(one: Case): Account {
  const flagged = flaggedOf(one)
  if (flagged.length === 0) return EMPTY
  const category = categoryOf(one)
  const common = commonPrice(category)
  if (common === undefined) return 'reverts'
  let [collateral, debt, lts, ltvs] = [0n, 0n, 0n, 0n]
  for (const id of flagged) {
    const r = reserveOf(one, id)
    const isIn = category !== undefined && r.eModeCategory === category.id
    const price = isIn && common !== 0n ? common : quoted(one, id)
    if (price === undefined) return 'reverts'
    const scaled = suppliedScaled(one, id)
    if (scaled !== undefined && r.ltBps !== 0) {
      const value = floor(half(scaled * incomeIndex(one, id), RAY) * price, unitOf(one, id))
      collateral += value
      lts += value * BigInt(isIn ? category.ltBps : r.ltBps)
      if (r.ltvBps !== 0) ltvs += value * BigInt(isIn ? category.ltvBps : r.ltvBps)
    }
    const variable = half(owedScaled(one, id) * debtIndex(one, id, compoundedUntil33), RAY)
    debt += floor((variable + stableDebt(one, id)) * price, unitOf(one, id))
  }
  const lt = collateral === 0n ? 0n : floor(lts, collateral)
  const ltv = collateral === 0n ? 0n : floor(ltvs, collateral)
  return {
    totalCollateralBase: collateral,
    totalDebtBase: debt,
    availableBorrowsBase: over(half(collateral * ltv, 10_000n), debt),
    currentLiquidationThreshold: lt,
    ltv,
    healthFactor: debt === 0n ? MOST : half(half(collateral * lt, 10_000n) * WAD, debt),
  }
}

/** Until 3.3 the debt of a reserve without virtual accounting is whatever its token says: GHO, with a discount. */
const ownsItsWord = (one: Case): boolean =>
  [...one.account.debts, ...(one.account.stable ?? [])].some(([id]) => !reserveOf(one, id).virtualAccounting)

/** 3.1: virtual balances came, the arithmetic of accounts stayed. */
export const account31 = (one: Case): Account => (ownsItsWord(one) ? 'unsaid' : account30(one))

/** 3.2 to 3.4: categories by bitmap, no price of their own, no stable debt; half up. */
function account32to34(one: Case, compounded: (rate: bigint, seconds: bigint) => bigint): Account {
  const flagged = flaggedOf(one)
  if (flagged.length === 0) return EMPTY
  const category = categoryOf(one)
  let [collateral, debt, lts, ltvs] = [0n, 0n, 0n, 0n]
  for (const id of flagged) {
    const r = reserveOf(one, id)
    const price = quoted(one, id)
    if (price === undefined) return 'reverts'
    const scaled = suppliedScaled(one, id)
    if (scaled !== undefined && r.ltBps !== 0) {
      const terms = category?.collaterals.includes(id) ? category : r
      const value = floor(half(scaled * incomeIndex(one, id), RAY) * price, unitOf(one, id))
      collateral += value
      lts += value * BigInt(terms.ltBps)
      ltvs += r.ltvBps === 0 ? 0n : value * BigInt(terms.ltvBps)
    }
    debt += floor(half(owedScaled(one, id) * debtIndex(one, id, compounded), RAY) * price, unitOf(one, id))
  }
  const lt = collateral === 0n ? 0n : floor(lts, collateral)
  const ltv = collateral === 0n ? 0n : floor(ltvs, collateral)
  return {
    totalCollateralBase: collateral,
    totalDebtBase: debt,
    availableBorrowsBase: over(half(collateral * ltv, 10_000n), debt),
    currentLiquidationThreshold: lt,
    ltv,
    healthFactor: debt === 0n ? MOST : half(half(collateral * lt, 10_000n) * WAD, debt),
  }
}
/** 3.2 and 3.3. */
export const account32 = (one: Case): Account => (ownsItsWord(one) ? 'unsaid' : account32to34(one, compoundedUntil33))
/** 3.4: GHO is a reserve like all others, and interest is compounded in another order. */
export const account34 = (one: Case): Account => account32to34(one, compoundedFrom34)

/** 3.5: supply down, debt up, and health straight from the sum of weighted values. */
export function account35(one: Case): Account {
  const flagged = flaggedOf(one)
  if (flagged.length === 0) return EMPTY
  const category = categoryOf(one)
  let [collateral, debt, lts, ltvs] = [0n, 0n, 0n, 0n]
  for (const id of flagged) {
    const r = reserveOf(one, id)
    const price = quoted(one, id)
    if (price === undefined) return 'reverts'
    const scaled = suppliedScaled(one, id)
    if (scaled !== undefined && r.ltBps !== 0) {
      const terms = category?.collaterals.includes(id) ? category : r
      const value = floor(floor(scaled * incomeIndex(one, id), RAY) * price, unitOf(one, id))
      collateral += value
      lts += value * BigInt(terms.ltBps)
      if (r.ltvBps !== 0) ltvs += value * BigInt(terms.ltvBps)
    }
    debt += ceil(ceil(owedScaled(one, id) * debtIndex(one, id, compoundedFrom34), RAY) * price, unitOf(one, id))
  }
  const ltv = collateral === 0n ? 0n : floor(ltvs, collateral)
  return {
    totalCollateralBase: collateral,
    totalDebtBase: debt,
    availableBorrowsBase: over(floor(collateral * ltv, 10_000n), debt),
    currentLiquidationThreshold: collateral === 0n ? 0n : floor(lts, collateral),
    ltv,
    healthFactor: debt === 0n ? MOST : floor(half(lts * WAD, debt), 10_000n),
  }
}

/** 3.6: a category's terms are its own, with its own zero-LTV bits; what is flagged counts, whatever its threshold. */
const ltv36 = (one: Case, id: number): number => {
  const category = categoryOf(one)
  if (category?.collaterals.includes(id)) return category.ltvZero?.includes(id) ? 0 : category.ltvBps
  return reserveOf(one, id).ltvBps
}
/** 3.7: in an isolated category nothing outside of its bitmap backs new debt. */
const ltv37 = (one: Case, id: number): number => {
  const category = categoryOf(one)
  return category?.isolated && !category.collaterals.includes(id) ? 0 : ltv36(one, id)
}

function account36on(one: Case, ltvOf: (one: Case, id: number) => number): Account {
  const flagged = flaggedOf(one)
  if (flagged.length === 0) return EMPTY
  const category = categoryOf(one)
  let [collateral, debt, lts, ltvs] = [0n, 0n, 0n, 0n]
  for (const id of flagged) {
    const price = quoted(one, id)
    if (price === undefined) return 'reverts'
    const supplied = floor((suppliedScaled(one, id) ?? 0n) * incomeIndex(one, id), RAY)
    const value = floor(supplied * price, unitOf(one, id))
    collateral += value
    lts += value * BigInt(category?.collaterals.includes(id) ? category.ltBps : reserveOf(one, id).ltBps)
    ltvs += value * BigInt(ltvOf(one, id))
    const owed = ceil(owedScaled(one, id) * debtIndex(one, id, compoundedFrom34), RAY)
    debt += ceil(owed * price, unitOf(one, id))
  }
  const ltv = collateral === 0n ? 0n : floor(ltvs, collateral)
  return {
    totalCollateralBase: collateral,
    totalDebtBase: debt,
    availableBorrowsBase: over(floor(collateral * ltv, 10_000n), debt),
    currentLiquidationThreshold: collateral === 0n ? 0n : floor(lts, collateral),
    ltv,
    healthFactor: debt === 0n ? MOST : floor(half(lts * WAD, debt), 10_000n),
  }
}
export const account36 = (one: Case): Account => account36on(one, ltv36)
export const account37 = (one: Case): Account => account36on(one, ltv37)

/** SparkLend: eMode, stable debt and compounding of 3.0.2; balances, values and health of 3.5; borrowing power half up. */
export function accountSpark(one: Case): Account {
  const flagged = flaggedOf(one)
  if (flagged.length === 0) return EMPTY
  const category = categoryOf(one)
  const common = commonPrice(category)
  if (common === undefined) return 'reverts'
  let [collateral, debt, lts, ltvs] = [0n, 0n, 0n, 0n]
  for (const id of flagged) {
    const r = reserveOf(one, id)
    const isIn = category !== undefined && r.eModeCategory === category.id
    const price = isIn && common !== 0n ? common : quoted(one, id)
    if (price === undefined) return 'reverts'
    const scaled = suppliedScaled(one, id)
    if (scaled !== undefined && r.ltBps !== 0) {
      const value = floor(floor(scaled * incomeIndex(one, id), RAY) * price, unitOf(one, id))
      collateral += value
      lts += value * BigInt(isIn ? category.ltBps : r.ltBps)
      if (r.ltvBps !== 0) ltvs += value * BigInt(isIn ? category.ltvBps : r.ltvBps)
    }
    const variable = ceil(owedScaled(one, id) * debtIndex(one, id, compoundedUntil33), RAY)
    debt += ceil((variable + stableDebt(one, id)) * price, unitOf(one, id))
  }
  const ltv = collateral === 0n ? 0n : floor(ltvs, collateral)
  return {
    totalCollateralBase: collateral,
    totalDebtBase: debt,
    availableBorrowsBase: over(half(collateral * ltv, 10_000n), debt),
    currentLiquidationThreshold: collateral === 0n ? 0n : floor(lts, collateral),
    ltv,
    healthFactor: debt === 0n ? MOST : floor(half(lts * WAD, debt), 10_000n),
  }
}
