import { expect } from 'chai'
import * as fc from 'fast-check'
import type { Address } from 'viem'
import { WAD } from '../../../src/core/math.ts'
import { ratioWad, Trading } from '../../../src/core/risk/trading.ts'
import { assetOf } from '../../protocols/aave-v3/world.ts'
import { poolAddress, poolsOf, type WidePool } from './pool-stage.ts'

const [ETHER, DOLLAR, OTHER, HUB] = [0, 1, 2, 3].map(assetOf) as [Address, Address, Address, Address]
const UNIT = 10n ** 18n
const everything = new Set([ETHER, DOLLAR, OTHER, HUB])

/** 2,000 dollars an ether, all with 18 decimals. */
const etherDollar: WidePool = { assets: [ETHER, DOLLAR], price: [2000n, 1n], liquidity: 10n ** 23n }
const dollarOther: WidePool = { assets: [DOLLAR, OTHER], feePips: 100, price: [1n, 1n], liquidity: 10n ** 25n }
const open = (...pools: WidePool[]) => new Trading(poolsOf(pools))

describe('trading in thought', () => {
  it('finds the next sale the pool that the last one left, in either direction', () => {
    const trading = open(etherDollar)
    const once = trading.sell(ETHER, DOLLAR, 10n * UNIT, everything)
    const again = trading.sell(ETHER, DOLLAR, 10n * UNIT, everything)
    expect((again?.received ?? 0n) < (once?.received ?? 0n)).to.equal(true)
    const back = trading.sell(DOLLAR, ETHER, (once?.received ?? 0n) + (again?.received ?? 0n), everything)
    expect((back?.received ?? 0n) < 20n * UNIT).to.equal(true)
    expect((back?.received ?? 0n) > (20n * UNIT * 993n) / 1000n).to.equal(true)
  })

  it('leaves the book as it was', () => {
    const book = poolsOf([etherDollar])
    const before = book.bids(ETHER, DOLLAR)[0]?.sell(UNIT).amountOut
    new Trading(book).sell(ETHER, DOLLAR, 100n * UNIT, everything)
    expect(book.bids(ETHER, DOLLAR)[0]?.sell(UNIT).amountOut).to.equal(before)
  })

  it('goes through a hub where that pays more, or where there is no other way', () => {
    const dear: WidePool = { ...etherDollar, assets: [ETHER, OTHER], liquidity: 10n ** 20n }
    const sold = open(etherDollar, dollarOther, dear).sell(ETHER, OTHER, 10n * UNIT, everything)
    expect(sold?.trades.map(({ pool }) => pool)).to.deep.equal([poolAddress(0), poolAddress(1)])
    const small = open(etherDollar, dollarOther, dear).sell(ETHER, OTHER, UNIT / 10_000n, everything)
    expect(small?.trades.map(({ pool }) => pool)).to.deep.equal([poolAddress(2)])
    const only = open(etherDollar, dollarOther).sell(ETHER, OTHER, UNIT, everything)
    expect(only?.trades).to.have.length(2)
    expect(only?.trades[1]?.amountIn).to.equal(only?.trades[0]?.amountOut)
  })

  it('knows no way through an asset that nobody named, and none where there is no pool', () => {
    expect(open(etherDollar, dollarOther).sell(ETHER, OTHER, UNIT, new Set([ETHER, OTHER]))).to.equal(undefined)
    expect(open(etherDollar).sell(ETHER, OTHER, UNIT, everything)).to.equal(undefined)
  })

  it('sells what it can, and says what is left on the way', () => {
    const dry = open({ ...etherDollar, reach: 600 })
    const part = dry.sell(ETHER, DOLLAR, 10n ** 9n * UNIT, everything)
    expect((part?.sold ?? 0n) > 0n && (part?.sold ?? 0n) < 10n ** 9n * UNIT).to.equal(true)
    expect(dry.sell(ETHER, DOLLAR, UNIT, everything)?.sold).to.equal(0n)
    const short = open(etherDollar, { ...dollarOther, liquidity: 10n ** 21n, reach: 60 })
    const stranded = short.sell(ETHER, OTHER, 100n * UNIT, everything)
    expect(stranded?.sold).to.equal(100n * UNIT)
    expect(stranded?.stranded?.asset).to.equal(DOLLAR)
    const [first, second] = stranded?.trades ?? []
    expect(stranded?.stranded?.amount).to.equal((first?.amountOut ?? 0n) - (second?.amountIn ?? 0n))
  })

  it('prefers a way that takes all of it to one that pays more for a part', () => {
    const dry = { ...etherDollar, assets: [ETHER, OTHER] as const, price: [9000n, 1n] as const, reach: 60 }
    const sold = open({ ...dry, liquidity: 10n ** 21n }, etherDollar, dollarOther).sell(
      ETHER,
      OTHER,
      50n * UNIT,
      everything,
    )
    expect(sold?.sold).to.equal(50n * UNIT)
    expect(sold?.trades.map(({ pool }) => pool)).to.deep.equal([poolAddress(1), poolAddress(2)])
  })

  it('has arbitrageurs move each pool by the quotient of its assets’ factors', () => {
    const anyFactor = fc.bigInt({ min: WAD / 10n, max: 3n * WAD })
    fc.assert(
      fc.property(anyFactor, anyFactor, fc.boolean(), (ether, dollar, isTurned) => {
        const spec = isTurned
          ? { ...etherDollar, assets: [OTHER, ETHER] as const, price: [1n, 2000n] as const }
          : etherDollar
        const trading = open(spec)
        const quote = isTurned ? OTHER : DOLLAR
        const price = () => trading.bids(ETHER, quote)[0]?.price ?? expect.fail()
        const before = price()
        const trades = trading.arbitrage((asset) => (asset === ETHER ? ether : dollar))
        const moved = Number(ratioWad(price(), before)) / 1e18
        expect(moved / (Number(ether) / Number(dollar))).to.be.closeTo(1, 1e-9)
        expect(trades).to.have.length(ether === dollar ? 0 : 1)
      }),
    )
  })

  it('has nobody trade against an asset of which nothing is known', () => {
    expect(open(etherDollar).arbitrage((asset) => (asset === ETHER ? WAD / 2n : undefined))).to.deep.equal([])
    expect(open(etherDollar).arbitrage(() => WAD / 2n)).to.deep.equal([])
  })
})
