import {
  account30,
  account31,
  account32,
  account34,
  account35,
  account36,
  account37,
  accountSpark,
} from './accounts.ts'
import {
  type Case,
  categoryOf,
  ceil,
  compoundedFrom34,
  compoundedUntil33,
  debtIndex,
  floor,
  half,
  incomeIndex,
  type Moved,
  owedScaled,
  quoted,
  RAY,
  type Refusal,
  type Revision,
  reserveOf,
  type Said,
  stableDebt,
  suppliedScaled,
  USD,
  unitOf,
  WAD,
} from './facts.ts'

const EDGE = (WAD * 95n) / 100n
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

// What stands before the amounts, in the contracts' order. Nobody liquidates himself here.

function gates30(one: Case, c: number, d: number, health: bigint): Refusal | undefined {
  const [collateral, debt] = [reserveOf(one, c), reserveOf(one, d)]
  if (!collateral.active || !debt.active) return 'inactive'
  if (collateral.paused || debt.paused) return 'paused'
  if (one.market.sentinelAllows === false && health >= EDGE) return 'sentinel'
  if (health >= WAD) return 'healthy'
  if (collateral.ltBps === 0 || suppliedScaled(one, c) === undefined) return 'not-collateral'
  return undefined
}

function gates31(one: Case, c: number, d: number, health: bigint): Refusal | undefined {
  const [collateral, debt] = [reserveOf(one, c), reserveOf(one, d)]
  if (!collateral.active || !debt.active) return 'inactive'
  if (collateral.paused || debt.paused) return 'paused'
  if (one.market.sentinelAllows === false && health >= EDGE) return 'sentinel'
  if (collateral.graceUntil >= one.now || debt.graceUntil >= one.now) return 'grace'
  if (health >= WAD) return 'healthy'
  if (collateral.ltBps === 0 || suppliedScaled(one, c) === undefined) return 'not-collateral'
  return undefined
}

function gates36(one: Case, c: number, d: number, health: bigint): Refusal | undefined {
  const [collateral, debt] = [reserveOf(one, c), reserveOf(one, d)]
  if (!collateral.active || !debt.active) return 'inactive'
  if (collateral.paused || debt.paused) return 'paused'
  if (one.market.sentinelAllows === false && health >= EDGE) return 'sentinel'
  if (collateral.graceUntil >= one.now || debt.graceUntil >= one.now) return 'grace'
  if (health >= WAD) return 'healthy'
  return suppliedScaled(one, c) === undefined ? 'not-collateral' : undefined
}

function gates37(one: Case, c: number, d: number, health: bigint): Refusal | undefined {
  const [collateral, debt] = [reserveOf(one, c), reserveOf(one, d)]
  if (!collateral.active || !debt.active) return 'inactive'
  if (collateral.paused || debt.paused) return 'paused'
  if (collateral.graceUntil >= one.now || debt.graceUntil >= one.now) return 'grace'
  if (health >= WAD) return 'healthy'
  return suppliedScaled(one, c) === undefined ? 'not-collateral' : undefined
}

/** Prices of a call until 3.1: the category's source prices the collateral in it, and the debt whatever it is; a 0 is a 0. */
function prices30(one: Case, c: number, d: number): { pc: bigint; pd: bigint; bonus: bigint } | undefined {
  const category = categoryOf(one)
  const isIn = category !== undefined && reserveOf(one, c).eModeCategory === category.id
  const hasOwn = category?.priceSource !== undefined && category.priceSource !== 0n
  const common = category?.hasPrice === false ? undefined : (category?.priceUsd8 ?? 0n)
  const pc = hasOwn && isIn ? common : quoted(one, c)
  const pd = hasOwn ? common : quoted(one, d)
  if (pc === undefined || pd === undefined) return undefined
  return { pc, pd, bonus: BigInt(isIn ? category.bonusBps : reserveOf(one, c).bonusBps) }
}
const bonus32 = (one: Case, c: number): bigint => {
  const category = categoryOf(one)
  return BigInt(category?.collaterals.includes(c) ? category.bonusBps : reserveOf(one, c).bonusBps)
}

