/** Groups of a market: all assets priced from one feed root, which move together. */
import type { Address } from 'viem'
import { UsageError } from '../errors.ts'
import type { ReserveView } from '../protocol.ts'
import type { Portrait } from './portrait.ts'

export interface Group {
  /** In lower case. */
  readonly root: Address
  /** Of the asset that is priced by the root itself, else of the first one. */
  readonly symbol: string
  /** Of that asset, 8 decimals; 0: its oracle does not answer. */
  readonly priceUsd8: bigint
  readonly reserves: readonly ReserveView[]
}

/** In the order of the market's reserves. Assets without a feed are in no group: nothing says what moves them. */
export function groupsOf(reserves: readonly ReserveView[]): readonly Group[] {
  const roots = new Set(reserves.flatMap(({ root }) => (BigInt(root) === 0n ? [] : [root])))
  return [...roots].map((root) => {
    const own = reserves.filter((reserve) => reserve.root === root)
    const named = own.find(({ source }) => source === root) ?? (own[0] as ReserveView)
    return { root, symbol: named.symbol, priceUsd8: named.priceUsd8, reserves: own }
  })
}

/**
 * By the symbol or address of any of its assets, or by the feed's address. `ETH` and `BTC` mean what wraps them, where no asset
 * has that very name. Throws UsageError.
 */
export function findGroup(groups: readonly Group[], name: string): Group {
  const wanted = name.toLowerCase()
  const found = namedExactly(groups, wanted)
  const [first, second] = found.length > 0 ? found : namedExactly(groups, `w${wanted}`)
  if (first === undefined)
    throw badGroup(name, 'no asset of this market has that symbol or address, and no feed that address', groups)
  if (second) throw badGroup(name, 'assets of several feeds have this symbol: name one by its address', groups)
  return first
}

const namedExactly = (groups: readonly Group[], wanted: string): readonly Group[] =>
  groups.filter(
    ({ root, reserves }) =>
      root === wanted || reserves.some(({ asset, symbol }) => asset === wanted || symbol.toLowerCase() === wanted),
  )

const badGroup = (name: string, why: string, groups: readonly Group[]): UsageError =>
  new UsageError({
    code: 'UNKNOWN_GROUP',
    what: `group ${name}`,
    why,
    fix: `Name a group by a symbol or an address, such as ${groups.map(({ symbol }) => symbol).join(', ') || 'WETH'}.`,
  })

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
