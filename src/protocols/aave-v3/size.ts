import { max, min, mulDivCeil, mulDivFloor, percentMul } from '../../core/math.ts'
import {
  CLOSE_FACTOR_HF_THRESHOLD,
  DEFAULT_LIQUIDATION_CLOSE_FACTOR_BPS,
  MIN_BASE_MAX_CLOSE_FACTOR_THRESHOLD,
  MIN_LEFTOVER_BASE,
  type Rules,
} from './rules.ts'

/** What LiquidationLogic looks at for one collateral and one debt. Amounts in smallest units, prices with 8 decimals. */
export interface SeizureInput {
  readonly collateralPrice: bigint
  readonly collateralUnit: bigint
  readonly collateralBalance: bigint
  readonly debtPrice: bigint
  readonly debtUnit: bigint
  /** The whole debt in the chosen reserve. */
  readonly debtBalance: bigint
  /** Basis points over 100 %, such as 10500. */
  readonly liquidationBonusBps: bigint
  readonly protocolFeeBps: bigint
  readonly totalDebtBase: bigint
  /** 18 decimals. */
  readonly healthFactor: bigint
}

export interface SeizureAmounts {
  /** To the liquidator; the protocol fee is already off. */
  readonly collateral: bigint
  readonly debt: bigint
  readonly protocolFee: bigint
}

/** LiquidationLogic._calculateAvailableCollateralToLiquidate. */
export function calculateAvailableCollateralToLiquidate(
  input: Omit<SeizureInput, 'debtBalance' | 'totalDebtBase' | 'healthFactor'>,
  debtToCover: bigint,
  rules: Rules,
): SeizureAmounts {
  const { collateralPrice, collateralUnit, debtPrice, debtUnit, collateralBalance, liquidationBonusBps } = input
  const base = (debtPrice * debtToCover * collateralUnit) / (collateralPrice * debtUnit)
  const most = rules.maxCollateral(base, liquidationBonusBps)
  const capped = most > collateralBalance
  const collateral = capped ? collateralBalance : most
  const debt = capped
    ? rules.debtNeeded((collateralPrice * collateral * debtUnit) / (debtPrice * collateralUnit), liquidationBonusBps)
    : debtToCover
  const bonus = collateral - rules.withoutBonus(collateral, liquidationBonusBps)
  const protocolFee = input.protocolFeeBps === 0n ? 0n : rules.protocolFee(bonus, input.protocolFeeBps)
  return { collateral: collateral - protocolFee, debt, protocolFee }
}

/** How much debt one call may cover at most: LiquidationLogic._calculateDebt until 3.2, executeLiquidationCall after. */
export function maxLiquidatableDebt(input: SeizureInput, rules: Rules): bigint {
  const { debtBalance, debtPrice, debtUnit, collateralBalance, collateralPrice, collateralUnit } = input
  const isDeep = input.healthFactor <= CLOSE_FACTOR_HF_THRESHOLD
  if (rules.closeFactorOf === 'reserve')
    return isDeep ? debtBalance : percentMul(debtBalance, DEFAULT_LIQUIDATION_CLOSE_FACTOR_BPS)
  const debtBase = rules.debtInBase(debtBalance, debtPrice, debtUnit)
  const collateralBase = (collateralBalance * collateralPrice) / collateralUnit
  if (collateralBase < MIN_BASE_MAX_CLOSE_FACTOR_THRESHOLD || debtBase < MIN_BASE_MAX_CLOSE_FACTOR_THRESHOLD || isDeep)
    return debtBalance
  const half = percentMul(input.totalDebtBase, DEFAULT_LIQUIDATION_CLOSE_FACTOR_BPS)
  return debtBase > half ? (half * debtUnit) / debtPrice : debtBalance
}

/** What the pool does when asked to cover `debtToCover`; undefined when it would revert with MustNotLeaveDust. */
export function seize(input: SeizureInput, debtToCover: bigint, rules: Rules): SeizureAmounts | undefined {
  const asked = min(debtToCover, maxLiquidatableDebt(input, rules))
  const out = calculateAvailableCollateralToLiquidate(input, asked, rules)
  return rules.dustRules && leavesDust(input, out, rules, MIN_LEFTOVER_BASE) ? undefined : out
}

