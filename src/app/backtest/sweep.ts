import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { PlimsollError } from '../../core/errors.ts'
import type { BacktestReport } from './report-schema.ts'
import { describeOverrides } from './sweep-options.ts'
import type { SweepJob, WorkerMessage } from './sweep-worker.ts'

export interface SweepProgress {
  readonly finished: number
  readonly jobs: number
  /** From 0 to 1, of all jobs together. */
  readonly share: number
}

export interface SweepOptions {
  /** A module that calls `serveJob`. */
  readonly worker: URL
  readonly threads?: number
  readonly signal: AbortSignal
  readonly onProgress?: (progress: SweepProgress) => void
}

/** Every job in a thread of its own, so many at a time. Reports in the order of the jobs; the first failure ends all. */
export async function runSweep(jobs: readonly SweepJob[], options: SweepOptions): Promise<readonly BacktestReport[]> {
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const tell = progressOf(jobs.length, options.onProgress)
  const reports = new Map<number, BacktestReport>()
  const queue = jobs.entries()
  const lane = async (): Promise<void> => {
    for (const [index, job] of queue) {
      if (signal.aborted) return
      reports.set(index, await runJob(job, { worker: options.worker, signal, onShare: (share) => tell(index, share) }))
      tell(index, 1)
    }
  }
  const threads = Math.min(options.threads ?? availableParallelism(), jobs.length)
  const lanes = Array.from({ length: threads }, () => lane().catch((error: unknown) => failed.abort(error)))
  await Promise.all(lanes)
  signal.throwIfAborted()
  return jobs.map((_, index) => present(reports.get(index), index))
}

function present(report: BacktestReport | undefined, index: number): BacktestReport {
  if (report === undefined) throw new RangeError(`job ${index} of the sweep left no report`)
  return report
}

function progressOf(jobs: number, onProgress: SweepOptions['onProgress']): (index: number, share: number) => void {
  const shares = new Array<number>(jobs).fill(0)
  return (index, share) => {
    shares[index] = share
    const finished = shares.filter((each) => each === 1).length
    onProgress?.({ finished, jobs, share: shares.reduce((sum, each) => sum + each, 0) / jobs })
  }
}

interface JobOptions {
  readonly worker: URL
  readonly signal: AbortSignal
  readonly onShare: (share: number) => void
}

/** Settles when the thread is gone: nothing of a job outlives it. */
function runJob(job: SweepJob, { worker: url, signal, onShare }: JobOptions): Promise<BacktestReport> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(url, { workerData: job })
    const stop = (): void => void worker.terminate()
    signal.addEventListener('abort', stop, { once: true })
    let end: (code: number) => void = (code) =>
      reject(
        signal.aborted
          ? signal.reason
          : new Error(`the worker for ${nameOf(job)} ended with ${code} and left no report`),
      )
    worker.on('message', (message: WorkerMessage) => {
      // A share of 1 is said once the thread is gone.
      if (message.kind === 'progress') return onShare(Math.min(message.done / message.total, 0.999))
      end = message.kind === 'report' ? () => resolve(message.report) : () => reject(complaintOf(message, job))
      stop()
    })
    worker.on('error', (error) => {
      end = () => reject(error)
    })
    worker.on('exit', (code) => {
      signal.removeEventListener('abort', stop)
      end(code)
    })
  })
}

const nameOf = ({ overrides }: SweepJob): string => describeOverrides(overrides) || 'the configuration as it is'

type Complained = Extract<WorkerMessage, { readonly kind: 'complaint' }>

const complaintOf = ({ complaint, exitCode }: Complained, job: SweepJob): PlimsollError =>
  new PlimsollError({ ...complaint, what: `${complaint.what} (sweep: ${nameOf(job)})` }, exitCode)
