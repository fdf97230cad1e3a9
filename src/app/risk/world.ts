import type { Book } from '../../core/book.ts'
import type { PoolBook } from '../../core/pool-book.ts'
import type { Hour } from '../../core/risk/hour.ts'

/** One market as questions about the wave see it. Nothing here is asked of a node any more. */
export interface RiskWorld {
  readonly chainId: number
  readonly book: Book
  /** The pools followed on its chain; undefined: none are. */
  readonly exchange: PoolBook | undefined
  /** Seconds a bin of the history: 3600 but for rehearsals. */
  readonly binS: number
  /** What was kept of a group, in order; empty: nothing. `root`: in lower case. */
  hours(root: string): readonly Hour[]
  /** The mirror differs from the chain. */
  readonly distrusted: boolean
}
