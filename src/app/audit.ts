import { getAddress } from 'viem'
import type { Book } from '../core/book.ts'
import type { Batch } from '../core/ports.ts'
import type { Mismatch, ReserveTotal } from '../core/protocol.ts'
import type { AccountId } from '../core/types.ts'

export interface Verification {
  readonly market: string
  readonly revision: number
  readonly block: bigint
  readonly checked: number
  /** Accounts of which at least one field differs. */
  readonly mismatched: number
  readonly mismatches: readonly Mismatch[]
  readonly reserves: readonly ReserveTotal[]
}

/** `getUserAccountData` costs some hundred thousand gas: so many fit into one eth_call everywhere. */
const ACCOUNTS_A_REQUEST = 50

/** The mirror against the chain's own answers at the book's head: every field of these accounts, and each reserve's debt. */
export async function verify(book: Book, batch: Batch, accounts: readonly AccountId[]): Promise<Verification> {
  const { head, ledger, protocol } = book
  if (head === undefined) throw new RangeError(`market ${book.name}: nothing to verify before its first page`)
  const at = { blockHash: head.hash }
  const { audit } = protocol
  const fresh = await batch.read(audit.fresh(ledger, head.timestamp), at)
  const asked = accounts.map((account) => audit.account(ledger, account))
  const answers = await batch.read(asked, at, { size: ACCOUNTS_A_REQUEST })
  const perAccount = ledger.speculate(head.number, () => {
    protocol.apply({ block: head, logs: [], reads: fresh }, ledger)
    return accounts.map((account, i) =>
      audit.compare(book.account(account, head.timestamp), ledger.address(account), answers[i]?.result),
    )
  })
  const totals = await batch.read(audit.totals(ledger), at)
  return {
    market: book.name,
    revision: Number(protocol.market(ledger).revision),
    block: head.number,
    checked: accounts.length,
    mismatched: perAccount.filter((mismatches) => mismatches.length > 0).length,
    mismatches: perAccount.flat(),
    reserves: audit.sums(
      ledger,
      totals.map(({ result }) => result),
    ),
  }
}

export const everyAccount = ({ ledger, protocol }: Book): AccountId[] =>
  [...Array(ledger.size).keys()].filter((account) => protocol.knows(ledger, account))

/** So many of them at most, spread evenly: the same at every run. */
export function sampleAccounts(book: Book, count: number): AccountId[] {
  const all = everyAccount(book)
  const step = Math.max(1, Math.floor(all.length / count))
  return all.filter((_, i) => i % step === 0).slice(0, count)
}

/** True when the mirror and the chain agree in everything that was compared. */
export const isExact = ({ mismatched, reserves }: Verification): boolean =>
  mismatched === 0 && reserves.every((reserve) => reserve.sumScaledDebt === reserve.scaledTotalSupply)

/** `verify --json`, one market. */
export function verificationAnswer(verification: Verification, chainId: number): Record<string, unknown> {
  const { market, revision, block, checked, mismatched, mismatches, reserves } = verification
  const worst = mismatches[0]
  return {
    market,
    chainId,
    revision,
    block: block.toString(),
    checked,
    mismatched,
    worst: worst ? { ...worst, address: getAddress(worst.address) } : null,
    reserves: reserves.map(({ asset, sumScaledDebt, scaledTotalSupply }) => ({
      asset: getAddress(asset),
      sumScaledDebt: sumScaledDebt.toString(),
      scaledTotalSupply: scaledTotalSupply.toString(),
    })),
  }
}
