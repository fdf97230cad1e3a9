import { type Address, decodeEventLog, type Hex, numberToHex, parseAbi, parseAbiItem, toEventSelector } from 'viem'
import type { Fork } from '../../src/adapters/fork/fork.ts'
import type { Rpc } from '../../src/adapters/rpc/client.ts'
import { rangedLogs } from '../../src/adapters/rpc/history.ts'

const event =
  'event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)'
const abi = parseAbi([event])
const topic = toEventSelector(parseAbiItem(event))

/** Node's words for a transaction; fees are left out, they are given anew. */
interface PastTransaction {
  readonly hash: Hex
  readonly type: Hex
  readonly from: Address
  readonly to: Address | null
  readonly input: Hex
  readonly value: Hex
  readonly gas: Hex
  readonly blockNumber: Hex
  readonly transactionIndex: Hex
}

interface PastBlock {
  readonly timestamp: Hex
  readonly baseFeePerGas: Hex
  readonly miner: Address
  readonly transactions: readonly PastTransaction[]
}

/** Transactions with a LiquidationCall of the pool, oldest first. */
export async function liquidatingTransactions(
  rpc: Rpc,
  pool: Address,
  { from, to }: { readonly from: bigint; readonly to: bigint },
): Promise<Hex[]> {
  const found = new Set<Hex>()
  const stretch = { addresses: [pool], topics: [topic], from, to, range: 10_000n }
  for await (const { logs } of rangedLogs(rpc, stretch, new AbortController().signal))
    for (const { log } of logs) found.add(log.transactionHash)
  return [...found]
}

/** What the LiquidationCall events of a transaction say. */
export async function liquidationsIn(node: Fork['node'], hash: Hex): Promise<object[]> {
  const receipt = await node.request('eth_getTransactionReceipt', [hash])
  const { logs } = receipt as { readonly logs: readonly { topics: [Hex, ...Hex[]]; data: Hex }[] }
  return logs
    .filter(({ topics }) => topics[0] === topic)
    .map(({ topics, data }) => decodeEventLog({ abi, topics, data }).args)
}

/** Above any base fee and any sender's means: on a fork these are not what is tested. */
const maxFeeWei = 10n ** 13n
const plentyWei = 10n ** 24n
/** Blob and set-code transactions run as plain calls; what a rollup puts into its blocks itself is not sent at all. */
const lastUserType = 4

export async function pastTransaction(rpc: Rpc, hash: Hex): Promise<PastTransaction> {
  return (await rpc.request('eth_getTransactionByHash', [hash])) as PastTransaction
}

/**
 * On a fork of the block before: everything that its block had up to the transaction, from the same senders in the same
 * order, at the same time and base fee. Returns the hash that the transaction has there.
 */
export async function replay(fork: Fork, rpc: Rpc, past: PastTransaction): Promise<Hex> {
  const block = (await rpc.request('eth_getBlockByNumber', [past.blockNumber, true])) as PastBlock
  const until = block.transactions.filter(
    ({ transactionIndex, type }) =>
      BigInt(transactionIndex) <= BigInt(past.transactionIndex) && Number(type) <= lastUserType,
  )
  await fork.node.request('hardhat_setCoinbase', [block.miner])
  let last: Hex = '0x'
  for (const transaction of until) last = await sendAgain(fork.node, transaction)
  await fork.node.request('hardhat_setNextBlockBaseFeePerGas', [block.baseFeePerGas])
  await fork.mine(BigInt(block.timestamp))
  return last
}

async function sendAgain(node: Fork['node'], { from, to, input, value, gas }: PastTransaction): Promise<Hex> {
  await node.request('hardhat_impersonateAccount', [from])
  await node.request('hardhat_setBalance', [from, numberToHex(plentyWei)])
  const call = { from, ...(to === null ? {} : { to }), data: input, value, gas }
  const fees = { maxFeePerGas: numberToHex(maxFeeWei), maxPriorityFeePerGas: '0x0' }
  return (await node.request('eth_sendTransaction', [{ ...call, ...fees }])) as Hex
}
