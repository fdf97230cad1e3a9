import type { Random } from '../../../scripts/devnet/random.ts'
import type { PoolBook } from '../../../src/core/pool-book.ts'
import { spotOf } from '../../../src/protocols/uniswap-v3/cells.ts'
import type { Swap } from '../../../src/protocols/uniswap-v3/curve.ts'
import { Curves } from '../../../src/protocols/uniswap-v3/curves.ts'
import { getSqrtRatioAtTick, MAX_TICK } from '../../../src/protocols/uniswap-v3/tick-math.ts'
import type { Exchange, Order } from './exchange.ts'

/** A position somebody has. */
export interface Held {
  readonly tokenId: bigint
  readonly liquidity: bigint
}

const curves = new Curves()

export const idOf = (exchange: Exchange, { pool }: Pick<Order, 'pool'>): number => exchange.pools.indexOf(pool)

/** What we say of an order, from the mirror. */
export function ourSwap(exchange: Exchange, { ledger }: PoolBook, order: Order): Swap {
  const id = idOf(exchange, order)
  const limit = order.sqrtPriceLimitX96 === 0n ? undefined : order.sqrtPriceLimitX96
  return curves.of(ledger, id, order.zeroForOne).swap(spotOf(ledger, id), order.amountIn, limit)
}

/** Dust as likely as a fortune. */
const anyAmount = (random: Random, bits: number): bigint =>
  (BigInt(Math.floor(random.between(1, 2) * 2 ** 20)) << BigInt(random.int(0, bits))) >> 20n

/** A size that gets about to a tick not far away, or any size; sometimes with a price limit, just on a tick or beside it. */
export function randomOrder(exchange: Exchange, book: PoolBook, random: Random): Order {
  const pool = random.pick(exchange.pools)
  const zeroForOne = random.chance(0.5)
  const order = { pool, zeroForOne, amountIn: 2n ** 200n }
  const { tick } = spotOf(book.ledger, idOf(exchange, order))
  const reach = random.int(1, random.pick([3, 60, 600])) * pool.tickSpacing
  const there = priceAt(Math.floor(tick / pool.tickSpacing) * pool.tickSpacing + (zeroForOne ? -reach : reach))
  // Beyond the last liquidity of a fine pool are thousands of empty words, and the simulator needs a millisecond for each.
  const fine = pool.tickSpacing < 60
  const far = fine ? priceAt(tick + (zeroForOne ? -1 : 1) * 1000 * pool.tickSpacing) : 0n
  const kind = random.next()
  if (kind < 0.5 && there !== 0n) {
    const { amountIn } = ourSwap(exchange, book, { ...order, sqrtPriceLimitX96: there })
    return { ...order, amountIn: (amountIn * BigInt(random.int(500, 1500))) / 1000n + 1n, sqrtPriceLimitX96: far }
  }
  const amountIn = anyAmount(random, random.pick([8, 60, 112]))
  const limited = there !== 0n && (kind < 0.75 || fine)
  return { ...order, amountIn, sqrtPriceLimitX96: limited ? there + BigInt(random.int(-1, 1)) : 0n }
}

/** 0 beyond the last tick: no limit. */
const priceAt = (tick: number): bigint => (Math.abs(tick) < MAX_TICK ? getSqrtRatioAtTick(tick) : 0n)

/** Liquidity comes and goes in every pool: near the price, far from it, and over the whole range. Sent, not mined. */
export async function change(exchange: Exchange, book: PoolBook, random: Random, held: Held[]): Promise<void> {
  for (const pool of exchange.pools) {
    const { tickSpacing } = pool
    const near = Math.floor(spotOf(book.ledger, idOf(exchange, { pool })).tick / tickSpacing)
    const most = Math.floor(MAX_TICK / tickSpacing)
    const end = () =>
      Math.max(-most, Math.min(most, near + random.int(-1, 1) * random.int(0, random.pick([3, 60, 600]))))
    for (let i = random.int(1, 4); i > 0; i--) {
      const [a, b] = random.chance(0.15) ? [-most, most] : [end(), end()]
      const range = { lower: Math.min(a, b) * tickSpacing, upper: Math.max(a, b) * tickSpacing }
      if (a !== b) await exchange.mint(pool, range, [anyAmount(random, 100), anyAmount(random, 100)])
    }
  }
  for (let i = Math.min(held.length, random.int(2, 10)); i > 0; i--) {
    const [one] = held.splice(random.int(0, held.length - 1), 1)
    if (one === undefined) continue
    const part = random.chance(0.5) ? one.liquidity : one.liquidity / 3n
    await exchange.burn(one.tokenId, part)
    await exchange.collect(one.tokenId)
    if (part < one.liquidity) held.push({ ...one, liquidity: one.liquidity - part })
  }
}
