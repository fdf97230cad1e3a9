import type { Ledger } from '../../core/ledger.ts'
import type { Unhealthy } from '../../core/plan.ts'
import type { AccountId } from '../../core/types.ts'
import { COLLATERAL, configurationCell, DEBT, flags, scaledCell, userEModeCell } from './cells.ts'
import { healthFactor, totals } from './health.ts'
import type { Moment, ReserveNow } from './moment.ts'
import {
  CLOSE_FACTOR_HF_THRESHOLD,
  HEALTH_FACTOR_LIQUIDATION_THRESHOLD,
  MIN_BASE_MAX_CLOSE_FACTOR_THRESHOLD,
} from './rules.ts'

/** Whether the account is liquidatable at a moment, exactly; what it would bring only about. */
export function check(ledger: Ledger, account: AccountId, moment: Moment): Unhealthy | undefined {
  const sums = totals(ledger, account, moment)
  if (sums === undefined) return undefined
  const health = healthFactor(moment, sums)
  if (health >= HEALTH_FACTOR_LIQUIDATION_THRESHOLD) return undefined
  const { totalCollateralBase, totalDebtBase } = sums
  const most = Number(totalDebtBase) * (health > CLOSE_FACTOR_HF_THRESHOLD ? 0.5 : 1)
  return {
    account,
    healthFactor: health,
    totalCollateralBase,
    totalDebtBase,
    gainBase: gainOf(ledger, account, moment, most),
  }
}

const SMALL_BASE = Number(MIN_BASE_MAX_CLOSE_FACTOR_THRESHOLD)

/**
 * The bonus on what the best pair of collateral and debt can turn over, at most `mostBase` of debt unless one side is so
 * small that the pool lets all of it be closed (3.3 on); in floats.
 */
function gainOf(ledger: Ledger, account: AccountId, moment: Moment, mostBase: number): number {
  const terms = moment.terms(Number(ledger.get(userEModeCell(account))))
  const flagged = flags(ledger.get(configurationCell(account)))
  const value = (id: number, side: typeof COLLATERAL | typeof DEBT): number => {
    const reserve = moment.reserves[id]
    return reserve === undefined
      ? 0
      : Number(ledger.get(scaledCell(account, id, side))) * worthOfOne(reserve, side, terms[id]?.price ?? 0n)
  }
  let largestDebt = 0
  for (const { id, borrowing } of flagged) if (borrowing) largestDebt = Math.max(largestDebt, value(id, DEBT))
  let best = 0
  for (const { id, collateral } of flagged) {
    const bonus = terms[id]?.liquidationBonus ?? 0n
    if (!collateral || bonus === 0n) continue
    const factor = Number(bonus) / 1e4
    const held = value(id, COLLATERAL)
    const isSmall = moment.rules.dustRules && Math.min(held, largestDebt) < SMALL_BASE
    const covered = Math.min(isSmall ? largestDebt : mostBase, largestDebt, held / factor)
    best = Math.max(best, covered * (factor - 1))
  }
  return best
}

/** Base units for one scaled unit. */
const worthOfOne = (
  { normalizedIncome, normalizedDebt, unit }: ReserveNow,
  side: typeof COLLATERAL | typeof DEBT,
  price: bigint,
): number => ((Number(side === DEBT ? normalizedDebt : normalizedIncome) / 1e27) * Number(price)) / Number(unit)
