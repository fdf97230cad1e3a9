import { existsSync } from 'node:fs'
import { openRecording } from '../../adapters/recording/reader.ts'
import { Rpc } from '../../adapters/rpc/client.ts'
import { createBatch } from '../../adapters/rpc/multicall.ts'
import { UsageError } from '../../core/errors.ts'
import { RACE_ARBITRUM_2023 } from '../../core/race-table.ts'
import type { RecordingMeta } from '../../core/recording.ts'
import { readSettings } from '../cli/session.ts'
import { runBacktest } from './engine.ts'
import { executePlans } from './execute.ts'
import type { BacktestOptions, Planned } from './options.ts'
import type { RaceView } from './race-view.ts'
import { buildReport } from './report.ts'
import type { BacktestReport } from './report-schema.ts'

/** `docs/race.md`. */
const RACE: RaceView = { name: 'Aave V3 on Arbitrum, January to August 2023', model: RACE_ARBITRUM_2023 }

export interface ReportOptions extends Omit<BacktestOptions, 'config'> {
  /** Need not be there: then everything is at its default. */
  readonly configFile: string
}

/** A backtest and its report. */
export async function backtestReport({ configFile, ...options }: ReportOptions): Promise<BacktestReport> {
  const config = existsSync(configFile) ? readSettings(configFile).config : undefined
  return buildReport(await runBacktest({ ...options, config }), RACE)
}

export interface ForkReportOptions extends Omit<ReportOptions, 'node' | 'onPlan' | 'resumeFile'> {
  readonly linesFile: string
  readonly onExecuted: (done: number, total: number) => void
  readonly onProblem: (problem: string) => void
}

/** The same with every plan executed on a fork, and quotes asked of the node where none were recorded. */
export async function forkedReport(options: ForkReportOptions): Promise<BacktestReport> {
  const { configFile, linesFile, signal, onExecuted, onProblem } = options
  const { config } = readSettings(configFile)
  const { meta } = readMeta(options.file)
  const chain = config.chains.find(({ id }) => id === meta.chainId)
  if (chain === undefined)
    throw new UsageError({
      code: 'UNKNOWN_CHAIN',
      what: `no chain of ${configFile} has the id ${meta.chainId} of the recording`,
      why: '--fork needs a node of that chain, with the state of past blocks',
      fix: 'Add the chain with its rpc to the configuration.',
    })
  const rpc = new Rpc({ chain: chain.name, chainId: chain.id, urls: chain.rpc, onProblem })
  await rpc.connect()
  const node = await createBatch(rpc, chain.multicall)
  const planned: Planned[] = []
  const run = await runBacktest({ ...options, config, node, onPlan: (plan) => void planned.push(plan) })
  return buildReport(await executePlans(run, planned, { rpc, chain, linesFile, signal, onProgress: onExecuted }), RACE)
}

function readMeta(file: string): { readonly meta: RecordingMeta } {
  const recording = openRecording(file)
  recording.close()
  return recording
}
