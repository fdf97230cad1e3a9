import type { PoolBook } from '../../core/pool-book.ts'
import type { Batch } from '../../core/ports.ts'
import type { Mismatch } from '../../core/protocol.ts'
import type { Call } from '../../core/types.ts'

/** Beside the spots of all pools: so many words and ticks of one of them. Together they are one request. */
const WINDOW = 300

/** Pools against the chain, a part at a time: the price and liquidity of all, and a stretch of ticks that goes round. */
export class PoolAudit {
  #pool = 0
  #from = 0

  /** What differs at the book's head, asked twice: an answer that a node gave wrongly once is no difference. */
  async look(book: PoolBook, batch: Batch): Promise<readonly Mismatch[]> {
    const { exchange, ledger, head } = book
    if (head === undefined) return []
    const at = { blockHash: head.hash }
    const calls = [...exchange.audit.spots(ledger), ...this.#window(book)]
    if (calls.length === 0) return []
    const first = exchange.audit.compare(ledger, await batch.read(calls, at))
    return first.length === 0 ? [] : exchange.audit.compare(ledger, await batch.read(calls, at))
  }

  #window({ exchange, ledger }: PoolBook): readonly Call[] {
    const pools = exchange.pools(ledger)
    const view = pools[this.#pool % Math.max(1, pools.length)]
    if (view === undefined) return []
    const calls = exchange.audit.calls(ledger, view.pool)
    const window = calls.slice(this.#from, this.#from + WINDOW)
    this.#from += WINDOW
    if (this.#from < calls.length) return window
    this.#from = 0
    this.#pool = (this.#pool + 1) % pools.length
    return window
  }
}
