import type { Ledger } from '../../core/ledger.ts'
import type { KnownForRescue, Rescue } from '../../core/protocol.ts'
import { cheapestFirst } from '../../core/rescue.ts'
import type { AccountId } from '../../core/types.ts'
import { positions } from './health.ts'
import type { Moment } from './moment.ts'
import { type Aim, healthAfter } from './rescue-aim.ts'
import { add, repay } from './rescue-pay.ts'
import { sellInPool, sellThroughVenue } from './rescue-sell.ts'

/**
 * Ways to bring health to `target` (18 decimals) at a moment: repay a debt, add to a collateral, or give up a collateral
 * for a debt. The closed form first, then confirmed in the contract's integers as the pool itself would book it.
 */
export function rescue(
  ledger: Ledger,
  account: AccountId,
  moment: Moment,
  target: bigint,
  known: KnownForRescue = {},
): Rescue[] {
  const held = positions(ledger, account, moment)
  if (held === undefined) return []
  const aim: Aim = { ledger, moment, held, target, known }
  if (healthAfter(aim, {}) >= target) return []
  const options = [
    ...held.debts.map((debt) => repay(aim, debt)),
    ...held.collaterals.map((collateral) => add(aim, collateral)),
    ...held.collaterals.flatMap((collateral) =>
      held.debts.map((debt) =>
        collateral.reserve.id === debt.reserve.id
          ? sellInPool(aim, collateral, debt)
          : sellThroughVenue(aim, collateral, debt),
      ),
    ),
  ]
  return options.filter((option) => option !== undefined).sort(cheapestFirst)
}
