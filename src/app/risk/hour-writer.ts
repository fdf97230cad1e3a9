import { StoreError } from '../../core/errors.ts'
import type { Store } from '../../core/ports.ts'
import { NOTHING } from './chronicle.ts'
import type { FromThread } from './messages.ts'

type Hours = Extract<FromThread, { kind: 'hours' }>

export interface HourWriterOptions {
  readonly store: Pick<Store, 'saveHours' | 'dropHoursBefore' | 'atomically'>
  readonly binS: number
  readonly keepDays: number
  readonly onProblem: (problem: string) => void
}

const DAY_S = 86_400

/** Bins before the newest that are kept. */
export const binsKept = (keepDays: number, binS: number): number => Math.floor((keepDays * DAY_S) / binS)

/** What the thread has counted, until there is a moment to write it. */
export class HourWriter {
  readonly #options: HourWriterOptions
  readonly #waiting: Hours[] = []
  readonly #counted = new Map<number, bigint | undefined>()

  constructor(options: HourWriterOptions) {
    this.#options = options
  }

  take(hours: Hours): void {
    this.#waiting.push(hours)
  }

  /** Of a chain: see `Written.upTo`, as of what is on the disk. */
  countedUpTo(chainId: number): bigint | undefined {
    return this.#counted.has(chainId) ? this.#counted.get(chainId) : NOTHING
  }

  /** A disk that does not take it is told, and tried again: the loop finds out for itself. */
  flush(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      try {
        this.#write(next)
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        return this.#options.onProblem(`the history was not written: ${error.message}`)
      }
      this.#waiting.shift()
      this.#counted.set(next.chainId, next.upTo)
    }
  }

  #write({ rows, open }: Hours): void {
    const { store, binS, keepDays } = this.#options
    if (open.length === 0) return
    store.atomically(() => {
      store.saveHours(rows, open)
      for (const { market, hour } of rows) store.dropHoursBefore(market, hour - binsKept(keepDays, binS))
    })
  }
}
