import { type Hex, keccak256, type PrivateKeyAccount } from 'viem'
import { RpcFault } from '../../core/errors.ts'
import { mulDivCeil, mulDivFloor } from '../../core/math.ts'
import { type Candidate, type Plan, type Refusal, refuse } from '../../core/plan.ts'
import type { Executor, Intent, Node, Outcome, Store } from '../../core/ports.ts'
import type { Facts } from '../../core/types.ts'
import type { Marketplace } from './market.ts'
import { type Settlement, settleIntent } from './settle.ts'
import { revertReason, type Simulation, simulate } from './simulate.ts'

export interface SubmitOptions {
  readonly node: Node
  readonly store: Store
  readonly chainId: number
  readonly account: PrivateKeyAccount
  readonly priorityFeeWei: bigint
  readonly marketplace: (market: string) => Marketplace | undefined
  /** USD (8 decimals) that a plan must be worth after the gas that the node itself estimates. */
  readonly minProfitUsd8: (market: string) => bigint
  readonly onProblem: (problem: string) => void
}

/** EIP-7825: no transaction may have more. */
const TRANSACTION_GAS_CAP = 16_777_216n
/** The estimate is for the block being built; the one that comes may cost a little more. */
const GAS_RESERVE_BPS = 12_000n

/**
 * Sends for real. Nonce, hash and signed bytes are in the store before the first broadcast, and only those bytes are
 * ever sent again: whatever a node answers to a send, the outcome is read from the chain by hash and nonce.
 */
