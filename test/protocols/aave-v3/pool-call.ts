import type { AccountSpec, EModeSpec, ReserveSpec } from './world.ts'

/**
 * Pool.liquidationCall of 3.6 and 3.7, written down from LiquidationLogic, GenericLogic, TokenMath and ScaledBalanceTokenBase
 * line by line, with arithmetic of its own: nothing of `src` is used. Every reserve is up to date, so that indices are what they are.
 */
export type Version = '3.6' | '3.7'

export interface Position {
  readonly version: Version
  readonly reserves: readonly ReserveSpec[]
  readonly eModes: readonly EModeSpec[]
  readonly account: AccountSpec
}

export interface Called {
  /** actualDebtToLiquidate */
  readonly debt: bigint
  /** actualCollateralToLiquidate: the fee is off. */
  readonly collateral: bigint
  readonly fee: bigint
}

const RAY = 10n ** 27n
const WAD = 10n ** 18n
const up = (a: bigint, b: bigint): bigint => (a % b === 0n ? a / b : a / b + 1n)
const halfUp = (a: bigint, b: bigint): bigint => (a + b / 2n) / b

const rate = {
  '3.6': { most: halfUp, without: halfUp, fee: halfUp },
  '3.7': { most: (a: bigint, b: bigint) => a / b, without: (a: bigint, b: bigint) => a / b, fee: up },
} as const

const priceOf = (p: Position, id: number): bigint => (p.reserves[id] as ReserveSpec).priceUsd8
const unitOf = (p: Position, id: number): bigint => 10n ** BigInt((p.reserves[id] as ReserveSpec).decimals)

/** Side of a reserve, in its own units. */
const supplied = (p: Position, [id, scaled]: readonly [number, bigint]): bigint =>
  (scaled * (p.reserves[id] as ReserveSpec).liquidityIndex) / RAY
const owed = (p: Position, [id, scaled]: readonly [number, bigint]): bigint =>
  up(scaled * (p.reserves[id] as ReserveSpec).variableBorrowIndex, RAY)

function terms(p: Position, id: number): { lt: bigint; bonus: bigint } {
  const category = p.eModes.find((one) => one.id === p.account.eMode)
  const reserve = p.reserves[id] as ReserveSpec
  const { ltBps, bonusBps } = category?.collaterals.includes(id) ? category : reserve
  return { lt: BigInt(ltBps), bonus: BigInt(bonusBps) }
}

/** GenericLogic.calculateUserAccountData: base currency and health. */
export function judge(p: Position): { collateral: bigint; debt: bigint; health: bigint } {
  let [collateral, debt, weighted] = [0n, 0n, 0n]
  for (const held of p.account.collaterals) {
    const value = (supplied(p, held) * priceOf(p, held[0])) / unitOf(p, held[0])
    collateral += value
    weighted += value * terms(p, held[0]).lt
  }
  for (const held of p.account.debts) debt += up(owed(p, held) * priceOf(p, held[0]), unitOf(p, held[0]))
  const health = debt === 0n ? 2n ** 256n - 1n : (weighted * WAD + debt / 2n) / debt / 10_000n
  return { collateral, debt, health }
}

/** One pair of a position, with all that no call changes: what stands in LiquidationCallLocalVars before the amounts. */
export interface Pair {
  readonly version: Version
  readonly pc: bigint
  readonly uc: bigint
  readonly pd: bigint
  readonly ud: bigint
  readonly bonus: bigint
  readonly feeBps: bigint
  readonly balance: bigint
  readonly reserveDebt: bigint
  readonly maxLiquidatableDebt: bigint
  readonly totalCollateralBase: bigint
  readonly debtIndex: bigint
  /** Underlying of the collateral that the pool has, and of the debt that can be borrowed in a flash. */
  readonly available: bigint
  readonly loanable: bigint
}

export function pairOf(p: Position, held: readonly [number, bigint], owing: readonly [number, bigint]): Pair {
  const [c, d] = [held[0], owing[0]]
  const [pc, uc, pd, ud] = [priceOf(p, c), unitOf(p, c), priceOf(p, d), unitOf(p, d)]
  const total = judge(p)
  const balance = supplied(p, held)
  const reserveDebt = owed(p, owing)
  const debtBase = up(reserveDebt * pd, ud)
  let maxLiquidatableDebt = reserveDebt
  if ((balance * pc) / uc >= 2000n * 10n ** 8n && debtBase >= 2000n * 10n ** 8n && total.health > 95n * 10n ** 16n) {
    const half = halfUp(total.debt * 5000n, 10_000n)
    if (debtBase > half) maxLiquidatableDebt = (half * ud) / pd
  }
  const collateral = p.reserves[c] as ReserveSpec
  const debt = p.reserves[d] as ReserveSpec
  return {
    ...{ version: p.version, pc, uc, pd, ud, balance, reserveDebt, maxLiquidatableDebt },
    bonus: terms(p, c).bonus,
    feeBps: BigInt(collateral.feeBps),
    totalCollateralBase: total.collateral,
    debtIndex: debt.variableBorrowIndex,
    available: collateral.available,
    loanable: debt.flashLoans ? debt.available : 0n,
  }
}

