import { type Hex, keccak256, stringToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { Book } from '../../src/core/book.ts'
import { decide, type Limits, screenCandidate } from '../../src/core/plan.ts'
import type { Facts, Log, Read } from '../../src/core/types.ts'
import { figure, inTurn } from './clock.ts'
import { bookOf } from './market.ts'
import { pricePage, turnPage } from './ranked.ts'

/** A throw-away key. */
const account = privateKeyToAccount(keccak256(stringToHex('plimsoll bench')))
const LIMITS: Limits = {
  minProfitUsd8: 0n,
  maxDebtUsd8: undefined,
  maxGasWei: undefined,
  denyBorrowers: new Set(),
  denyAssets: new Set(),
  deadlineS: 36n,
}

export interface Decided {
  readonly rankedMs: number
  readonly signedMs: number
  /** Of it viem's signature. */
  readonly signingMs: number
}

/**
 * From the node's words as text (a log, and the answers that the page needs) to the ranked list, and to the best candidate's
 * transaction, signed: 100,000 accounts, a quote that is there at once, no socket and no node in between.
 */
export async function decided(seed: number): Promise<Decided> {
  const book = bookOf({ accounts: 100_000, seed, at1Pct: 263, at10Pct: 2_000 })
  let number = 2n
  const words = (factor: number): readonly [bigint, string] => {
    const facts = pricePage(number++, factor)
    return [facts.block.number, JSON.stringify({ logs: facts.logs, reads: facts.reads })]
  }
  let heard = words(1)
  const hear = (factor: number) => () => {
    heard = words(factor)
  }
  const signed: Hex[] = []
  const turns = await inTurn(31, {
    back: () => turnPage(book, factsOf(words(1))),
    hear: hear(0.99),
    ranked: () => turnPage(book, factsOf(heard)),
    backAgain: () => turnPage(book, factsOf(words(1))),
    hearAgain: hear(0.99),
    signed: async () => signed.push(await signBest(book, heard)),
    signing: () => account.signTransaction({ ...TRANSACTION, data: `0x${'12'.repeat(400)}` }),
  })
  if (new Set(signed).size < 2) throw new Error('nothing was signed')
  return {
    rankedMs: figure(turns.ranked.medianMs),
    signedMs: figure(turns.signed.medianMs),
    signingMs: figure(turns.signing.medianMs),
  }
}

const TRANSACTION = {
  type: 'eip1559',
  chainId: 1,
  nonce: 1,
  to: `0x${'1'.repeat(40)}`,
  gas: 900_000n,
  maxFeePerGas: 10n ** 10n,
  maxPriorityFeePerGas: 10n ** 8n,
} as const

function factsOf([number, text]: readonly [bigint, string]): Facts {
  const { logs, reads } = JSON.parse(text) as { logs: readonly Log[]; reads: readonly Read[] }
  return { block: pricePage(number, 1).block, logs, reads }
}

/** What the keeper does for the best one, with a quote that pays 1 % more than is owed. */
async function signBest(book: Book, heard: readonly [bigint, string]): Promise<Hex> {
  const facts = factsOf(heard)
  const [best] = turnPage(book, facts).first
  const seizures = best && screenCandidate(best, LIMITS)
  if (best === undefined || seizures === undefined || 'kind' in seizures) throw new Error('nobody to liquidate')
  const costs = { gas: 600_000n, gasPriceWei: 10n ** 9n, l1FeeWei: 0n, nativePriceUsd8: 3_000n * 10n ** 8n }
  const quotes = seizures.map((seizure) => ({
    seizure,
    path: '0x' as const,
    amountOut: (seizure.debtCovered * 103n) / 100n + seizure.flashPremium,
    ...costs,
  }))
  const plan = decide(best, quotes, facts.block.timestamp, LIMITS)
  if (plan.kind === 'refusal') throw new Error(`refused: ${plan.reason}`)
  const { quote, minProfit, deadline } = plan
  const data = book.protocol.encode(quote.seizure, { path: quote.path, minProfit, deadline })
  return account.signTransaction({ ...TRANSACTION, nonce: Number(facts.block.number), data })
}
