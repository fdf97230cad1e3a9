import type { Ledger } from '../../core/ledger.ts'
import type { Unhealthy } from '../../core/plan.ts'
import type { AccountId } from '../../core/types.ts'
import { healthFactorOf, type Positions, positions, totalOf, weightedCollateral } from './health.ts'
import { CLOSE_FACTOR_HF_THRESHOLD, HEALTH_FACTOR_LIQUIDATION_THRESHOLD, type Rules } from './rules.ts'

/** Whether the account is liquidatable at `timestamp`, exactly; what it would bring only about. */
export function check(ledger: Ledger, account: AccountId, timestamp: bigint, rules: Rules): Unhealthy | undefined {
  const held = positions(ledger, account, timestamp, rules)
  if (held === undefined || held.debts.length === 0) return undefined
  const totalDebtBase = totalOf(held.debts)
  const healthFactor = healthFactorOf(weightedCollateral(held.collaterals), totalDebtBase)
  if (healthFactor >= HEALTH_FACTOR_LIQUIDATION_THRESHOLD) return undefined
  const totalCollateralBase = totalOf(held.collaterals)
  const most = Number(totalDebtBase) * (healthFactor > CLOSE_FACTOR_HF_THRESHOLD ? 0.5 : 1)
  return { account, healthFactor, totalCollateralBase, totalDebtBase, gainBase: gainOf(held, most) }
}

/** The bonus on what the best pair of collateral and debt can turn over, at most `mostBase` of debt. */
function gainOf({ collaterals, debts }: Positions, mostBase: number): number {
  let best = 0
  for (const { valueBase, liquidationBonusBps } of collaterals) {
    if (liquidationBonusBps === 0n) continue
    const factor = Number(liquidationBonusBps) / 1e4
    for (const debt of debts) {
      const covered = Math.min(mostBase, Number(debt.valueBase), Number(valueBase) / factor)
      best = Math.max(best, covered * (factor - 1))
    }
  }
  return best
}
