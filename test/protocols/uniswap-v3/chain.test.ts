import { expect } from 'chai'
import { createRandom } from '../../../scripts/devnet/random.ts'
import type { PoolBook } from '../../../src/core/pool-book.ts'
import type { Facts } from '../../../src/core/types.ts'
import { spotOf, ticksOf } from '../../../src/protocols/uniswap-v3/cells.ts'
import { MAX_SQRT_RATIO, MIN_SQRT_RATIO } from '../../../src/protocols/uniswap-v3/tick-math.ts'
import { Exchange, type Order, swapsIn } from './exchange.ts'
import { change, type Held, idOf, ourSwap, randomOrder } from './trading.ts'

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

describe('uniswap v3 pools against their contracts', function () {
  this.timeout(5 * minute)
  let exchange: Exchange
  let book: PoolBook
  const random = createRandom(20_261_126)
  const held: Held[] = []
  const pages: Facts[] = []

  before(async () => {
    exchange = await Exchange.open(specs)
    book = await exchange.read()
  })
  after(() => exchange?.close())

  const mine = async () => {
    held.push(...(await exchange.mine()))
    const page = await exchange.page(book)
    book.apply(page)
    pages.push(page)
    return page
  }

  /** What of the mirror is not what the chain says. */
  const audited = async () => {
    const calls = exchange.pools.flatMap(({ address }) => book.exchange.audit.calls(book.ledger, address))
    const answers = await exchange.batch.read(calls, { blockHash: book.head?.hash ?? '0x' })
    return { asked: calls.length, differing: book.exchange.audit.compare(book.ledger, answers) }
  }

  /** A real swap in a block of its own; the router's revert is one that would have sold nothing. */
  const trade = async (order: Order, where: string) => {
    const ours = ourSwap(exchange, book, order)
    const { tick: before } = spotOf(book.ledger, idOf(exchange, order))
    await exchange.swap(order)
    const [theirs] = swapsIn(await mine(), order.pool)
    if (theirs === undefined) return expect(ours.amountIn, where).to.equal(0n)
    const { ticksCrossed, ...said } = ours
    expect(said, where).to.deep.equal(theirs)
    // Ticks between the chain's own before and after: the lower end is not crossed, the upper one is.
    const [low, high] = [Math.min(before, theirs.tick), Math.max(before, theirs.tick)]
    const { index } = ticksOf(book.ledger, idOf(exchange, order))
    expect(ticksCrossed, where).to.equal(index.filter((tick) => low < tick && tick <= high).length)
  }

  const quoted = async (order: Order, where: string) => {
    const ours = ourSwap(exchange, book, order)
    const theirs = await exchange.quote(order)
    // The quoter refuses what moves nothing.
    if (theirs === undefined) expect(ours.amountIn, where).to.equal(0n)
    else {
      const { amountOut, sqrtPriceX96 } = ours
      expect({ amountOut, sqrtPriceX96 }, where).to.deep.equal(theirs)
    }
    return ours
  }

  it(`quotes ${rounds * quotesARound} random sizes to the wei between random swaps, mints and burns`, async () => {
    const seen = { crossed: 0, many: 0, limited: 0, drained: 0, nothing: 0 }
    for (let round = 0; round < rounds; round++) {
      await change(exchange, book, random, held)
      await mine()
      for (let i = 0; i < swapsARound; i++)
        await trade(randomOrder(exchange, book, random), `round ${round}, swap ${i}`)
      for (let i = 0; i < quotesARound; i++) {
        const order = randomOrder(exchange, book, random)
        const ours = await quoted(order, `round ${round}, quote ${i}: ${order.amountIn}`)
        if (ours.ticksCrossed > 0) seen.crossed++
        if (ours.ticksCrossed > 3) seen.many++
        if (ours.sqrtPriceX96 === order.sqrtPriceLimitX96) seen.limited++
        if (order.sqrtPriceLimitX96 === 0n && ours.amountIn < order.amountIn) seen.drained++
        if (ours.amountIn === 0n) seen.nothing++
      }
    }
    expect(seen.crossed, JSON.stringify(seen)).to.be.above(200)
    expect(seen.many, JSON.stringify(seen)).to.be.above(50)
    expect(seen.limited, JSON.stringify(seen)).to.be.above(50)
    expect(seen.drained, JSON.stringify(seen)).to.be.above(50)
    expect(seen.nothing, JSON.stringify(seen)).to.be.below(300)
  })

  it('has followed all of it by logs alone, and equals a reading of the whole in every tick', async () => {
    expect(pages.length).to.equal(rounds * (swapsARound + 1))
    expect(pages.flatMap(({ reads }) => reads)).to.deep.equal([])
    const { asked, differing } = await audited()
    expect(asked).to.be.above(7000)
    expect(differing).to.deep.equal([])
    const fresh = await exchange.read()
    for (const [id] of exchange.pools.entries()) {
      expect(ticksOf(fresh.ledger, id)).to.deep.equal(ticksOf(book.ledger, id))
      expect(spotOf(fresh.ledger, id)).to.deep.equal(spotOf(book.ledger, id))
    }
  })

  it('rolls back as if never, and goes the same way again', async () => {
    const cells = () => [...book.checkpoint(book.head as NonNullable<PoolBook['head']>).cells].sort(([a], [b]) => a - b)
    const now = cells()
    const [gone, back] = [pages.slice(-60), pages.at(-61)]
    if (back === undefined) throw new Error('too few pages')
    book.rollback(back.block)
    expect(cells()).to.not.deep.equal(now)
    const then = cells()
    const order = randomOrder(exchange, book, random)
    const before = ourSwap(exchange, book, order)
    for (const page of gone) book.apply(page)
    expect(cells()).to.deep.equal(now)
    book.rollback(back.block)
    expect(cells()).to.deep.equal(then)
    expect(ourSwap(exchange, book, order)).to.deep.equal(before)
    for (const page of gone) book.apply(page)
    expect((await audited()).differing).to.deep.equal([])
  })

  it('knows the fee of the protocol, which changes no quote', async () => {
    for (const [pool] of [exchange.pools, exchange.pools.slice(3)]) {
      if (pool === undefined) throw new Error('no pool')
      await exchange.setFeeProtocol(pool, [4, 10])
    }
    await mine()
    expect((await audited()).differing).to.deep.equal([])
    for (let i = 0; i < 20; i++) {
      await quoted(randomOrder(exchange, book, random), `quote ${i}`)
      await trade(randomOrder(exchange, book, random), `swap ${i}`)
    }
  })

  it('quotes dust of 1, 2 and 3 units', async () => {
    for (const pool of exchange.pools)
      for (const zeroForOne of [true, false])
        for (const amountIn of [1n, 2n, 3n])
          await quoted({ pool, zeroForOne, amountIn, sqrtPriceLimitX96: 0n }, `${pool.address} ${amountIn}`)
  })

  it('drains every pool, the coarse ones to both ends, as the pool itself does', async () => {
    let drained = 0
    // The simulator takes seconds for the thousands of words of a fine one.
    for (const pool of exchange.pools)
      for (const zeroForOne of pool.tickSpacing < 60 ? [pool.tickSpacing === 1] : [true, false, true]) {
        const order = { pool, zeroForOne, amountIn: 2n ** 200n, sqrtPriceLimitX96: 0n }
        const { amountIn } = ourSwap(exchange, book, order)
        await trade(order, `${pool.address} ${zeroForOne}`)
        for (const dust of [1n, 1000n])
          await quoted({ ...order, zeroForOne: !zeroForOne, amountIn: dust }, `back from the end with ${dust}`)
        // The router refuses what takes nothing: there was nothing on that side.
        if (amountIn === 0n) continue
        const { sqrtPriceX96 } = spotOf(book.ledger, idOf(exchange, order))
        expect(sqrtPriceX96).to.equal(zeroForOne ? MIN_SQRT_RATIO + 1n : MAX_SQRT_RATIO - 1n)
        drained++
      }
    expect(drained).to.be.above(10)
    expect((await audited()).differing).to.deep.equal([])
  })
})
