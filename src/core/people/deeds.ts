import type { Book } from '../book.ts'
import type { Liquidated } from '../protocol.ts'
import type { AccountId, Entry, Facts } from '../types.ts'
import type { Deed } from './step.ts'

/** By less than a thousandth of health nobody was helped: a stranger may repay one wei for anybody. */
const SAFER = 1.001
/** Liquidations that were told, so that a reorganisation does not tell them again. */
const MOST_REMEMBERED = 1_000

/**
 * What pages did to accounts since they were last looked at. Whether an account is safer by a hand or by prices is told from its
 * row, which is its scaled holdings by threshold: the old row and the new one are both weighed at the rates of now, so that no
 * price and no interest lies between them. Safer then means that somebody repaid, supplied, switched collateral on or entered an
 * eMode; it counts as the owner's act whoever paid. A liquidation in the same stretch is never one.
 */
export class Deeds {
  readonly #book: Book
  readonly #rows = new Map<AccountId, { readonly row: readonly Entry[]; readonly block: bigint }>()
  #liquidations: { readonly account: AccountId; readonly liquidation: Liquidated; readonly block: bigint }[] = []
  readonly #told = new Set<string>()

  constructor(book: Book) {
    this.#book = book
  }

  /** After the book has taken in a page. */
  page(facts: Facts): void {
    const { ledger, protocol, replaced } = this.#book
    const block = facts.block.number
    for (const [account, row] of replaced) if (!this.#rows.has(account)) this.#rows.set(account, { row, block })
    for (const liquidation of protocol.liquidations(facts, ledger)) {
      const account = ledger.find(liquidation.borrower)
      if (account !== undefined) this.#liquidations.push({ account, liquidation, block })
    }
  }

  /** Everybody's row is another: what an old one says is of other rules. */
  reshape(): void {
    this.#rows.clear()
  }

  rollback(to: bigint): void {
    for (const [account, { block }] of this.#rows) if (block > to) this.#rows.delete(account)
    this.#liquidations = this.#liquidations.filter(({ block }) => block <= to)
  }

  /** Those not told yet. */
  liquidations(): readonly { readonly account: AccountId; readonly liquidation: Liquidated }[] {
    return this.#liquidations.filter(({ liquidation }) => !this.#told.has(nameOf(liquidation)))
  }

  /** As of the last screen. */
  of(account: AccountId): Deed | undefined {
    if (this.#liquidations.some((one) => one.account === account)) return { kind: 'liquidated' }
    const known = this.#rows.get(account)
    if (known === undefined) return undefined
    const { rates, sheet } = this.#book
    let [credit, debit] = [0, 0]
    for (const { column, weight } of known.row)
      if (weight < 0) debit -= weight * (rates[column] as number)
      else credit += weight * (rates[column] as number)
    const before = credit / debit
    // Without debt before nobody can be safer; without a price nothing can be said.
    if (!(debit > 0 && before >= 0)) return undefined
    const [plus, minus] = [sheet.credit[account] as number, sheet.debit[account] as number]
    if (!(minus === 0 || plus / minus > before * SAFER)) return undefined
    return { kind: 'safer', from: (BigInt(Math.round(before * 1e9)) * 10n ** 9n).toString() }
  }

  /** All of it was told. */
  clear(): void {
    for (const { liquidation } of this.#liquidations) this.#told.add(nameOf(liquidation))
    for (const name of this.#told) {
      if (this.#told.size <= MOST_REMEMBERED) break
      this.#told.delete(name)
    }
    this.#liquidations = []
    this.#rows.clear()
  }
}

const nameOf = ({ transactionHash, borrower, collateralAsset, debtAsset, debtCovered }: Liquidated): string =>
  `${transactionHash} ${borrower} ${collateralAsset} ${debtAsset} ${debtCovered}`
