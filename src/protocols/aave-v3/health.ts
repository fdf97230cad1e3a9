import type { Ledger } from '../../core/ledger.ts'
import { max, PERCENTAGE_FACTOR, percentMulFloor, RAY, rayMul, UINT256_MAX, wadDiv } from '../../core/math.ts'
import type { AccountView, Holding } from '../../core/protocol.ts'
import type { AccountId } from '../../core/types.ts'
import {
  COLLATERAL,
  configuration,
  configurationCell,
  DEBT,
  eModeCell,
  flags,
  numberToText,
  reserveAddress,
  reserveCell,
  scaledCell,
  userEModeCell,
} from './cells.ts'
import type { Rules } from './rules.ts'

const SECONDS_PER_YEAR = 31_536_000n

/** MathUtils.calculateLinearInterest, in ray. */
export const calculateLinearInterest = (rateRay: bigint, elapsedS: bigint): bigint =>
  RAY + (rateRay * elapsedS) / SECONDS_PER_YEAR

/** MathUtils.calculateCompoundedInterest (3.4 on), in ray. */
export function calculateCompoundedInterest(rateRay: bigint, elapsedS: bigint): bigint {
  if (elapsedS === 0n) return RAY
  const x = (rateRay * elapsedS) / SECONDS_PER_YEAR
  return RAY + x + rayMul(x, x / 2n + rayMul(x, x / 6n))
}

/** Seconds since the reserve's last update; 0 for a moment before it. */
const elapsed = (ledger: Ledger, id: number, timestamp: bigint): bigint =>
  max(0n, timestamp - ledger.get(reserveCell(id, 'lastUpdateTimestamp')))

/** ReserveLogic.getNormalizedIncome at `timestamp`, in ray. */
export function normalizedIncome(ledger: Ledger, id: number, timestamp: bigint): bigint {
  const index = ledger.get(reserveCell(id, 'liquidityIndex'))
  const seconds = elapsed(ledger, id, timestamp)
  if (seconds === 0n) return index
  return rayMul(calculateLinearInterest(ledger.get(reserveCell(id, 'currentLiquidityRate')), seconds), index)
}

/** ReserveLogic.getNormalizedDebt at `timestamp`, in ray. */
export function normalizedDebt(ledger: Ledger, id: number, timestamp: bigint): bigint {
  const index = ledger.get(reserveCell(id, 'variableBorrowIndex'))
  const seconds = elapsed(ledger, id, timestamp)
  if (seconds === 0n) return index
  return rayMul(calculateCompoundedInterest(ledger.get(reserveCell(id, 'currentVariableBorrowRate')), seconds), index)
}

export const unitOf = (ledger: Ledger, id: number): bigint =>
  10n ** configuration.decimals(ledger.get(reserveCell(id, 'configuration')))

/** Liquidation parameters of a collateral for an account in eMode `category` (0: none), all in basis points. */
export function collateralTerms(
  ledger: Ledger,
  id: number,
  category: number,
): { ltv: bigint; lt: bigint; bonus: bigint } {
  const inCategory = (field: 'collateralBitmap' | 'ltvzeroBitmap'): boolean =>
    ((ledger.get(eModeCell(category, field)) >> BigInt(id)) & 1n) === 1n
  if (category !== 0 && inCategory('collateralBitmap'))
    return {
      ltv: inCategory('ltvzeroBitmap') ? 0n : ledger.get(eModeCell(category, 'ltv')),
      lt: ledger.get(eModeCell(category, 'liquidationThreshold')),
      bonus: ledger.get(eModeCell(category, 'liquidationBonus')),
    }
  const data = ledger.get(reserveCell(id, 'configuration'))
  return {
    ltv: configuration.ltv(data),
    lt: configuration.liquidationThreshold(data),
    bonus: configuration.liquidationBonus(data),
  }
}

/** One side of one reserve of an account, in the contract's integers. */
export interface Position extends Holding {
  readonly id: number
  readonly scaled: bigint
  /** Basis points; 0 for debt. */
  readonly ltvBps: bigint
}

export interface Positions {
  readonly eMode: number
  readonly collaterals: readonly Position[]
  readonly debts: readonly Position[]
}

