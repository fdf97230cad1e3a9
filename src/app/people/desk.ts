import type { AlertsConfig } from '../../config/config.ts'
import type { Book } from '../../core/book.ts'
import type { Trouble } from '../../core/people/alert.ts'
import { Engine, type Step } from '../../core/people/engine.ts'
import type { Rulebook } from '../../core/people/plan.ts'
import type { ControlPort } from '../../core/people/ports.ts'
import type { Store } from '../../core/ports.ts'
import type { Touched } from '../../core/protocol.ts'
import type { Facts, Header } from '../../core/types.ts'
import type { ChainState } from '../chain-state.ts'
import type { Journal } from '../journal.ts'
import { staleAfterMs } from '../watchdog.ts'
import { alertEntry } from './alert-entry.ts'

export interface DeskOptions {
  readonly alerts: DeskRules
  readonly store: Pick<Store, 'latches' | 'saveLatch' | 'atomically'>
  readonly journal: Pick<Journal, 'add' | 'hold'>
  /** Default: nobody subscribes. */
  readonly watches?: Pick<ControlPort, 'watches' | 'onWatches'>
}

export type DeskRules = Pick<AlertsConfig, 'rules' | 'ladder' | 'labels'>

/** Of a chain's state, what the rules need to know. */
export type DeskChain = Pick<ChainState, 'name' | 'chainId' | 'distrust'>

/**
 * Evaluates the alert rules: one engine a market, told of every page and asked after each that is the newest. What was told is in
 * the store together with the telling of it; what could not be written was not told.
 */
export class Desk {
  readonly #options: DeskOptions
  #alerts: DeskRules
  #rulebook: Rulebook
  /** Grows when rules or subscriptions change; engines follow when they are next asked. */
  #edition = 0
  readonly #engines = new WeakMap<Book, { readonly engine: Engine; edition: number }>()

  constructor(options: DeskOptions) {
    this.#options = options
    this.#alerts = options.alerts
    this.#rulebook = this.#bind()
    options.watches?.onWatches(() => this.setRules(this.#alerts))
  }

  /** Other rules from now on. */
  setRules(alerts: DeskRules): void {
    this.#alerts = alerts
    this.#rulebook = this.#bind()
    this.#edition++
  }

  /** The book has taken in a page, old or new. */
  page(book: Book, chain: DeskChain, touched: Touched, facts: Facts): void {
    this.#engine(book, chain).page(touched, facts)
  }

  /** The book has gone back. */
  rollback(book: Book, chain: DeskChain, to: Header, touched: Touched): void {
    const changes = this.#engine(book, chain).rollback(to, touched)
    if (changes.length > 0)
      this.#options.store.atomically(() => {
        for (const change of changes) this.#options.store.saveLatch(change)
      })
  }

  /** The book was screened at its head, the newest there is. */
  evaluate(book: Book, chain: DeskChain, head: Header): void {
    const engine = this.#engine(book, chain)
    this.#write(book, chain, head, engine.step(head))
    this.#write(book, chain, head, engine.check(distrustOf(chain, book), head))
  }

  /** On a timer: a chain that is silent has no pages to speak after. */
  lookAround(states: readonly ChainState[], nowMs: number): void {
    for (const state of states)
      for (const book of state.books) {
        if (book.head === undefined) continue
        const trouble = staleness(state, nowMs) ?? distrustOf(state, book)
        this.#write(book, state, book.head, this.#engine(book, state).check(trouble, book.head))
      }
  }

  #bind(): Rulebook {
    const { rules, ladder } = this.#alerts
    return { rules, ladder, watches: this.#options.watches?.watches() ?? [] }
  }

  #engine(book: Book, chain: DeskChain): Engine {
    const known = this.#engines.get(book)
    if (known) {
      if (known.edition !== this.#edition) known.engine.setRules(this.#rulebook)
      known.edition = this.#edition
      return known.engine
    }
    const place = { market: book.name, chain: chain.name }
    const engine = new Engine(book, place, this.#rulebook, this.#options.store.latches())
    this.#engines.set(book, { engine, edition: this.#edition })
    return engine
  }

  #write(book: Book, { chainId }: DeskChain, head: Header, { alerts, isNews, changes, commit }: Step): void {
    const { store, journal } = this.#options
    if (isNews || alerts.length > 0)
      journal.hold(() =>
        store.atomically(() => {
          for (const change of changes()) store.saveLatch(change)
          for (const alert of alerts) journal.add(alertEntry(book, chainId, head, alert, this.#alerts.labels))
        }),
      )
    commit()
  }
}

function distrustOf(chain: DeskChain, { name }: Book): Trouble | undefined {
  const detail = chain.distrust(name)
  return detail === undefined ? undefined : { reason: 'distrusted', detail }
}

function staleness(state: ChainState, nowMs: number): Trouble | undefined {
  const silentMs = state.silentMs(nowMs)
  if (silentMs === undefined || silentMs <= staleAfterMs(state)) return undefined
  return { reason: 'stale-chain', detail: `chain ${state.name} is silent` }
}
