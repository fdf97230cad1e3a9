import type { Address } from 'viem'
import type { ReserveView } from '../protocol.ts'

const NAMES = /USD|^S?DAI$|GHO|FRAX|^S?MAI$|^BOLD$|^DOLA$|^MIM$/i
/** Yield-bearing dollars grow above one; whatever is further off is no dollar, whatever its name. 8 decimals. */
const [LEAST_USD8, MOST_USD8] = [80_000_000n, 150_000_000n]

/** Whether an asset is a dollar: by its name and its price. A coin that happens to cost a dollar is none, nor is a euro. */
export const isStable = ({ symbol, priceUsd8 }: Pick<ReserveView, 'symbol' | 'priceUsd8'>): boolean =>
  NAMES.test(symbol) && priceUsd8 >= LEAST_USD8 && priceUsd8 <= MOST_USD8

/** Feeds from which a dollar is priced: a share of a savings contract stands on the stable coin below it. */
export const stableRoots = (reserves: readonly ReserveView[]): ReadonlySet<Address> =>
  new Set(reserves.filter(isStable).map(({ root }) => root))
