import type { MarketConfig } from '../../config/config.ts'
import type { Book } from '../../core/book.ts'
import type { PoolBook } from '../../core/pool-book.ts'
import type { OpenBin } from '../../core/ports.ts'
import type { Due, HistorianMaker, HistorianPort } from '../../core/risk/historian-port.ts'
import type { HourRow } from '../../core/risk/hour-row.ts'
import type { Facts, Header, Read } from '../../core/types.ts'
import { stored } from '../open-chain.ts'

/** Another address under an old name is another market, and bins of another length are another history. */
export const historyOf = (market: Pick<MarketConfig, 'name' | 'addressesProvider'>, binS: number): string =>
  `${stored(market)}#${binS}`

export interface ChronicleOptions {
  readonly chainId: number
  readonly binS: number
  readonly markets: readonly Pick<MarketConfig, 'name' | 'addressesProvider'>[]
  readonly maker: HistorianMaker
  /** What an earlier run left of a history. */
  readonly openBin: (history: string) => string | undefined
  /** A historian that fails costs its market's history, not the books. */
  readonly onProblem: (problem: string) => void
}

/** Below every block: what is counted so far. */
export const NOTHING = -1n

export interface Written {
  readonly rows: readonly HourRow[]
  readonly open: readonly OpenBin[]
  /** Every history is counted up to this block; undefined: nothing waits for one. */
  readonly upTo: bigint | undefined
}

/** The historians of a chain's markets. Each page is counted once by each, whatever the store had to be read anew for. */
export class Chronicle {
  readonly #options: ChronicleOptions
  readonly #historians = new Map<string, HistorianPort>()
  /** Those that were told that the page comes. */
  readonly #counting = new Set<HistorianPort>()

  constructor(options: ChronicleOptions) {
    this.#options = options
    const { markets, binS, chainId, maker, openBin } = options
    for (const market of markets)
      this.#despite(market.name, () => {
        const history = historyOf(market, binS)
        this.#historians.set(market.name, maker({ chainId, market: history, binS }, openBin(history)))
      })
  }

  /** The pages are gone through again from the first of these blocks, which is final. */
  resume(chain: readonly Header[]): void {
    const [base] = chain
    if (base === undefined) return
    this.#each((historian) => {
      const { at } = historian
      if (at === undefined || at.number < base.number || chain.some(({ hash }) => hash === at.hash)) return
      // What was counted last is not on this chain: everything that was not final then is counted again.
      historian.rollback(base)
    })
  }

  before(book: Book, facts: Facts): void {
    const historian = this.#historians.get(book.name)
    // A page at or below where a historian stands was counted in an earlier life.
    if (historian === undefined || (historian.at && historian.at.number >= facts.block.number)) return
    this.#counting.add(historian)
    this.#despite(book.name, () => historian.before(book, facts))
  }

  after(book: Book, facts: Facts, exchange: PoolBook | undefined): void {
    const historian = this.#historians.get(book.name)
    if (historian === undefined || !this.#counting.delete(historian)) return
    this.#despite(book.name, () => historian.after(book, facts, exchange))
  }

  rollback(to: Header): void {
    this.#each((historian) => {
      if (historian.at && historian.at.number > to.number) historian.rollback(to)
    })
  }

  finalize(block: bigint): void {
    this.#each((historian) => historian.finalize(block))
  }

  /** What to ask of a node, with whom to tell. */
  due(): readonly (Due & { readonly market: string })[] {
    const found: (Due & { readonly market: string })[] = []
    this.#each((historian, market) => {
      const due = historian.due()
      if (due) found.push({ ...due, market })
    })
    return found
  }

  told(market: string, block: Header, reads: readonly Read[] | undefined): void {
    const historian = this.#historians.get(market)
    if (historian) this.#despite(market, () => historian.told(block, reads))
  }

  /** What is to be kept now: finished bins, and with them how the open ones stand. */
  take(): Written {
    const { markets, binS } = this.#options
    const rows: HourRow[] = []
    const open: OpenBin[] = []
    let upTo: bigint | undefined
    this.#each((historian, name) => {
      const market = markets.find((one) => one.name === name)
      if (market === undefined) return
      const reached = historian.at?.number ?? NOTHING
      if (upTo === undefined || reached < upTo) upTo = reached
      if (historian.at === undefined) return
      rows.push(...historian.takeFinished())
      open.push({ market: historyOf(market, binS), body: historian.open() })
    })
    return { rows, open, upTo }
  }

  #each(work: (historian: HistorianPort, market: string) => void): void {
    for (const [market, historian] of [...this.#historians]) this.#despite(market, () => work(historian, market))
  }

  #despite(market: string, work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#historians.delete(market)
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
      this.#options.onProblem(`the history of ${market} is not written any more until the next start: ${why}`)
    }
  }
}
