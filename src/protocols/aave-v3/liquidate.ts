import type { Cell, Ledger } from '../../core/ledger.ts'
import { max, min } from '../../core/math.ts'
import type { Deficit, Liquidation, LiquidationAsked } from '../../core/protocol.ts'
import type { AccountId } from '../../core/types.ts'
import { COLLATERAL, configurationCell, DEBT, reserveCell, scaledCell } from './cells.ts'
import { healthFactor, type Position, type Positions, positions, totalsOf } from './health.ts'
import { forbids, seizureInput } from './liquidation.ts'
import type { Moment, ReserveNow } from './moment.ts'
import {
  HEALTH_FACTOR_LIQUIDATION_THRESHOLD,
  MINIMUM_HEALTH_FACTOR_LIQUIDATION_THRESHOLD,
  type Rules,
} from './rules.ts'
import { burnsNothing, type SeizureAmounts, type SeizureInput, seize } from './size.ts'

/**
 * LiquidationLogic.executeLiquidationCall, for a liquidator who takes the underlying: what it writes of all that is mirrored.
 *
 * Left as they are: both reserves' rates, which need totals and a strategy that are not mirrored, and which say nothing until
 * time goes on; the treasury's aTokens, as nobody here knows which account it is. Of a reserve that nobody owes, the variable
 * index runs ahead of the chain's, which is the index of no debt. 3.7's test for "no collateral left" is by scaled balances; here it
 * is that of 3.3 to 3.6, in base currency.
 */
export function liquidate(ledger: Ledger, seizure: LiquidationAsked, moment: Moment): Liquidation | undefined {
  const { firstCover, debtToCover } = seizure
  if (firstCover === 0n) return call(ledger, seizure, moment)
  const first = call(ledger, { ...seizure, debtToCover: firstCover }, moment)
  const second = first && call(ledger, { ...seizure, debtToCover: debtToCover - firstCover }, moment)
  return first && second && sum(first, second)
}

const sum = (a: Liquidation, b: Liquidation): Liquidation => ({
  collateralSeized: a.collateralSeized + b.collateralSeized,
  protocolFee: a.protocolFee + b.protocolFee,
  debtCovered: a.debtCovered + b.debtCovered,
  deficits: [...a.deficits, ...b.deficits],
})

/** One call that the pool has accepted. */
interface Accepted {
  readonly account: AccountId
  readonly held: Positions
  readonly collateral: Position
  readonly debt: Position
  readonly out: SeizureAmounts
  /** Nothing of value is left: all debt is burnt. */
  readonly isBare: boolean
}

function call(ledger: Ledger, asked: LiquidationAsked, moment: Moment): Liquidation | undefined {
  const accepted = accept(ledger, asked, moment)
  return accepted && settle(ledger, accepted, moment)
}

/** Undefined where the pool would revert. */
function accept(ledger: Ledger, asked: LiquidationAsked, moment: Moment): Accepted | undefined {
  const account = ledger.find(asked.borrower)
  const held = account === undefined ? undefined : positions(ledger, account, moment)
  const collateral = held?.collaterals.find(({ asset }) => asset === asked.collateralAsset)
  const debt = held?.debts.find(({ asset }) => asset === asked.debtAsset)
  if (account === undefined || held === undefined || collateral === undefined || debt === undefined) return undefined
  if (debt.amount === 0n || collateral.liquidationBonusBps === 0n) return undefined
  const sums = totalsOf(held)
  const totals = { ...sums, healthFactor: healthFactor(moment, sums) }
  if (totals.healthFactor >= HEALTH_FACTOR_LIQUIDATION_THRESHOLD) return undefined
  if (moment.sentinelForbids && totals.healthFactor >= MINIMUM_HEALTH_FACTOR_LIQUIDATION_THRESHOLD) return undefined
  const pair = { collateral, debt, eMode: held.eMode }
  const input = seizureInput(pair, totals, moment)
  if (forbids(pair, moment) || input.collateralPrice === 0n || input.debtPrice === 0n) return undefined
  const out = seize(input, asked.debtToCover, moment.rules)
  if (out === undefined || !isPayable(ledger, { collateral, debt, out }, moment.rules)) return undefined
  return { account, held, collateral, debt, out, isBare: isBare(input, out, totals.totalCollateralBase, moment.rules) }
}

/** `hasNoCollateralLeft`: what is seized, fee included, is worth all collateral there was. */
const isBare = (input: SeizureInput, out: SeizureAmounts, totalCollateralBase: bigint, rules: Rules): boolean =>
  rules.deficits &&
  totalCollateralBase === ((out.collateral + out.protocolFee) * input.collateralPrice) / input.collateralUnit

