import { createHash } from 'node:crypto'
import type { Book } from '../../../../src/core/book.ts'
import type { PoolBook } from '../../../../src/core/pool-book.ts'
import type { Due, HistorianOptions, HistorianPort, PageMark } from '../../../../src/core/risk/historian-port.ts'
import type { HourRow } from '../../../../src/core/risk/hour-row.ts'
import type { Facts, Header, Read } from '../../../../src/core/types.ts'

/** A page as the counting historian remembers it. */
interface Tally {
  readonly number: string
  readonly hash: string
  readonly hour: number
  readonly logs: number
  /** Whether the pools were there. */
  readonly pools: boolean
}

export interface CountedHour {
  readonly pages: number
  readonly logs: number
  readonly pools: number
  /** Bytes that a node answered for the bin; null: not asked, or not answered. */
  readonly answered: number | null
}

interface State {
  tallies: Tally[]
  written: number
  asked: number
  answers: Record<string, number>
}

/** The simplest honest historian: remembers every page, so that anything counted twice, or not at all, shows. */
export class CountingHistorian implements HistorianPort {
  readonly #options: HistorianOptions
  readonly #state: State
  #due: Due | undefined

  constructor(options: HistorianOptions, open: string | undefined) {
    this.#options = options
    this.#state = open === undefined ? { tallies: [], written: 0, asked: 0, answers: {} } : JSON.parse(open)
  }

  get at(): PageMark | undefined {
    const last = this.#state.tallies.at(-1)
    return last && { number: BigInt(last.number), hash: last.hash as PageMark['hash'] }
  }

  before(book: Book, { block }: Facts): void {
    if (book.head === undefined || book.head.number >= block.number) throw new RangeError('the book is not before it')
  }

  after(book: Book, { block, logs }: Facts, exchange: PoolBook | undefined): void {
    if (book.head?.hash !== block.hash) throw new RangeError('the book is not after it')
    const hour = this.#hourOf(block)
    const isNew = this.#state.tallies.at(-1)?.hour !== hour
    const pools = exchange?.head?.hash === block.hash
    this.#state.tallies.push({ number: String(block.number), hash: block.hash, hour, logs: logs.length, pools })
    if (isNew && this.#state.asked < hour) {
      this.#state.asked = hour
      this.#due = { block, calls: [{ to: `0x${'11'.repeat(20)}`, data: '0x1234' }] }
    }
  }

  quiet(): void {
    throw new RangeError('a store has every page')
  }

  rollback(to: Pick<Header, 'number'>): void {
    this.#state.tallies = this.#state.tallies.filter(({ number }) => BigInt(number) <= to.number)
    const last = this.#state.tallies.at(-1)
    this.#state.written = Math.min(this.#state.written, last?.hour ?? 0)
  }

  finalize(): void {}

  due(): Due | undefined {
    const due = this.#due
    this.#due = undefined
    return due
  }

  told(block: Header, reads: readonly Read[] | undefined): void {
    if (reads)
      this.#state.answers[this.#hourOf(block)] = reads.reduce((sum, { result }) => sum + (result?.length ?? 0), 0)
  }

  takeFinished(): readonly HourRow[] {
    const { tallies, written } = this.#state
    const open = tallies.at(-1)?.hour ?? 0
    const hours = [...new Set(tallies.map(({ hour }) => hour))].filter((hour) => hour < open && hour >= written)
    this.#state.written = open
    return hours.map((hour) => ({
      market: this.#options.market,
      root: '',
      hour,
      body: JSON.stringify(this.#count(hour)),
    }))
  }

  open(): string {
    return JSON.stringify(this.#state)
  }

  #count(hour: number): CountedHour {
    const of = this.#state.tallies.filter((tally) => tally.hour === hour)
    return {
      pages: of.length,
      logs: of.reduce((sum, { logs }) => sum + logs, 0),
      pools: of.filter(({ pools }) => pools).length,
      answered: this.#state.answers[hour] ?? null,
    }
  }

  #hourOf({ timestamp }: Header): number {
    return Math.floor(Number(timestamp) / this.#options.binS)
  }
}

/** Blocks that a state remembers, in order. */
export const countedIn = (open: string | undefined): readonly bigint[] =>
  open === undefined ? [] : (JSON.parse(open) as State).tallies.map(({ number }) => BigInt(number))

/** All that a book and the pools beside it hold, as far as anybody can ask. */
export function digestOf(book: Book, exchange: PoolBook | undefined): string {
  const hash = createHash('sha256')
  const say = (value: unknown): void => {
    hash.update(JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}` : inner)) ?? 'none')
  }
  const { head, ledger } = book
  say(head)
  for (let account = 0; account < ledger.size; account++) say(book.account(account, head?.timestamp ?? 0n))
  say(book.protocol.market(ledger))
  for (const { pool, assets } of exchange?.pools() ?? [])
    for (const bid of exchange?.bids(...assets) ?? []) say([pool, bid.price])
  return hash.digest('hex')
}
