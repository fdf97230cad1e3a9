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

/** What the thread has counted, until there is a moment to write it: one of each chain, however long no page gives that moment. */
export class HourWriter {
  readonly #options: HourWriterOptions
  readonly #waiting = new Map<number, Hours>()
  readonly #counted = new Map<number, bigint | undefined>()

  constructor(options: HourWriterOptions) {
    this.#options = options
  }

  take(hours: Hours): void {
    const before = this.#waiting.get(hours.chainId)
    this.#waiting.set(hours.chainId, before ? joined(before, hours) : hours)
  }

  /** Of a chain: see `Written.upTo`, as of what is on the disk. */
  countedUpTo(chainId: number): bigint | undefined {
    return this.#counted.has(chainId) ? this.#counted.get(chainId) : NOTHING
  }

  /** A disk that does not take it is told, and tried again: the loop finds out for itself. */
  flush(): void {
    for (const [chainId, hours] of this.#waiting) {
      try {
        this.#write(hours)
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        return this.#options.onProblem(`the history was not written: ${error.message}`)
      }
      this.#waiting.delete(chainId)
      this.#counted.set(chainId, hours.upTo)
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

/** An open bin is told whole each time: the last counts, also of a market whose history has failed since. */
function joined(before: Hours, { rows, open, ...now }: Hours): Hours {
  const isTold = (market: string): boolean => open.some((one) => one.market === market)
  return {
    ...now,
    rows: [...before.rows, ...rows],
    open: [...before.open.filter(({ market }) => !isTold(market)), ...open],
  }
}
