import type { Ledger } from '../../core/ledger.ts'
import { mulDivCeil, mulDivFloor, RAY } from '../../core/math.ts'
import type { Candidate, RefusalReason, Seizure } from '../../core/plan.ts'
import type { AccountId } from '../../core/types.ts'
import { configuration, MARKET, reserveCell } from './cells.ts'
import {
  healthFactorOf,
  normalizedDebt,
  type Position,
  type Positions,
  positions,
  totalOf,
  unitOf,
  weightedCollateral,
} from './health.ts'
import {
  HEALTH_FACTOR_LIQUIDATION_THRESHOLD,
  MINIMUM_HEALTH_FACTOR_LIQUIDATION_THRESHOLD,
  type Rules,
} from './rules.ts'
import { flashPremium, type SeizureInput, sizeLargest } from './size.ts'

/** Calls worth a quote: the venue's slippage may turn the order of the first few around. */
const MOST_SEIZURES = 4

/** Every call the pool would accept for this account at `timestamp`, best first; undefined while it is healthy. */
export function inspect(ledger: Ledger, account: AccountId, timestamp: bigint, rules: Rules): Candidate | undefined {
  const held = positions(ledger, account, timestamp, rules)
  if (held === undefined || held.debts.length === 0) return undefined
  const totalDebtBase = totalOf(held.debts)
  const healthFactor = healthFactorOf(weightedCollateral(held.collaterals), totalDebtBase)
  if (healthFactor >= HEALTH_FACTOR_LIQUIDATION_THRESHOLD) return undefined
  const found = sentinelForbids(ledger, healthFactor, rules)
    ? { seizures: [], forbidden: 'sequencer-grace' as const }
    : allSeizures(ledger, account, held, { totalDebtBase, healthFactor }, timestamp, rules)
  return {
    account,
    borrower: ledger.address(account),
    healthFactor,
    totalCollateralBase: totalOf(held.collaterals),
    totalDebtBase,
    ...found,
  }
}

/** ValidationLogic.validateLiquidationCall: the L2 sequencer's grace period (until 3.6). */
const sentinelForbids = (ledger: Ledger, healthFactor: bigint, rules: Rules): boolean =>
  rules.sentinel &&
  ledger.get(MARKET.sentinel) !== 0n &&
  ledger.get(MARKET.sentinelAllows) === 0n &&
  healthFactor >= MINIMUM_HEALTH_FACTOR_LIQUIDATION_THRESHOLD

interface Totals {
  readonly totalDebtBase: bigint
  readonly healthFactor: bigint
}

function allSeizures(
  ledger: Ledger,
  account: AccountId,
  held: Positions,
  totals: Totals,
  timestamp: bigint,
  rules: Rules,
): { seizures: readonly Seizure[]; forbidden: RefusalReason | undefined } {
  const seizures: Seizure[] = []
  let forbidden: RefusalReason = 'nothing-to-seize'
  for (const collateral of held.collaterals)
    for (const debt of held.debts) {
      // Without a bonus (a collateral of some eMode only, held outside of it) the pool divides by zero, or pays nothing.
      if (collateral.amount === 0n || collateral.liquidationBonusBps === 0n || debt.amount === 0n) continue
      const sized = sizePair(ledger, account, collateral, debt, totals, timestamp, rules)
      if (typeof sized === 'string') forbidden = sized
      else seizures.push(sized)
    }
  seizures.sort((a, b) => (a.grossBase > b.grossBase ? -1 : a.grossBase < b.grossBase ? 1 : 0))
  return { seizures: seizures.slice(0, MOST_SEIZURES), forbidden: seizures.length > 0 ? undefined : forbidden }
}

/** ValidationLogic.validateLiquidationCall, in its order, for one collateral and one debt. */
function forbids(ledger: Ledger, collateral: Position, debt: Position, timestamp: bigint): RefusalReason | undefined {
  const ids = [collateral.id, debt.id]
  const flags = ids.map((id) => ledger.get(reserveCell(id, 'configuration')))
  if (!flags.every(configuration.active)) return 'reserve-inactive'
  if (flags.some(configuration.paused)) return 'reserve-paused'
  if (ids.some((id) => ledger.get(reserveCell(id, 'liquidationGracePeriodUntil')) >= timestamp)) return 'reserve-grace'
  return undefined
}

function sizePair(
  ledger: Ledger,
  account: AccountId,
  collateral: Position,
  debt: Position,
  totals: Totals,
  timestamp: bigint,
  rules: Rules,
): Seizure | RefusalReason {
  const forbidden = forbids(ledger, collateral, debt, timestamp)
  if (forbidden) return forbidden
  const input = seizureInput(ledger, collateral, debt, totals)
  const available = ledger.get(reserveCell(collateral.id, 'virtualUnderlyingBalance'))
  const loanable = flashLoanable(ledger, debt.id)
  let sized = sizeLargest(input, rules, loanable)
  if (sized && sized.collateral > available)
    sized = sizeLargest(input, rules, mulDivFloor(sized.debt, available, sized.collateral))
  if (sized === undefined) return available === 0n || loanable === 0n ? 'no-liquidity' : 'must-not-leave-dust'
  if (sized.collateral > available || sized.debtToCover > loanable) return 'no-liquidity'
  // The pool burns no zero: a debt of less than a unit of the collateral, or than a unit of its own scaled balance.
  if (sized.collateral === 0n || sized.debt * RAY < normalizedDebt(ledger, debt.id, timestamp)) return 'nothing-to-seize'
  const premium = flashPremium(sized.debtToCover, ledger.get(MARKET.flashPremiumBps))
  const received = mulDivFloor(sized.collateral, collateral.priceUsd8, unitOf(ledger, collateral.id))
  const paid = mulDivCeil(sized.debt + premium, debt.priceUsd8, unitOf(ledger, debt.id))
  return {
    borrower: ledger.address(account),
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

function seizureInput(ledger: Ledger, collateral: Position, debt: Position, totals: Totals): SeizureInput {
  return {
    collateralPrice: collateral.priceUsd8,
    collateralUnit: unitOf(ledger, collateral.id),
    collateralBalance: collateral.amount,
    debtPrice: debt.priceUsd8,
    debtUnit: unitOf(ledger, debt.id),
    debtBalance: debt.amount,
    liquidationBonusBps: collateral.liquidationBonusBps,
    protocolFeeBps: configuration.liquidationProtocolFee(ledger.get(reserveCell(collateral.id, 'configuration'))),
    ...totals,
  }
}

/** The most one can borrow for a moment: what the pool counts as its own, where flash loans are on. */
function flashLoanable(ledger: Ledger, id: number): bigint {
  const enabled = configuration.flashLoanEnabled(ledger.get(reserveCell(id, 'configuration')))
  return enabled ? ledger.get(reserveCell(id, 'virtualUnderlyingBalance')) : 0n
}