/** Burns of nothing revert, and so does more than the pool has. 3.0 takes the payment last. */
function isPayable(
  ledger: Ledger,
  { collateral, debt, out }: Pick<Accepted, 'collateral' | 'debt' | 'out'>,
  rules: Rules,
): boolean {
  const paid = rules.virtualBalance && collateral.reserve.id === debt.reserve.id ? out.debt : 0n
  const indices = {
    liquidityIndex: collateral.reserve.normalizedIncome,
    variableBorrowIndex: debt.reserve.normalizedDebt,
  }
  return out.collateral <= ledger.get(availableCell(collateral.reserve)) + paid && !burnsNothing(out, indices, rules)
}

const availableCell = ({ id }: ReserveNow): Cell => reserveCell(id, 'virtualUnderlyingBalance')

function settle(ledger: Ledger, accepted: Accepted, { rules, timestamp }: Moment): Liquidation {
  const { account, held, collateral, debt, out } = accepted
  const deficits = burnDebt(ledger, accepted, { rules, timestamp })
  const index = collateral.reserve.normalizedIncome
  const left = max(0n, collateral.scaled - rules.toBurned(out.collateral, index))
  // transferOnLiquidation to the treasury: at most what is there.
  const scaledFee = rules.toBurned(out.protocolFee, index)
  const protocolFee = scaledFee > left ? rules.aTokenBalance(left, index) : out.protocolFee
  updateState(ledger, collateral.reserve, timestamp)
  ledger.set(scaledCell(account, collateral.reserve.id, COLLATERAL), left - min(left, scaledFee))
  if (out.collateral + out.protocolFee === collateral.amount) clearFlag(ledger, account, collateral.reserve.id, 1n)
  const rest = accepted.isBare ? held.debts.filter((one) => one !== debt && one.reserve.active) : []
  // ReserveLogic.updateInterestRatesAndVirtualBalance
  ledger.set(availableCell(debt.reserve), ledger.get(availableCell(debt.reserve)) + out.debt)
  ledger.set(availableCell(collateral.reserve), ledger.get(availableCell(collateral.reserve)) - out.collateral)
  return {
    collateralSeized: out.collateral,
    protocolFee,
    debtCovered: out.debt,
    deficits: [...deficits, ...rest.flatMap((one) => writeOff(ledger, account, one, timestamp))],
  }
}

/** _burnDebtTokens of the debt that is repaid. */
function burnDebt(
  ledger: Ledger,
  { account, debt, out, isBare }: Accepted,
  { rules, timestamp }: Pick<Moment, 'rules' | 'timestamp'>,
): Deficit[] {
  const { reserve, amount, scaled, asset } = debt
  updateState(ledger, reserve, timestamp)
  const isGone = isBare || out.debt === amount
  const left = isGone ? 0n : max(0n, scaled - rules.toScaled(out.debt, reserve.normalizedDebt))
  ledger.set(scaledCell(account, reserve.id, DEBT), left)
  if (isGone) clearFlag(ledger, account, reserve.id, 0n)
  return isBare && amount > out.debt ? [{ asset, amount: amount - out.debt }] : []
}

/** _burnBadDebt of one further debt. */
function writeOff(ledger: Ledger, account: AccountId, { reserve, asset, amount }: Position, now: bigint): Deficit[] {
  updateState(ledger, reserve, now)
  ledger.set(scaledCell(account, reserve.id, DEBT), 0n)
  clearFlag(ledger, account, reserve.id, 0n)
  return amount > 0n ? [{ asset, amount }] : []
}

/** ReserveLogic.updateState */
function updateState(ledger: Ledger, { id, normalizedIncome, normalizedDebt }: ReserveNow, timestamp: bigint): void {
  ledger.set(reserveCell(id, 'liquidityIndex'), normalizedIncome)
  ledger.set(reserveCell(id, 'variableBorrowIndex'), normalizedDebt)
  ledger.set(reserveCell(id, 'lastUpdateTimestamp'), timestamp)
}

/** UserConfigurationMap: two bits a reserve, the lower one for borrowing. */
function clearFlag(ledger: Ledger, account: AccountId, id: number, bit: 0n | 1n): void {
  const cell = configurationCell(account)
  ledger.set(cell, ledger.get(cell) & ~(1n << (2n * BigInt(id) + bit)))
}
