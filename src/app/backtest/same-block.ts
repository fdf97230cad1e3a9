import type { Address } from 'viem'
import type { Book } from '../../core/book.ts'
import type { Liquidated } from '../../core/protocol.ts'
import { callKey, type Facts, type Log, type Read } from '../../core/types.ts'
import type { MissReason } from './run.ts'

export interface BeforeCall {
  /** `null`: liquidatable when it was called. */
  readonly missed: MissReason | null
  readonly detail: string
}

/**
 * Whether an account that was healthy after the block before was liquidatable at the moment of the call: the page's logs up
 * to it are applied alone, with the answers that follow from them. What no log tells (a feed without logs) is taken as it
 * was at the end of the block. The book has not taken the page in.
 */
export function beforeCall(book: Book, facts: Facts, found: Liquidated): BeforeCall {
  const account = book.find(found.borrower)
  if (account === undefined || !book.protocol.knows(book.ledger, account))
    return { missed: 'unknown-account', detail: 'it had no debt before this block' }
  const logs = facts.logs.filter(({ logIndex }) => logIndex < firstLogOf(facts, found))
  const moment: Facts = { block: facts.block, logs, reads: [] }
  const reads = readsAt(book, moment, facts, found.borrower)
  if (reads === undefined)
    return { missed: 'within-block', detail: 'the recording does not hold what the block looked like before the call' }
  return book.ledger.speculate(facts.block.number, () => {
    book.protocol.apply({ ...moment, reads }, book.ledger)
    const { timestamp } = facts.block
    const view = book.account(account, timestamp)
    if (view === undefined) return { missed: 'no-price', detail: 'an asset of the account had no price' }
    if (book.protocol.inspect(book.ledger, account, timestamp)) return { missed: null, detail: '' }
    return { missed: 'healthy-before', detail: `health ${view.healthFactor} (18 decimals) right before the call` }
  })
}

/**
 * What the page up to the call needs, in rounds like any page: from its logs where that is exact, else as it was at the end
 * of the block. Undefined when an answer is missing, or says of the borrower only what the call had left of it.
 */
function readsAt(book: Book, moment: Facts, { reads: atEnd }: Facts, borrower: Address): readonly Read[] | undefined {
  const answers = new Map(atEnd.filter(({ data }) => !data.includes(borrower.slice(2))).map((r) => [callKey(r), r]))
  const known = new Map<string, Read>()
  for (;;) {
    const named = book.reads({ ...moment, reads: [...known.values()] }).filter((call) => !known.has(callKey(call)))
    if (named.length === 0) return [...known.values()]
    const derived = new Map(book.derive(moment, named).map((read) => [callKey(read), read]))
    for (const call of named) {
      const read = derived.get(callKey(call)) ?? answers.get(callKey(call))
      if (read === undefined) return undefined
      known.set(callKey(call), read)
    }
  }
}

/** Index of the first log that the call itself made: the first of its transaction that names the borrower, after an earlier call. */
function firstLogOf({ logs }: Facts, { borrower, transactionHash, logIndex }: Liquidated): number {
  const own = logs.filter((log) => log.transactionHash === transactionHash && log.logIndex < logIndex)
  const kind = logs.find((log) => log.logIndex === logIndex)?.topics[0]
  const earlier = own.findLast((log) => log.topics[0] === kind)?.logIndex ?? -1
  return own.find((log) => log.logIndex > earlier && names(log, borrower))?.logIndex ?? logIndex
}

const names = ({ topics }: Log, account: Address): boolean => topics.some((topic) => topic.endsWith(account.slice(2)))
