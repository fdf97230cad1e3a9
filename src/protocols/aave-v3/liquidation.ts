import type { Ledger } from '../../core/ledger.ts'
import { mulDivCeil, mulDivFloor } from '../../core/math.ts'
import type { Candidate, RefusalReason, Seizure } from '../../core/plan.ts'
import type { AccountId } from '../../core/types.ts'
import { healthFactor, type Position, type Positions, positions, type Totals as Sums, totalsOf } from './health.ts'
import type { Moment, ReserveNow } from './moment.ts'
import {
  HEALTH_FACTOR_LIQUIDATION_THRESHOLD,
  healthFactorOf,
  MINIMUM_HEALTH_FACTOR_LIQUIDATION_THRESHOLD,
} from './rules.ts'
import { burnsNothing, type SeizureInput, sizeWithin } from './size.ts'
import { type Surroundings, sizeTwice, type TwiceSized } from './twice.ts'

/** Calls, and calls in two, worth a quote: the venue's slippage may turn the order of the first few around. */
const MOST_SEIZURES = 4
const MOST_TWICE = 2

/** Every call the pool would accept for this account at `moment`, best first; undefined while it is healthy. */
export function inspect(ledger: Ledger, account: AccountId, moment: Moment): Candidate | undefined {
  const held = positions(ledger, account, moment)
  if (held === undefined || held.debts.length === 0) return undefined
  const sums = totalsOf(held)
  const health = healthFactor(moment, sums)
  if (health >= HEALTH_FACTOR_LIQUIDATION_THRESHOLD) return undefined
  const borrower = ledger.address(account)
  const totals = { ...sums, healthFactor: health }
  // ValidationLogic.validateLiquidationCall: the L2 sequencer's grace period (until 3.6).
  const found =
    moment.sentinelForbids && health >= MINIMUM_HEALTH_FACTOR_LIQUIDATION_THRESHOLD
      ? { seizures: [], forbidden: 'sequencer-grace' as const }
      : allSeizures(borrower, held, totals, moment)
  const { totalCollateralBase, totalDebtBase } = sums
  return { account, borrower, totalCollateralBase, totalDebtBase, healthFactor: health, ...found }
}

interface Totals extends Sums {
  readonly healthFactor: bigint
}

function allSeizures(
  borrower: Candidate['borrower'],
  held: Positions,
  totals: Totals,
  moment: Moment,
): { seizures: readonly Seizure[]; forbidden: RefusalReason | undefined } {
  const seizures: Seizure[] = []
  let forbidden: RefusalReason = 'nothing-to-seize'
  for (const collateral of held.collaterals)
    for (const debt of held.debts) {
      // Without a bonus (a collateral of some eMode only, held outside of it) the pool divides by zero, or pays nothing.
      if (collateral.amount === 0n || collateral.liquidationBonusBps === 0n || debt.amount === 0n) continue
      const sized = sizePair(borrower, { collateral, debt, eMode: held.eMode }, totals, moment)
      if (typeof sized === 'string') forbidden = sized
      else seizures.push(...sized)
    }
  const best = [
    ...seizures
      .filter(({ firstCover }) => firstCover === 0n)
      .sort(byGain)
      .slice(0, MOST_SEIZURES),
    ...seizures
      .filter(({ firstCover }) => firstCover > 0n)
      .sort(byGain)
      .slice(0, MOST_TWICE),
  ]
  return { seizures: best.sort(byGain), forbidden: best.length > 0 ? undefined : forbidden }
}

const byGain = (a: Seizure, b: Seizure): number => (a.grossBase > b.grossBase ? -1 : a.grossBase < b.grossBase ? 1 : 0)

interface Pair {
  readonly collateral: Position
  readonly debt: Position
  readonly eMode: number
}

/** ValidationLogic.validateLiquidationCall, in its order, for one collateral and one debt; then what we ourselves leave alone. */
export function forbids({ collateral, debt }: Pair, { timestamp }: Moment): RefusalReason | undefined {
  const both = [collateral.reserve, debt.reserve]
  if (!both.every(({ active }) => active)) return 'reserve-inactive'
  if (both.some(({ paused }) => paused)) return 'reserve-paused'
  if (both.some(({ graceUntil }) => graceUntil >= timestamp)) return 'reserve-grace'
  return debt.stable > 0n ? 'stable-debt' : undefined
}

