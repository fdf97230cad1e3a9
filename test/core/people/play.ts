import { pad, toHex } from 'viem'
import type { Book } from '../../../src/core/book.ts'
import type { Ledger } from '../../../src/core/ledger.ts'
import type { Alert, LatchChange } from '../../../src/core/people/alert.ts'
import { Engine, type Step } from '../../../src/core/people/engine.ts'
import type { Rulebook } from '../../../src/core/people/plan.ts'
import type { Liquidated, Touched } from '../../../src/core/protocol.ts'
import type { AccountId, Facts, Header } from '../../../src/core/types.ts'
import { NO_PRICE, reserveCell } from '../../../src/protocols/aave-v3/cells.ts'
import {
  type AccountSpec,
  accountCells,
  address,
  bookOf,
  HEAD,
  type MarketSpec,
} from '../../protocols/aave-v3/world.ts'

/** What a page does to the market. */
export interface Deed {
  /** Prices of reserves times so much; 0: the oracle falls silent. */
  readonly prices?: readonly (readonly [id: number, factor: number])[]
  /** Holdings of accounts from now on. */
  readonly accounts?: readonly (readonly [n: number, spec: AccountSpec])[]
  /** Interest on debt a year. */
  readonly rates?: readonly (readonly [id: number, rate: number])[]
  readonly thresholds?: readonly (readonly [id: number, bps: number])[]
  readonly liquidated?: readonly number[]
  /** Seconds since the page before. */
  readonly afterS: number
}

const LT_SHIFT = 16n
const scaled = (value: bigint, factor: number): bigint => (value * BigInt(Math.round(factor * 1e6))) / 1_000_000n

/** A market of Aave's own rules that is told what happens instead of reading it. */
export class Play {
  readonly book: Book
  readonly first: ReadonlyMap<number, bigint>
  readonly #deeds = new Map<bigint, Deed>()
  readonly #headers: Header[] = [HEAD]
  #branch = 0

  constructor(market: MarketSpec) {
    this.book = bookOf(market, 'auto', {
      apply: (facts, ledger) => this.#apply(facts, ledger),
      liquidations: (facts) => (this.#deeds.get(facts.block.number)?.liquidated ?? []).map((n) => liquidated(n, facts)),
    })
    this.first = new Map(market.reserves.map(({ priceUsd8 }, id) => [id, priceUsd8]))
  }

  get head(): Header {
    return this.#headers.at(-1) as Header
  }

  /** The next page, taken in by book and engines, and screened. */
  page(deed: Deed, engines: readonly Engine[]): Header {
    const { number, timestamp, hash } = this.head
    const block: Header = {
      ...HEAD,
      number: number + 1n,
      timestamp: timestamp + BigInt(deed.afterS),
      parentHash: hash,
      hash: pad(toHex((number + 1n) * 1000n + BigInt(this.#branch)), { size: 32 }),
    }
    this.#headers.push(block)
    this.#deeds.set(block.number, deed)
    const facts: Facts = { block, logs: [], reads: [] }
    const touched = this.book.apply(facts)
    for (const engine of engines) engine.page(touched, facts)
    this.book.screen(block.timestamp)
    return block
  }

  /** Back by so many blocks, but not below the first. */
  rollback(depth: number, engines: readonly Engine[]): readonly (readonly LatchChange[])[] {
    this.#headers.length = Math.max(1, this.#headers.length - depth)
    this.#branch++
    const touched = this.book.rollback(this.head)
    return engines.map((engine) => engine.rollback(this.head, touched))
  }

  #apply({ block }: Facts, ledger: Ledger): Touched {
    const { prices = [], accounts = [], rates = [], thresholds = [] } = this.#deeds.get(block.number) as Deed
    for (const [id, factor] of prices) {
      const cell = reserveCell(id, 'price')
      const was = ledger.get(cell)
      ledger.set(cell, factor === 0 ? NO_PRICE : scaled(was === NO_PRICE ? (this.first.get(id) ?? 1n) : was, factor))
    }
    for (const [id, rate] of rates)
      ledger.set(reserveCell(id, 'currentVariableBorrowRate'), BigInt(Math.round(rate * 1e9)) * 10n ** 18n)
    for (const [id, bps] of thresholds) {
      const cell = reserveCell(id, 'configuration')
      const data = ledger.get(cell)
      ledger.set(cell, (data & ~(0xffffn << LT_SHIFT)) | (BigInt(bps) << LT_SHIFT))
    }
    const touched = new Set<AccountId>()
    for (const [n, spec] of accounts) {
      const account = ledger.account(address(n + 1))
      for (const [cell, value] of accountCells(account, spec)) ledger.set(cell, value)
      touched.add(account)
    }
    return { all: thresholds.length > 0, accounts: touched }
  }
}

const liquidated = (n: number, { block }: Facts): Liquidated => ({
  borrower: address(n + 1),
  collateralAsset: address(0xa000),
  debtAsset: address(0xa003),
  debtCovered: 7n,
  collateralSeized: 8n,
  liquidator: address(0xee),
  transactionHash: block.hash,
  logIndex: 0,
})

/** An engine with a store behind it, in a Map: what it writes, and what it said. */
export class Desk {
  engine: Engine
  readonly rows = new Map<string, string>()
  readonly #play: Play

  constructor(play: Play, rules: Rulebook) {
    this.#play = play
    this.engine = this.#open(rules)
  }

  #open(rules: Rulebook): Engine {
    const rows = [...this.rows].map(([key, body]) => {
      const [rule = '', subject = ''] = key.split(' ')
      return { rule, subject, body }
    })
    return new Engine(this.#play.book, { market: 'world', chain: 'test' }, rules, rows)
  }

  /** As a new process would go on. */
  restart(rules: Rulebook): void {
    this.engine = this.#open(rules)
  }

  write(changes: readonly LatchChange[]): void {
    for (const { rule, subject, body } of changes)
      if (body === undefined) this.rows.delete(`${rule} ${subject}`)
      else this.rows.set(`${rule} ${subject}`, body)
  }

  /** Everything said after the page; `hear`: the alerts themselves. */
  turn(head: Header, everybody: boolean, hear: (alerts: readonly Alert[]) => void = () => {}): string[] {
    const words: string[] = []
    const take = ({ alerts, changes, commit }: Step): void => {
      this.write(changes())
      commit()
      words.push(...alerts.map((alert) => wordOf(alert)))
      hear(alerts)
    }
    take(this.engine.step(head, everybody))
    take(this.engine.check(undefined, head))
    return words
  }
}

/** `type rule account threshold (before)`. */
const wordOf = ({ type, voice, account, threshold, before, wave }: Alert): string =>
  [
    type,
    voice.key,
    account ?? '',
    threshold ?? '',
    before ? `${before.healthFactor}@${before.block}` : '',
    wave?.debtBase ?? '',
  ]
    .join(' ')
    .trim()