/** Amounts of all revisions until 3.4, and of SparkLend: half up throughout. */
function halfUpAmounts(one: Case, c: number, d: number, p: Prices, debt: bigint, balance: bigint): Taken | Refusal {
  const { pc, pd, bonus } = p
  const [uc, ud, feeBps] = [unitOf(one, c), unitOf(one, d), BigInt(reserveOf(one, c).feeBps)]
  if (pc === 0n) return 'arithmetic'
  const most = half(floor(pd * debt * uc, pc * ud) * bonus, 10_000n)
  if (most > balance && (pd === 0n || bonus === 0n)) return 'arithmetic'
  const repaid = most > balance ? half(floor(pc * balance * ud, pd * uc) * 10_000n, bonus) : debt
  const taken = least(most, balance)
  if (feeBps === 0n) return { debt: repaid, taken, fee: 0n }
  if (bonus === 0n) return 'arithmetic'
  const gained = taken - half(taken * 10_000n, bonus)
  return gained < 0n ? 'arithmetic' : { debt: repaid, taken, fee: half(gained * feeBps, 10_000n) }
}
interface Prices {
  readonly pc: bigint
  readonly pd: bigint
  readonly bonus: bigint
}
interface Taken {
  readonly debt: bigint
  readonly taken: bigint
  readonly fee: bigint
}

/** 3.5 and 3.6: the debt that the collateral pays for is rounded up, the rest half up. */
function amounts35(one: Case, c: number, d: number, p: Prices, debt: bigint, balance: bigint): Taken | Refusal {
  const { pc, pd, bonus } = p
  const [uc, ud, feeBps] = [unitOf(one, c), unitOf(one, d), BigInt(reserveOf(one, c).feeBps)]
  if (pc === 0n) return 'arithmetic'
  const most = half(floor(pd * debt * uc, pc * ud) * bonus, 10_000n)
  if (most > balance && (pd === 0n || bonus === 0n)) return 'arithmetic'
  const repaid = most > balance ? ceil(floor(pc * balance * ud, pd * uc) * 10_000n, bonus) : debt
  const taken = least(most, balance)
  if (feeBps === 0n) return { debt: repaid, taken, fee: 0n }
  if (bonus === 0n) return 'arithmetic'
  const gained = taken - half(taken * 10_000n, bonus)
  return gained < 0n ? 'arithmetic' : { debt: repaid, taken, fee: half(gained * feeBps, 10_000n) }
}

/** 3.7: against the liquidator everywhere. */
function amounts37(one: Case, c: number, d: number, p: Prices, debt: bigint, balance: bigint): Taken | Refusal {
  const { pc, pd, bonus } = p
  const [uc, ud, feeBps] = [unitOf(one, c), unitOf(one, d), BigInt(reserveOf(one, c).feeBps)]
  if (pc === 0n) return 'arithmetic'
  const most = floor(floor(pd * debt * uc, pc * ud) * bonus, 10_000n)
  if (most > balance && (pd === 0n || bonus === 0n)) return 'arithmetic'
  const repaid = most > balance ? ceil(floor(pc * balance * ud, pd * uc) * 10_000n, bonus) : debt
  const taken = least(most, balance)
  if (feeBps === 0n) return { debt: repaid, taken, fee: 0n }
  if (bonus === 0n) return 'arithmetic'
  const gained = taken - floor(taken * 10_000n, bonus)
  return gained < 0n ? 'arithmetic' : { debt: repaid, taken, fee: ceil(gained * feeBps, 10_000n) }
}

/** The tokens must have something to burn, and the pool something to pay out. */
function moved(
  one: Case,
  c: number,
  { debt, taken, fee }: Taken,
  burned: { debt: bigint; supply: bigint },
): Moved | Refusal {
  if (burned.debt === 0n || burned.supply === 0n) return 'burns-nothing'
  if (taken - fee > reserveOf(one, c).available) return 'no-liquidity'
  return { debt, collateral: taken - fee, fee }
}

/** 3.0.x: half of the reserve's debt above 0.95, all of it at and below; nothing forbids dust. */
function call30(one: Case, c: number, d: number, asked: bigint): Moved | Refusal {
  const said = account30(one)
  if (typeof said === 'string') return said
  const refused = gates30(one, c, d, said.healthFactor)
  return refused ?? closeHalf(one, c, d, asked, said)
}
/** 3.1: grace periods. */
function call31(one: Case, c: number, d: number, asked: bigint): Moved | Refusal {
  const said = account31(one)
  if (typeof said === 'string') return said
  const refused = gates31(one, c, d, said.healthFactor)
  return refused ?? closeHalf(one, c, d, asked, said)
}
function closeHalf(one: Case, c: number, d: number, asked: bigint, said: Said): Moved | Refusal {
  const index = debtIndex(one, d, compoundedUntil33)
  const owed = half(owedScaled(one, d) * index, RAY) + stableDebt(one, d)
  if (owed === 0n) return 'not-owed'
  const prices = prices30(one, c, d)
  if (prices === undefined) return 'reverts'
  const most = said.healthFactor > EDGE ? half(owed * 5000n, 10_000n) : owed
  const income = incomeIndex(one, c)
  const balance = half((suppliedScaled(one, c) ?? 0n) * income, RAY)
  const taken = halfUpAmounts(one, c, d, prices, least(asked, most), balance)
  if (typeof taken === 'string') return taken
  if (taken.debt > owed) return 'arithmetic'
  const burned = { debt: half(taken.debt * RAY, index), supply: half((taken.taken - taken.fee) * RAY, income) }
  return moved(one, c, taken, burned)
}