/** The largest call of the pair, and the two calls that take more together, where there are such. */
function sizePair(
  borrower: Candidate['borrower'],
  pair: Pair,
  totals: Totals,
  moment: Moment,
): Seizure[] | RefusalReason {
  const forbidden = forbids(pair, moment)
  if (forbidden) return forbidden
  const { collateral, debt } = pair
  const input = seizureInput(pair, totals, moment)
  // The pool divides by the collateral's price, and pays nothing for a debt that is worth nothing. Where a category's price
  // is 0, health falls back to the assets' own, a liquidation does not.
  if (moment.categoryPrice(pair.eMode) === 0n || input.collateralPrice === 0n || input.debtPrice === 0n)
    return 'nothing-to-seize'
  const { available } = collateral.reserve
  const loanable = flashLoanable(debt.reserve)
  const sized = sizeWithin(input, moment.rules, { loanable, available })
  if (sized === undefined) {
    if (available === 0n || loanable === 0n) return 'no-liquidity'
    return moment.rules.dustRules ? 'must-not-leave-dust' : 'nothing-to-seize'
  }
  if (sized.collateral > available || sized.debtToCover > loanable) return 'no-liquidity'
  const around = surroundings(pair, totals, moment)
  if (burnsNothing(sized, around, moment.rules)) return 'nothing-to-seize'
  const twice = sizeTwice(input, around, moment.rules, { loanable, available })
  const calls = [{ ...sized, firstCover: 0n }, ...(twice ? [twice] : [])]
  return calls.map((call) => toSeizure(borrower, pair, call, moment))
}

function toSeizure(
  borrower: Candidate['borrower'],
  { collateral, debt }: Pair,
  sized: TwiceSized,
  moment: Moment,
): Seizure {
  const premium = moment.rules.flashPremium(sized.debtToCover, moment.flashPremiumBps)
  const received = mulDivFloor(sized.collateral, collateral.priceUsd8, collateral.reserve.unit)
  const paid = mulDivCeil(sized.debt + premium, debt.priceUsd8, debt.reserve.unit)
  return {
    borrower,
    collateralAsset: collateral.asset,
    debtAsset: debt.asset,
    debtToCover: sized.debtToCover,
    firstCover: sized.firstCover,
    debtCovered: sized.debt,
    collateralSeized: sized.collateral,
    protocolFee: sized.protocolFee,
    flashPremium: premium,
    grossBase: received - paid,
    debtPriceUsd8: debt.priceUsd8,
    debtDecimals: debt.decimals,
  }
}

const surroundings = ({ collateral, debt }: Pair, totals: Totals, moment: Moment): Surroundings => ({
  scaledCollateral: collateral.scaled,
  liquidityIndex: collateral.reserve.normalizedIncome,
  scaledDebt: debt.scaled,
  variableBorrowIndex: debt.reserve.normalizedDebt,
  liquidationThresholdBps: collateral.liquidationThresholdBps,
  weightedBase: totals.weighted,
  totalCollateralBase: totals.totalCollateralBase,
  health: (weighted, collateralBase, debtBase) => healthFactorOf(moment.rules, weighted, collateralBase, debtBase),
})

export function seizureInput({ collateral, debt, eMode }: Pair, totals: Totals, moment: Moment): SeizureInput {
  return {
    collateralPrice: collateral.priceUsd8,
    collateralUnit: collateral.reserve.unit,
    collateralBalance: collateral.amount,
    debtPrice: moment.categoryPrice(eMode) ?? debt.priceUsd8,
    debtUnit: debt.reserve.unit,
    debtBalance: debt.amount,
    liquidationBonusBps: collateral.liquidationBonusBps,
    protocolFeeBps: collateral.reserve.protocolFeeBps,
    totalDebtBase: totals.totalDebtBase,
    healthFactor: totals.healthFactor,
  }
}

/** The most one can borrow for a moment: what the pool counts as its own, where flash loans are on. */
const flashLoanable = ({ flashLoanEnabled, available }: ReserveNow): bigint => (flashLoanEnabled ? available : 0n)
