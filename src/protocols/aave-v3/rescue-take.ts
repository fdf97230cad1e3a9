import type { Ledger } from '../../core/ledger.ts'
import type { Portion, Rescue } from '../../core/protocol.ts'
import type { AccountId } from '../../core/types.ts'
import { COLLATERAL, DEBT, scaledCell } from './cells.ts'
import type { Moment, ReserveNow } from './moment.ts'

type Taken = Pick<Rescue, 'kind' | 'asset' | 'amount' | 'repays'>

/**
 * What a way out leaves of the account's balances, as the pool books it. Flags stay as they are: a balance of nothing counts for
 * nothing. Indices too: at one timestamp no call moves them.
 */
export function takeRescue(ledger: Ledger, account: AccountId, moment: Moment, { repays, ...way }: Taken): void {
  if (way.kind === 'repay') return repaid(ledger, account, moment, way)
  const { id, normalizedIncome } = reserveOf(moment, way.asset)
  const { rules } = moment
  const cell = scaledCell(account, id, COLLATERAL)
  const scaled = ledger.get(cell)
  if (way.kind === 'add') return ledger.set(cell, scaled + rules.toScaled(way.amount, normalizedIncome))
  const isAll = way.amount >= rules.aTokenBalance(scaled, normalizedIncome)
  ledger.set(cell, isAll ? 0n : scaled - rules.toBurned(way.amount, normalizedIncome))
  if (repays) repaid(ledger, account, moment, repays)
}

function repaid(
  ledger: Ledger,
  account: AccountId,
  moment: Moment,
  { asset, amount }: Pick<Portion, 'asset' | 'amount'>,
): void {
  const { id, normalizedDebt } = reserveOf(moment, asset)
  const { rules } = moment
  const cell = scaledCell(account, id, DEBT)
  const scaled = ledger.get(cell)
  const isAll = amount >= rules.vTokenBalance(scaled, normalizedDebt)
  ledger.set(cell, isAll ? 0n : scaled - rules.toScaled(amount, normalizedDebt))
}

function reserveOf({ reserves }: Moment, asset: Portion['asset']): ReserveNow {
  const found = reserves.find((reserve) => reserve?.asset === asset)
  if (found === undefined) throw new RangeError(`${asset} is no reserve of the market`)
  return found
}
