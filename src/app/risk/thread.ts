import { Worker } from 'node:worker_threads'
import type { Hex } from 'viem'
import type { RiskDesk, Store } from '../../core/ports.ts'
import type { RiskOverview } from '../../core/risk/answers.ts'
import type { RiskQuestion, RiskQuestions } from '../../core/risk/questions.ts'
import type { Call, Read } from '../../core/types.ts'
import { ThreadDesk } from './desk.ts'
import { HourWriter } from './hour-writer.ts'
import type { FromThread, ThreadSettings, ToThread } from './messages.ts'

export interface RiskThreadOptions {
  /** A module that calls `serveRisk`. */
  readonly worker: URL
  readonly settings: ThreadSettings
  readonly store: Pick<Store, 'saveHours' | 'dropHoursBefore' | 'atomically'>
  readonly keepDays: number
  /** Asks a node of the chain at this block; throws when none answers. */
  readonly read: (chainId: number, calls: readonly Call[], blockHash: Hex) => Promise<readonly Read[]>
  readonly onProblem: (problem: string) => void
  /** Monotonic. */
  readonly nowMs: () => number
  /** Before a thread is started again, which has ended so often in a row; default: a second, doubling to a minute. */
  readonly pauseMs?: (failures: number) => number
  /** Longest wait for an answer. */
  readonly answerMs?: number
}

export type OverviewListener = (market: string, overview: RiskOverview) => void

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000
/** Above the largest restore of a million accounts; then a question is given up by whoever asked. */
const ANSWER_MS = 60_000
/** One look that takes longer than this never ends: the thread is started again. */
const STUCK_MS = 600_000
/** In which the thread hands over what it has counted. */
const CLOSE_MS = 2_000
/** Objects of JavaScript only: typed arrays of the books lie outside. A thread above it ends, and the daemon does not. */
const LIMITS = { maxOldGenerationSizeMb: 2_048 }

/**
 * The daemon's side of the risk thread: starts it, starts it again, tells it of pages, writes what it has counted, and asks it.
 * The loops only ever call `pages` and `countedUpTo`, which wait for nothing.
 */
export class RiskThread implements RiskDesk {
  readonly #options: RiskThreadOptions
  readonly #desk: ThreadDesk
  readonly #hours: HourWriter
  readonly #listeners = new Set<OverviewListener>()
  /** Reads that the thread waits for, the next of each chain. */
  readonly #reads = new Map<number, Extract<FromThread, { kind: 'read' }>[]>()
  readonly #reading = new Set<number>()
  #worker: Worker | undefined
  #restart: NodeJS.Timeout | undefined
  #failures = 0
  #restarts = 0
  #lookedAtMs: number | undefined
  #closed = false

  constructor(options: RiskThreadOptions) {
    this.#options = options
    this.#desk = new ThreadDesk(options.answerMs ?? ANSWER_MS)
    this.#hours = new HourWriter({ ...options, binS: options.settings.binS })
  }

  /** How often it had to be started again. */
  get restarts(): number {
    return this.#restarts
  }

