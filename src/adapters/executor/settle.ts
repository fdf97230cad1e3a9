import { type Address, decodeEventLog, type Hex } from 'viem'
import { mulDivFloor } from '../../core/math.ts'
import type { Intent, LostReason, Node, Settled } from '../../core/ports.ts'
import type { Facts } from '../../core/types.ts'
import { liquidatorAbi } from '../contracts/liquidator.ts'
import type { Marketplace } from './market.ts'

export type Settlement =
  | { readonly kind: 'confirmed'; readonly settled: Settled }
  | { readonly kind: 'lost'; readonly reason: LostReason; readonly settled: Settled }

interface Receipt {
  readonly status: Hex
  readonly blockNumber: Hex
  readonly blockHash: Hex
  readonly gasUsed: Hex
  readonly effectiveGasPrice: Hex
  /** Optimism-like chains: wei for the data. */
  readonly l1Fee?: Hex
  readonly logs: readonly { readonly address: Address; readonly topics: readonly Hex[]; readonly data: Hex }[]
}

/** A transaction of ours, looked at as of a page. */
export interface Matter {
  readonly intent: Intent
  readonly facts: Facts
  readonly market: Marketplace | undefined
}

/**
 * Where a transaction of ours stands as of this page: settled, still `pending`, or `unknown` to the node. Lost without a
 * receipt once its nonce is used by another, or it can no longer do anything and nobody has it.
 */
export async function settleIntent(node: Node, matter: Matter): Promise<Settlement | 'pending' | 'unknown'> {
  const { intent, facts } = matter
  const receipt = await receiptOf(node, intent)
  if (receipt !== null) return isWithin(receipt, facts) ? fromReceipt(matter, receipt) : 'pending'
  const transaction = (await node.request('eth_getTransactionByHash', [intent.hash])) as object | null
  if (transaction !== null) return 'pending'
  // Asked again after the nonce: it may have been mined between the two questions, and then it was ours.
  if (await isNonceUsed(node, intent))
    return (await receiptOf(node, intent)) === null ? lost(matter, 'nonce-used') : 'pending'
  return facts.block.timestamp > intent.deadline ? lost(matter, 'expired') : 'unknown'
}

const receiptOf = async (node: Node, { hash }: Intent): Promise<Receipt | null> =>
  (await node.request('eth_getTransactionReceipt', [hash])) as Receipt | null

/** Not above the page, nor in another block of its number: that one is an orphan, or the page soon is. */
function isWithin({ blockNumber, blockHash }: Receipt, { block }: Facts): boolean {
  const number = BigInt(blockNumber)
  return number < block.number || (number === block.number && blockHash === block.hash)
}

/** By something else of the same key: without a receipt it was not ours. */
async function isNonceUsed(node: Node, { nonce, from }: Intent): Promise<boolean> {
  return Number(await node.request('eth_getTransactionCount', [from, 'latest'])) > nonce
}

function fromReceipt(matter: Matter, receipt: Receipt): Settlement {
  const { intent, market } = matter
  const gasUsed = BigInt(receipt.gasUsed)
  const feeWei = gasUsed * BigInt(receipt.effectiveGasPrice) + BigInt(receipt.l1Fee ?? 0)
  if (BigInt(receipt.status) === 0n) return lost(matter, 'reverted', gasUsed, feeWei)
  const profit = profitIn(receipt, market?.contract)
  const profitUsd8 = mulDivFloor(profit, intent.debtPriceUsd8, 10n ** BigInt(intent.debtDecimals))
  return {
    kind: 'confirmed',
    settled: { ...nothing(intent, BigInt(receipt.blockNumber)), profit, profitUsd8, gasUsed, feeWei },
  }
}

const lost = ({ intent, facts, market }: Matter, reason: LostReason, gasUsed = 0n, feeWei = 0n): Settlement => ({
  kind: 'lost',
  reason,
  settled: { ...nothing(intent, facts.block.number), gasUsed, feeWei, winner: winnerIn(facts, intent, market) },
})

/** A transaction that brought nothing and, as far as is known, cost nothing. */
export const nothing = ({ borrower, hash, nonce, predictedProfit, debtAsset }: Intent, block: bigint): Settled => ({
  borrower,
  hash,
  nonce,
  block,
  predictedProfit,
  profit: 0n,
  profitUsd8: 0n,
  debtAsset,
  gasUsed: 0n,
  feeWei: 0n,
  winner: undefined,
})

/** What our contract says it earned. */
function profitIn(receipt: Receipt, contract: Address | undefined): bigint {
  for (const { address, topics, data } of receipt.logs) {
    if (address.toLowerCase() !== contract?.toLowerCase()) continue
    const event = decodeEventLog({ abi: liquidatorAbi, data, topics: [...topics] as [Hex, ...Hex[]], strict: true })
    if (event.eventName === 'Liquidated') return event.args.profit
  }
  return 0n
}

/** Who liquidated the borrower in this page, if anybody. */
const winnerIn = (facts: Facts, { borrower }: Intent, market: Marketplace | undefined): Address | undefined =>
  market?.liquidations(facts).find((liquidated) => liquidated.borrower === borrower.toLowerCase())?.liquidator
