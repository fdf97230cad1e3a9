import { type Hex, keccak256, type PrivateKeyAccount } from 'viem'
import { RpcFault } from '../../core/errors.ts'
import { min, mulDivCeil, mulDivFloor } from '../../core/math.ts'
import { type Candidate, type Limits, type Plan, type Refusal, refuse } from '../../core/plan.ts'
import type { Intent, Node, Store } from '../../core/ports.ts'
import type { Facts } from '../../core/types.ts'
import { calldata, type Marketplace } from './market.ts'
import { revertReason } from './revert.ts'
import { type Simulation, simulate } from './simulate.ts'

export interface PrepareOptions {
  readonly node: Node
  readonly store: Store
  readonly chainId: number
  readonly account: PrivateKeyAccount
  readonly priorityFeeWei: bigint
  readonly marketplace: (market: string) => Marketplace | undefined
  /** False once an operator paused, the mode was lowered or the program is stopping: asked right before signing. */
  readonly maySign: () => boolean
  readonly limits: (market: string) => Pick<Limits, 'minProfitUsd8' | 'maxGasWei'>
}

export interface Work {
  readonly market: string
  readonly candidate: Candidate
  readonly plan: Plan
  readonly facts: Facts
}

/** EIP-7825: no transaction may have more. */
const TRANSACTION_GAS_CAP = 16_777_216n
/** The estimate is for the block being built; the one that comes may cost a little more. */
const GAS_RESERVE_BPS = 12_000n

/** Simulated, priced and signed; nothing of it has left yet. */
export async function prepare(options: PrepareOptions, work: Work): Promise<Intent | Refusal> {
  const { market, candidate, plan } = work
  const { node, account, marketplace } = options
  const [simulation, answers] = await Promise.all([
    simulate(node, account.address, marketplace(market), candidate, plan),
    ask(options, work),
  ])
  if ('kind' in simulation) return simulation
  if (answers.estimate instanceof RpcFault)
    return refuse(candidate, 'simulation-reverted', revertReason(answers.estimate))
  const priced = price(options, work, simulation, answers.estimate, answers.balanceWei)
  if ('kind' in priced) return priced
  if (!options.maySign()) return refuse(candidate, 'control-paused', 'while the node was being asked')
  const intent = await sign(options, work, simulation, priced, answers.nonce)
  // Not written down yet: bytes that nobody keeps can never leave.
  return options.maySign() ? intent : refuse(candidate, 'control-paused', 'while it was being signed')
}

interface Answers {
  /** Gas as the node estimates it, or its refusal. */
  readonly estimate: bigint | RpcFault
  readonly balanceWei: bigint
  readonly nonce: number
}

async function ask(options: PrepareOptions, { market, plan }: Work): Promise<Answers> {
  const { node, account, marketplace } = options
  const place = marketplace(market)
  const call = place?.contract && { from: account.address, to: place.contract, data: calldata(place, plan) }
  const [estimate, balance, nonce] = await Promise.all([
    node.request('eth_estimateGas', [call ?? {}, 'pending']).catch((error: unknown) => {
      if (error instanceof RpcFault) return error
      throw error
    }),
    node.request('eth_getBalance', [account.address, 'latest']),
    nextNonce(options),
  ])
  return {
    estimate: estimate instanceof RpcFault ? estimate : BigInt(estimate as Hex),
    balanceWei: BigInt(balance as Hex),
    nonce,
  }
}

/** The lowest that neither the chain nor an open transaction of ours has: a gap would hold up all that follow. */
async function nextNonce({ node, store, chainId, account }: PrepareOptions): Promise<number> {
  const taken = new Set(store.intents(chainId, 'signed').map(({ nonce }) => nonce))
  let nonce = Number(await node.request('eth_getTransactionCount', [account.address, 'latest']))
  while (taken.has(nonce)) nonce++
  return nonce
}

interface Priced {
  readonly gas: bigint
  readonly maxFeePerGas: bigint
}

/** Whether it can be paid, and still pays, with the node's own estimate of gas. */
function price(
  { account, priorityFeeWei, limits }: PrepareOptions,
  { market, candidate, plan, facts }: Work,
  { profit }: Simulation,
  estimate: bigint,
  balanceWei: bigint,
): Priced | Refusal {
  const { quote } = plan
  const gas = (estimate * GAS_RESERVE_BPS) / 10_000n
  if (gas > TRANSACTION_GAS_CAP)
    return refuse(candidate, 'simulation-reverted', `needs ${gas} gas, a transaction may have ${TRANSACTION_GAS_CAP}`)
  const { minProfitUsd8, maxGasWei } = limits(market)
  const bid = 2n * facts.block.baseFeeWei + priorityFeeWei
  const maxFeePerGas = maxGasWei === undefined ? bid : min(bid, maxGasWei)
  if (balanceWei < gas * maxFeePerGas + quote.l1FeeWei)
    return refuse(candidate, 'signer-balance', `${account.address} holds ${balanceWei} wei`)
  const costUsd8 = mulDivCeil(estimate * quote.gasPriceWei + quote.l1FeeWei, quote.nativePriceUsd8, 10n ** 18n)
  const net = mulDivFloor(profit, quote.seizure.debtPriceUsd8, 10n ** BigInt(quote.seizure.debtDecimals)) - costUsd8
  if (net < minProfitUsd8)
    return refuse(candidate, 'unprofitable', `net ${net} as simulated, costs ${costUsd8} (USD, 8 decimals)`)
  return { gas, maxFeePerGas }
}

/** The only place that signs. */
async function sign(
  { account, chainId, priorityFeeWei }: PrepareOptions,
  { market, plan, facts }: Work,
  simulation: Simulation,
  priced: Priced,
  nonce: number,
): Promise<Intent> {
  const raw = await account.signTransaction({
    type: 'eip1559',
    chainId,
    nonce,
    to: simulation.to,
    data: simulation.data,
    value: 0n,
    gas: priced.gas,
    maxFeePerGas: priced.maxFeePerGas,
    maxPriorityFeePerGas: min(priorityFeeWei, priced.maxFeePerGas),
  })
  const { seizure } = plan.quote
  return {
    chainId,
    from: account.address,
    nonce,
    hash: keccak256(raw),
    raw,
    market,
    borrower: seizure.borrower,
    block: facts.block.number,
    settledBlock: undefined,
    status: 'signed',
    deadline: plan.deadline,
    debtAsset: seizure.debtAsset,
    debtDecimals: seizure.debtDecimals,
    debtPriceUsd8: seizure.debtPriceUsd8,
    predictedProfit: simulation.profit,
  }
}
