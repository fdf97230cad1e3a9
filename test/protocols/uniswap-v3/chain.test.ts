import { expect } from 'chai'
import { createRandom, type Random } from '../../../scripts/devnet/random.ts'
import type { PoolBook } from '../../../src/core/pool-book.ts'
import { keyOf, spotOf, ticksOf } from '../../../src/protocols/uniswap-v3/cells.ts'
import { Curve } from '../../../src/protocols/uniswap-v3/curve.ts'
import { getSqrtRatioAtTick } from '../../../src/protocols/uniswap-v3/tick-math.ts'
import { Exchange, type Order, swapsIn } from './exchange.ts'

const minute = 60_000
const rounds = 20
const quotesARound = 50
const swapsARound = 6

/** Every tier, tokens of 18, 6 and 8 decimals, and prices near both ends of what there is. */
const specs = [
  { tokens: [0, 1], fee: 500, tick: -196_429 },
  { tokens: [0, 1], fee: 3000, tick: -196_400 },
  { tokens: [0, 1], fee: 10_000, tick: -196_300 },
  { tokens: [0, 3], fee: 100, tick: 37 },
  { tokens: [1, 2], fee: 3000, tick: 880_000 },
  { tokens: [2, 3], fee: 10_000, tick: -885_000 },
] as const

describe('uniswap v3 against its contracts', function () {
  this.timeout(10 * minute)
  let exchange: Exchange
  let book: PoolBook
  const random = createRandom(20_261_126)
  const positions: { tokenId: bigint; liquidity: bigint }[] = []

  before(async () => {
    exchange = await Exchange.open(specs)
    book = await exchange.read()
  })
  after(() => exchange?.close())

  const mine = async () => {
    positions.push(...(await exchange.mine()))
    const page = await exchange.page(book)
    book.apply(page)
    return page
  }

  it(`quotes ${rounds * quotesARound} random sizes to the wei, and follows every swap, mint and burn`, async () => {
    const seen = { quotes: 0, nothing: 0, limited: 0, drained: 0, crossed: 0, swaps: 0, reads: 0 }
    for (let round = 0; round < rounds; round++) {
      await change(exchange, random, book, positions)
      seen.reads += (await mine()).reads.length
      for (let i = 0; i < swapsARound; i++) {
        const order = anyOrder(exchange, random, book)
        const ours = swapOf(book, exchange, order)
        await exchange.swap(order)
        const [theirs] = swapsIn(await mine(), order.pool)
        if (theirs === undefined) continue
        const { ticksCrossed, ...said } = ours
        expect(said, `round ${round}, swap ${i}`).to.deep.equal(theirs)
        seen.swaps++
      }
      for (let i = 0; i < quotesARound; i++) {
        const order = anyOrder(exchange, random, book)
        const ours = swapOf(book, exchange, order)
        const theirs = await exchange.quote(order)
        const where = `round ${round}, quote ${i}, pool ${order.pool.address}, ${order.amountIn}`
        if (theirs === undefined) expect(ours.amountIn, where).to.equal(0n)
        else {
          const { amountOut, sqrtPriceX96 } = ours
          expect({ amountOut, sqrtPriceX96 }, where).to.deep.equal({
            amountOut: theirs.amountOut,
            sqrtPriceX96: theirs.sqrtPriceX96,
          })
        }
        seen.quotes++
        if (theirs === undefined) seen.nothing++
        if (ours.ticksCrossed > 0) seen.crossed++
        if (order.sqrtPriceLimitX96 !== 0n && ours.sqrtPriceX96 === order.sqrtPriceLimitX96) seen.limited++
        if (order.sqrtPriceLimitX96 === 0n && ours.amountIn < order.amountIn) seen.drained++
      }
    }
    process.stderr.write(`${JSON.stringify(seen)}\n`)
  })
})

function swapOf(book: PoolBook, exchange: Exchange, { pool, zeroForOne, amountIn, sqrtPriceLimitX96 }: Order) {
  const id = exchange.pools.indexOf(pool)
  const curve = new Curve(zeroForOne, keyOf(book.ledger, id), ticksOf(book.ledger, id))
  return curve.swap(spotOf(book.ledger, id), amountIn, sqrtPriceLimitX96 === 0n ? undefined : sqrtPriceLimitX96)
}

/** Dust as likely as everything. */
const anyAmount = (random: Random, bits: number): bigint =>
  (BigInt(Math.floor(random.between(1, 2) * 2 ** 20)) * 2n ** BigInt(random.int(0, bits))) >> 20n

function anyOrder(exchange: Exchange, random: Random, book: PoolBook): Order {
  const pool = random.pick(exchange.pools)
  const zeroForOne = random.chance(0.5)
  const { tick } = spotOf(book.ledger, exchange.pools.indexOf(pool))
  const target = tick + (zeroForOne ? -1 : 1) * random.int(0, random.pick([2, 50, 2000, 20_000]))
  const limited = random.chance(0.3) && Math.abs(target) < 887_000
  const sqrtPriceLimitX96 = limited ? getSqrtRatioAtTick(target) + BigInt(random.pick([0, 0, 1, -1])) : 0n
  return { pool, zeroForOne, amountIn: anyAmount(random, random.pick([4, 40, 70, 110])), sqrtPriceLimitX96 }
}

async function change(
  exchange: Exchange,
  random: Random,
  book: PoolBook,
  positions: { tokenId: bigint; liquidity: bigint }[],
): Promise<void> {
  for (const pool of exchange.pools) {
    const { tickSpacing } = pool
    const { tick } = spotOf(book.ledger, exchange.pools.indexOf(pool))
    const most = Math.floor(887_272 / tickSpacing)
    const end = () =>
      Math.max(
        -most,
        Math.min(most, Math.floor(tick / tickSpacing) + random.int(-1, 1) * random.int(0, random.pick([3, 60, 600]))),
      )
    for (let i = random.int(1, 4); i > 0; i--) {
      const [a, b] = random.chance(0.15) ? [-most, most] : [end(), end()]
      if (a === b) continue
      const range = { lower: Math.min(a, b) * tickSpacing, upper: Math.max(a, b) * tickSpacing }
      await exchange.mint(pool, range, [anyAmount(random, 100), anyAmount(random, 100)])
    }
  }
  for (let i = Math.min(positions.length, random.int(2, 10)); i > 0; i--) {
    const [held] = positions.splice(random.int(0, positions.length - 1), 1)
    if (held === undefined) continue
    const part = random.chance(0.5) ? held.liquidity : held.liquidity / 3n
    await exchange.burn(held.tokenId, part)
    await exchange.collect(held.tokenId)
    if (part < held.liquidity) positions.push({ ...held, liquidity: held.liquidity - part })
  }
}
