import type { Address } from 'viem'
import type { Bid, Exchange } from '../../../src/core/exchange.ts'
import { sqrtFloor } from '../../../src/core/math.ts'
import { PoolBook } from '../../../src/core/pool-book.ts'
import { bidOf } from '../../../src/protocols/uniswap-v3/bid.ts'
import { Curve } from '../../../src/protocols/uniswap-v3/curve.ts'
import { getTickAtSqrtRatio } from '../../../src/protocols/uniswap-v3/tick-math.ts'
import { HEAD } from '../../protocols/aave-v3/world.ts'
import { ticksOf } from '../../protocols/uniswap-v3/pools.ts'

/** A pool with one liquidity over everything (x·y = L²), in smallest units. */
export interface WidePool {
  readonly assets: readonly [Address, Address]
  readonly feePips?: 100 | 500 | 3000
  /** Units of the second asset for units of the first. */
  readonly price: readonly [amountOut: bigint, amountIn: bigint]
  readonly liquidity: bigint
  /** Ticks to both sides of the price; default: everything. */
  readonly reach?: number
}

const SPACING = { 100: 1, 500: 10, 3000: 60 } as const
export const poolAddress = (n: number): Address => `0x${(0xee0000 + n).toString(16).padStart(40, '0')}`

/** Pools out of nothing, as a book of them. Addresses in the order given. */
export function poolsOf(specs: readonly WidePool[]): PoolBook {
  const pools = specs.map(({ assets, feePips = 3000, price, liquidity, reach = 880_000 }, n) => {
    const isSorted = BigInt(assets[0]) < BigInt(assets[1])
    const [out, into] = isSorted ? price : [price[1], price[0]]
    const sqrtPriceX96 = sqrtFloor((out * 2n ** 192n) / into)
    const tick = getTickAtSqrtRatio(sqrtPriceX96)
    const spacing = SPACING[feePips]
    const edge = (at: number): number => Math.trunc(Math.max(-887_000, Math.min(887_000, at)) / spacing) * spacing
    const positions = [{ lower: edge(tick - reach), upper: edge(tick + reach), liquidity }]
    const curve = new Curve(true, { feePips, tickSpacing: spacing }, ticksOf(positions))
    const sorted: readonly [Address, Address] = isSorted ? assets : [assets[1], assets[0]]
    const bid: Bid = bidOf(poolAddress(n), curve, { sqrtPriceX96, tick })
    return { pool: poolAddress(n), assets: sorted, feePips, bid }
  })
  const exchange: Exchange = {
    name: 'stage',
    filters: [],
    reads: () => [],
    apply: () => {},
    pools: () => pools,
    bids: (_, assetIn, assetOut) =>
      pools.flatMap(({ assets: [a, b], bid }) =>
        a === assetIn && b === assetOut ? [bid] : b === assetIn && a === assetOut ? [bid.reversed] : [],
      ),
    audit: { spots: () => [], calls: () => [], compare: () => [] },
  }
  const book = new PoolBook('stage', exchange)
  book.head = HEAD
  return book
}
