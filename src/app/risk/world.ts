import type { Book } from '../../core/book.ts'
import type { PoolBook } from '../../core/pool-book.ts'
import type { Codes } from '../../core/risk/codes.ts'
import type { Hour } from '../../core/risk/hour.ts'
import type { HourRow } from '../../core/risk/hour-row.ts'
import { type GroupHour, groupHoursFrom, type MarketHour, marketHoursFrom, merged } from '../../core/risk/hours-from.ts'

/** One market as questions about the wave see it. Nothing here is asked of a node any more. */
export interface RiskWorld {
  readonly chainId: number
  readonly book: Book
  /** The pools followed on its chain; undefined: none are. */
  readonly exchange: PoolBook | undefined
  readonly codes: Pick<Codes, 'isContract'>
  /** Seconds a bin of the history: 3600 but for rehearsals. */
  readonly binS: number
  /** What was kept of a group, in order; empty: nothing. `root`: in lower case. Hours that were watched only in part are left out. */
  hours(root: string): readonly Hour[]
  /** Everything that was kept of the market as a whole, and of a group: those watched only in part are marked by the market's. */
  marketHours(): readonly MarketHour[]
  groupHours(root: string): readonly GroupHour[]
  /** The mirror differs from the chain. */
  readonly distrusted: boolean
}

/** `rowsOf`: of one root, as the store has them. Read when first asked for. */
export function historyFrom(
  rowsOf: (root: string) => readonly HourRow[],
): Pick<RiskWorld, 'hours' | 'marketHours' | 'groupHours'> {
  let market: readonly MarketHour[] | undefined
  const groups = new Map<string, readonly GroupHour[]>()
  const marketHours = (): readonly MarketHour[] => {
    market ??= marketHoursFrom(rowsOf(''))
    return market
  }
  const groupHours = (root: string): readonly GroupHour[] => {
    const known = groups.get(root) ?? groupHoursFrom(rowsOf(root), root)
    groups.set(root, known)
    return known
  }
  return { marketHours, groupHours, hours: (root) => merged(marketHours(), groupHours(root)) }
}
