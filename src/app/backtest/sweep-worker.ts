import { parentPort, workerData } from 'node:worker_threads'
import { type Complaint, type ExitCode, PlimsollError } from '../../core/errors.ts'
import type { Overrides } from '../offline/settings.ts'
import type { BacktestReport } from './report-schema.ts'

/** One backtest of a sweep. */
export interface SweepJob {
  /** The recording. */
  readonly file: string
  readonly configFile: string
  readonly overrides: Overrides
}

/** What a worker says to the sweep: how far it is, and last how it ended. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'report'; readonly report: BacktestReport }
  | { readonly kind: 'complaint'; readonly complaint: Complaint; readonly exitCode: ExitCode }

export type RunJob = (
  job: SweepJob,
  onProgress: (done: number, total: number) => void,
) => BacktestReport | Promise<BacktestReport>

/** All that a worker module has to call. What is no complaint for people ends the worker as the error that it is. */
export async function serveJob(run: RunJob): Promise<void> {
  const port = parentPort
  if (port === null) throw new TypeError('a worker of a sweep runs in a worker thread only')
  const post = (message: WorkerMessage): void => port.postMessage(message)
  const job: SweepJob = workerData
  try {
    const report = await run(job, (done, total) => post({ kind: 'progress', done, total }))
    post({ kind: 'report', report })
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error
    // An error loses its class on the way to another thread: it goes as its words.
    const { code, what, why, fix, exitCode } = error
    post({ kind: 'complaint', complaint: { code, what, why, fix }, exitCode })
  }
}
