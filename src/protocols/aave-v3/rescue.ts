import type { Ledger } from '../../core/ledger.ts'
import { max, min, mulDivCeil, mulDivFloor, PERCENTAGE_FACTOR, WAD } from '../../core/math.ts'
import type { Rescue } from '../../core/protocol.ts'
import type { AccountId } from '../../core/types.ts'
import { healthFactor, type Position, type Positions, positions, totalsOf } from './health.ts'
import type { Moment, ReserveNow } from './moment.ts'

/** Steps of one unit that confirm a closed form in integers; where health is a plain sum it is right to within two roundings. */
const CONFIRM_STEPS = 8
/** Where it is not (an average threshold is floored until 3.4), steps double until the target is reached. */
const MOST_DOUBLINGS = 64

/**
 * Ways to bring health to `target` (18 decimals) at a moment: repay a debt, or add to a collateral. The closed form
 * first, then confirmed in the contract's integers as the pool itself would book it; smallest value first.
 */
export function rescue(ledger: Ledger, account: AccountId, moment: Moment, target: bigint): Rescue[] {
  const held = positions(ledger, account, moment)
  if (held === undefined) return []
  const aim = { moment, held, target }
  const options = [...held.debts.map((debt) => repay(aim, debt)), ...held.collaterals.map((c) => add(aim, c))]
  return options
    .filter((option) => option !== undefined)
    .sort((a, b) => (a.valueBase < b.valueBase ? -1 : a.valueBase > b.valueBase ? 1 : 0))
}

interface Aim {
  readonly moment: Moment
  readonly held: Positions
  readonly target: bigint
}

/** Repay D − A/T of what is owed at the variable rate. */
function repay(aim: Aim, debt: Position): Rescue | undefined {
  const { held, target, moment } = aim
  const { rules } = moment
  const { unit, normalizedDebt } = debt.reserve
  if (!usable(debt.reserve, false)) return undefined
  const sums = totalsOf(held)
  const excess = sums.totalDebtBase - (sums.weighted * WAD) / (PERCENTAGE_FACTOR * target)
  if (excess <= 0n) return undefined
  const most = debt.amount - debt.stable
  const start = min(mulDivCeil(excess, unit, debt.priceUsd8), most)
  return confirm(aim, 'repay', debt, start, (amount) => {
    const left = amount >= most ? 0n : debt.scaled - rules.toScaled(amount, normalizedDebt)
    const owed = rules.vTokenBalance(left, normalizedDebt) + debt.stable
    const valueBase = rules.debtInBase(owed, debt.priceUsd8, unit)
    return { collaterals: held.collaterals, debts: held.debts.map((d) => (d === debt ? { ...d, valueBase } : d)) }
  })
}

/** Add (T·D − A) / LT of a collateral the account already uses. */
function add(aim: Aim, collateral: Position): Rescue | undefined {
  const { held, target, moment } = aim
  const { rules } = moment
  const { unit, normalizedIncome } = collateral.reserve
  const lt = collateral.liquidationThresholdBps
  if (lt === 0n || !usable(collateral.reserve, true)) return undefined
  const sums = totalsOf(held)
  const lacking = mulDivCeil(sums.totalDebtBase * PERCENTAGE_FACTOR, target, WAD) - sums.weighted
  if (lacking <= 0n) return undefined
  const start = mulDivCeil(lacking, unit, lt * collateral.priceUsd8)
  return confirm(aim, 'add', collateral, start, (amount) => {
    const balance = rules.aTokenBalance(collateral.scaled + rules.toScaled(amount, normalizedIncome), normalizedIncome)
    const valueBase = mulDivFloor(balance, collateral.priceUsd8, unit)
    return { collaterals: held.collaterals.map((c) => (c === collateral ? { ...c, valueBase } : c)), debts: held.debts }
  })
}

type After = (amount: bigint) => Pick<Positions, 'collaterals' | 'debts'>

function confirm(
  { moment, target }: Aim,
  kind: Rescue['kind'],
  { asset, symbol, decimals, priceUsd8, reserve: { unit } }: Position,
  start: bigint,
  after: After,
): Rescue | undefined {
  const healthAt = (amount: bigint): bigint => healthFactor(moment, totalsOf(after(amount)))
  const reaches = (amount: bigint): boolean => healthAt(amount) >= target
  /** One base unit of value in the asset, at least one smallest unit. */
  const step = max(1n, mulDivCeil(1n, unit, priceUsd8))
  const amount = firstThatReaches(reaches, start, step)
  if (amount === undefined) return undefined
  const valueBase = mulDivCeil(amount, priceUsd8, unit)
  return { kind, asset, symbol, decimals, amount, valueBase, healthFactor: healthAt(amount) }
}

function firstThatReaches(reaches: (amount: bigint) => boolean, start: bigint, step: bigint): bigint | undefined {
  let short = start
  for (let i = 0; i < CONFIRM_STEPS; i++, short += step) if (reaches(short)) return short
  let enough = short
  for (let i = 0; i < MOST_DOUBLINGS && !reaches(enough); i++) enough += step << BigInt(i)
  if (!reaches(enough)) return undefined
  while (enough - short > step) {
    const middle = (short + enough) / 2n
    if (reaches(middle)) enough = middle
    else short = middle
  }
  return enough
}

/** Whether the pool lets anybody repay (active, not paused) or supply (nor frozen) now. */
const usable = ({ active, paused, frozen }: ReserveNow, supply: boolean): boolean =>
  active && !paused && !(supply && frozen)
