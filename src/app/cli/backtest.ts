import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../../core/errors.ts'
import type { BacktestProgress } from '../backtest/options.ts'
import { renderCsv } from '../backtest/render-csv.ts'
import { renderHtml } from '../backtest/render-html.ts'
import { renderText } from '../backtest/render-text.ts'
import { backtestReport, type ForkReportOptions, forkedReport } from '../backtest/report-of.ts'
import type { BacktestReport } from '../backtest/report-schema.ts'
import { runSweep } from '../backtest/sweep.ts'
import { parseSet, parseSweep } from '../backtest/sweep-options.ts'
import { renderSweep, sweepReport } from '../backtest/sweep-report.ts'
import type { Overrides } from '../offline/settings.ts'
import { print, printJson, talk } from './output.ts'
import { createWork, type Work } from './progress.ts'
import type { GlobalOptions } from './session.ts'

export interface BacktestCommand {
  readonly set: readonly string[]
  readonly sweep: readonly string[]
  readonly out?: string | undefined
  readonly fork: boolean
  readonly failOnMiss: boolean
}

const WORKER = new URL('../backtest/worker.ts', import.meta.url)

/** `plimsoll backtest FILE`. Exit code 3 with `--fail-on-miss` when a liquidation was not flagged. */
export async function backtest(
  global: GlobalOptions,
  file: string,
  command: BacktestCommand,
  signal: AbortSignal,
): Promise<number> {
  const overrides = parseSet(command.set)
  if (command.sweep.length > 0) return sweep(global, { file, command, overrides }, signal)
  const work = createWork('backtest', process.stderr.isTTY === true)
  try {
    const common = { file, configFile: global.config, overrides, signal, onProgress: progressIn(work) }
    const report = command.fork
      ? await onForks(common)
      : await backtestReport({ ...common, resumeFile: `${file}.backtest`, onUnsaved: sayUnsaved })
    if (global.json) printJson(report)
    else print(renderText(report))
    if (command.out !== undefined) writeReport(command.out, report)
    return command.failOnMiss && report.missed.length > 0 ? 3 : 0
  } finally {
    work.stop()
  }
}

const progressIn =
  (work: Work) =>
  ({ bytes, totalBytes, pages, liquidations }: BacktestProgress): void =>
    work.update(bytes, totalBytes, `${pages} pages, ${liquidations} liquidations`)

const sayUnsaved = (why: string): void => talk(`what is done cannot be saved, so a killed run would begin anew: ${why}`)

async function onForks(
  common: Omit<ForkReportOptions, 'linesFile' | 'onExecuted' | 'onProblem'>,
): Promise<BacktestReport> {
  const work = createWork('executing', process.stderr.isTTY === true)
  try {
    return await forkedReport({
      ...common,
      linesFile: `${common.file}.executed`,
      onExecuted: (done, total) => work.update(done, total, `${done} of ${total} plans`),
      onProblem: talk,
    })
  } finally {
    work.stop()
  }
}

interface Swept {
  readonly file: string
  readonly command: BacktestCommand
  readonly overrides: Overrides
}

async function sweep(global: GlobalOptions, { file, command, overrides }: Swept, signal: AbortSignal): Promise<number> {
  const combinations = parseSweep(command.sweep, overrides)
  for (const [option, isGiven] of [
    ['--fork', command.fork],
    ['--out', command.out !== undefined],
  ] as const)
    if (isGiven) throw notSwept(option)
  const jobs = combinations.map((some) => ({
    file,
    configFile: global.config,
    overrides: { ...overrides, ...some },
  }))
  const work = createWork('sweep', process.stderr.isTTY === true)
  try {
    const reports = await runSweep(jobs, {
      worker: WORKER,
      signal,
      onProgress: ({ share, finished, jobs: all }) => work.update(share * 100, 100, `${finished} of ${all} done`),
    })
    const runs = reports.map((report, i) => ({ overrides: combinations[i] ?? {}, report }))
    if (global.json) printJson(sweepReport(runs))
    else print(renderSweep(runs))
    return command.failOnMiss && reports.some(({ missed }) => missed.length > 0) ? 3 : 0
  } finally {
    work.stop()
  }
}

const notSwept = (option: string): UsageError =>
  new UsageError({
    code: 'BAD_OPTION',
    what: `${option} together with --sweep`,
    why: 'a sweep only counts, and its many reports are one table',
    fix: `Sweep first, then run the best with --set and ${option}; or take every report from --sweep --json.`,
  })

/** The same report for machines, for eyes and for the accountant. */
function writeReport(folder: string, report: BacktestReport): void {
  mkdirSync(folder, { recursive: true })
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
  write('report.json', `${JSON.stringify(report, null, 2)}\n`)
  write('report.html', renderHtml(report))
  write('ledger.csv', renderCsv(report))
  talk(`wrote report.json, report.html and ledger.csv to ${folder}`)
}
