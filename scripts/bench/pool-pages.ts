import type { Address } from 'viem'
import { bloomMayContain, mergeFilters, ours } from '../../src/adapters/rpc/filters.ts'
import { PoolBook } from '../../src/core/pool-book.ts'
import type { Facts } from '../../src/core/types.ts'
import { uniswapV3 } from '../../src/protocols/uniswap-v3/index.ts'
import { address, header, mint, pageOf, type Storage, swap } from '../../test/protocols/uniswap-v3/contract.ts'
import { publishedKey, publishedSpot, publishedTicks } from '../../test/protocols/uniswap-v3/published.ts'

/** As many as are followed at most when they are found by the factory; each a copy of the published one. */
export const POOLS = 48
/** Of one block: nine swaps, then liquidity is added. */
export const LOGS = 60

/** What mirrored pools add to the loop: to take a page in, and to tell which logs of a block are theirs. */
export function poolPages(): { readonly apply: (n: number) => void; readonly filter: (n: number) => void } {
  const pools = Array.from({ length: POOLS }, (_, i) => address(0x1000 + i))
  const book = new PoolBook('pools', uniswapV3(pools))
  for (const pool of pools) {
    const probe = new PoolBook('probe', uniswapV3([pool]))
    book.apply(pageOf(header(1n), [], (facts) => probe.reads(facts), new Map([[pool, storage()]])).facts)
  }
  const pages = Array.from({ length: 500 }, (_, n) => pageAt(n, pools))
  const filters = book.filters()
  return {
    apply: (n) => {
      book.apply(pages[n % pages.length] as Facts)
      book.finalize(header(BigInt(n)).number)
    },
    filter: (n) => {
      const { block, logs } = pages[n % pages.length] as Facts
      bloomMayContain(block.logsBloom, filters)
      mergeFilters(filters)
      logs.filter(ours(filters))
    },
  }
}

function storage(): Storage {
  const ticks = publishedTicks.index.map((tick, i) => {
    const net = publishedTicks.liquidityNet[i] ?? 0n
    return [tick, { gross: net < 0n ? -net : net || 1n, net }] as const
  })
  const { feePips: fee, tickSpacing } = publishedKey
  return { token0: address(1), token1: address(2), fee, tickSpacing, tick: publishedSpot.tick, ticks: new Map(ticks) }
}

const pageAt = (n: number, pools: readonly Address[]): Facts => ({
  block: header(BigInt(n) + 2n),
  logs: Array.from({ length: LOGS }, (_, i) => {
    const pool = pools[(i * 7) % POOLS] as Address
    if (i % 10 === 9) return mint(pool, -600, 600, 100n)
    return swap(pool, { ...publishedSpot, sqrtPriceX96: publishedSpot.sqrtPriceX96 + BigInt(n) }, 10n ** 20n)
  }),
  reads: [],
})
