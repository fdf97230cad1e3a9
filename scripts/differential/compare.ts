import type { Book } from '../../src/core/book.ts'
import type { Batch } from '../../src/core/ports.ts'
import type { AccountId } from '../../src/core/types.ts'
import type { Finding } from './kinds/kind.ts'

/** `getUserAccountData` has so many. */
const FIELDS = 6
/** The screen may flag too many, never too few: an account the chain calls unhealthy must be among the flagged. */
const HEALTHY = 10n ** 18n

export interface Comparison {
  readonly accounts: number
  readonly fields: number
  /** Of these accounts neither says anything, because the oracle does not answer for an asset of theirs. */
  readonly silent: number
  readonly findings: readonly Finding[]
}

/** The mirror against the chain's own answers at the mirror's block: these accounts, and every reserve's debt. */
export async function compare(book: Book, batch: Batch, accounts: readonly AccountId[]): Promise<Comparison> {
  const { head, ledger, protocol } = book
  if (head === undefined) throw new Error('the book is empty')
  const { audit } = protocol
  const fresh = audit.fresh(ledger, head.timestamp)
  const totals = audit.totals(ledger)
  const asked = accounts.map((account) => audit.account(ledger, account))
  const answers = await batch.read([...fresh, ...totals, ...asked], { blockHash: head.hash }, { size: 60 })
  const reads = answers.slice(0, fresh.length)
  const supplies = answers.slice(fresh.length, fresh.length + totals.length).map(({ result }) => result)
  const results = answers.slice(fresh.length + totals.length).map(({ result }) => result)
  let silent = 0
  const findings = ledger.speculate(head.number, () => {
    protocol.apply({ block: head, logs: [], reads }, ledger)
    const flagged = new Set(book.screen(head.timestamp))
    return accounts.flatMap((account, i): Finding[] => {
      const view = book.account(account, head.timestamp)
      const address = ledger.address(account)
      // Both say nothing: the oracle does not answer for something that the account has.
      if (view === undefined && results[i] === undefined) silent++
      const differing = audit.compare(view, address, results[i]).map((mismatch) => ({ ...mismatch, account: address }))
      const missed = view !== undefined && view.healthFactor < HEALTHY && !flagged.has(account)
      const unseen = { account: address, field: 'screen', ours: 'not flagged', chain: `health ${view?.healthFactor}` }
      return missed ? [...differing, unseen] : differing
    })
  })
  const sums = audit.sums(ledger, supplies).filter((total) => total.sumScaledDebt !== total.scaledTotalSupply)
  for (const { asset, sumScaledDebt, scaledTotalSupply } of sums)
    findings.push({
      account: asset,
      field: 'scaled debt of the reserve',
      ours: String(sumScaledDebt),
      chain: String(scaledTotalSupply),
    })
  return { accounts: accounts.length, fields: (accounts.length - silent) * FIELDS + totals.length, silent, findings }
}
