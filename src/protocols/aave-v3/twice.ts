import { min, mulDivCeil, RAY, WAD } from '../../core/math.ts'
import { HEALTH_FACTOR_LIQUIDATION_THRESHOLD, type Rules } from './rules.ts'
import {
  burnsNothing,
  largestWithLeftovers,
  maxLiquidatableDebt,
  type SeizureAmounts,
  type SeizureInput,
  type Sized,
  seize,
  sizeWithin,
  type Within,
} from './size.ts'

/** What stands beside one pair of an account, so that its health after a call can be told as the pool will. */
export interface Surroundings {
  readonly scaledCollateral: bigint
  readonly liquidityIndex: bigint
  readonly scaledDebt: bigint
  readonly variableBorrowIndex: bigint
  /** Of the collateral, basis points. */
  readonly liquidationThresholdBps: bigint
  /** Σ value × threshold of all collateral, basis points. */
  readonly weightedBase: bigint
  readonly totalCollateralBase: bigint
  health(weightedBase: bigint, totalCollateralBase: bigint, totalDebtBase: bigint): bigint
}

/** Two calls of one pair, summed; the first covers exactly `firstCover`. */
export interface TwiceSized extends Sized {
  readonly firstCover: bigint
}

/**
 * The first call leaves health this far below 1, so that a price that grows with time until the call is mined does not
 * lift it over the line: a ratio feed of 3 % a year grows so much in three hours.
 */
const HEALTH_LEFT_WAD = WAD - WAD / 100_000n

/**
 * Where the close factor allows only half: first as much as leaves the account liquidatable (r₁ < (D − A)/(1 − (1+b)·LT)), then
 * half of what is left, or all of it where the first call has brought it under $2,000. Undefined where one call may do it all, or
 * no two calls may follow each other.
 */
export function sizeTwice(
  input: SeizureInput,
  around: Surroundings,
  rules: Rules,
  { loanable, available }: Within,
): TwiceSized | undefined {
  const most = maxLiquidatableDebt(input, rules)
  // Balances that round half up (until 3.4) are not followed through a call.
  if (most >= input.debtBalance || !rules.balancesAreExact) return undefined
  const bounds = [most, loanable, largestWithLeftovers(input, rules), largestUnhealthy(input, around)]
  const firstCover = bounds.reduce(min)
  const first = firstCover > 0n ? seize(input, firstCover, rules) : undefined
  if (first?.debt !== firstCover || burnsNothing(first, around, rules)) return undefined
  const after = inputAfter(input, around, first, rules)
  if (after.healthFactor >= HEALTH_FACTOR_LIQUIDATION_THRESHOLD) return undefined
  const left = { loanable: loanable - firstCover, available: available - first.collateral }
  const second = sizeWithin(after, rules, left)
  if (second === undefined || second.collateral > left.available || burnsNothing(second, around, rules))
    return undefined
  return {
    firstCover,
    debtToCover: firstCover + second.debtToCover,
    debt: first.debt + second.debt,
    collateral: first.collateral + second.collateral,
    protocolFee: first.protocolFee + second.protocolFee,
  }
}

/**
 * Most debt to cover so that health ends below `HEALTH_LEFT_WAD`: a call of r takes (1+b)·r of collateral, which weighs LT. All of the
 * debt where a call lowers health.
 */
function largestUnhealthy(input: SeizureInput, { liquidationThresholdBps, weightedBase }: Surroundings): bigint {
  const perUnit = HEALTH_LEFT_WAD * 10n ** 8n - input.liquidationBonusBps * liquidationThresholdBps * WAD
  const lacking = HEALTH_LEFT_WAD * 10n ** 8n * input.totalDebtBase - weightedBase * 10_000n * WAD
  if (lacking <= 0n) return 0n
  return perUnit <= 0n ? input.debtBalance : (lacking * input.debtUnit) / (perUnit * input.debtPrice)
}

/** The same pair after a call at the same moment. aTokens are burned and sent rounded up, debt is burned rounded down (3.5 on). */
function inputAfter(input: SeizureInput, around: Surroundings, done: SeizureAmounts, rules: Rules): SeizureInput {
  const { scaledCollateral, liquidityIndex, scaledDebt, variableBorrowIndex } = around
  const received = scaledCollateral - mulDivCeil(done.collateral, RAY, liquidityIndex)
  const scaledLeft = received - min(received, mulDivCeil(done.protocolFee, RAY, liquidityIndex))
  const collateralBalance = rules.aTokenBalance(scaledLeft, liquidityIndex)
  const debtBalance = rules.vTokenBalance(scaledDebt - (done.debt * RAY) / variableBorrowIndex, variableBorrowIndex)
  const value = (balance: bigint): bigint => (balance * input.collateralPrice) / input.collateralUnit
  const owed = (balance: bigint): bigint => rules.debtInBase(balance, input.debtPrice, input.debtUnit)
  const lost = value(input.collateralBalance) - value(collateralBalance)
  const totalDebtBase = input.totalDebtBase - owed(input.debtBalance) + owed(debtBalance)
  const healthFactor = around.health(
    around.weightedBase - lost * around.liquidationThresholdBps,
    around.totalCollateralBase - lost,
    totalDebtBase,
  )
  return { ...input, collateralBalance, debtBalance, totalDebtBase, healthFactor }
}
