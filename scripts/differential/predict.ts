import type { Ledger } from '../../src/core/ledger.ts'
import { mulDivCeil, RAY, rayDiv } from '../../src/core/math.ts'
import type { AccountId } from '../../src/core/types.ts'
import { configuration, configurationCell, flags, MARKET, reserveCell } from '../../src/protocols/aave-v3/cells.ts'
import { healthFactor, type Position, type Positions, positions, totalsOf } from '../../src/protocols/aave-v3/health.ts'
import { type Moment, Moments } from '../../src/protocols/aave-v3/moment.ts'
import { type Rules, rulesFor } from '../../src/protocols/aave-v3/rules.ts'
import { type SeizureAmounts, type SeizureInput, seize } from '../../src/protocols/aave-v3/size.ts'

/** One liquidation call as somebody might send it. */
export interface Ask {
  readonly account: AccountId
  /** Ids of the reserves. */
  readonly collateral: number
  readonly debt: number
  readonly debtToCover: bigint
  readonly receiveAToken: boolean
  readonly bySelf: boolean
  readonly timestamp: bigint
}

export type Prediction =
  | { readonly kind: 'accepted'; readonly debt: bigint; readonly collateral: bigint; readonly fee: bigint }
  /** By the name of the pool's error, in V3.0.2 by its number; 'Panic' for an arithmetic one. */
  | { readonly kind: 'refused'; readonly error: string }

const refused = (error: string): Prediction => ({ kind: 'refused', error })

/** Errors of V3.0.2 (Errors.sol) under the names that they have since. */
const NUMBERS: Readonly<Record<string, string>> = {
  InvalidBurnAmount: '25',
  ReserveInactive: '27',
  ReservePaused: '29',
  HealthFactorNotBelowThreshold: '45',
  CollateralCannotBeLiquidated: '46',
  SpecifiedCurrencyNotBorrowedByUser: '47',
  PriceOracleSentinelCheckFailed: '59',
}
const rayDivCeil = (a: bigint, b: bigint): bigint => mulDivCeil(a, RAY, b)
const isOld = ({ id }: Rules): boolean => id === 'aave-v3.0'

/** What the pool will do, in the words of its revision. */
export function predict(ledger: Ledger, ask: Ask): Prediction {
  const rules = rulesFor('auto', ledger.get(MARKET.revision))
  if (rules === undefined) throw new Error('the market has a revision that nobody here knows')
  const told = foretell(ledger, ask, rules)
  return told.kind === 'refused' && isOld(rules) ? refused(NUMBERS[told.error] ?? told.error) : told
}

/** What the pool will do, from the mirror as it is and the prices in it; the order is validateLiquidationCall's. */
function foretell(ledger: Ledger, ask: Ask, rules: Rules): Prediction {
  const moment = new Moments().at(ledger, ask.timestamp, rules)
  const held = positions(ledger, ask.account, moment)
  if (held === undefined) return refused('no price')
  const health = healthFactor(moment, totalsOf(held))
  const no = validate(ledger, ask, health, rules)
  if (no !== undefined) return refused(no)
  const collateral = held.collaterals.find(({ reserve }) => reserve.id === ask.collateral)
  if (collateral === undefined) return refused('CollateralCannotBeLiquidated')
  const debt = held.debts.find(({ reserve, amount }) => reserve.id === ask.debt && amount > 0n)
  if (debt === undefined) return refused('SpecifiedCurrencyNotBorrowedByUser')
  return settle(ask, { held, collateral, debt, health, moment })
}

function validate(ledger: Ledger, ask: Ask, health: bigint, rules: Rules): string | undefined {
  const reserves = [ask.collateral, ask.debt]
  const data = reserves.map((id) => ledger.get(reserveCell(id, 'configuration')))
  const until = reserves.map((id) => ledger.get(reserveCell(id, 'liquidationGracePeriodUntil')))
  const sentinel = ledger.get(MARKET.sentinel) !== 0n && ledger.get(MARKET.sentinelAllows) === 0n
  if (ask.bySelf && !isOld(rules)) return 'SelfLiquidation'
  if (!data.every(configuration.active)) return 'ReserveInactive'
  if (data.some(configuration.paused)) return 'ReservePaused'
  if (sentinel && health >= 950_000_000_000_000_000n) return 'PriceOracleSentinelCheckFailed'
  if (until.some((time) => time >= ask.timestamp)) return 'LiquidationGraceSentinelCheckFailed'
  if (health >= 10n ** 18n) return 'HealthFactorNotBelowThreshold'
  return undefined
}

