import { type Hex, keccak256 } from 'viem'
import type { Fork } from '../../adapters/fork/fork.ts'
import { createLines, type Lines, resumeLines } from '../../adapters/lines.ts'
import { getHeader, type Rpc } from '../../adapters/rpc/client.ts'
import type { ChainConfig } from '../../config/config.ts'
import { ChainError, ConfigError } from '../../core/errors.ts'
import type { Plan } from '../../core/plan.ts'
import { deployOnFork, executeOnFork, type ForkExecution, forkOf, simulateOnFork } from '../fork-stage.ts'
import { parse, stringify } from './big-json.ts'
import type { Planned } from './options.ts'
import type { BacktestRun, ExecutedRow, HappenedRow } from './run.ts'

export interface ExecuteOptions {
  /** An archive node: every page with a plan is forked. */
  readonly rpc: Rpc
  readonly chain: ChainConfig
  /** What was executed, line by line: a killed run goes on after the last. */
  readonly linesFile: string
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

/** Judges by execution: each plan on a fork of the chain as it stood when it was made, in a block with the real one's time and base fee. */
export async function executePlans(
  run: BacktestRun,
  planned: readonly Planned[],
  options: ExecuteOptions,
): Promise<BacktestRun> {
  const resumed = resumeLines(options.linesFile)
  const lines = resumed?.lines ?? createLines(options.linesFile)
  const known = new Map((resumed?.values ?? []).map((value) => doneOf(value)))
  const executed: ExecutedRow[] = []
  try {
    for (const [i, some] of byPage(planned))
      for (const row of await onePage({ run, options, known, lines }, some)) {
        executed.push(row)
        options.onProgress(i + 1, planned.length)
      }
  } finally {
    lines.close()
  }
  return { ...run, ours: run.ours.map((row, i) => ({ ...row, executed: executed[i] ?? null })) }
}

interface Context {
  readonly run: BacktestRun
  readonly options: ExecuteOptions
  readonly known: ReadonlyMap<string, ExecutedRow>
  readonly lines: Lines
}

const doneOf = (value: unknown): readonly [string, ExecutedRow] => {
  const { key, row } = value as { readonly key: string; readonly row: string }
  return [key, parse(row) as ExecutedRow]
}

/** Plans of one page share a fork; each with the index of its last. */
function byPage(planned: readonly Planned[]): (readonly [number, readonly Planned[]])[] {
  const pages: [number, Planned[]][] = []
  for (const [i, plan] of planned.entries()) {
    const last = pages.at(-1)
    if (last && last[1][0]?.facts === plan.facts) {
      last[0] = i
      last[1].push(plan)
    } else pages.push([i, [plan]])
  }
  return pages
}

/** The plan to the byte, and where it was made: what was executed under the same key need not be again. */
const keyOf = ({ row, plan, book, facts }: Planned): string => {
  const { quote, minProfit, deadline } = plan
  const data = book.protocol.encode(quote.seizure, { path: quote.path, minProfit, deadline })
  return `${row.market} ${facts.block.hash} ${keccak256(data)}`
}

async function onePage(context: Context, planned: readonly Planned[]): Promise<ExecutedRow[]> {
  const { known, options, lines } = context
  const rows = planned.map((plan) => known.get(keyOf(plan)))
  if (rows.every((row) => row !== undefined)) return rows
  options.signal.throwIfAborted()
  const [first] = planned
  if (first === undefined) return []
  const next = await nextHeader(options, first)
  const fork = await forkOf(options.chain, first.facts.block.number)
  try {
    const executed: ExecutedRow[] = []
    for (const [i, plan] of planned.entries()) {
      const row = rows[i] ?? (await onePlan(context, fork, plan, next))
      if (rows[i] === undefined) lines.append({ key: keyOf(plan), row: stringify(row) })
      executed.push(row)
    }
    return executed
  } finally {
    await fork.close()
  }
}

interface NextBlock {
  readonly timestamp: bigint
  readonly baseFeeWei: bigint
}

/** The block in which the plan would have been. Throws ChainError when the node knows another history than the recording. */
async function nextHeader({ rpc }: ExecuteOptions, { facts }: Planned): Promise<NextBlock> {
  const { number, hash } = facts.block
  const [page, next] = [await getHeader(rpc, number), await getHeader(rpc, number + 1n)]
  if (page?.hash !== hash)
    throw new ChainError({
      code: 'OTHER_HISTORY',
      what: `block ${number} of the node is not the one that was recorded`,
      why: 'plans can only be executed on the chain that they were made for',
      fix: `Correct the rpc of chain "${rpc.chain}", or use an archive node that has the block.`,
    })
  return next ?? { timestamp: facts.block.timestamp + 1n, baseFeeWei: facts.block.baseFeeWei }
}

async function onePlan(
  { run, options }: Context,
  fork: Fork,
  { row, candidate, plan, book }: Planned,
  next: NextBlock,
): Promise<ExecutedRow> {
  const router = options.chain.uniswapV3?.router
  if (router === undefined)
    throw new ConfigError({
      code: 'NO_ROUTER',
      what: `chain "${options.chain.name}" has no uniswapV3.router`,
      why: 'our contract sells through it, so nothing can be executed',
      fix: `Set chains.${options.chain.name}.uniswapV3.`,
    })
  const { pool } = book.protocol.market(book.ledger)
  const snapshot = await fork.snapshot()
  const stand = await deployOnFork(fork, { pool, router })
  const order = { stand, encode: book.protocol.encode, plan, ...next }
  const simulation = await simulateOnFork(fork, order, candidate)
  const predictedProfit = 'kind' in simulation ? 0n : simulation.profit
  const execution = await executeOnFork(fork, order)
  await fork.revert(snapshot)
  const happened = run.happened.find(
    ({ market, user, block }) => market === row.market && user === row.user && block > row.block,
  )
  return toRow({ plan, predictedProfit, execution }, happened && (await actualOf(options.rpc, happened)))
}

interface Executed {
  readonly plan: Plan
  readonly predictedProfit: bigint
  readonly execution: ForkExecution
}

const toRow = (
  { plan: { profit, quote }, predictedProfit, execution }: Executed,
  actual: ExecutedRow['actual'] | undefined,
): ExecutedRow => ({
  status: execution.status,
  revert: execution.revert ?? null,
  plannedProfit: profit,
  predictedProfit,
  profit: execution.profit,
  predictedSeized: quote.seizure.collateralSeized,
  seized: execution.collateralSeized,
  gas: quote.gas,
  gasUsed: execution.gasUsed,
  actual: actual ?? null,
})

/** The next liquidation of the account that really happened. */
async function actualOf(
  rpc: Rpc,
  { tx, liquidator, debtCovered, collateralSeized }: HappenedRow,
): Promise<ExecutedRow['actual']> {
  const receipt = (await rpc.request('eth_getTransactionReceipt', [tx])) as { readonly gasUsed: Hex } | null
  return { liquidator, debtCovered, collateralSeized, gasUsed: receipt && BigInt(receipt.gasUsed) }
}
