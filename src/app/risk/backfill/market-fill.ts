import type { Book } from '../../../core/book.ts'
import type { Store } from '../../../core/ports.ts'
import type { HistorianMaker, HistorianPort } from '../../../core/risk/historian-port.ts'
import type { HourRow, MarketBody } from '../../../core/risk/hour-row.ts'
import { marketHoursFrom } from '../../../core/risk/hours-from.ts'
import type { Facts, Header } from '../../../core/types.ts'
import { historyOf } from '../chronicle.ts'
import { binsKept } from '../hour-writer.ts'
import type { BackfillMarket } from './files.ts'

export interface MarketFillOptions {
  readonly chainId: number
  readonly market: BackfillMarket
  readonly binS: number
  readonly keepDays: number
  /** Unix seconds of the last block that any of the recordings tells of this market. */
  readonly untilS: number
  readonly maker: HistorianMaker
  readonly store: Pick<Store, 'hours' | 'saveHours'>
}

/** What recordings told of one market. Bins by number: a recording may tell of one again. */
export interface Filled {
  readonly market: string
  readonly chainId: number
  readonly fromBlock: bigint | null
  readonly toBlock: bigint | null
  /** Of the bins that were over, told by the recordings. */
  readonly firstHour: number | null
  readonly lastHour: number | null
  /** Written by this run. */
  readonly written: number
  /** Left as they were: they were there. */
  readonly kept: number
  /** Not written: older than is kept. */
  readonly tooOld: number
  /** Between the first and the last, as the store has them now: watched only in part, or not at all. */
  readonly partial: number
  readonly missing: number
}

/**
 * The history of one market as recordings tell it, written beside what is there: a bin that is whole stays as it is, for the
 * daemon has asked a node for it; one that was watched in part gives way to a whole one.
 */
export class MarketFill {
  readonly #options: MarketFillOptions
  readonly #history: string
  /** What the store has: whether each bin was watched only in part. */
  readonly #partial: Map<number, boolean>
  readonly #oldest: number
  readonly #written = new Set<number>()
  readonly #kept = new Set<number>()
  readonly #tooOld = new Set<number>()
  #historian: HistorianPort | undefined
  #from: bigint | undefined
  #to: bigint | undefined

  constructor(options: MarketFillOptions) {
    const { store, market, binS, keepDays, untilS } = options
    this.#options = options
    this.#history = historyOf(market, binS)
    const there = marketHoursFrom(store.hours(this.#history, ''))
    this.#partial = new Map(there.map(({ hour, partial }) => [hour, partial]))
    const newest = Math.max(there.at(-1)?.hour ?? 0, Math.floor(untilS / binS))
    this.#oldest = newest - binsKept(keepDays, binS)
  }

  /** A recording begins behind this block: where the one before it ended, it goes on. */
  begin({ number, hash }: Header): void {
    const at = this.#historian?.at
    if (at?.number === number && at.hash === hash) return
    this.save()
    const { chainId, binS, maker } = this.#options
    this.#historian = maker({ chainId, market: this.#history, binS }, undefined)
  }

  before(book: Book, facts: Facts): void {
    this.#historian?.before(book, facts)
  }

  /** Nothing recorded is taken back. */
  after(book: Book, facts: Facts): void {
    const { number } = facts.block
    this.#historian?.after(book, facts, undefined)
    this.#historian?.finalize(number)
    if (this.#from === undefined || number < this.#from) this.#from = number
    if (this.#to === undefined || number > this.#to) this.#to = number
  }

  quiet(book: Book, upTo: bigint): void {
    this.#historian?.quiet(book, upTo)
  }

  /** Writes the bins that are over. */
  save(): void {
    const told = Map.groupBy(this.#historian?.takeFinished() ?? [], ({ hour }) => hour)
    const rows = [...told].flatMap(([hour, bin]) => (this.#isWanted(hour, isPartial(bin)) ? bin : []))
    if (rows.length === 0) return
    this.#options.store.saveHours(rows, [])
  }

  /** Bins written so far. */
  get written(): number {
    return this.#written.size
  }

  get filled(): Filled {
    const { market, chainId } = this.#options
    const told = [...this.#written, ...this.#kept, ...this.#tooOld].sort((a, b) => a - b)
    const [firstHour = null, lastHour = null] = [told[0], told.at(-1)]
    const from = Math.max(firstHour ?? 0, this.#oldest)
    const there = [...this.#partial].filter(([hour]) => hour >= from && hour <= (lastHour ?? -1))
    return {
      market: market.name,
      chainId,
      ...{ fromBlock: this.#from ?? null, toBlock: this.#to ?? null, firstHour, lastHour },
      ...{ written: this.#written.size, kept: this.#kept.size, tooOld: this.#tooOld.size },
      partial: there.filter(([, partial]) => partial).length,
      missing: lastHour === null ? 0 : Math.max(0, lastHour - from + 1 - there.length),
    }
  }

  #isWanted(hour: number, partial: boolean): boolean {
    const was = this.#partial.get(hour)
    if (hour < this.#oldest) {
      this.#tooOld.add(hour)
      return false
    }
    if (was === undefined || (was && !partial)) {
      this.#partial.set(hour, partial)
      this.#written.add(hour)
      this.#kept.delete(hour)
      return true
    }
    if (!this.#written.has(hour)) this.#kept.add(hour)
    return false
  }
}

function isPartial(bin: readonly HourRow[]): boolean {
  const whole = bin.find(({ root }) => root === '')
  if (whole === undefined) throw new RangeError('a bin without the market as a whole')
  return (JSON.parse(whole.body) as MarketBody).partial
}