function leavesDust(input: SeizureInput, out: SeizureAmounts, rules: Rules, leftoverBase: bigint): boolean {
  const debtLeft = input.debtBalance - out.debt
  const collateralLeft = input.collateralBalance - out.collateral - out.protocolFee
  if (debtLeft === 0n || collateralLeft === 0n) return false
  return (
    rules.debtInBase(debtLeft, input.debtPrice, input.debtUnit) < leftoverBase ||
    (collateralLeft * input.collateralPrice) / input.collateralUnit < leftoverBase
  )
}

/**
 * Kept above the pool's own $1,000 when a part is left on purpose, so that interest and a small price move until the
 * call is mined do not turn it into dust: $0.10, base currency.
 */
const LEFTOVER_MARGIN_BASE = 10n ** 7n

/** A call sized: what to ask for and what the pool will do at the same moment. */
export interface Sized extends SeizureAmounts {
  /** At least `debt`: more when the pool itself cuts it (close factor, whole debt, whole collateral). */
  readonly debtToCover: bigint
}

/**
 * The largest call that does not revert, at most `debtLimit`; undefined when every call would leave dust. Larger is
 * better: each unit of debt brings the same bonus.
 */
export function sizeLargest(input: SeizureInput, rules: Rules, debtLimit: bigint): Sized | undefined {
  const most = maxLiquidatableDebt(input, rules)
  const full = seize(input, min(most, debtLimit), rules)
  if (full && full.debt > 0n) return { ...full, debtToCover: min(debtLimit, full.debt + growth(full.debt, input)) }
  const debt = min(min(most, debtLimit), largestWithLeftovers(input, rules))
  if (debt <= 0n) return undefined
  const part = seize(input, debt, rules)
  return part && part.debt > 0n ? { ...part, debtToCover: part.debt } : undefined
}

/** What base, bonus and fee may round a seizure up by, in units of the collateral. */
const ROUNDED_UNITS = 2n

/** What can be had for a moment: debt to borrow, and collateral that the pool has. */
export interface Within {
  readonly loanable: bigint
  readonly available: bigint
}

/** The largest call for which there is enough to borrow and enough collateral in the pool. */
export function sizeWithin(input: SeizureInput, rules: Rules, { loanable, available }: Within): Sized | undefined {
  const sized = sizeLargest(input, rules, loanable)
  if (sized === undefined || sized.collateral <= available) return sized
  return sizeLargest(input, rules, mulDivFloor(sized.debt, max(0n, available - ROUNDED_UNITS), sized.collateral))
}

/**
 * Room for the interest until the call is mined (0.001 %): the pool cuts what is too much. And two units of collateral:
 * when the collateral caps, less would be floored to a call that leaves one of them behind, which is dust.
 */
const growth = (debt: bigint, { collateralPrice, collateralUnit, debtPrice, debtUnit }: SeizureInput): bigint =>
  debt / 100_000n + 1n + mulDivCeil(2n * collateralPrice, debtUnit, debtPrice * collateralUnit)

/** Most debt to cover so that both leftovers stay above the dust line; 0 or less when there is no such amount. */
export function largestWithLeftovers(input: SeizureInput, rules: Rules): bigint {
  const leftover = MIN_LEFTOVER_BASE + LEFTOVER_MARGIN_BASE
  const debtKept = mulDivCeil(leftover, input.debtUnit, input.debtPrice)
  const collateralKept = mulDivCeil(leftover, input.collateralUnit, input.collateralPrice)
  let high = input.debtBalance - debtKept
  let low = 0n
  const fits = (debt: bigint): boolean => {
    const out = calculateAvailableCollateralToLiquidate(input, debt, rules)
    return out.collateral + out.protocolFee <= input.collateralBalance - collateralKept
  }
  if (high <= 0n || input.collateralBalance < collateralKept) return 0n
  if (fits(high)) return high
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (fits(middle)) low = middle
    else high = middle
  }
  return low
}

/** ScaledBalanceTokenBase._burnScaled refuses a scaled amount of 0, of the collateral or of the debt. */
export const burnsNothing = (
  { collateral, debt }: SeizureAmounts,
  { liquidityIndex, variableBorrowIndex }: { readonly liquidityIndex: bigint; readonly variableBorrowIndex: bigint },
  rules: Rules,
): boolean => rules.toBurned(collateral, liquidityIndex) === 0n || rules.toScaled(debt, variableBorrowIndex) === 0n