export function submitExecutor(options: SubmitOptions): Executor {
  const { store, chainId } = options
  const nonces = createNonces(options)
  /** Bytes that this process has not sent yet: after a restart that is every open intent. */
  const sent = new Set<Hex>()
  const broadcast = async (intent: Intent): Promise<void> => {
    sent.add(intent.hash)
    try {
      await options.node.request('eth_sendRawTransaction', [intent.raw])
    } catch (error) {
      options.onProblem(`broadcast of ${intent.hash}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return {
    mode: 'live',
    inFlight: (market, borrower) =>
      store.intents(chainId, 'signed').some((intent) => intent.market === market && intent.borrower === borrower),
    async execute(market, candidate, plan, facts) {
      const simulation = await simulate(
        options.node,
        options.account.address,
        options.marketplace(market),
        candidate,
        plan,
      )
      if ('kind' in simulation) return simulation
      const priced = await price(options, market, candidate, plan, simulation, facts)
      if ('kind' in priced) return priced
      const nonce = await nonces.next()
      const intent = await sign(options, { market, candidate, plan, simulation, priced, nonce, facts })
      store.saveIntent(intent)
      await broadcast(intent)
      const { borrower, hash, predictedProfit } = intent
      return { kind: 'sent', borrower, hash, nonce, predictedProfit, plan }
    },
    async settle(facts) {
      const outcomes: { market: string; outcome: Outcome }[] = []
      for (const intent of store.intents(chainId, 'signed')) {
        const settlement = await settleIntent(options.node, intent, facts, options.marketplace(intent.market))
        if (settlement === 'unknown' && facts.block.timestamp <= intent.deadline) await broadcast(intent)
        else if (settlement === 'pending' && !sent.has(intent.hash)) await broadcast(intent)
        else if (typeof settlement === 'object') outcomes.push(close(store, intent, settlement))
      }
      return outcomes
    },
    async rollback(to) {
      const orphaned = (['confirmed', 'lost'] as const)
        .flatMap((status) => store.intents(chainId, status))
        .filter((intent) => intent.settledBlock !== undefined && intent.settledBlock > to)
      for (const intent of orphaned) store.saveIntent({ ...intent, status: 'signed', settledBlock: undefined })
      return orphaned.map((intent) => ({
        market: intent.market,
        outcome: { ...reopened(intent), kind: 'reorged' as const },
      }))
    },
  }
}

function close(store: Store, intent: Intent, settlement: Settlement): { market: string; outcome: Outcome } {
  const { settled, ...how } = settlement
  store.saveIntent({ ...intent, status: how.kind, settledBlock: settled.block })
  return { market: intent.market, outcome: { ...settled, ...how } }
}

const reopened = (intent: Intent): Settlement['settled'] => ({
  borrower: intent.borrower,
  hash: intent.hash,
  nonce: intent.nonce,
  block: intent.settledBlock ?? intent.block,
  predictedProfit: intent.predictedProfit,
  profit: 0n,
  profitUsd8: 0n,
  debtAsset: intent.debtAsset,
  gasUsed: 0n,
  feeWei: 0n,
  winner: undefined,
})

/** Nonces in order: what the chain counts, or more while something of ours is not in it yet. */
function createNonces({ node, store, chainId, account }: SubmitOptions): { next(): Promise<number> } {
  return {
    async next() {
      const onChain = Number(await node.request('eth_getTransactionCount', [account.address, 'latest']))
      const open = store.intents(chainId, 'signed').map((intent) => intent.nonce + 1)
      return Math.max(onChain, ...open)
    },
  }
}

interface Priced {
  readonly gas: bigint
  readonly maxFeePerGas: bigint
}

/** The node's own estimate of gas, and whether the plan still pays with it. */
async function price(
  { node, account, priorityFeeWei, minProfitUsd8 }: SubmitOptions,
  market: string,
  candidate: Candidate,
  plan: Plan,
  { to, data, profit }: Simulation,
  facts: Facts,
): Promise<Priced | Refusal> {
  const { quote } = plan
  const maxFeePerGas = 2n * facts.block.baseFeeWei + priorityFeeWei
  try {
    const estimate = BigInt(
      (await node.request('eth_estimateGas', [{ from: account.address, to, data }, 'pending'])) as Hex,
    )
    const gas = (estimate * GAS_RESERVE_BPS) / 10_000n
    if (gas > TRANSACTION_GAS_CAP)
      return refuse(candidate, 'simulation-reverted', `needs ${gas} gas, a transaction may have ${TRANSACTION_GAS_CAP}`)
    const balance = BigInt((await node.request('eth_getBalance', [account.address, 'latest'])) as Hex)
    if (balance < gas * maxFeePerGas + quote.l1FeeWei)
      return refuse(candidate, 'signer-balance', `${account.address} holds ${balance} wei`)
    const costUsd8 = mulDivCeil(estimate * quote.gasPriceWei + quote.l1FeeWei, quote.nativePriceUsd8, 10n ** 18n)
    const net = mulDivFloor(profit, quote.seizure.debtPriceUsd8, 10n ** BigInt(quote.seizure.debtDecimals)) - costUsd8
    if (net < minProfitUsd8(market))
      return refuse(candidate, 'unprofitable', `net ${net} as simulated, costs ${costUsd8} (USD, 8 decimals)`)
    return { gas, maxFeePerGas }
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error
    return refuse(candidate, 'simulation-reverted', revertReason(error))
  }
}

interface Signable {
  readonly market: string
  readonly candidate: Candidate
  readonly plan: Plan
  readonly simulation: Simulation
  readonly priced: Priced
  readonly nonce: number
  readonly facts: Facts
}

/** The only place that signs. */
async function sign({ account, chainId, priorityFeeWei }: SubmitOptions, work: Signable): Promise<Intent> {
  const { market, plan, simulation, priced, nonce, facts } = work
  const raw = await account.signTransaction({
    type: 'eip1559',
    chainId,
    nonce,
    to: simulation.to,
    data: simulation.data,
    value: 0n,
    gas: priced.gas,
    maxFeePerGas: priced.maxFeePerGas,
    maxPriorityFeePerGas: priorityFeeWei,
  })
  const { seizure } = plan.quote
  return {
    chainId,
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
