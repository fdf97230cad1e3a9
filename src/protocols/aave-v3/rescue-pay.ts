import { mulDivCeil, PERCENTAGE_FACTOR, WAD } from '../../core/math.ts'
import type { Rescue } from '../../core/protocol.ts'
import type { RescueObstacle } from '../../core/rescue.ts'
import { type Position, totalsOf } from './health.ts'
import type { ReserveNow } from './moment.ts'
import { type Aim, healthAfter, least, owedOf, portion } from './rescue-aim.ts'
import { fitsUnderCap } from './rescue-cap.ts'

/** More than any token has: balances and debts are 128 bits wide. */
const MOST = 2n ** 128n - 1n

/** Repay D − A/T of what is owed at the variable rate. */
export function repay(aim: Aim, debt: Position): Rescue | undefined {
  const { held, target } = aim
  if (debt.priceUsd8 === 0n) return undefined
  const sums = totalsOf(held)
  const excess = sums.totalDebtBase - (sums.weighted * WAD) / (PERCENTAGE_FACTOR * target)
  const healthWith = (amount: bigint): bigint => healthAfter(aim, { repaid: { of: debt, amount } })
  const guess = mulDivCeil(excess, debt.reserve.unit, debt.priceUsd8)
  const amount = least((some) => healthWith(some) >= target, guess, owedOf(debt))
  if (amount === undefined) return undefined
  return { kind: 'repay', ...paid(debt, amount), healthFactor: healthWith(amount), obstacle: closed(debt.reserve) }
}

/** Add (T·D − A) / LT of a collateral the account already uses: neither isolation nor its LTV stands in the way of that. */
export function add(aim: Aim, collateral: Position): Rescue | undefined {
  const { held, target } = aim
  const { liquidationThresholdBps, priceUsd8, reserve } = collateral
  if (liquidationThresholdBps === 0n || priceUsd8 === 0n) return undefined
  const sums = totalsOf(held)
  const lacking = mulDivCeil(sums.totalDebtBase * PERCENTAGE_FACTOR, target, WAD) - sums.weighted
  const healthWith = (amount: bigint): bigint => healthAfter(aim, { added: { of: collateral, amount } })
  const guess = mulDivCeil(lacking, reserve.unit, liquidationThresholdBps * priceUsd8)
  const amount = least((some) => healthWith(some) >= target, guess, MOST)
  if (amount === undefined) return undefined
  return {
    kind: 'add',
    ...paid(collateral, amount),
    healthFactor: healthWith(amount),
    obstacle: cannotTake(aim, reserve, amount),
  }
}

const paid = (of: Position, amount: bigint): Omit<Rescue, 'kind' | 'healthFactor' | 'obstacle'> => ({
  ...portion(of, amount),
  repays: undefined,
  costBase: 0n,
})

/** What every call asks of a reserve first. */
export function closed({ active, paused }: ReserveNow): RescueObstacle | undefined {
  if (!active) return 'inactive'
  return paused ? 'paused' : undefined
}

/** ValidationLogic.validateSupply, in its order. */
function cannotTake({ ledger, moment, known }: Aim, reserve: ReserveNow, amount: bigint): RescueObstacle | undefined {
  const obstacle = closed(reserve)
  if (obstacle !== undefined) return obstacle
  if (reserve.frozen) return 'frozen'
  return fitsUnderCap(ledger, reserve, moment, amount, known.reads ?? []) ? undefined : 'supply-cap'
}
