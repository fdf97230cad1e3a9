import { type Address, decodeEventLog, type Hex, toEventSelector } from 'viem'
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

const LIQUIDATION_CALL = toEventSelector('LiquidationCall(address,address,address,uint256,uint256,address,bool)')

/**
 * Where a transaction of ours stands as of this page: settled, still `pending`, or `unknown` to the node. Lost without a
 * receipt once its nonce is used by another, or it can no longer do anything and nobody has it.
 */
export async function settleIntent(
  node: Node,
  intent: Intent,
  facts: Facts,
  market: Marketplace | undefined,
): Promise<Settlement | 'pending' | 'unknown'> {
  const receipt = await receiptOf(node, intent)
  if (receipt !== null) return isWithin(receipt, facts) ? fromReceipt(intent, receipt, facts, market) : 'pending'
  const transaction = (await node.request('eth_getTransactionByHash', [intent.hash])) as object | null
  if (transaction !== null) return 'pending'
  // Asked again after the nonce: it may have been mined between the two questions, and then it was ours.
  if (await isNonceUsed(node, intent))
    return (await receiptOf(node, intent)) === null ? lost(intent, facts, 'nonce-used') : 'pending'
  return facts.block.timestamp > intent.deadline ? lost(intent, facts, 'expired') : 'unknown'
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

function fromReceipt(intent: Intent, receipt: Receipt, facts: Facts, market: Marketplace | undefined): Settlement {
  const gasUsed = BigInt(receipt.gasUsed)
  const feeWei = gasUsed * BigInt(receipt.effectiveGasPrice) + BigInt(receipt.l1Fee ?? 0)
  const block = BigInt(receipt.blockNumber)
  if (BigInt(receipt.status) === 0n) return lost(intent, facts, 'reverted', gasUsed, feeWei)
  const profit = profitIn(receipt, market?.contract)
  const profitUsd8 = mulDivFloor(profit, intent.debtPriceUsd8, 10n ** BigInt(intent.debtDecimals))
  return {
    kind: 'confirmed',
    settled: { ...common(intent), block, profit, profitUsd8, gasUsed, feeWei, winner: undefined },
  }
}

const lost = (intent: Intent, facts: Facts, reason: LostReason, gasUsed = 0n, feeWei = 0n): Settlement => ({
  kind: 'lost',
  reason,
  settled: {
    ...common(intent),
    block: facts.block.number,
    profit: 0n,
    profitUsd8: 0n,
    gasUsed,
    feeWei,
    winner: winnerIn(facts, intent.borrower),
  },
})

const common = ({ borrower, hash, nonce, predictedProfit, debtAsset }: Intent) => ({
  borrower,
  hash,
  nonce,
  predictedProfit,
  debtAsset,
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

/** Who liquidated the borrower in this page, if anybody: the liquidator is the second-last word of the event. */
function winnerIn(facts: Facts, borrower: Address): Address | undefined {
  const topic = `0x${borrower.slice(2).toLowerCase().padStart(64, '0')}`
  const log = facts.logs.find(({ topics }) => topics[0] === LIQUIDATION_CALL && topics[3] === topic)
  return log === undefined ? undefined : `0x${log.data.slice(2 + 64 * 2 + 24, 2 + 64 * 3)}`
}
