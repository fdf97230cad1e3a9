import type { ReserveView } from '../protocol.ts'

const NAMES = /USD|^S?DAI$|GHO|FRAX|^S?MAI$/i
/** Yield-bearing dollars grow above one; whatever is further off is no dollar, whatever its name. 8 decimals. */
const [LEAST_USD8, MOST_USD8] = [80_000_000n, 150_000_000n]

/** Whether an asset is a dollar: by its name and its price. A coin that happens to cost a dollar is none, nor is a euro. */
export const isStable = ({ symbol, priceUsd8 }: Pick<ReserveView, 'symbol' | 'priceUsd8'>): boolean =>
  NAMES.test(symbol) && priceUsd8 >= LEAST_USD8 && priceUsd8 <= MOST_USD8