interface Case {
  readonly held: Positions
  readonly collateral: Position
  readonly debt: Position
  readonly health: bigint
  readonly moment: Moment
}

/** The amounts, and what may still go wrong with them: burns of nothing, and less liquidity than is seized. */
function settle(ask: Ask, { held, collateral, debt, health, moment }: Case): Prediction {
  const { rules } = moment
  const feeBps = collateral.reserve.protocolFeeBps
  if (collateral.liquidationBonusBps === 0n && feeBps !== 0n) return refused('Panic')
  // A category's price may be 0 here, where health falls back to the assets' own.
  const common = moment.categoryPrice(held.eMode)
  const isInCategory = collateral.reserve.eModeCategory === held.eMode
  const input: SeizureInput = {
    collateralPrice: (isInCategory ? common : undefined) ?? collateral.priceUsd8,
    collateralUnit: collateral.reserve.unit,
    collateralBalance: collateral.amount,
    debtPrice: common ?? debt.priceUsd8,
    debtUnit: debt.reserve.unit,
    debtBalance: debt.amount,
    liquidationBonusBps: collateral.liquidationBonusBps,
    protocolFeeBps: feeBps,
    totalDebtBase: totalsOf(held).totalDebtBase,
    healthFactor: health,
  }
  // The pool divides by it.
  if (input.collateralPrice === 0n) return refused('Panic')
  const out = seize(input, ask.debtToCover, rules)
  if (out === undefined) return refused('MustNotLeaveDust')
  if (burnsNoDebt(out, input, { held, collateral, debt, health, moment })) return refused('InvalidBurnAmount')
  const scaledDown = isOld(rules) ? rayDiv : rayDivCeil
  const index = collateral.reserve.normalizedIncome
  // V3.0.2 takes the payment last.
  const paid = collateral.reserve.id === debt.reserve.id && !isOld(rules) ? out.debt : 0n
  const seized = scaledDown(out.collateral, index)
  if (!ask.receiveAToken && out.collateral > collateral.reserve.available + paid) return refused('Panic')
  if (!ask.receiveAToken && seized === 0n) return refused('InvalidBurnAmount')
  const left = collateral.scaled - (ask.receiveAToken && ask.bySelf ? 0n : seized)
  const fee = scaledDown(out.protocolFee, index) > left ? rules.aTokenBalance(left, index) : out.protocolFee
  return { kind: 'accepted', debt: out.debt, collateral: out.collateral, fee }
}

/** The debt token refuses a scaled amount of 0. With nothing left to seize V3.6 burns all; V3.0.2 has debt at a fixed rate, burned last. */
function burnsNoDebt(out: SeizureAmounts, input: SeizureInput, { held, collateral, debt, moment }: Case): boolean {
  const { rules } = moment
  const gone = out.collateral + out.protocolFee
  const nothingLeft =
    rules.dustRules && totalsOf(held).totalCollateralBase === (gone * collateral.priceUsd8) / input.collateralUnit
  const burned = nothingLeft ? debt.amount : out.debt
  const atVariableRate = debt.amount - debt.stable
  return burned <= atVariableRate && rules.toScaled(burned, debt.reserve.normalizedDebt) === 0n
}

/** What the pool counts as its own of a reserve. */
export const availableOf = (ledger: Ledger, id: number): bigint =>
  ledger.get(reserveCell(id, 'virtualUnderlyingBalance'))

/** Reserves in which an account's flags are set. */
export function sidesOf(ledger: Ledger, account: AccountId): { collaterals: number[]; debts: number[] } {
  const set = [...flags(ledger.get(configurationCell(account)))]
  return {
    collaterals: set.filter(({ collateral }) => collateral).map(({ id }) => id),
    debts: set.filter(({ borrowing }) => borrowing).map(({ id }) => id),
  }
}