/** All flagged sides at `timestamp`; undefined when one of them has no price: then nothing is known. */
export function positions(ledger: Ledger, account: AccountId, timestamp: bigint, rules: Rules): Positions | undefined {
  const collaterals: Position[] = []
  const debts: Position[] = []
  const eMode = Number(ledger.get(userEModeCell(account)))
  for (const { id, borrowing, collateral } of flags(ledger.get(configurationCell(account)))) {
    if (ledger.get(reserveCell(id, 'asset')) === 0n) continue
    if (ledger.get(reserveCell(id, 'price')) === 0n) return undefined
    if (collateral) collaterals.push(collateralPosition(ledger, account, id, eMode, timestamp, rules))
    if (borrowing) debts.push(debtPosition(ledger, account, id, timestamp, rules))
  }
  return { eMode, collaterals, debts }
}

function collateralPosition(
  ledger: Ledger,
  account: AccountId,
  id: number,
  eMode: number,
  timestamp: bigint,
  rules: Rules,
): Position {
  const scaled = ledger.get(scaledCell(account, id, COLLATERAL))
  const amount = rules.aTokenBalance(scaled, normalizedIncome(ledger, id, timestamp))
  const { ltv, lt, bonus } = collateralTerms(ledger, id, eMode)
  return {
    ...reserveFacts(ledger, id),
    id,
    scaled,
    amount,
    valueBase: (amount * ledger.get(reserveCell(id, 'price'))) / unitOf(ledger, id),
    ltvBps: ltv,
    liquidationThresholdBps: lt,
    liquidationBonusBps: bonus,
    rateRay: ledger.get(reserveCell(id, 'currentLiquidityRate')),
  }
}

function debtPosition(ledger: Ledger, account: AccountId, id: number, timestamp: bigint, rules: Rules): Position {
  const scaled = ledger.get(scaledCell(account, id, DEBT))
  const amount = rules.vTokenBalance(scaled, normalizedDebt(ledger, id, timestamp))
  return {
    ...reserveFacts(ledger, id),
    id,
    scaled,
    amount,
    valueBase: rules.debtInBase(amount, ledger.get(reserveCell(id, 'price')), unitOf(ledger, id)),
    ltvBps: 0n,
    liquidationThresholdBps: 0n,
    liquidationBonusBps: 0n,
    rateRay: ledger.get(reserveCell(id, 'currentVariableBorrowRate')),
  }
}

const reserveFacts = (
  ledger: Ledger,
  id: number,
): Pick<Holding, 'asset' | 'symbol' | 'decimals' | 'priceUsd8' | 'root'> => ({
  asset: reserveAddress(ledger, id, 'asset'),
  symbol: numberToText(ledger.get(reserveCell(id, 'symbol'))),
  decimals: Number(configuration.decimals(ledger.get(reserveCell(id, 'configuration')))),
  priceUsd8: ledger.get(reserveCell(id, 'price')),
  root: reserveAddress(ledger, id, 'root'),
})

/** GenericLogic's last step. `weighted` is Σ value × threshold in basis points; 2^256 − 1 without debt. */
export const healthFactorOf = (weighted: bigint, totalDebtBase: bigint): bigint =>
  totalDebtBase === 0n ? UINT256_MAX : wadDiv(weighted, totalDebtBase) / PERCENTAGE_FACTOR

export const weightedCollateral = (
  collaterals: readonly Pick<Position, 'valueBase' | 'liquidationThresholdBps'>[],
): bigint => collaterals.reduce((sum, c) => sum + c.valueBase * c.liquidationThresholdBps, 0n)

export const totalOf = (holdings: readonly { readonly valueBase: bigint }[]): bigint =>
  holdings.reduce((sum, h) => sum + h.valueBase, 0n)

/** GenericLogic.calculateUserAccountData and calculateAvailableBorrows. */
export function accountView(ledger: Ledger, account: AccountId, { eMode, collaterals, debts }: Positions): AccountView {
  const totalCollateralBase = totalOf(collaterals)
  const totalDebtBase = totalOf(debts)
  const weighted = weightedCollateral(collaterals)
  const share = (sum: bigint): bigint => (totalCollateralBase === 0n ? 0n : sum / totalCollateralBase)
  const ltv = share(collaterals.reduce((sum, c) => sum + c.valueBase * c.ltvBps, 0n))
  return {
    address: ledger.address(account),
    eMode,
    collaterals,
    debts,
    totalCollateralBase,
    totalDebtBase,
    availableBorrowsBase: max(0n, percentMulFloor(totalCollateralBase, ltv) - totalDebtBase),
    currentLiquidationThreshold: share(weighted),
    ltv,
    healthFactor: healthFactorOf(weighted, totalDebtBase),
  }
}