/** 3.2: the same without stable debt and without a category's own price. */
function call32(one: Case, c: number, d: number, asked: bigint): Moved | Refusal {
  const said = account32(one)
  if (typeof said === 'string') return said
  const refused = gates31(one, c, d, said.healthFactor)
  if (refused) return refused
  const index = debtIndex(one, d, compoundedUntil33)
  const owed = half(owedScaled(one, d) * index, RAY)
  if (owed === 0n) return 'not-owed'
  const [pc, pd] = [quoted(one, c) ?? 0n, quoted(one, d) ?? 0n]
  const most = said.healthFactor > EDGE ? half(owed * 5000n, 10_000n) : owed
  const income = incomeIndex(one, c)
  const balance = half((suppliedScaled(one, c) ?? 0n) * income, RAY)
  const taken = halfUpAmounts(one, c, d, { pc, pd, bonus: bonus32(one, c) }, least(asked, most), balance)
  if (typeof taken === 'string') return taken
  if (half(taken.debt * RAY, index) > owedScaled(one, d)) return 'arithmetic'
  const burned = { debt: half(taken.debt * RAY, index), supply: half((taken.taken - taken.fee) * RAY, income) }
  return moved(one, c, taken, burned)
}

/** 3.3 and 3.4: half of all debt, only where both sides are $2,000 at least; no leftover under $1,000; debts rounded down. */
function closeHalfOfAll(one: Case, c: number, d: number, asked: bigint, said: Said, index: bigint): Moved | Refusal {
  const owed = half(owedScaled(one, d) * index, RAY)
  if (owed === 0n) return 'not-owed'
  const [pc, pd] = [quoted(one, c) ?? 0n, quoted(one, d) ?? 0n]
  const [uc, ud] = [unitOf(one, c), unitOf(one, d)]
  const income = incomeIndex(one, c)
  const balance = half((suppliedScaled(one, c) ?? 0n) * income, RAY)
  const owedBase = floor(owed * pd, ud)
  let most = owed
  if (floor(balance * pc, uc) >= 2000n * USD && owedBase >= 2000n * USD && said.healthFactor > EDGE) {
    const halfBase = half(said.totalDebtBase * 5000n, 10_000n)
    if (owedBase > halfBase) most = floor(halfBase * ud, pd)
  }
  const taken = halfUpAmounts(one, c, d, { pc, pd, bonus: bonus32(one, c) }, least(asked, most), balance)
  if (typeof taken === 'string') return taken
  if (taken.debt < owed && taken.taken < balance) {
    const leavesDebt = floor((owed - taken.debt) * pd, ud) >= 1000n * USD
    const leavesCollateral = floor((balance - taken.taken) * pc, uc) >= 1000n * USD
    if (!leavesDebt || !leavesCollateral) return 'dust'
  }
  if (taken.debt > owed) return 'arithmetic'
  const isLast = said.totalCollateralBase === floor(taken.taken * pc, uc)
  const burned = {
    debt: half((isLast ? owed : taken.debt) * RAY, index),
    supply: half((taken.taken - taken.fee) * RAY, income),
  }
  return moved(one, c, taken, burned)
}
function call33(one: Case, c: number, d: number, asked: bigint): Moved | Refusal {
  const said = account32(one)
  if (typeof said === 'string') return said
  const refused = gates31(one, c, d, said.healthFactor)
  return refused ?? closeHalfOfAll(one, c, d, asked, said, debtIndex(one, d, compoundedUntil33))
}
function call34(one: Case, c: number, d: number, asked: bigint): Moved | Refusal {
  const said = account34(one)
  if (typeof said === 'string') return said
  const refused = gates31(one, c, d, said.healthFactor)
  return refused ?? closeHalfOfAll(one, c, d, asked, said, debtIndex(one, d, compoundedFrom34))
}

type Amounts = typeof amounts35

