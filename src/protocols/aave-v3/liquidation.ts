import type { Ledger } from '../../core/ledger.ts'
import { max, mulDivCeil, mulDivFloor, RAY } from '../../core/math.ts'
import type { Candidate, RefusalReason, Seizure } from '../../core/plan.ts'
import type { AccountId } from '../../core/types.ts'
import { healthFactor, type Position, type Positions, positions, totalsOf } from './health.ts'
import type { Moment, ReserveNow } from './moment.ts'
import { HEALTH_FACTOR_LIQUIDATION_THRESHOLD, MINIMUM_HEALTH_FACTOR_LIQUIDATION_THRESHOLD } from './rules.ts'
import { type SeizureAmounts, type SeizureInput, sizeLargest } from './size.ts'

/** Calls worth a quote: the venue's slippage may turn the order of the first few around. */
const MOST_SEIZURES = 4

/** Every call the pool would accept for this account at `moment`, best first; undefined while it is healthy. */
export function inspect(ledger: Ledger, account: AccountId, moment: Moment): Candidate | undefined {
  const held = positions(ledger, account, moment)
  if (held === undefined || held.debts.length === 0) return undefined
  const sums = totalsOf(held)
  const health = healthFactor(moment, sums)
  if (health >= HEALTH_FACTOR_LIQUIDATION_THRESHOLD) return undefined
  const borrower = ledger.address(account)
  const totals = { totalDebtBase: sums.totalDebtBase, healthFactor: health }
  // ValidationLogic.validateLiquidationCall: the L2 sequencer's grace period (until 3.6).
  const found =
    moment.sentinelForbids && health >= MINIMUM_HEALTH_FACTOR_LIQUIDATION_THRESHOLD
      ? { seizures: [], forbidden: 'sequencer-grace' as const }
      : allSeizures(borrower, held, totals, moment)
  return { account, borrower, totalCollateralBase: sums.totalCollateralBase, ...totals, ...found }
}

interface Totals {
  readonly totalDebtBase: bigint
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
      else seizures.push(sized)
    }
  seizures.sort((a, b) => (a.grossBase > b.grossBase ? -1 : a.grossBase < b.grossBase ? 1 : 0))
  return { seizures: seizures.slice(0, MOST_SEIZURES), forbidden: seizures.length > 0 ? undefined : forbidden }
}

interface Pair {
  readonly collateral: Position
  readonly debt: Position
  readonly eMode: number
}

/** ValidationLogic.validateLiquidationCall, in its order, for one collateral and one debt; then what we ourselves leave alone. */
function forbids({ collateral, debt }: Pair, { timestamp }: Moment): RefusalReason | undefined {
  const both = [collateral.reserve, debt.reserve]
  if (!both.every(({ active }) => active)) return 'reserve-inactive'
  if (both.some(({ paused }) => paused)) return 'reserve-paused'
  if (both.some(({ graceUntil }) => graceUntil >= timestamp)) return 'reserve-grace'
  return debt.stable > 0n ? 'stable-debt' : undefined
}

/** What base, bonus and fee may round a seizure up by, in units of the collateral. */
const ROUNDED_UNITS = 2n

function sizePair(
  borrower: Candidate['borrower'],
  pair: Pair,
  totals: Totals,
  moment: Moment,
): Seizure | RefusalReason {
  const forbidden = forbids(pair, moment)
  if (forbidden) return forbidden
  const { collateral, debt } = pair
  // A category whose price is 0: health falls back to the assets' own, a liquidation does not, and divides by it.
  if (moment.categoryPrice(pair.eMode) === 0n) return 'nothing-to-seize'
  const input = seizureInput(pair, totals, moment)
  const { available } = collateral.reserve
  const loanable = flashLoanable(debt.reserve)
  let sized = sizeLargest(input, moment.rules, loanable)
  if (sized && sized.collateral > available)
    sized = sizeLargest(
      input,
      moment.rules,
      mulDivFloor(sized.debt, max(0n, available - ROUNDED_UNITS), sized.collateral),
    )
  if (sized === undefined) return available === 0n || loanable === 0n ? 'no-liquidity' : 'must-not-leave-dust'
  if (sized.collateral > available || sized.debtToCover > loanable) return 'no-liquidity'
  if (burnsNothing(sized, debt.reserve.normalizedDebt)) return 'nothing-to-seize'
  const premium = moment.rules.flashPremium(sized.debtToCover, moment.flashPremiumBps)
  const received = mulDivFloor(sized.collateral, collateral.priceUsd8, collateral.reserve.unit)
  const paid = mulDivCeil(sized.debt + premium, debt.priceUsd8, debt.reserve.unit)
  return {
    borrower,
    collateralAsset: collateral.asset,
    debtAsset: debt.asset,
    debtToCover: sized.debtToCover,
    debtCovered: sized.debt,
    collateralSeized: sized.collateral,
    protocolFee: sized.protocolFee,
    flashPremium: premium,
    grossBase: received - paid,
    debtPriceUsd8: debt.priceUsd8,
    debtDecimals: debt.decimals,
  }
}

/** ScaledBalanceTokenBase._burnScaled refuses a scaled amount of 0, of the collateral (rounded up) or of the debt (down). */
const burnsNothing = ({ collateral, debt }: SeizureAmounts, variableBorrowIndex: bigint): boolean =>
  collateral === 0n || debt * RAY < variableBorrowIndex

function seizureInput({ collateral, debt, eMode }: Pair, totals: Totals, moment: Moment): SeizureInput {
  return {
    collateralPrice: collateral.priceUsd8,
    collateralUnit: collateral.reserve.unit,
    collateralBalance: collateral.amount,
    debtPrice: moment.categoryPrice(eMode) ?? debt.priceUsd8,
    debtUnit: debt.reserve.unit,
    debtBalance: debt.amount,
    liquidationBonusBps: collateral.liquidationBonusBps,
    protocolFeeBps: collateral.reserve.protocolFeeBps,
    ...totals,
  }
}

/** The most one can borrow for a moment: what the pool counts as its own, where flash loans are on. */
const flashLoanable = ({ flashLoanEnabled, available }: ReserveNow): bigint => (flashLoanEnabled ? available : 0n)
