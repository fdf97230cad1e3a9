import type { Ledger } from '../../core/ledger.ts'
import { max, rayMul } from '../../core/math.ts'
import type { AccountView, Holding, Standing } from '../../core/protocol.ts'
import type { AccountId } from '../../core/types.ts'
import {
  COLLATERAL,
  configurationCell,
  DEBT,
  flags,
  NO_PRICE,
  scaledCell,
  stableCell,
  type TOLD,
  toldCell,
  userEModeCell,
} from './cells.ts'
import type { Moment, ReserveNow, Terms } from './moment.ts'
import { healthFactorOf, type Rules } from './rules.ts'

/** One side of one reserve of an account, in the contract's integers. */
export interface Position extends Holding {
  readonly reserve: ReserveNow
  readonly scaled: bigint
  /** Part of `amount` that is owed at a fixed rate. */
  readonly stable: bigint
  /** Basis points; 0 for debt. */
  readonly ltvBps: bigint
}

export interface Positions {
  readonly eMode: number
  readonly collaterals: readonly Position[]
  readonly debts: readonly Position[]
}

/** GenericLogic.calculateUserAccountData, before its last steps. */
export interface Totals {
  readonly totalCollateralBase: bigint
  readonly totalDebtBase: bigint
  /** Σ value × threshold, and Σ value × LTV, in basis points. */
  readonly weighted: bigint
  readonly weightedLtv: bigint
}

/** Debt at the account's own rate: StableDebtToken.balanceOf. */
function stableDebt(ledger: Ledger, account: AccountId, id: number, { rules, timestamp }: Moment): bigint {
  if (!rules.stableDebt) return 0n
  const principal = ledger.get(stableCell(account, id, 'principal'))
  if (principal === 0n) return 0n
  const elapsedS = max(0n, timestamp - ledger.get(stableCell(account, id, 'updated')))
  return rayMul(principal, rules.compounded(ledger.get(stableCell(account, id, 'rate')), elapsedS))
}

const collateralAmount = (ledger: Ledger, account: AccountId, reserve: ReserveNow, rules: Rules): bigint =>
  rules.aTokenBalance(ledger.get(scaledCell(account, reserve.id, COLLATERAL)), reserve.normalizedIncome)

const variableDebt = (ledger: Ledger, account: AccountId, reserve: ReserveNow, rules: Rules): bigint =>
  rules.vTokenBalance(ledger.get(scaledCell(account, reserve.id, DEBT)), reserve.normalizedDebt)

/** Whether an enabled collateral is looked at: by the reserve's own threshold, not by that of a category. */
export const counts = ({ liquidationThreshold }: ReserveNow, rules: Rules): boolean =>
  rules.zeroThresholdCounts || liquidationThreshold !== 0n

/** False when nothing can be known of who holds or owes the reserve. */
const isKnown = (reserve: ReserveNow, terms: Terms, borrowing: boolean): boolean =>
  terms.price !== NO_PRICE && !(borrowing && reserve.hasForeignDebt)

/** Everything of an account as sums: the exact check, once for each account that the screen flags. */
export function totals(ledger: Ledger, account: AccountId, moment: Moment): Totals | undefined {
  const { rules, reserves } = moment
  const terms = moment.terms(Number(ledger.get(userEModeCell(account))))
  let totalCollateralBase = 0n
  let totalDebtBase = 0n
  let weighted = 0n
  let weightedLtv = 0n
  for (const { id, borrowing, collateral } of flags(ledger.get(configurationCell(account)))) {
    const reserve = reserves[id]
    const term = terms[id]
    if (reserve === undefined || term === undefined) continue
    if (!isKnown(reserve, term, borrowing)) return undefined
    if (collateral && counts(reserve, rules)) {
      const value = (collateralAmount(ledger, account, reserve, rules) * term.price) / reserve.unit
      totalCollateralBase += value
      weighted += value * term.liquidationThreshold
      weightedLtv += value * term.ltv
    }
    if (borrowing) {
      const amount = variableDebt(ledger, account, reserve, rules) + stableDebt(ledger, account, id, moment)
      totalDebtBase += rules.debtInBase(amount, term.price, reserve.unit)
    }
  }
  return { totalCollateralBase, totalDebtBase, weighted, weightedLtv }
}

export const healthFactor = ({ rules }: Moment, { weighted, totalCollateralBase, totalDebtBase }: Totals): bigint =>
  healthFactorOf(rules, weighted, totalCollateralBase, totalDebtBase)

/** GenericLogic.calculateUserAccountData as far as most rules ask for it. */
export function standing(ledger: Ledger, account: AccountId, moment: Moment): Standing | undefined {
  const sums = totals(ledger, account, moment)
  if (sums === undefined) return undefined
  const { totalCollateralBase, totalDebtBase } = sums
  return { totalCollateralBase, totalDebtBase, healthFactor: healthFactor(moment, sums) }
}

