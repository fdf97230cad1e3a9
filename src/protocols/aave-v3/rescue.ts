import type { Ledger } from '../../core/ledger.ts'
import { max, min, mulDivCeil, mulDivFloor, PERCENTAGE_FACTOR, RAY, WAD } from '../../core/math.ts'
import type { Rescue } from '../../core/protocol.ts'
import type { AccountId } from '../../core/types.ts'
import { configuration, reserveCell } from './cells.ts'
import {
  healthFactorOf,
  normalizedDebt,
  normalizedIncome,
  type Position,
  type Positions,
  positions,
  totalOf,
  unitOf,
  weightedCollateral,
} from './health.ts'
import type { Rules } from './rules.ts'

/** Steps of one unit that confirm a closed form in integers; it is right to within two roundings. */
const CONFIRM_STEPS = 8

/**
 * Ways to bring health to `target` (18 decimals) at `timestamp`: repay a debt, or add to a collateral. The closed form
 * first, then confirmed in the contract's integers as the pool itself would book it; smallest value first.
 */
export function rescue(ledger: Ledger, account: AccountId, timestamp: bigint, target: bigint, rules: Rules): Rescue[] {
  const held = positions(ledger, account, timestamp, rules)
  if (held === undefined) return []
  const now = { ledger, timestamp, rules, held, target }
  const options = [...held.debts.map((debt) => repay(now, debt)), ...held.collaterals.map((c) => add(now, c))]
  return options
    .filter((option) => option !== undefined)
    .sort((a, b) => (a.valueBase < b.valueBase ? -1 : a.valueBase > b.valueBase ? 1 : 0))
}

interface Moment {
  readonly ledger: Ledger
  readonly timestamp: bigint
  readonly rules: Rules
  readonly held: Positions
  readonly target: bigint
}

/** Repay D − A/T. */
function repay(now: Moment, debt: Position): Rescue | undefined {
  const { ledger, held, target } = now
  if (!usable(ledger, debt, false)) return undefined
  const bearable = (weightedCollateral(held.collaterals) * WAD) / (PERCENTAGE_FACTOR * target)
  const excess = totalOf(held.debts) - bearable
  if (excess <= 0n) return undefined
  const start = min(mulDivCeil(excess, unitOf(ledger, debt.id), debt.priceUsd8), debt.amount)
  return confirm(now, 'repay', debt, start, (amount) => {
    const index = normalizedDebt(ledger, debt.id, now.timestamp)
    const left = amount >= debt.amount ? 0n : debt.scaled - (amount * RAY) / index
    const valueBase = now.rules.debtInBase(
      now.rules.vTokenBalance(left, index),
      debt.priceUsd8,
      unitOf(ledger, debt.id),
    )
    return { collaterals: held.collaterals, debts: held.debts.map((d) => (d === debt ? { ...d, valueBase } : d)) }
  })
}

/** Add (T·D − A) / LT of a collateral the account already uses. */
function add(now: Moment, collateral: Position): Rescue | undefined {
  const { ledger, held, target } = now
  const lt = collateral.liquidationThresholdBps
  if (lt === 0n || !usable(ledger, collateral, true)) return undefined
  const lacking =
    mulDivCeil(totalOf(held.debts) * PERCENTAGE_FACTOR, target, WAD) - weightedCollateral(held.collaterals)
  if (lacking <= 0n) return undefined
  const start = mulDivCeil(lacking, unitOf(ledger, collateral.id), lt * collateral.priceUsd8)
  return confirm(now, 'add', collateral, start, (amount) => {
    const index = normalizedIncome(ledger, collateral.id, now.timestamp)
    const balance = now.rules.aTokenBalance(collateral.scaled + (amount * RAY) / index, index)
    const valueBase = mulDivFloor(balance, collateral.priceUsd8, unitOf(ledger, collateral.id))
    return { collaterals: held.collaterals.map((c) => (c === collateral ? { ...c, valueBase } : c)), debts: held.debts }
  })
}

type After = (amount: bigint) => Pick<Positions, 'collaterals' | 'debts'>

function confirm(
  now: Moment,
  kind: Rescue['kind'],
  position: Position,
  start: bigint,
  after: After,
): Rescue | undefined {
  const { asset, symbol, decimals, priceUsd8 } = position
  const unit = unitOf(now.ledger, position.id)
  /** One base unit of value in the asset, at least one smallest unit. */
  const step = max(1n, mulDivCeil(1n, unit, priceUsd8))
  for (let i = 0n, amount = start; i < CONFIRM_STEPS; i++, amount += step) {
    const { collaterals, debts } = after(amount)
    const healthFactor = healthFactorOf(weightedCollateral(collaterals), totalOf(debts))
    if (healthFactor >= now.target)
      return { kind, asset, symbol, decimals, amount, valueBase: mulDivCeil(amount, priceUsd8, unit), healthFactor }
  }
  return undefined
}

/** Whether the pool lets anybody repay (active, not paused) or supply (nor frozen) now. */
function usable(ledger: Ledger, position: Position, supply: boolean): boolean {
  const data = ledger.get(reserveCell(position.id, 'configuration'))
  return configuration.active(data) && !configuration.paused(data) && !(supply && configuration.frozen(data))
}