/** 3.5 on: supply down, debt up, what is left of debt up. */
function callFrom35(one: Case, c: number, d: number, asked: bigint, said: Said, amounts: Amounts): Moved | Refusal {
  const index = debtIndex(one, d, compoundedFrom34)
  const owed = ceil(owedScaled(one, d) * index, RAY)
  if (owed === 0n) return 'not-owed'
  const [pc, pd] = [quoted(one, c) ?? 0n, quoted(one, d) ?? 0n]
  const [uc, ud] = [unitOf(one, c), unitOf(one, d)]
  const income = incomeIndex(one, c)
  const balance = floor((suppliedScaled(one, c) ?? 0n) * income, RAY)
  const owedBase = ceil(owed * pd, ud)
  let most = owed
  if (floor(balance * pc, uc) >= 2000n * USD && owedBase >= 2000n * USD && said.healthFactor > EDGE) {
    const halfBase = half(said.totalDebtBase * 5000n, 10_000n)
    if (owedBase > halfBase) most = floor(halfBase * ud, pd)
  }
  const taken = amounts(one, c, d, { pc, pd, bonus: bonus32(one, c) }, least(asked, most), balance)
  if (typeof taken === 'string') return taken
  if (taken.debt < owed && taken.taken < balance) {
    const leavesDebt = ceil((owed - taken.debt) * pd, ud) >= 1000n * USD
    const leavesCollateral = floor((balance - taken.taken) * pc, uc) >= 1000n * USD
    if (!leavesDebt || !leavesCollateral) return 'dust'
  }
  if (taken.debt > owed) return 'arithmetic'
  const isLast = said.totalCollateralBase === floor(taken.taken * pc, uc)
  const burned = {
    debt: floor((isLast ? owed : taken.debt) * RAY, index),
    supply: ceil((taken.taken - taken.fee) * RAY, income),
  }
  return moved(one, c, taken, burned)
}
function call35(one: Case, c: number, d: number, asked: bigint): Moved | Refusal {
  const said = account35(one)
  if (typeof said === 'string') return said
  const refused = gates31(one, c, d, said.healthFactor)
  return refused ?? callFrom35(one, c, d, asked, said, amounts35)
}
function call36(one: Case, c: number, d: number, asked: bigint): Moved | Refusal {
  const said = account36(one)
  if (typeof said === 'string') return said
  const refused = gates36(one, c, d, said.healthFactor)
  return refused ?? callFrom35(one, c, d, asked, said, amounts35)
}
function call37(one: Case, c: number, d: number, asked: bigint): Moved | Refusal {
  const said = account37(one)
  if (typeof said === 'string') return said
  const refused = gates37(one, c, d, said.healthFactor)
  return refused ?? callFrom35(one, c, d, asked, said, amounts37)
}

/** SparkLend: 3.0.2's close factor and amounts over the balances of 3.5. */
function callSpark(one: Case, c: number, d: number, asked: bigint): Moved | Refusal {
  const said = accountSpark(one)
  if (typeof said === 'string') return said
  const refused = gates30(one, c, d, said.healthFactor)
  if (refused) return refused
  const index = debtIndex(one, d, compoundedUntil33)
  const owed = ceil(owedScaled(one, d) * index, RAY) + stableDebt(one, d)
  if (owed === 0n) return 'not-owed'
  const prices = prices30(one, c, d)
  if (prices === undefined) return 'reverts'
  const most = said.healthFactor > EDGE ? half(owed * 5000n, 10_000n) : owed
  const income = incomeIndex(one, c)
  const balance = floor((suppliedScaled(one, c) ?? 0n) * income, RAY)
  const taken = halfUpAmounts(one, c, d, prices, least(asked, most), balance)
  if (typeof taken === 'string') return taken
  if (taken.debt > owed) return 'arithmetic'
  const burned = { debt: floor(taken.debt * RAY, index), supply: ceil((taken.taken - taken.fee) * RAY, income) }
  return moved(one, c, taken, burned)
}

/** By the id of the rule set that claims to be the same. */
export const REVISIONS: ReadonlyMap<string, Revision> = new Map([
  ['aave-v3.0', { account: account30, call: call30 }],
  ['aave-v3.1', { account: account31, call: call31 }],
  ['aave-v3.2', { account: account32, call: call32 }],
  ['aave-v3.3', { account: account32, call: call33 }],
  ['aave-v3.4', { account: account34, call: call34 }],
  ['aave-v3.5', { account: account35, call: call35 }],
  ['aave-v3.6', { account: account36, call: call36 }],
  ['aave-v3.7', { account: account37, call: call37 }],
  ['sparklend', { account: accountSpark, call: callSpark }],
])
