import type { SummaryDay } from '../../core/answers.ts'
import type { JournalEntry, JournalKind } from '../../core/journal.ts'
import type { Sink, Store } from '../../core/ports.ts'

const MARKS = 'summary.days'
/** Days that are remembered. */
const MOST_DAYS = 400
const PAGE = 1_000

/** A day and the first entry of the journal that may belong to it. */
type Mark = readonly [day: string, seq: number]

type DaysStore = Pick<Store, 'value' | 'setValue' | 'journal' | 'journalBack' | 'lastSeq'>

export interface DaysOptions {
  readonly store: DaysStore
  /** `2026-11-26`, in the alerts' time zone. */
  readonly today: () => string
  readonly markets: readonly string[]
}

/** The journal by days: it keeps no time of its own, so the first entry of every day is remembered. */
export class Days {
  readonly #options: DaysOptions
  #marks: readonly Mark[]
  /** Of days that are over, and so never change again. */
  readonly #figures = new Map<string, readonly SummaryDay[]>()

  constructor(options: DaysOptions) {
    this.#options = options
    this.#marks = JSON.parse(options.store.value(MARKS) ?? '[]') as readonly Mark[]
    this.turn()
  }

  /** To be subscribed, so that the first entry after midnight begins the day. */
  readonly sink: Sink = ({ seq }) => this.#begin(seq)

  /** To be called now and then: a day without entries is a day too. */
  turn(): void {
    this.#begin(this.#options.store.lastSeq() + 1)
  }

  /** Days in which the program ran, newest first. */
  get days(): readonly string[] {
    return this.#marks.map(([day]) => day).toReversed()
  }

  /** Of one day, a row a market, in the order of the configuration. */
  figures(day: string): readonly SummaryDay[] {
    const kept = this.#figures.get(day)
    if (kept) return kept
    const at = this.#marks.findIndex(([known]) => known === day)
    const mark = this.#marks[at]
    const made = mark === undefined ? [] : this.#count(day, mark[1], this.#marks[at + 1]?.[1])
    if (this.#marks[at + 1] !== undefined) this.#figures.set(day, made)
    return made
  }

  /** A clock that goes back begins no day. */
  #begin(seq: number): void {
    const { store, today } = this.#options
    const day = today()
    const last = this.#marks.at(-1)
    if (last !== undefined && day <= last[0]) return
    this.#marks = [...this.#marks, [day, seq] as const].slice(-MOST_DAYS)
    store.setValue(MARKS, JSON.stringify(this.#marks))
  }

  #count(day: string, from: number, to: number | undefined): readonly SummaryDay[] {
    const of = (kind: JournalKind): JournalEntry[] => [...this.#entries(kind, from, to)]
    const settled = [...of('confirmed'), ...of('lost')].map((entry) => ({ entry, sign: 1 }))
    const undone = of('reorged').flatMap((entry) => {
      const settlement = this.#settlementOf(entry)
      return settlement ? [{ entry: settlement, sign: -1 }] : []
    })
    const refusals = of('refusal')
    const moves = [...settled, ...undone]
    return this.#options.markets.map((market) => ({
      day,
      market,
      ...sums(moves.filter(({ entry }) => entry.market === market)),
      refused: byReason(refusals.filter((entry) => entry.market === market)),
    }))
  }

  *#entries(kind: JournalKind, from: number, to: number | undefined): Generator<JournalEntry> {
    for (let after = from - 1; ; ) {
      const page = this.#options.store.journal({ after, kind, limit: PAGE })
      for (const entry of page) {
        if (to !== undefined && entry.seq >= to) return
        yield entry
      }
      if (page.length < PAGE) return
      after = page.at(-1)?.seq ?? after
    }
  }

  /** What a reorganisation took back: the last settlement of the same transaction before it. */
  #settlementOf({ seq, market, data }: JournalEntry): JournalEntry | undefined {
    const kinds = ['confirmed', 'lost'] as const
    const subject = String(data['borrower'])
    const earlier = this.#options.store.journalBack({ kinds, subject, market, before: seq, limit: PAGE })
    return earlier.find((entry) => entry.data['hash'] === data['hash'])
  }
}

function sums(moves: readonly { readonly entry: JournalEntry; readonly sign: number }[]) {
  let liquidations = 0
  let lost = 0
  let profitUsd8 = 0n
  let feeWei = 0n
  for (const { entry, sign } of moves) {
    if (entry.kind === 'confirmed') liquidations += sign
    else lost += sign
    profitUsd8 += BigInt(sign) * BigInt(String(entry.data['profitUsd8'] ?? 0))
    feeWei += BigInt(sign) * BigInt(String(entry.data['feeWei'] ?? 0))
  }
  return { liquidations, lost, profitUsd8: profitUsd8.toString(), feeWei: feeWei.toString() }
}

function byReason(refusals: readonly JournalEntry[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const { data } of refusals) counts.set(String(data['reason']), (counts.get(String(data['reason'])) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a))
}
