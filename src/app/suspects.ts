import type { Book } from '../core/book.ts'
import { WAD } from '../core/math.ts'
import type { AccountId } from '../core/types.ts'

/** Wider than the floats' own error, and than the rounding of a health that was computed in steps. */
const RELATIVE_MARGIN = 1.000001

/**
 * Every debtor whose exact health may be below: floats only screen, the exact answer decides. Within the grain of the
 * contract's rounding all are named, since a debt of one wei counts as a whole base unit. As of the last screen.
 */
export function suspects(book: Book, belowWad: bigint): AccountId[] {
  const { credit, debit, size } = book.sheet
  const below = (Number(belowWad) / Number(WAD)) * RELATIVE_MARGIN
  const error = book.grain
  const found: AccountId[] = []
  for (let account = 0; account < size; account++) {
    const [value, debt] = [credit[account] as number, debit[account] as number]
    if (debt > 0 && value - error < below * (debt + error)) found.push(account)
  }
  return found
}
