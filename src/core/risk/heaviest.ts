import type { Group } from './groups.ts'
import type { Portrait } from './portrait.ts'

/**
 * The group that the market as a whole is longest of: Σ over all accounts of A_g − D_g, weighted collateral less debt. Largest
 * first; so a stable coin that is mostly owed does not come before what it was lent against.
 */
export function heaviestFirst(portrait: Portrait): readonly Group[] {
  const { groups, rate, moves, book } = portrait
  const { collateral, debt } = book.sheet.totals(rate.length)
  const longs = groups.map(({ root }) => {
    const moved = moves(root)
    let sum = 0
    for (let column = 0; column < rate.length; column++) {
      const net = (collateral[column] as number) - (debt[column] as number)
      // A column without a price is worth nothing that could be said.
      if (moved[column] === 1 && net !== 0 && (rate[column] as number) > 0) sum += net * (rate[column] as number)
    }
    return sum
  })
  return groups
    .map((group, i) => ({ group, long: longs[i] as number }))
    .sort((a, b) => b.long - a.long)
    .map(({ group }) => group)
}
