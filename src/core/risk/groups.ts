/** Groups of a market: all assets priced from one feed root, which move together. */
import type { Address } from 'viem'
import { UsageError } from '../errors.ts'
import type { ReserveView } from '../protocol.ts'

export interface Group {
  /** In lower case. */
  readonly root: Address
  /** The asset that speaks for the group: the one priced by the root itself, else the first. */
  readonly plain: ReserveView
  readonly symbol: string
  /** Of the plain asset, 8 decimals; 0: its oracle does not answer. */
  readonly priceUsd8: bigint
  readonly reserves: readonly ReserveView[]
}

/** In the order of the market's reserves. Assets without a feed are in no group: nothing says what moves them. */
export function groupsOf(reserves: readonly ReserveView[]): readonly Group[] {
  const roots = new Set(reserves.flatMap(({ root }) => (BigInt(root) === 0n ? [] : [root])))
  return [...roots].map((root) => {
    const own = reserves.filter((reserve) => reserve.root === root)
    const plain = own.find(({ source }) => source === root) ?? (own[0] as ReserveView)
    return { root, plain, symbol: plain.symbol, priceUsd8: plain.priceUsd8, reserves: own }
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