/** All flagged sides, one by one; undefined when one of them cannot be known. */
export function positions(ledger: Ledger, account: AccountId, moment: Moment): Positions | undefined {
  const collaterals: Position[] = []
  const debts: Position[] = []
  const eMode = Number(ledger.get(userEModeCell(account)))
  const terms = moment.terms(eMode)
  for (const { id, borrowing, collateral } of flags(ledger.get(configurationCell(account)))) {
    const reserve = moment.reserves[id]
    const term = terms[id]
    if (reserve === undefined || term === undefined) continue
    if (!isKnown(reserve, term, borrowing)) return undefined
    if (collateral && counts(reserve, moment.rules))
      collaterals.push(collateralPosition(ledger, account, reserve, term, moment))
    if (borrowing) debts.push(debtPosition(ledger, account, reserve, term, moment))
  }
  return { eMode, collaterals, debts }
}

function collateralPosition(
  ledger: Ledger,
  account: AccountId,
  reserve: ReserveNow,
  terms: Terms,
  { rules }: Moment,
): Position {
  const amount = collateralAmount(ledger, account, reserve, rules)
  return {
    ...holding(reserve, terms),
    scaled: ledger.get(scaledCell(account, reserve.id, COLLATERAL)),
    stable: 0n,
    amount,
    valueBase: (amount * terms.price) / reserve.unit,
    ltvBps: terms.ltv,
    liquidationThresholdBps: terms.liquidationThreshold,
    liquidationBonusBps: terms.liquidationBonus,
    rateRay: reserve.liquidityRate,
  }
}

function debtPosition(ledger: Ledger, account: AccountId, reserve: ReserveNow, terms: Terms, moment: Moment): Position {
  const stable = stableDebt(ledger, account, reserve.id, moment)
  const amount = variableDebt(ledger, account, reserve, moment.rules) + stable
  return {
    ...holding(reserve, terms),
    scaled: ledger.get(scaledCell(account, reserve.id, DEBT)),
    stable,
    amount,
    valueBase: moment.rules.debtInBase(amount, terms.price, reserve.unit),
    ltvBps: 0n,
    liquidationThresholdBps: 0n,
    liquidationBonusBps: 0n,
    rateRay: reserve.variableBorrowRate,
  }
}

const holding = (
  reserve: ReserveNow,
  { price }: Terms,
): Pick<Position, 'reserve' | 'asset' | 'symbol' | 'decimals' | 'priceUsd8' | 'root'> => ({
  reserve,
  asset: reserve.asset,
  symbol: reserve.symbol,
  decimals: reserve.decimals,
  priceUsd8: price,
  root: reserve.root,
})

/** The sums of positions that somebody has changed in thought. */
export function totalsOf({ collaterals, debts }: Pick<Positions, 'collaterals' | 'debts'>): Totals {
  const sum = (holdings: readonly Position[], of: (position: Position) => bigint): bigint =>
    holdings.reduce((total, one) => total + of(one), 0n)
  return {
    totalCollateralBase: sum(collaterals, ({ valueBase }) => valueBase),
    totalDebtBase: sum(debts, ({ valueBase }) => valueBase),
    weighted: sum(collaterals, ({ valueBase, liquidationThresholdBps }) => valueBase * liquidationThresholdBps),
    weightedLtv: sum(collaterals, ({ valueBase, ltvBps }) => valueBase * ltvBps),
  }
}

/** GenericLogic.calculateUserAccountData and calculateAvailableBorrows. */
export function accountView(ledger: Ledger, account: AccountId, held: Positions, moment: Moment): AccountView {
  const sums = totalsOf(held)
  const { totalCollateralBase, totalDebtBase, weighted, weightedLtv } = sums
  const share = (sum: bigint): bigint => (totalCollateralBase === 0n ? 0n : sum / totalCollateralBase)
  const ltv = share(weightedLtv)
  return {
    address: ledger.address(account),
    source: 'mirror',
    block: undefined,
    eMode: held.eMode,
    collaterals: held.collaterals,
    debts: held.debts,
    totalCollateralBase,
    totalDebtBase,
    availableBorrowsBase: max(0n, moment.rules.availableBorrows(totalCollateralBase, ltv) - totalDebtBase),
    currentLiquidationThreshold: share(weighted),
    ltv,
    healthFactor: healthFactor(moment, sums),
  }
}

/** What the chain itself said last, where the pool's rules are not known; undefined before it was asked. */
export function toldView(ledger: Ledger, account: AccountId): AccountView | undefined {
  if (!ledger.has(toldCell(account, 'block'))) return undefined
  const told = (field: keyof typeof TOLD): bigint => ledger.get(toldCell(account, field))
  return {
    address: ledger.address(account),
    source: 'chain',
    block: told('block'),
    eMode: Number(ledger.get(userEModeCell(account))),
    collaterals: [],
    debts: [],
    totalCollateralBase: told('totalCollateralBase'),
    totalDebtBase: told('totalDebtBase'),
    availableBorrowsBase: told('availableBorrowsBase'),
    currentLiquidationThreshold: told('currentLiquidationThreshold'),
    ltv: told('ltv'),
    healthFactor: told('healthFactor'),
  }
}
