import { getAddress } from 'viem'
import { type AlertRules, type Latches, type Observation, stepAlerts } from '../core/alert.ts'
import type { Book } from '../core/book.ts'
import { UINT256_MAX } from '../core/math.ts'
import type { JournalEntry, Store } from '../core/ports.ts'
import type { AccountView } from '../core/protocol.ts'
import type { AccountId, Header } from '../core/types.ts'
import type { Journal } from './journal.ts'
import { toAccountRow } from './present.ts'
import { suspects } from './suspects.ts'

const LATCHES = 'alerts.latches'

type AlertStore = Pick<Store, 'value' | 'setValue' | 'atomically'>

interface Observed extends Observation {
  readonly view: AccountView
}

/** Evaluates the alert rules after each page. What was told is in the store together with the telling of it. */
export class AlertDesk {
  readonly #rules: AlertRules
  readonly #store: AlertStore
  readonly #journal: Journal
  #latches: Latches

  constructor(rules: AlertRules, store: AlertStore, journal: Journal) {
    this.#rules = rules
    this.#store = store
    this.#journal = journal
    const saved = store.value(LATCHES)
    this.#latches = saved === undefined ? {} : (JSON.parse(saved) as Latches)
  }

  /** The book was screened at its head. */
  evaluate(book: Book, chainId: number, head: Header): void {
    const { alerts, latches } = stepAlerts(
      this.#latches,
      this.#observe(book, head),
      this.#rules,
      Number(head.timestamp),
    )
    if (latches === this.#latches) return
    const write = (): void => {
      this.#store.setValue(LATCHES, JSON.stringify(latches))
      for (const { type, threshold, observation } of alerts)
        this.#journal.add(toEntry(book.name, chainId, head, type, threshold, observation.view))
    }
    this.#journal.hold(() => this.#store.atomically(write))
    this.#latches = latches
  }

  #observe(book: Book, head: Header): Observed[] {
    const highest = this.#rules.thresholds.reduce((a, b) => (b > a ? b : a), 0n)
    const accounts = new Set<AccountId>(suspects(book, highest + this.#rules.hysteresis))
    for (const key of Object.keys(this.#latches)) {
      const [market, address] = key.split('/')
      const account = market === book.name ? book.find(address as `0x${string}`) : undefined
      if (account !== undefined) accounts.add(account)
    }
    return [...accounts].flatMap((account) => {
      const view = book.account(account, head.timestamp)
      return view ? [{ market: book.name, address: view.address, ...healthOf(view), view }] : []
    })
  }
}

const healthOf = (view: AccountView): Pick<Observation, 'healthFactor' | 'debtBase'> => ({
  healthFactor: view.healthFactor === UINT256_MAX ? null : view.healthFactor,
  debtBase: view.totalDebtBase,
})

function toEntry(
  market: string,
  chainId: number,
  head: Header,
  type: string,
  threshold: string,
  view: AccountView,
): Omit<JournalEntry, 'seq'> {
  const { healthFactor, debtBase, collateralBase, distancePct, liquidationPrice } = toAccountRow(market, chainId, view)
  const address = getAddress(view.address)
  const data = { type, address, threshold, healthFactor, debtBase, collateralBase, distancePct, liquidationPrice }
  return { chainId, market, block: head.number.toString(), kind: 'alert', data }
}