  start(): void {
    const worker = new Worker(this.#options.worker, { workerData: this.#options.settings, resourceLimits: LIMITS })
    this.#worker = worker
    let cause: unknown
    worker.on('message', (message: FromThread) => this.#hear(message))
    worker.on('error', (error) => {
      cause = error
    })
    worker.on('exit', (code) => {
      if (this.#worker === worker) this.#ended(cause ?? `exit code ${code}`)
    })
  }

  /** Called after each overview, on the daemon's own thread. Returns how to stop listening. */
  onOverview(listener: OverviewListener): () => void {
    const own: OverviewListener = (market, overview) => listener(market, overview)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  /** A chain has pages, and has done what there was to do on them: the moment for what must not hold it up. */
  pages(chainId: number, { anew = false } = {}): void {
    this.#post({ kind: 'pages', chainId, anew })
    this.#hours.flush()
    void this.#readNext(chainId)
  }

  /** Pages up to here are in the history on the disk, and need not be kept for it; undefined: none need be. */
  countedUpTo(chainId: number): bigint | undefined {
    return this.#hours.countedUpTo(chainId)
  }

  /** Time for an overview. One at a time: a thread that is busy is not given more to do. */
  look(): void {
    // Between two threads nobody hears it: the next one must not be waited for in its place.
    if (this.#worker === undefined) return
    const nowMs = this.#options.nowMs()
    if (this.#lookedAtMs === undefined) {
      this.#lookedAtMs = nowMs
      this.#post({ kind: 'look' })
    } else if (nowMs - this.#lookedAtMs > STUCK_MS) {
      this.#options.onProblem(`the risk thread has not answered for ${STUCK_MS / 60_000} minutes and is ended`)
      void this.#worker.terminate()
    }
  }

  ask<Q extends RiskQuestion>(question: Q, about: RiskQuestions[Q][0]): Promise<RiskQuestions[Q][1]> {
    return this.#desk.ask(this.#worker, question, about)
  }

  /** Ends the thread, within two seconds, and writes what it has counted. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#restart)
    const worker = this.#worker
    if (worker) await this.#endInTime(worker)
    this.#worker = undefined
    this.#desk.abandon()
    this.#hours.flush()
  }

  async #endInTime(worker: Worker): Promise<void> {
    const late = setTimeout(() => void worker.terminate(), CLOSE_MS)
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    worker.postMessage({ kind: 'close' } satisfies ToThread)
    await ended
    clearTimeout(late)
  }

  #post(message: ToThread): void {
    this.#worker?.postMessage(message)
  }

  #hear(message: FromThread): void {
    switch (message.kind) {
      case 'answer':
      case 'refused':
        return this.#desk.hear(message)
      case 'overview':
        for (const listener of [...this.#listeners]) this.#tell(listener, message.market, message.overview)
        return
      case 'looked':
        this.#lookedAtMs = undefined
        this.#failures = 0
        return
      case 'hours':
        return this.#hours.take(message)
      case 'read':
        this.#reads.set(message.chainId, [...(this.#reads.get(message.chainId) ?? []), message])
        return
      case 'problem':
        return this.#options.onProblem(message.problem)
    }
  }

  #tell(listener: OverviewListener, market: string, overview: RiskOverview): void {
    try {
      listener(market, overview)
    } catch (error) {
      this.#options.onProblem(`a reader of overviews failed: ${error instanceof Error ? error.stack : String(error)}`)
    }
  }

  /** One request at a time a chain; a node that fails costs the bin what it would have answered. */
  async #readNext(chainId: number): Promise<void> {
    const next = this.#reading.has(chainId) ? undefined : this.#reads.get(chainId)?.shift()
    if (next === undefined) return
    this.#reading.add(chainId)
    const worker = this.#worker
    let reads: readonly Read[] | undefined
    try {
      reads = await this.#options.read(chainId, next.calls, next.blockHash)
    } catch (error) {
      this.#options.onProblem(
        `what the history asks of a node: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
    this.#reading.delete(chainId)
    // Of a thread that has ended meanwhile: the next one asks for itself.
    if (worker === this.#worker) this.#post({ kind: 'reads', id: next.id, reads })
  }

  #ended(cause: unknown): void {
    this.#worker = undefined
    this.#lookedAtMs = undefined
    this.#reads.clear()
    this.#desk.abandon()
    if (this.#closed) return
    const pauseMs = (this.#options.pauseMs ?? doubling)(this.#failures++)
    const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    this.#options.onProblem(`the risk thread ended and starts again in ${pauseMs} ms: ${why}`)
    this.#restart = setTimeout(() => {
      this.#restarts++
      this.start()
    }, pauseMs)
  }
}

const doubling = (failures: number): number => Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS)
