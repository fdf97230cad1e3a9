import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { WAD } from '../../../src/core/math.ts'
import { bestPrice, fallen, sellAcross, sellTo, slippageWad } from '../../../src/core/risk/depth.ts'
import { bidOf } from '../../../src/protocols/uniswap-v3/bid.ts'
import { Curve } from '../../../src/protocols/uniswap-v3/curve.ts'
import { getSqrtRatioAtTick, getTickAtSqrtRatio } from '../../../src/protocols/uniswap-v3/tick-math.ts'
import { published, publishedKey, publishedSpot, publishedTicks } from './published.ts'
import { liquidityAt } from './walk.ts'

const ticks = publishedTicks
const key = publishedKey
const spot = publishedSpot
const root = new URL('../../../', import.meta.url)
/** USDC, token0, has 6 decimals, WETH 18. */
const weth = bidOf(published.pool, new Curve(false, key, ticks), spot)

const priceUsd = ({ amountOut, amountIn }: { amountOut: bigint; amountIn: bigint }) =>
  (Number(amountOut) / Number(amountIn)) * 1e12

describe('the published pool, USDC/WETH 0.05 % of February 2026', () => {
  it('has the tick of its price, and a price of 2948.53', () => {
    expect(getTickAtSqrtRatio(spot.sqrtPriceX96)).to.equal(published.tick)
    const root = Number(spot.sqrtPriceX96) / 2 ** 96
    expect(1e12 / root ** 2).to.be.closeTo(2948.53, 0.005)
  })

  it('has as much liquidity at its tick as its ticks sum to', () => {
    const ours = liquidityAt(ticks, published.tick)
    const theirs = BigInt(published.liquidity)
    expect(Math.abs(Number(ours - theirs) / Number(theirs))).to.be.below(1e-12)
    for (const zeroForOne of [true, false])
      expect(new Curve(zeroForOne, key, ticks).liquidityAt(published.tick)).to.equal(ours)
  })

  /**
   * The author's own model, in floats and without fees: no oracle, but somebody else's arithmetic on the same ticks. It begins at
   * the price of the current tick, not of the pool, and, going down, counts every tick one below its place. Taken so, equal.
   */
  for (const [name, zeroForOne, late, decimals, rows] of [
    ['USDC', true, 1, 6, published.modelSellToken0],
    ['WETH', false, 0, 18, published.modelSellToken1],
  ] as const)
    it(`takes as much ${name} down to each price as the author's model says, by its conventions`, () => {
      const shifted = { ...ticks, index: ticks.index.map((tick) => tick - late) }
      const curve = new Curve(zeroForOne, { feePips: 0, tickSpacing: 1 }, shifted)
      const from = { sqrtPriceX96: getSqrtRatioAtTick(published.tick), tick: published.tick }
      for (const [sold, price] of rows) {
        const tick = Math.round(Math.log(price * 1e12) / Math.log(1.0001))
        const { amountIn } = curve.swap(from, 2n ** 200n, getSqrtRatioAtTick(tick))
        expect(Number(amountIn) / 10 ** decimals / sold, `${sold} ${name}`).to.be.closeTo(1, 1e-10)
      }
    })

  it('has the ladder of sizes that docs/depth.md shows', () => {
    const page = readFileSync(new URL('docs/depth.md', root), 'utf8')
    expect(page).to.include(ladder())
  })
})

/** Sizes of ether, what they fetch, and depth at each fall of the price. */
function ladder(): string {
  const bids = [weth]
  const price = bestPrice(bids)
  if (price === undefined) throw new Error('no pool')
  const mid = { amountOut: price.amountOut * 1_000_000n, amountIn: price.amountIn * BigInt(1_000_000 - published.fee) }
  const number = (value: number, digits: number) =>
    value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })
  const sizes = [1, 10, 100, 250, 500, 1000, 2500, 5000].map((ether) => {
    const { amountIn, amountOut, whole } = sellAcross(bids, BigInt(ether) * WAD)
    if (!whole || amountIn === 0n) throw new Error('not sold')
    const slippage = Number(slippageWad(amountIn, amountOut, mid)) / 1e16
    const average = priceUsd({ amountOut, amountIn })
    return `| ${number(ether, 0)} | ${number(Number(amountOut) / 1e6, 2)} | ${number(average, 2)} | ${slippage.toFixed(3)} % |`
  })
  const falls = [0.1, 0.5, 1, 2, 3, 5, 10].map((percent) => {
    const { amountIn, amountOut } = sellTo(bids, fallen(price, (WAD * BigInt(percent * 10)) / 1000n))
    return `| ${percent} % | ${number(Number(amountIn) / 1e18, 2)} | ${number(Number(amountOut) / 1e6, 0)} |`
  })
  return [
    '| WETH sold | USDC got | average price | slippage, fee included |',
    '| ---: | ---: | ---: | ---: |',
    ...sizes,
    '',
    '| price falls by δ | Q(δ), WETH | for USDC |',
    '| ---: | ---: | ---: |',
    ...falls,
  ].join('\n')
}
