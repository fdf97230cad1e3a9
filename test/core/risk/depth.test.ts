import { expect } from 'chai'
import * as fc from 'fast-check'
import type { Bid, Price } from '../../../src/core/exchange.ts'
import { WAD } from '../../../src/core/math.ts'
import {
  bestPrice,
  fallen,
  largestSize,
  priceOf,
  type Sell,
  sellAcross,
  sellTo,
  slippageWad,
  through,
} from '../../../src/core/risk/depth.ts'
import { bidOf } from '../../../src/protocols/uniswap-v3/bid.ts'
import { Curve } from '../../../src/protocols/uniswap-v3/curve.ts'
import { getSqrtRatioAtTick } from '../../../src/protocols/uniswap-v3/tick-math.ts'
import { anySize, type Position, TIERS, ticksOf } from '../../protocols/uniswap-v3/pools.ts'

const pair = '0x00000000000000000000000000000000000000aa' as const

interface Spec {
  readonly feePips: number
  readonly tickSpacing: number
  readonly tick: number
  readonly positions: readonly Position[]
}

const bid = ({ feePips, tickSpacing, tick, positions }: Spec, zeroForOne: boolean): Bid =>
  bidOf(pair, new Curve(zeroForOne, { feePips, tickSpacing }, ticksOf(positions)), {
    sqrtPriceX96: getSqrtRatioAtTick(tick),
    tick,
  })

const pool500 = { feePips: 500, tickSpacing: 10 }

/** Liquidity over everything: x·y = L². */
const wide = (liquidity: bigint, feePips: number, tickSpacing: number): Spec => {
  const most = Math.floor(887_272 / tickSpacing) * tickSpacing
  return { feePips, tickSpacing, tick: 0, positions: [{ lower: -most, upper: most, liquidity }] }
}

/** A pool near the price of the others, as traders leave it, with some of its liquidity near and some far. */
const anySpec: fc.Arbitrary<Spec> = fc.constantFrom(...TIERS.slice(1)).chain(([feePips, tickSpacing]) =>
  fc.record({
    feePips: fc.constant<number>(feePips),
    tickSpacing: fc.constant<number>(tickSpacing),
    tick: fc.integer({ min: -40, max: 40 }),
    positions: fc.array(
      fc
        .tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 400 }), anySize(80))
        .map(([below, above, liquidity]) => ({
          lower: -below * tickSpacing,
          upper: above * tickSpacing,
          liquidity: liquidity + 10n ** 12n,
        })),
      { minLength: 1, maxLength: 5 },
    ),
  }),
)
/** Once found: a better price with nothing behind it, so that the search crosses a gap. */
const GAP: readonly Spec[] = [
  { ...pool500, tick: 10, positions: [{ lower: -10, upper: 10, liquidity: 10n ** 12n + 1n }] },
  { ...pool500, tick: 13, positions: [{ lower: -10, upper: 20, liquidity: 10n ** 12n + 1n }] },
]
/** Once found: a pool that is dry but for some units, whose price says nothing of the next one. */
const DRY: readonly Spec[] = [
  { ...pool500, feePips: 3000, tick: 0, positions: [{ lower: -60, upper: 60, liquidity: 10n ** 12n + 1n }] },
  { ...pool500, tick: 0, positions: [{ lower: -10, upper: 10, liquidity: 10n ** 12n + 1n }] },
]
const anyPools = fc.array(anySpec, { minLength: 1, maxLength: 4 })
const anySide = fc.boolean()
const one: Price = { amountOut: 1n, amountIn: 1n }
/** What sixteen digits of the pools' reserves, and a unit or two for each pool and sale, may cost. */
const grain = (specs: readonly Spec[], amount: bigint): bigint =>
  100n +
  amount / 10n ** 12n +
  specs.flatMap(({ positions }) => positions).reduce((sum, { liquidity }) => sum + liquidity, 0n) / 10n ** 15n
const isLess = (a: Price, b: Price): boolean => a.amountOut * b.amountIn < b.amountOut * a.amountIn

