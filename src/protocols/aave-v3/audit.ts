import type { Address, Hex } from 'viem'
import type { Ledger } from '../../core/ledger.ts'
import type { AccountView, Audit, Mismatch, ReserveTotal } from '../../core/protocol.ts'
import { call, SELECTORS, word } from './abi.ts'
import { addressIn, debtReserveAt, MARKET, reserveAddress, reserveIds } from './cells.ts'
import { prices } from './prices.ts'

/** Pool.getUserAccountData, in the order of its words: the only exact judge. */
const FIELDS = [
  'totalCollateralBase',
  'totalDebtBase',
  'availableBorrowsBase',
  'currentLiquidationThreshold',
  'ltv',
  'healthFactor',
] as const

export const audit: Audit = {
  fresh: (ledger, timestamp) => (ledger.get(MARKET.pricedAt) === timestamp ? [] : prices(ledger)),
  account: (ledger, account) =>
    call(addressIn(ledger, MARKET.pool), SELECTORS.getUserAccountData, ledger.address(account)),
  compare,
  totals: (ledger) =>
    reserveIds(ledger).map((id) => call(reserveAddress(ledger, id, 'vToken'), SELECTORS.scaledTotalSupply)),
  sums,
}

/** A view we do not have must be one the chain does not have either. */
function compare(view: AccountView | undefined, address: Address, result: Hex | undefined): Mismatch[] {
  const answer = result === '0x' ? undefined : result
  const differing: Mismatch[] = []
  for (const [n, field] of FIELDS.entries()) {
    const ours = view === undefined ? 'unknown' : view[field].toString()
    const chain = answer === undefined ? 'unknown' : word(answer, n).toString()
    if (ours !== chain) differing.push({ address, field, ours, chain })
  }
  return differing
}

function sums(ledger: Ledger, results: readonly (Hex | undefined)[]): ReserveTotal[] {
  const sumOf = new Map<number, bigint>()
  for (let account = 0; account < ledger.size; account++)
    for (const [place, value] of ledger.cellsOf(account)) {
      const id = debtReserveAt(place)
      if (id !== undefined) sumOf.set(id, (sumOf.get(id) ?? 0n) + value)
    }
  return reserveIds(ledger).map((id, i) => {
    const sumScaledDebt = sumOf.get(id) ?? 0n
    const result = results[i]
    const scaledTotalSupply = result === undefined || result === '0x' ? -1n : word(result, 0)
    return { asset: reserveAddress(ledger, id, 'asset'), sumScaledDebt, scaledTotalSupply }
  })
}