/** What the pool does; a string when it reverts. The account is unhealthy, the reserves are open. */
export function call(p: Pair, debtToCover: bigint): Called | 'revert' {
  const { pc, uc, pd, ud, bonus, balance, reserveDebt } = p
  if (bonus === 0n) return 'revert'
  let debt = debtToCover > p.maxLiquidatableDebt ? p.maxLiquidatableDebt : debtToCover
  const r = rate[p.version]
  const base = (pd * debt * uc) / (pc * ud)
  let seized = r.most(base * bonus, 10_000n)
  if (seized > balance) {
    seized = balance
    debt = up(((pc * seized * ud) / (pd * uc)) * 10_000n, bonus)
  }
  const seizedBase = (seized * pc) / uc
  const fee = p.feeBps === 0n ? 0n : r.fee((seized - r.without(seized * 10_000n, bonus)) * p.feeBps, 10_000n)
  const collateral = seized - fee
  if (debt < reserveDebt && seized < balance) {
    const leftDebt = up((reserveDebt - debt) * pd, ud)
    const leftCollateral = ((balance - seized) * pc) / uc
    if (leftDebt < 1000n * 10n ** 8n || leftCollateral < 1000n * 10n ** 8n) return 'revert'
  }
  // An account whose collateral is gone has its whole debt burned; nothing may burn a scaled amount of 0.
  const burned = seizedBase === p.totalCollateralBase ? reserveDebt : debt
  if ((burned * RAY) / p.debtIndex === 0n || collateral === 0n) return 'revert'
  if (debt > reserveDebt || collateral > p.available) return 'revert'
  return { debt, collateral, fee }
}

/** Received less paid at oracle prices, rounded against the caller; the loan costs its premium, rounded up. */
export function gain(p: Pair, loan: bigint, { debt, collateral }: Called, premiumBps: bigint): bigint {
  const premium = up(loan * premiumBps, 10_000n)
  return (collateral * p.pc) / p.uc - up((debt + premium) * p.pd, p.ud)
}

export interface Best extends Called {
  readonly gain: bigint
}

/**
 * The best call of one pair: every kink of the piecewise function with its neighbours (in units of debt and of collateral),
 * and a grid, even and geometric.
 */
export function bestOf(p: Pair, premiumBps: bigint, grid: number): { best: Best | undefined; tried: number } {
  let best: Best | undefined
  const asked = amounts(p, grid)
  for (const debtToCover of asked) {
    const out = call(p, debtToCover)
    if (out === 'revert' || out.debt > p.loanable) continue
    const gained = gain(p, out.debt, out, premiumBps)
    if (best === undefined || gained > best.gain) best = { ...out, gain: gained }
  }
  return { best, tried: asked.size }
}

export function amounts(p: Pair, grid: number): Set<bigint> {
  const { pc, uc, pd, ud, bonus } = p
  const toDebt = (base: bigint): bigint => (base * ud) / pd
  /** Debt that seizes so much collateral. */
  const forCollateral = (amount: bigint): bigint => up(amount * pc * ud * 10_000n, uc * pd * (bonus || 10_000n))
  const leftover = 1000n * 10n ** 8n
  const kinks = [
    0n,
    p.reserveDebt,
    p.maxLiquidatableDebt,
    p.loanable,
    p.reserveDebt - toDebt(leftover),
    forCollateral(p.balance),
    forCollateral(p.balance - up(leftover * uc, pc)),
    forCollateral(p.available),
    forCollateral((p.available * 10_000n * 10_000n) / (10_000n * 10_000n - (bonus - 10_000n) * p.feeBps || 1n)),
  ]
  const step = forCollateral(1n)
  const found = new Set<bigint>()
  const add = (amount: bigint): void => {
    if (amount > 0n && amount <= p.reserveDebt) found.add(amount)
  }
  for (const kink of kinks)
    for (let near = -3n; near <= 3n; near++) {
      add(kink + near)
      add(kink + near * step)
      add(kink + near * step - 1n)
    }
  for (let i = 1; i <= grid; i++) {
    add((p.maxLiquidatableDebt * BigInt(i)) / BigInt(grid))
    add(p.maxLiquidatableDebt / 2n ** BigInt(i))
  }
  add(p.reserveDebt)
  return found
}