describe('depth', () => {
  describe('in one wide pool', () => {
    const liquidity = 10n ** 24n
    const [pool] = [bid(wide(liquidity, 3000, 60), true)]

    it('is the formula of a constant product', () => {
      for (const size of [10n ** 18n, 10n ** 21n, 10n ** 24n]) {
        const net = Number((size * 997n) / 1000n)
        const expected = (Number(liquidity) * net) / (Number(liquidity) + net)
        const { amountOut, whole } = sellAcross([pool], size)
        expect(whole).to.equal(true)
        expect(Number(amountOut) / expected).to.be.closeTo(1, 1e-9)
      }
    })

    it('falls by δ for L (1/√(1 − δ) − 1) net of the fee', () => {
      for (const percent of [1n, 5n, 10n, 50n]) {
        const delta = Number(percent) / 100
        const { amountIn } = sellTo([pool], fallen(pool.price, (WAD * percent) / 100n))
        const expected = (Number(liquidity) * (1 / Math.sqrt(1 - delta) - 1)) / 0.997
        expect(Number(amountIn) / expected).to.be.closeTo(1, 1e-9)
      }
    })

    it('slips by the fee and the way, at a price of one', () => {
      const { amountIn, amountOut } = sellAcross([pool], 10n ** 22n)
      // 0.997 / (1 + 0.00997) of its worth.
      expect(Number(slippageWad(amountIn, amountOut, one)) / 1e18).to.be.closeTo(1 - 0.997 / 1.00997, 1e-9)
    })

    it('bears the size at which what is got is worth the rest after bonus and gas', () => {
      const sell: Sell = (size) => sellAcross([pool], size)
      // Without gas: 0.997 / (1 + 0.997 s / L) = 0.95.
      const free = largestSize(sell, { price: one, bonusWad: WAD / 20n, gas: 0n })
      expect(Number(free) / ((1e24 * (0.997 / 0.95 - 1)) / 0.997)).to.be.closeTo(1, 1e-9)
      const taxed = largestSize(sell, { price: one, bonusWad: WAD / 20n, gas: 10n ** 20n })
      expect(taxed < free).to.equal(true)
      expect(largestSize(sell, { price: one, bonusWad: WAD / 20n, gas: 10n ** 22n })).to.equal(0n)
      expect(largestSize(sell, { price: one, bonusWad: WAD / 500n, gas: 0n })).to.equal(0n)
    })
  })

  it('knows what an oracle says of two assets', () => {
    const ether = { priceUsd8: 3000n * 10n ** 8n, decimals: 18 }
    const dollar = { priceUsd8: 10n ** 8n, decimals: 6 }
    const price = priceOf(ether, dollar)
    expect((10n ** 18n * price.amountOut) / price.amountIn).to.equal(3000n * 10n ** 6n)
  })

  it('says nothing without a pool', () => {
    expect(bestPrice([])).to.equal(undefined)
    expect(sellAcross([], 5n)).to.deep.include({ amountIn: 0n, amountOut: 0n, whole: false })
    expect(largestSize((size) => sellAcross([], size), { price: one, bonusWad: WAD, gas: 0n })).to.equal(0n)
  })

  it('sells down to a price and no further: the next unit would fetch less', () => {
    fc.assert(
      fc.property(anyPools, anySide, fc.bigInt({ min: 0n, max: WAD / 2n }), (specs, side, fall) => {
        const bids = specs.map((spec) => bid(spec, side))
        const price = fallen(bestPrice(bids) as Price, fall)
        const { parts, after } = sellTo(bids, price)
        for (const [i, one] of after.entries()) {
          if ((parts[i]?.amountIn ?? 0n) > 0n) expect(isLess(one.price, price)).to.equal(false)
          // By no more than a grain of the price, or the pool is dry.
          const more = one.sell(2n ** 100n)
          if (more.amountIn > 0n && !isLess(one.price, price)) {
            expect(one.sellTo(price).amountIn).to.equal(0n)
          }
        }
      }),
      { numRuns: 100 },
    )
  })

  it('shares a size so that nobody could share it better', () => {
    fc.assert(
      fc.property(
        anyPools,
        anySide,
        anySize(85),
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 4, maxLength: 4 }),
        (specs, side, size, weights) => {
          const bids = specs.map((spec) => bid(spec, side))
          const spread = sellAcross(bids, size)
          expect(spread.amountIn <= size).to.equal(true)
          const total = BigInt(bids.reduce((sum, _, i) => sum + (weights[i] ?? 0), 0)) || 1n
          const other = bids.reduce(
            (sum, one, i) => sum + one.sell((size * BigInt(weights[i] ?? 0)) / total).amountOut,
            0n,
          )
          const alone = bids.map((one) => one.sell(size).amountOut)
          const best = [other, ...alone].reduce((a, b) => (a > b ? a : b))
          expect(spread.amountOut + grain(specs, best) >= best, `${spread.amountOut} ${best}`).to.equal(true)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is monotone: more sold fetches no less, and slips no less', () => {
    fc.assert(
      fc.property(anyPools, anySide, anySize(80), anySize(80), (specs, side, a, b) => {
        const bids = specs.map((spec) => bid(spec, side))
        const [less, more] = a < b ? [a, b] : [b, a]
        const [first, second] = [sellAcross(bids, less), sellAcross(bids, more)]
        expect(second.amountOut + grain(specs, more) >= first.amountOut).to.equal(true)
        expect(second.nextPrice <= first.nextPrice * (1 + 1e-9)).to.equal(true)
      }),
      { numRuns: 200, examples: [[[...GAP], false, 1n, 2n]] },
    )
  })

  it('goes on from the pools after a sale: two halves fetch what the whole fetches, but for rounding', () => {
    fc.assert(
      fc.property(anyPools, anySide, anySize(75), (specs, side, size) => {
        const bids = specs.map((spec) => bid(spec, side))
        const first = sellAcross(bids, size)
        const second = sellAcross(first.after, size)
        const whole = sellAcross(bids, 2n * size)
        const [ins, outs] = [first, second].reduce(
          ([i, o], { amountIn, amountOut }) => [i - amountIn, o - amountOut] as const,
          [whole.amountIn, whole.amountOut] as const,
        )
        for (const difference of [ins, outs])
          expect(Math.abs(Number(difference))).to.be.at.most(Number(2n * grain(specs, whole.amountIn)))
      }),
      { numRuns: 200 },
    )
  })

  it('drains all of its pools, each to the wei', () => {
    fc.assert(
      fc.property(anyPools, anySide, (specs, side) => {
        const bids = specs.map((spec) => bid(spec, side))
        const all = 2n ** 200n
        const drained = bids.map((one) => one.sell(all))
        const spread = sellAcross(bids, all)
        expect(spread.whole).to.equal(false)
        expect(spread.amountOut).to.equal(drained.reduce((sum, { amountOut }) => sum + amountOut, 0n))
        expect(spread.amountIn).to.equal(drained.reduce((sum, { amountIn }) => sum + amountIn, 0n))
      }),
      { numRuns: 100 },
    )
  })

  it('finds the largest size that pays: one unit more does not', () => {
    fc.assert(
      fc.property(
        anyPools,
        anySide,
        fc.bigInt({ min: WAD / 200n, max: WAD / 5n }),
        anySize(60),
        (specs, side, bonusWad, gas) => {
          const bids = specs.map((spec) => bid(spec, side))
          const sell: Sell = (size) => sellAcross(bids, size)
          const pays = (size: bigint): boolean => {
            const { amountOut, whole } = sell(size)
            return whole && amountOut * WAD >= gas * WAD + size * (WAD - bonusWad)
          }
          const largest = largestSize(sell, { price: one, bonusWad, gas })
          if (largest > 0n) expect([pays(largest), pays(largest + 1n)]).to.deep.equal([true, false])
          else for (let size = 1n; size < 2n ** 90n; size *= 2n) expect(pays(size), `${size}`).to.equal(false)
        },
      ),
      { numRuns: 100, examples: [[[...DRY], false, WAD / 200n, 1n]] },
    )
  })

  it('sells through a second market what the first one pays', () => {
    const first: Sell = (size) => sellAcross([bid(wide(10n ** 24n, 500, 10), true)], size)
    const second: Sell = (size) => sellAcross([bid(wide(10n ** 22n, 3000, 60), true)], size)
    const path = through(first, second)
    const size = 10n ** 21n
    const [half, whole] = [first(size), path(size)]
    expect(whole.amountOut).to.equal(second(half.amountOut).amountOut)
    expect(whole).to.deep.include({ amountIn: size, whole: true })
    expect(whole.nextPrice).to.equal(half.nextPrice * second(half.amountOut).nextPrice)
    const largest = largestSize(path, { price: one, bonusWad: WAD / 20n, gas: 0n })
    const alone = largestSize(second, { price: one, bonusWad: WAD / 20n, gas: 0n })
    expect(largest > 0n && largest < alone).to.equal(true)
  })
})
