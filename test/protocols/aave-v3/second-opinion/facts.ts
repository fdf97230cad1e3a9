import type { AccountSpec, EModeSpec, MarketSpec, ReserveSpec } from '../world.ts'

/**
 * A second opinion on every revision, written from the public sources and documents of each (named in docs/exactness.md) without
 * a look at `src/protocols/aave-v3`, and in another shape: one function a revision over plain numbers, every division spelled out.
 */
export const RAY = 10n ** 27n
export const WAD = 10n ** 18n
const YEAR = 31_536_000n
export const MOST = 2n ** 256n - 1n
export const USD = 10n ** 8n

export const floor = (n: bigint, d: bigint): bigint => n / d
export const ceil = (n: bigint, d: bigint): bigint => (n + d - 1n) / d
export const half = (n: bigint, d: bigint): bigint => (n + d / 2n) / d

/** The words of Pool.getUserAccountData. */
export interface Said {
  readonly totalCollateralBase: bigint
  readonly totalDebtBase: bigint
  readonly availableBorrowsBase: bigint
  readonly currentLiquidationThreshold: bigint
  readonly ltv: bigint
  readonly healthFactor: bigint
}

/** `reverts`: the oracle does not answer. `unsaid`: the debt token has a mind of its own (GHO before 3.4). */
export type Account = Said | 'reverts' | 'unsaid'

export type Refusal =
  | 'inactive'
  | 'paused'
  | 'sentinel'
  | 'grace'
  | 'healthy'
  | 'not-collateral'
  | 'not-owed'
  | 'dust'
  | 'arithmetic'
  | 'burns-nothing'
  | 'no-liquidity'
  | 'reverts'
  | 'unsaid'

/** What a call moves: debt repaid, collateral to the liquidator (fee off), fee to the treasury. */
export interface Moved {
  readonly debt: bigint
  readonly collateral: bigint
  readonly fee: bigint
}

export interface Case {
  readonly market: MarketSpec
  readonly account: AccountSpec
  readonly now: bigint
}

export interface Revision {
  account(one: Case): Account
  call(one: Case, collateral: number, debt: number, debtToCover: bigint): Moved | Refusal
}

export const reserveOf = ({ market }: Case, id: number): ReserveSpec => {
  const found = market.reserves[id]
  if (found === undefined) throw new Error(`no reserve ${id}`)
  return found
}
export const unitOf = (one: Case, id: number): bigint => 10n ** BigInt(reserveOf(one, id).decimals)
export const categoryOf = ({ market, account }: Case): EModeSpec | undefined =>
  account.eMode ? market.eModes?.find(({ id }) => id === account.eMode) : undefined

/** Flagged reserves; a reserve can be both. */
export const flaggedOf = ({ account }: Case): number[] => [
  ...new Set([...account.collaterals, ...account.debts, ...(account.stable ?? [])].map(([id]) => id)),
]
export const suppliedScaled = ({ account }: Case, id: number): bigint | undefined =>
  account.collaterals.find(([at]) => at === id)?.[1]
export const owedScaled = ({ account }: Case, id: number): bigint => account.debts.find(([at]) => at === id)?.[1] ?? 0n

/** Supply earns linearly: RAY + floor(rate·Δt / year), times the index, half up. The same in all revisions. */
export function incomeIndex(one: Case, id: number): bigint {
  const { liquidityIndex, liquidityRate, updatedAt } = reserveOf(one, id)
  if (updatedAt === one.now) return liquidityIndex
  return half((RAY + floor(liquidityRate * (one.now - updatedAt), YEAR)) * liquidityIndex, RAY)
}

/** Until 3.3, and in SparkLend: powers of the rate a second are cut off before they are multiplied by the seconds. */
export function compoundedUntil33(rate: bigint, seconds: bigint): bigint {
  if (seconds === 0n) return RAY
  const less2 = seconds > 2n ? seconds - 2n : 0n
  const squared = floor(half(rate * rate, RAY), YEAR * YEAR)
  const cubed = floor(half(squared * rate, RAY), YEAR)
  const second = floor(seconds * (seconds - 1n) * squared, 2n)
  const third = floor(seconds * (seconds - 1n) * less2 * cubed, 6n)
  return RAY + floor(rate * seconds, YEAR) + second + third
}

/** From 3.4: 1 + x + x·(x/2 + x·(x/6)) with x = rate·Δt / year. */
export function compoundedFrom34(rate: bigint, seconds: bigint): bigint {
  if (seconds === 0n) return RAY
  const x = floor(rate * seconds, YEAR)
  const inner = half(x * floor(x, 6n), RAY)
  return RAY + x + half(x * (floor(x, 2n) + inner), RAY)
}

export function debtIndex(one: Case, id: number, compounded: (rate: bigint, seconds: bigint) => bigint): bigint {
  const { variableBorrowIndex, borrowRate, updatedAt } = reserveOf(one, id)
  if (updatedAt === one.now) return variableBorrowIndex
  return half(compounded(borrowRate, one.now - updatedAt) * variableBorrowIndex, RAY)
}

/** StableDebtToken.balanceOf: principal at the account's own rate, half up. */
export function stableDebt(one: Case, id: number): bigint {
  const found = one.account.stable?.find(([at]) => at === id)?.[1]
  if (found === undefined || found.principal === 0n) return 0n
  return half(found.principal * compoundedUntil33(found.rate, one.now - found.updatedAt), RAY)
}

/** The oracle's answer for an asset. */
export const quoted = (one: Case, id: number): bigint | undefined => {
  const { hasPrice, priceUsd8 } = reserveOf(one, id)
  return hasPrice ? priceUsd8 : undefined
}
