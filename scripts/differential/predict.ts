import type { Ledger } from '../../src/core/ledger.ts'
import type { AccountId } from '../../src/core/types.ts'
import { configuration, configurationCell, flags, MARKET, reserveCell } from '../../src/protocols/aave-v3/cells.ts'
import { healthFactor, type Position, type Positions, positions, totalsOf } from '../../src/protocols/aave-v3/health.ts'
import { type Moment, Moments } from '../../src/protocols/aave-v3/moment.ts'
import { rulesFor } from '../../src/protocols/aave-v3/rules.ts'
import { type SeizureInput, seize } from '../../src/protocols/aave-v3/size.ts'

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
  /** By the name of the pool's error; 'Panic' for an arithmetic one. */
  | { readonly kind: 'refused'; readonly error: string }

const refused = (error: string): Prediction => ({ kind: 'refused', error })

const RAY = 10n ** 27n
const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b

/** What the pool will do, from the mirror as it is and the prices in it; the order is validateLiquidationCall's. */
export function predict(ledger: Ledger, ask: Ask): Prediction {
  const rules = rulesFor('auto', ledger.get(MARKET.revision))
  if (rules === undefined) throw new Error('the market has a revision that nobody here knows')
  const moment = new Moments().at(ledger, ask.timestamp, rules)
  const held = positions(ledger, ask.account, moment)
  if (held === undefined) return refused('no price')
  const health = healthFactor(moment, totalsOf(held))
  const no = validate(ledger, ask, health)
  if (no !== undefined) return refused(no)
  const collateral = held.collaterals.find(({ reserve }) => reserve.id === ask.collateral)
  if (collateral === undefined) return refused('CollateralCannotBeLiquidated')
  const debt = held.debts.find(({ reserve, amount }) => reserve.id === ask.debt && amount > 0n)
  if (debt === undefined) return refused('SpecifiedCurrencyNotBorrowedByUser')
  return settle(ask, { held, collateral, debt, health, moment })
}

function validate(ledger: Ledger, ask: Ask, health: bigint): string | undefined {
  const reserves = [ask.collateral, ask.debt]
  const data = reserves.map((id) => ledger.get(reserveCell(id, 'configuration')))
  const until = reserves.map((id) => ledger.get(reserveCell(id, 'liquidationGracePeriodUntil')))
  const sentinel = ledger.get(MARKET.sentinel) !== 0n && ledger.get(MARKET.sentinelAllows) === 0n
  if (ask.bySelf) return 'SelfLiquidation'
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
  const input: SeizureInput = {
    collateralPrice: collateral.priceUsd8,
    collateralUnit: collateral.reserve.unit,
    collateralBalance: collateral.amount,
    debtPrice: moment.categoryPrice(held.eMode) ?? debt.priceUsd8,
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
  const gone = out.collateral + out.protocolFee
  const nothingLeft = totalsOf(held).totalCollateralBase === (gone * collateral.priceUsd8) / input.collateralUnit
  const debtIndex = debt.reserve.normalizedDebt
  const burned = ((nothingLeft ? debt.amount : out.debt) * RAY) / debtIndex
  if (burned === 0n) return refused('InvalidBurnAmount')
  const index = collateral.reserve.normalizedIncome
  const paid = collateral.reserve.id === debt.reserve.id ? out.debt : 0n
  const available = collateral.reserve.available + paid
  if (!ask.receiveAToken && out.collateral > available) return refused('Panic')
  if (!ask.receiveAToken && out.collateral === 0n) return refused('InvalidBurnAmount')
  const left = collateral.scaled - ceilDiv(out.collateral * RAY, index)
  const feeScaled = ceilDiv(out.protocolFee * RAY, index)
  const fee = feeScaled > left ? (left * index) / RAY : out.protocolFee
  return { kind: 'accepted', debt: out.debt, collateral: out.collateral, fee }
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
