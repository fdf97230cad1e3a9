import type { Book } from '../../src/core/book.ts'
import { WAD } from '../../src/core/math.ts'
import type { AlertRule, LadderRule } from '../../src/core/people/alert-rule.ts'
import { Engine } from '../../src/core/people/engine.ts'
import type { Watch } from '../../src/core/people/watch.ts'
import type { Facts } from '../../src/core/types.ts'
import { type Timing, timingOf } from './clock.ts'
import { addressOf, bookOf, NOW } from './market.ts'
import { pricePage } from './ranked.ts'

const ACCOUNTS = 100_000
const ROUNDS = 21
const HOUR_S = 3_600n
const BLOCK_S = 12n
const USD8 = 10n ** 8n
const pct = (percent: bigint): bigint => (WAD * percent) / 100n

/** One kind of page: the rules beside the screen of the same book at the same moment. */
export interface AlertsAfter {
  readonly page: string
  readonly screenMs: number
  readonly rulesMs: number
  readonly rulesLeastMs: number
  /** In the last round. */
  readonly alerts: number
}

const scope = { market: undefined, chain: undefined, accounts: undefined, minDebtUsd8: 100n * USD8, cooldownS: 900 }
const LADDER: LadderRule = {
  ...scope,
  name: 'positions',
  when: 'ladder',
  thresholdsWad: [pct(110n), pct(105n), WAD],
  distancesBps: [500],
  hysteresisWad: WAD / 100n,
  hysteresisBps: 100,
}
/** One of each kind but the wave, which is two more screens and is told by itself. */
const RULES: readonly AlertRule[] = [
  LADDER,
  {
    ...scope,
    name: 'whales',
    when: 'large',
    healthBelowWad: pct(115n),
    hysteresisWad: WAD / 100n,
    minDebtUsd8: 10n ** 14n,
  },
  { ...scope, name: 'interest', when: 'time', withinS: 86_400 },
  { ...scope, name: 'fall', when: 'fall', lostWad: WAD / 10n, withinS: 3_600, healthBelowWad: pct(130n) },
]
const WAVE: AlertRule = { ...scope, name: 'wave', when: 'wave', fallBps: 500, aboveUsd8: 10n ** 17n }

const watches = (): Watch[] =>
  Array.from({ length: ACCOUNTS }, (_, account) => ({
    id: account + 1,
    chat: 'telegram:1',
    address: addressOf(account),
    name: '',
    thresholdsWad: [pct(112n), pct(103n), WAD],
    distancesBps: null,
    createdS: 0,
  }))

/** Everybody of a made-up market is watched, each by a subscription of its own beside four rules for all. */
export function alertsAt(seed: number): AlertsAfter[] {
  const book = bookOf({ accounts: ACCOUNTS, seed, at1Pct: 263, at10Pct: 2_000 })
  const place = { market: book.name, chain: 'bench' }
  const subscribed = watches()
  const engine = new Engine(book, place, { rules: RULES, ladder: LADDER, watches: subscribed }, [])
  const pages = new Pages(book, engine)
  pages.turn(1, BLOCK_S)
  const found = [
    pages.measure('ether moves by 0.02 %, nobody crosses a line', [[1.0002, BLOCK_S]], [1, BLOCK_S]),
    pages.measure('ether falls by 1 %', REST, [0.99, BLOCK_S]),
    pages.measure('ether falls by 10 %', REST, [0.9, BLOCK_S]),
  ]
  engine.setRules({ rules: [...RULES, WAVE], ladder: LADDER, watches: subscribed })
  pages.turn(1, HOUR_S)
  return [...found, pages.measure('0.02 % again, with a rule of waves', [[1.0002, BLOCK_S]], [1, BLOCK_S])]
}

/** Everybody far above every line, so that all is forgotten, and back: whoever is below one at rest has been told of it. */
const REST = [
  [1.2, 2n * HOUR_S],
  [1, 2n * HOUR_S],
] as const

/** What is measured is the last of several pages. */
class Pages {
  readonly #book: Book
  readonly #engine: Engine
  #number = 2n
  #timestamp = NOW

  constructor(book: Book, engine: Engine) {
    this.#book = book
    this.#engine = engine
  }

  measure(page: string, before: readonly (readonly [number, bigint])[], last: readonly [number, bigint]): AlertsAfter {
    const turns = []
    for (let round = -3; round < ROUNDS; round++) {
      for (const one of before) this.turn(...one)
      const turn = this.turn(...last)
      if (round >= 0) turns.push(turn)
    }
    const rules: Timing = timingOf(turns.map(({ rulesMs }) => rulesMs))
    return {
      page,
      screenMs: timingOf(turns.map(({ screenMs }) => screenMs)).medianMs,
      rulesMs: rules.medianMs,
      rulesLeastMs: rules.leastMs,
      alerts: turns.at(-1)?.alerts ?? 0,
    }
  }

  /** Ether costs so much of its price, so many seconds later. */
  turn(factor: number, afterS: bigint): { screenMs: number; rulesMs: number; alerts: number } {
    this.#timestamp += afterS
    const facts = this.#page(factor)
    this.#engine.page(this.#book.apply(facts), facts)
    this.#book.finalize(facts.block.number)
    const started = performance.now()
    this.#book.screen(this.#timestamp)
    const screened = performance.now()
    const { alerts, commit } = this.#engine.step(facts.block)
    commit()
    return { screenMs: screened - started, rulesMs: performance.now() - screened, alerts: alerts.length }
  }

  #page(factor: number): Facts {
    const { block, ...facts } = pricePage(this.#number++, factor)
    return { ...facts, block: { ...block, timestamp: this.#timestamp } }
  }
}
