import type { Hex } from 'viem'
import type { Ledger } from '../../core/ledger.ts'
import { max, percentMul, rayMul, rayMulFloor } from '../../core/math.ts'
import type { AccountId, Call, Read } from '../../core/types.ts'
import { call, SELECTORS, word } from './abi.ts'
import {
  addressIn,
  configuration,
  configurationCell,
  flags,
  MARKET,
  type RESERVE,
  reserveAddress,
  reserveCell,
} from './cells.ts'
import type { Moment, ReserveNow } from './moment.ts'
import type { Rules } from './rules.ts'

/** Of `Pool.getReserveData`: shares that the treasury has earned and not yet got. */
const ACCRUED_TO_TREASURY = 12

interface CapCalls {
  readonly shares: Call
  readonly debtShares: Call
  readonly data: Call
  /** Until 3.1: debt at a fixed rate. */
  readonly stable: Call | undefined
}

function capCalls(ledger: Ledger, id: number): CapCalls {
  const sToken = ledger.get(reserveCell(id, 'sToken'))
  return {
    shares: call(reserveAddress(ledger, id, 'aToken'), SELECTORS.scaledTotalSupply),
    debtShares: call(reserveAddress(ledger, id, 'vToken'), SELECTORS.scaledTotalSupply),
    data: call(addressIn(ledger, MARKET.pool), SELECTORS.getReserveData, reserveAddress(ledger, id, 'asset')),
    stable: sToken === 0n ? undefined : call(reserveAddress(ledger, id, 'sToken'), SELECTORS.getSupplyData),
  }
}

/** What says how full the capped collaterals of an account are. */
export function capReads(ledger: Ledger, account: AccountId): Call[] {
  return flags(ledger.get(configurationCell(account)))
    .filter(({ collateral }) => collateral)
    .filter(({ id }) => configuration.supplyCap(ledger.get(reserveCell(id, 'configuration'))) !== 0n)
    .flatMap(({ id }) => Object.values(capCalls(ledger, id)).filter((one): one is Call => one !== undefined))
}

/**
 * ValidationLogic.validateSupply at a moment: whether the reserve takes so much more, with what its treasury will have
 * earned by then. True where nobody asked the chain.
 */
export function fitsUnderCap(
  ledger: Ledger,
  reserve: ReserveNow,
  moment: Moment,
  amount: bigint,
  reads: readonly Read[],
): boolean {
  const { id, normalizedIncome, unit } = reserve
  const cap = configuration.supplyCap(ledger.get(reserveCell(id, 'configuration'))) * unit
  const calls = capCalls(ledger, id)
  const answer = ({ to, data }: Call) => reads.find((read) => read.to === to && read.data === data)?.result
  const [shares, debtShares, data] = [answer(calls.shares), answer(calls.debtShares), answer(calls.data)]
  if (cap === 0n || shares === undefined || debtShares === undefined || data === undefined) return true
  const { rules } = moment
  const earned = accrued(ledger, reserve, moment, word(debtShares, 0), calls.stable && answer(calls.stable))
  const all = word(shares, 0) + word(data, ACCRUED_TO_TREASURY) + earned
  if (rules.capCountsShares)
    return rules.aTokenBalance(all + rules.toScaled(amount, normalizedIncome), normalizedIncome) <= cap
  return rayMul(all, normalizedIncome) + amount <= cap
}

/** ReserveLogic._accrueToTreasury from the last update to the moment, in shares. */
function accrued(
  ledger: Ledger,
  { id, normalizedDebt, normalizedIncome }: ReserveNow,
  { rules, timestamp }: Moment,
  debtShares: bigint,
  stable: Hex | undefined,
): bigint {
  const cell = (field: keyof typeof RESERVE): bigint => ledger.get(reserveCell(id, field))
  const before = cell('variableBorrowIndex')
  const variable = rules.capCountsShares
    ? rayMulFloor(debtShares, normalizedDebt - before)
    : rayMul(debtShares, normalizedDebt) - rayMul(debtShares, before)
  const fixed = stable === undefined ? 0n : stableInterest(stable, rules, cell('lastUpdateTimestamp'), timestamp)
  const toTreasury = percentMul(variable + fixed, configuration.reserveFactor(cell('configuration')))
  return rules.toScaled(toTreasury, normalizedIncome)
}

/** `StableDebtToken.getSupplyData`: principal, total, average rate, last update. Interest of all debt at fixed rates. */
function stableInterest(supply: Hex, { compounded }: Rules, from: bigint, to: bigint): bigint {
  const [principal, averageRate, updated] = [word(supply, 0), word(supply, 2), word(supply, 3)]
  const total = (at: bigint): bigint => rayMul(principal, compounded(averageRate, max(0n, at - updated)))
  return principal === 0n ? 0n : total(to) - total(from)
}
