import type { Book } from './book.ts'
import { max, PERCENTAGE_FACTOR } from './math.ts'
import type { Candidate } from './plan.ts'
import type { AccountView, Holding } from './protocol.ts'

/** One account that is liquidatable at the supposed prices. Values in base currency (8 decimals) at these prices. */
export interface Endangered {
  readonly view: AccountView
  readonly candidate: Candidate
  /** Collateral that the best allowed call takes, protocol fee included, rounded down; 0 when every call is forbidden. */
  readonly seizableBase: bigint
  readonly badDebtBase: bigint
}

/** Everyone liquidatable at the book's head if `suppose` had changed its prices, largest debt first. The book stays as it was. */
export function whatIf(book: Book, suppose: () => void): Endangered[] {
  const { head, ledger } = book
  if (head === undefined) throw new RangeError(`market ${book.name}: no what-if before its first page`)
  const found = ledger.speculate(head.number, () => {
    suppose()
    return book.liquidatable(head.timestamp).flatMap((candidate) => {
      const view = book.account(candidate.account, head.timestamp)
      return view ? [endangered(view, candidate)] : []
    })
  })
  // The sheet keeps what the last screen wrote: that of the present again.
  book.screen(head.timestamp)
  return found.sort(byDebt)
}

const endangered = (view: AccountView, candidate: Candidate): Endangered => ({
  view,
  candidate,
  seizableBase: seizable(view, candidate),
  badDebtBase: badDebt(view),
})

/** Collateral that the best single call allowed takes, protocol fee included, rounded down; 0 when none is. */
export function seizable({ collaterals }: AccountView, { seizures }: Candidate): bigint {
  const best = seizures.find(({ firstCover }) => firstCover === 0n)
  const holding = collaterals.find(({ asset }) => asset === best?.collateralAsset)
  if (best === undefined || holding === undefined) return 0n
  return ((best.collateralSeized + best.protocolFee) * holding.priceUsd8) / 10n ** BigInt(holding.decimals)
}

/**
 * Debt that nobody can be paid to repay: what is left of it when all collateral has been seized at these prices, each one
 * repaying its value less its bonus: max(0, D − Σ Cᵢ/(1+bᵢ)). Collateral without a bonus cannot be seized and repays nothing.
 */
export const badDebt = ({ collaterals, totalDebtBase }: Pick<AccountView, 'collaterals' | 'totalDebtBase'>): bigint =>
  max(0n, totalDebtBase - collaterals.reduce((sum, collateral) => sum + repays(collateral), 0n))

const repays = ({ valueBase, liquidationBonusBps }: Holding): bigint =>
  liquidationBonusBps === 0n ? 0n : (valueBase * PERCENTAGE_FACTOR) / liquidationBonusBps

const byDebt = ({ view: a }: Endangered, { view: b }: Endangered): number =>
  a.totalDebtBase > b.totalDebtBase ? -1 : a.totalDebtBase < b.totalDebtBase ? 1 : a.address < b.address ? -1 : 1
