import type { Ledger } from '../../core/ledger.ts'
import type { AccountId, Call, Facts } from '../../core/types.ts'
import { call, SELECTORS } from './abi.ts'
import { addressIn, configurationCell, MARKET, toldCell } from './cells.ts'

/**
 * So many accounts are asked about in each block, beside those that a log names, while the pool's rules are not known:
 * five requests of the size that every node answers. A larger market is asked about in turn.
 */
const MOST_TOLD = 250
/** Of these, so many are the lowest by what was told last; the others are those told the longest ago. */
const RISKIEST_TOLD = 170

/** Where no rule is known the chain itself is asked (`getUserAccountData`): who was touched, who is close, who waits longest. */
export function toldReads(facts: Facts, ledger: Ledger, touched: Iterable<AccountId>): Call[] {
  const now = facts.block.number
  const isDue = (account: AccountId): boolean => ledger.get(toldCell(account, 'block')) < now
  const wanted = new Set([...touched].filter(isDue))
  // One sample a page: the page's later rounds find it answered.
  const isSampled = (account: AccountId): boolean => !isDue(account) && !wanted.has(account)
  const everybody = [...Array(ledger.size).keys()].filter((account) => ledger.has(configurationCell(account)))
  if (!everybody.some(isSampled)) for (const account of sample(ledger, everybody.filter(isDue))) wanted.add(account)
  const pool = addressIn(ledger, MARKET.pool)
  return [...wanted].map((account) => call(pool, SELECTORS.getUserAccountData, ledger.address(account)))
}

function sample(ledger: Ledger, due: readonly AccountId[]): AccountId[] {
  if (due.length <= MOST_TOLD) return [...due]
  const health = (account: AccountId): bigint => ledger.get(toldCell(account, 'healthFactor'))
  const toldAt = (account: AccountId): bigint => ledger.get(toldCell(account, 'block'))
  const never = due.filter((account) => toldAt(account) === 0n)
  if (never.length > 0) return never.slice(0, MOST_TOLD)
  const riskiest = due.toSorted((a, b) => compare(health(a), health(b))).slice(0, RISKIEST_TOLD)
  const oldest = due.toSorted((a, b) => compare(toldAt(a), toldAt(b))).slice(0, MOST_TOLD)
  return [...new Set([...riskiest, ...oldest])].slice(0, MOST_TOLD)
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
