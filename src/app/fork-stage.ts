import {
  type Address,
  decodeEventLog,
  encodeDeployData,
  getContractAddress,
  type Hex,
  numberToHex,
  zeroHash,
} from 'viem'
import { liquidatorAbi, liquidatorBytecode } from '../adapters/contracts/liquidator.ts'
import { decodeRevert } from '../adapters/executor/revert.ts'
import type { Fork } from '../adapters/fork/fork.ts'
import { ChainError, RpcFault } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import type { Protocol } from '../core/protocol.ts'
import type { Log } from '../core/types.ts'
import { PRIORITY_FEE_WEI } from './fees.ts'

/** Our contract on a fork, and the address that may call it. */
export interface Stand {
  readonly contract: Address
  readonly keeper: Address
}

/** Nobody has its key: on a fork one may send for anybody. */
const KEEPER: Address = '0x00000000000000000000506c696d736f6c6c0001'
/** Profits go to an address of their own, so that they are not mixed with what the keeper holds. */
const TREASURY: Address = '0x00000000000000000000506c696d736f6c6c0002'
const PLENTY_WEI = 10n ** 24n
/** EIP-7825: no transaction may have more. */
const TRANSACTION_GAS_CAP = 16_777_216n
/** Above any base fee, so that whatever is sent is mined. */
const MAX_FEE_WEI = 10n ** 15n

/**
 * Sends the deployment and leaves it pending: `fork.mine` puts it into a block of its own, `executeOnFork` into the block
 * of the liquidation. The keeper is appointed by the constructor.
 */
export async function deployOnFork(
  { node }: Fork,
  { pool, router, treasury = TREASURY }: { pool: Address; router: Address; treasury?: Address },
): Promise<Stand> {
  await node.request('hardhat_impersonateAccount', [KEEPER])
  await node.request('hardhat_setBalance', [KEEPER, numberToHex(PLENTY_WEI)])
  const nonce = BigInt((await node.request('eth_getTransactionCount', [KEEPER, 'pending'])) as Hex)
  const args = [pool, router, treasury, KEEPER, KEEPER] as const
  await send(node, { data: encodeDeployData({ abi: liquidatorAbi, bytecode: liquidatorBytecode, args }) })
  return { contract: getContractAddress({ from: KEEPER, nonce }).toLowerCase() as Address, keeper: KEEPER }
}

async function send(node: Fork['node'], call: { readonly to?: Address; readonly data: Hex }): Promise<Hex> {
  const hash = await node.request('eth_sendTransaction', [
    {
      ...call,
      from: KEEPER,
      gas: numberToHex(TRANSACTION_GAS_CAP),
      maxFeePerGas: numberToHex(MAX_FEE_WEI),
      maxPriorityFeePerGas: numberToHex(PRIORITY_FEE_WEI),
    },
  ])
  return hash as Hex
}

export interface ForkOrder {
  readonly stand: Stand
  readonly encode: Protocol['encode']
  readonly plan: Plan
  readonly timestamp: bigint
  readonly baseFeeWei: bigint
}

/** What really came of a plan. Amounts are 0 when it reverted. */
export interface ForkExecution {
  readonly status: 'success' | 'reverted'
  /** By name, where it is known. */
  readonly revert: string | undefined
  /** In the debt asset, as our contract measured it. */
  readonly profit: bigint
  readonly debtCovered: bigint
  readonly collateralSeized: bigint
  readonly gasUsed: bigint
  readonly effectiveGasPriceWei: bigint
  /** Wei for the data, on chains that charge for it. */
  readonly l1FeeWei: bigint
  readonly logs: readonly Log[]
}

/** One block, at this time and base fee, with what is pending and then the plan as its keeper would send it. */
export async function executeOnFork(fork: Fork, order: ForkOrder): Promise<ForkExecution> {
  const { node } = fork
  const { stand, encode, plan } = order
  const { quote, minProfit, deadline } = plan
  const hash = await send(node, {
    to: stand.contract,
    data: encode(quote.seizure, { path: quote.path, minProfit, deadline }),
  })
  await node.request('hardhat_setNextBlockBaseFeePerGas', [numberToHex(order.baseFeeWei)])
  await fork.mine(order.timestamp)
  const receipt = (await node.request('eth_getTransactionReceipt', [hash])) as Receipt | null
  if (receipt === null) throw new RangeError(`the fork did not mine ${hash}`)
  return read(fork, hash, receipt, stand.contract)
}

interface Receipt {
  readonly status: Hex
  readonly gasUsed: Hex
  readonly effectiveGasPrice: Hex
  readonly l1Fee?: Hex
  readonly logs: readonly {
    readonly address: Address
    readonly topics: readonly Hex[]
    readonly data: Hex
    readonly logIndex: Hex
  }[]
}

async function read({ node }: Fork, hash: Hex, receipt: Receipt, contract: Address): Promise<ForkExecution> {
  const logs = receipt.logs.map((log) => ({
    address: log.address.toLowerCase() as Address,
    topics: log.topics,
    data: log.data,
    logIndex: Number(log.logIndex),
    transactionHash: hash,
  }))
  const costs = {
    gasUsed: BigInt(receipt.gasUsed),
    effectiveGasPriceWei: BigInt(receipt.effectiveGasPrice),
    l1FeeWei: BigInt(receipt.l1Fee ?? 0),
    logs,
  }
  if (BigInt(receipt.status) === 0n) {
    const amounts = { profit: 0n, debtCovered: 0n, collateralSeized: 0n }
    return { status: 'reverted', revert: await reasonOf(node, hash), ...amounts, ...costs }
  }
  const { profit, debtCovered, collateralSeized } = liquidatedIn(logs, contract)
  return { status: 'success', revert: undefined, profit, debtCovered, collateralSeized, ...costs }
}

/** What our contract measured. A call to an address without code succeeds too, and says nothing. */
function liquidatedIn(logs: readonly Log[], contract: Address) {
  for (const { address, topics, data } of logs) {
    if (address !== contract) continue
    const event = decodeEventLog({ abi: liquidatorAbi, data, topics: [topics[0] ?? zeroHash, ...topics.slice(1)] })
    if (event.eventName === 'Liquidated') return { ...event.args, collateralSeized: event.args.collateralReceived }
  }
  throw new ChainError({
    code: 'FORK_WITHOUT_LIQUIDATOR',
    what: `no Liquidator answers at ${contract} on the fork`,
    why: 'its deployment reverts: pool and router must be contracts at that block',
    fix: 'Check uniswapV3.router of the chain, and that it was there at that block.',
  })
}

/** A receipt does not say why: the transaction is run again. */
async function reasonOf(node: Fork['node'], hash: Hex): Promise<string> {
  try {
    const trace = await node.request('debug_traceTransaction', [
      hash,
      { disableStorage: true, disableMemory: true, disableStack: true },
    ])
    const returned = (trace as { readonly returnValue: string }).returnValue
    const data: Hex = returned.startsWith('0x') ? (returned as Hex) : `0x${returned}`
    return decodeRevert(data) ?? (data === '0x' ? 'no reason given' : `unknown error ${data.slice(0, 138)}`)
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error
    return `no reason to be had (${error.message})`
  }
}
