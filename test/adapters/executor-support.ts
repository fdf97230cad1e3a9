import { type Address, encodeAbiParameters, encodeErrorResult, encodeEventTopics, type Hex, pad, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { liquidatorAbi } from '../../src/adapters/contracts/liquidator.ts'
import type { Marketplace } from '../../src/adapters/executor/market.ts'
import { settlingOf } from '../../src/adapters/executor/settling.ts'
import { type SubmitOptions, submit } from '../../src/adapters/executor/submit.ts'
import { switchExecutor } from '../../src/adapters/executor/switch.ts'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import { outcomeData } from '../../src/app/outcome.ts'
import { RpcFault } from '../../src/core/errors.ts'
import { Ledger } from '../../src/core/ledger.ts'
import type { Candidate, Plan, Quote } from '../../src/core/plan.ts'
import type { Executor, Node, Outcome, RecordOutcome, Store } from '../../src/core/ports.ts'
import type { Facts, Log } from '../../src/core/types.ts'
import { MARKET as MARKET_CELLS } from '../../src/protocols/aave-v3/cells.ts'
import { aaveV3 } from '../../src/protocols/aave-v3/index.ts'

export const CHAIN = 10
export const MARKET = 'here'
export const ACCOUNT = privateKeyToAccount(`0x${'11'.repeat(32)}`)
export const address = (n: number): Address => pad(toHex(n), { size: 20 })
export const word = (n: number | bigint): Hex => pad(toHex(n))
export const CONTRACT = address(0xc0)
export const BORROWER = address(0xb0)
export const GWEI = 10n ** 9n
/** Of block 100. */
export const TIME = 1_700_000_000n
const DEBT_ASSET = address(0xd0)

type Answer = unknown | Error | ((params: readonly unknown[]) => unknown)

/** Answers each method with what was scripted for it, in order; the last answer stays. Throws what is an Error. */
export class ScriptedNode implements Node {
  readonly asked: { readonly method: string; readonly params: readonly unknown[] }[] = []
  readonly #script = new Map<string, Answer[]>()

  on(method: string, ...answers: Answer[]): this {
    this.#script.set(method, answers)
    return this
  }

  async request(method: string, params: readonly unknown[]): Promise<unknown> {
    this.asked.push({ method, params })
    const answers = this.#script.get(method)
    if (answers === undefined) throw new TypeError(`nobody expected ${method}`)
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (answer instanceof Error) throw answer
    return typeof answer === 'function' ? answer(params) : answer
  }

  count(method: string): number {
    return this.asked.filter((one) => one.method === method).length
  }

  /** All that was ever broadcast. */
  get broadcast(): Hex[] {
    return this.asked.filter(({ method }) => method === 'eth_sendRawTransaction').map(({ params }) => params[0] as Hex)
  }
}

/** A node for which everything goes well: rich, healthy, nothing mined yet, nothing known. */
export const goodNode = (profit = 50_000_000n): ScriptedNode =>
  new ScriptedNode()
    .on('eth_call', word(profit))
    .on('eth_estimateGas', toHex(500_000))
    .on('eth_getBalance', toHex(10n ** 18n))
    .on('eth_getTransactionCount', '0x7')
    .on('eth_sendRawTransaction', word(1))
    .on('eth_getTransactionReceipt', null)
    .on('eth_getTransactionByHash', null)
    .on('eth_getBlockByNumber', { timestamp: toHex(TIME) })

export const reverted = (data: Hex): RpcFault => new RpcFault('eth_call', 3, 'execution reverted', data)
export const belowMinimum: Hex = encodeErrorResult({
  abi: liquidatorAbi,
  errorName: 'ProfitBelowMinimum',
  args: [1n, 2n],
})

export const candidate: Candidate = {
  account: 0,
  borrower: BORROWER,
  healthFactor: 9n * 10n ** 17n,
  totalCollateralBase: 10n,
  totalDebtBase: 10n,
  seizures: [],
  forbidden: undefined,
}

/** 1000 USDC of debt at 3000 dollars an ether and 1 gwei. */
export function planOf(quote: Partial<Quote> = {}): Plan {
  const seizure = {
    borrower: BORROWER,
    collateralAsset: address(0xe0),
    debtAsset: DEBT_ASSET,
    debtToCover: 1_000_000_000n,
    firstCover: 0n,
    debtCovered: 1_000_000_000n,
    collateralSeized: 10n ** 18n,
    protocolFee: 0n,
    flashPremium: 0n,
    grossBase: 50n * 10n ** 8n,
    debtPriceUsd8: 10n ** 8n,
    debtDecimals: 6,
  }
  const price = { gasPriceWei: GWEI, l1FeeWei: 0n, nativePriceUsd8: 3000n * 10n ** 8n }
  const money = { profit: 50_000_000n, minProfit: 3_000_000n, grossUsd8: 1n, costUsd8: 1n, netUsd8: 1n }
  return {
    kind: 'plan',
    quote: { seizure, path: '0xabcd', amountOut: 1_050_000_000n, gas: 500_000n, ...price, ...quote },
    healthFactor: candidate.healthFactor,
    ...money,
    deadline: TIME + 60n,
  }
}

/** A page `blocks` after block 100, one second each. */
export const facts = (blocks = 0, logs: readonly Log[] = []): Facts => ({
  block: {
    number: 100n + BigInt(blocks),
    hash: word(100 + blocks),
    parentHash: word(99 + blocks),
    timestamp: TIME + BigInt(blocks),
    baseFeeWei: GWEI,
    logsBloom: '0x',
  },
  logs,
  reads: [],
})

/** A receipt of block 101, with what our contract says it earned. */
export const receipt = (over: Record<string, unknown> = {}, profit = 42_000_000n) => ({
  status: '0x1',
  blockNumber: toHex(101),
  blockHash: word(101),
  gasUsed: toHex(400_000),
  effectiveGasPrice: toHex(2n * GWEI),
  logs: [liquidated(address(0xee), 1n), liquidated(CONTRACT, profit)],
  ...over,
})

const liquidated = (from: Address, profit: bigint) => ({
  address: from,
  topics: encodeEventTopics({
    abi: liquidatorAbi,
    eventName: 'Liquidated',
    args: { user: BORROWER, collateralAsset: address(0xe0), debtAsset: DEBT_ASSET },
  }),
  data: encodeAbiParameters([{ type: 'uint256' }, { type: 'uint256' }, { type: 'uint256' }], [1n, 2n, profit]),
})

/** The pool of the market that liquidations are read from. */
export const POOL = address(0x9001)
const { encode, liquidations } = aaveV3({ addressesProvider: address(1), rules: 'auto', priceReadsS: 0n })
const ledger = new Ledger()
ledger.restore([], [[MARKET_CELLS.pool, BigInt(POOL)]])
export const marketplace = (): Marketplace => ({
  contract: CONTRACT,
  encode,
  liquidations: (facts) => liquidations(facts, ledger),
})

export interface Desk {
  readonly store: Store
  readonly outcomes: Outcome[]
  readonly record: RecordOutcome
  readonly problems: string[]
  /** Another process over the same store. */
  start(node: Node, over?: Partial<SubmitOptions>): Executor
}

/** A live executor's surroundings: a real store, and a journal kept as the loop keeps it. */
export function openDesk(): Desk {
  const store = openStore(':memory:')
  const outcomes: Outcome[] = []
  const problems: string[] = []
  const record: RecordOutcome = (market, block, outcome, together = () => {}) =>
    store.atomically(() => {
      together()
      const { kind } = outcome
      const data = JSON.parse(
        JSON.stringify(outcomeData(outcome), (_, v) => (typeof v === 'bigint' ? v.toString() : v)),
      )
      const named = kind === 'planned' ? 'plan' : kind
      store.appendJournal({ chainId: CHAIN, market, block: block.number.toString(), kind: named, data })
      outcomes.push(outcome)
    })
  const start = (node: Node, over: Partial<SubmitOptions> = {}): Executor => {
    const options: SubmitOptions = {
      node,
      store,
      chainId: CHAIN,
      account: ACCOUNT,
      priorityFeeWei: GWEI / 10n,
      marketplace,
      maySign: () => true,
      limits: () => ({ minProfitUsd8: 10n ** 8n, maxGasWei: undefined }),
      onProblem: (problem) => void problems.push(problem),
      ...over,
    }
    const settling = settlingOf({ ...options, maySend: options.maySign })
    return switchExecutor(() => 'live', { live: submit(options, settling) }, settling)
  }
  return { store, outcomes, record, problems, start }
}
