import { max, min, mulDivFloor, PERCENTAGE_FACTOR, WAD } from '../../core/math.ts'
import type { Rescue, Sale } from '../../core/protocol.ts'
import type { RescueObstacle } from '../../core/rescue.ts'
import { type Position, totalsOf } from './health.ts'
import { type Aim, healthAfter, least, owedOf, portion } from './rescue-aim.ts'
import { closed } from './rescue-pay.ts'
import { HEALTH_FACTOR_LIQUIDATION_THRESHOLD } from './rules.ts'

/** Pool.repayWithATokens: (T·D − A) / (T − LT) of an asset that is held and owed. No venue, no wallet, no liquidity. */
export function sellInPool(aim: Aim, collateral: Position, debt: Position): Rescue | undefined {
  const amount = soldFor(aim, collateral, debt, { sold: 1n, received: 1n }, min(collateral.amount, owedOf(debt)))
  if (amount === undefined) return undefined
  const healthFactor = healthAfter(aim, { taken: { of: collateral, amount }, repaid: { of: debt, amount } })
  const obstacle = closed(debt.reserve)
  const repays = portion(debt, amount)
  return { kind: 'sell', ...portion(collateral, amount), repays, costBase: 0n, healthFactor, obstacle }
}

/** Take out a collateral, sell it, repay: (T·D − A) / (T·r − LT), r being what a sale brings of the value sold. */
export function sellThroughVenue(aim: Aim, collateral: Position, debt: Position): Rescue | undefined {
  if (collateral.priceUsd8 === 0n || debt.priceUsd8 === 0n) return undefined
  const told = aim.known.sales?.find(
    ({ collateralAsset, debtAsset }) => collateralAsset === collateral.asset && debtAsset === debt.asset,
  )
  const rate = told ?? atOraclePrices(collateral, debt)
  const amount = soldFor(aim, collateral, debt, rate, collateral.amount)
  if (amount === undefined) return undefined
  const taken = { of: collateral, amount }
  const received = receivedFor(rate, amount)
  const healthWith = (repaid: bigint): bigint => healthAfter(aim, { taken, repaid: { of: debt, amount: repaid } })
  const repaid = least((some) => healthWith(some) >= aim.target, received, min(received, owedOf(debt)))
  if (repaid === undefined) return undefined
  const sold = portion(collateral, amount)
  return {
    kind: 'sell',
    ...sold,
    repays: portion(debt, repaid),
    costBase: told === undefined ? 0n : max(0n, sold.valueBase - portion(debt, received).valueBase),
    healthFactor: healthWith(repaid),
    obstacle: cannotBeTakenOut(aim, collateral, amount) ?? closed(debt.reserve),
  }
}

type Rate = Pick<Sale, 'sold' | 'received'>

const receivedFor = ({ sold, received }: Rate, amount: bigint): bigint => mulDivFloor(amount, received, sold)

const atOraclePrices = (collateral: Position, debt: Position): Rate => ({
  sold: debt.priceUsd8 * collateral.reserve.unit,
  received: collateral.priceUsd8 * debt.reserve.unit,
})

/** The least of a collateral that reaches the target when all that it brings is repaid. */
function soldFor(aim: Aim, collateral: Position, debt: Position, rate: Rate, most: bigint): bigint | undefined {
  const { held, target, moment } = aim
  const sums = totalsOf(held)
  const lacking = target * sums.totalDebtBase * PERCENTAGE_FACTOR - sums.weighted * WAD
  const [uc, ud] = [collateral.reserve.unit, debt.reserve.unit]
  // Health gained and lost by a unit sold, both times WAD · 10⁴ · sold · uc · ud.
  const gained = target * rate.received * debt.priceUsd8 * PERCENTAGE_FACTOR * uc
  const lost = collateral.liquidationThresholdBps * collateral.priceUsd8 * rate.sold * ud * WAD
  if (gained <= lost) return undefined
  const guess = (lacking * rate.sold * uc * ud) / (gained - lost)
  const reaches = (amount: bigint): boolean => {
    const repaid = min(receivedFor(rate, amount), owedOf(debt))
    const isBooked = moment.rules.toBurned(amount, collateral.reserve.normalizedIncome) > 0n
    const moves = { taken: { of: collateral, amount }, repaid: { of: debt, amount: repaid } }
    return isBooked && healthAfter(aim, moves) >= target
  }
  return least(reaches, guess, most)
}

/** SupplyLogic.executeWithdraw, in its order: the debt is still there when health is looked at. */
function cannotBeTakenOut(aim: Aim, collateral: Position, amount: bigint): RescueObstacle | undefined {
  const { reserve, ltvBps } = collateral
  const obstacle = closed(reserve)
  if (obstacle !== undefined) return obstacle
  if (reserve.available < amount) return 'not-liquid'
  const onTheWay = healthAfter(aim, { taken: { of: collateral, amount } })
  if (onTheWay < HEALTH_FACTOR_LIQUIDATION_THRESHOLD) return 'health-on-the-way'
  const hasZeroLtv = aim.held.collaterals.some((one) => one.ltvBps === 0n)
  return hasZeroLtv && ltvBps !== 0n ? 'ltv-zero-first' : undefined
}
