import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Address } from 'viem'
import { stringify } from 'yaml'
import { Rpc } from '../../src/adapters/rpc/client.ts'
import { createBatch } from '../../src/adapters/rpc/multicall.ts'
import { runBacktest } from '../../src/app/backtest/engine.ts'
import type { BacktestRun } from '../../src/app/backtest/run.ts'
import { record } from '../../src/app/record/record.ts'
import { toRecorded } from '../../src/app/record/recorded.ts'
import { loadConfig } from '../../src/config/load.ts'
import { PROTOCOLS } from '../../src/protocols/index.ts'
import { type Devnet, startDevnet } from '../devnet/index.ts'
import { BASE_USD, EXCHANGE_LOWS, ORACLE_ROUNDS, type Step } from './paths.ts'

export interface StaircaseOptions {
  readonly accounts: number
  readonly seed: number
}

/** One price source's telling of the day. */
export interface Telling {
  /** Largest fall in per cent. */
  readonly fallPct: number
  /** Everyone who was ever liquidatable, by the backtest. */
  readonly liquidatable: ReadonlySet<Address>
  readonly plans: number
  /** Debt that the plans would have covered, USD with 8 decimals. */
  readonly debtUsd8: bigint
  /** Differences between the recorded mirror and the chain. */
  readonly mismatched: number
}

/** The same market twice, once by the oracle's rounds and once by an exchange's lows. */
export async function playStaircase(
  options: StaircaseOptions,
): Promise<{ readonly oracle: Telling; readonly exchange: Telling; readonly invented: number }> {
  const oracle = await tell(options, ORACLE_ROUNDS)
  const exchange = await tell(options, EXCHANGE_LOWS)
  const invented = [...exchange.liquidatable].filter((account) => !oracle.liquidatable.has(account)).length
  return { oracle, exchange, invented }
}

/** The rounds known of that day are bitcoin's; what else is volatile is taken to fall in step with it, in both tellings. */
const VOLATILE = ['WBTC', 'WETH', 'LINK'] as const
/** Blocks from each round on: the loop quotes a bounded number of accounts a block. */
const BLOCKS_A_STEP = 4

async function tell({ accounts, seed }: StaircaseOptions, steps: readonly Step[]): Promise<Telling> {
  const devnet = await startDevnet({ chain: 'ethereum', accounts, seed, replica: true })
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-staircase-'))
  try {
    const { chain, risk } = devnet.market
    const from = chain.head.number + 1n
    for (const { usd } of steps) {
      for (const symbol of VOLATILE)
        await devnet.control.reportPrice(symbol, BigInt(Math.round((risk.reserves[symbol].priceUsd8 * usd) / BASE_USD)))
      await devnet.control.mine(BLOCKS_A_STEP)
    }
    const file = join(folder, 'staircase.plimsoll')
    const { run, mismatched } = await backtestOf(devnet, { folder, file, from, to: chain.head.number })
    const lowest = Math.min(...steps.map(({ usd }) => usd))
    return {
      fallPct: 100 * (1 - lowest / BASE_USD),
      liquidatable: new Set([...run.ours, ...run.refused].map(({ user }) => user)),
      plans: run.ours.length,
      debtUsd8: run.ours.reduce((sum, { debtUsd8 }) => sum + debtUsd8, 0n),
      mismatched,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await devnet.close()
  }
}

interface Range {
  readonly folder: string
  readonly file: string
  readonly from: bigint
  readonly to: bigint
}

/** Recorded and played under the shipped market's name, with nothing configured but a node's URL. */
async function backtestOf(
  devnet: Devnet,
  { folder, file, from, to }: Range,
): Promise<{ readonly run: BacktestRun; readonly mismatched: number }> {
  const configFile = join(folder, 'plimsoll.yaml')
  writeFileSync(configFile, stringify({ chains: { ethereum: { rpc: [devnet.http] } }, markets: ['aave-v3-ethereum'] }))
  const known = { protocols: Object.keys(PROTOCOLS) }
  const { config } = loadConfig({ file: configFile, env: {}, known })
  const [chain] = config.chains
  if (chain === undefined) throw new RangeError('a configuration without a chain')
  const onProblem = (problem: string): never => {
    throw new Error(problem)
  }
  const rpc = new Rpc({ chain: chain.name, chainId: chain.id, urls: chain.rpc, onProblem })
  await rpc.connect()
  const { signal } = new AbortController()
  const batch = await createBatch(rpc, chain.multicall)
  const meta = {
    chain: chain.name,
    chainId: chain.id,
    blockTimeS: chain.blockTimeS,
    markets: config.markets.map((market) => toRecorded(market, 0)),
    source: 'node' as const,
    version: 'staircase',
  }
  const { mismatched } = await record({
    rpc,
    batch,
    chain,
    markets: config.markets,
    meta,
    path: file,
    from,
    to,
    proofs: 4,
    derives: true,
    signal,
    progress: { backfill: () => {}, snapshot: () => {} },
    onProgress: () => {},
    say: () => {},
  })
  const run = await runBacktest({ file, config, overrides: {}, node: batch, signal })
  return { run, mismatched }
}
