import { expect } from 'chai'
import fc from 'fast-check'
import type { Address } from 'viem'
import { ewmaCovariance, type PricePoint } from '../../../src/core/risk/covariance.ts'
import { byRoot, chanceOfLiquidation, type Exposure, eulerWeights, sigmaOf } from '../../../src/core/risk/margin.ts'
import { normalBelow } from '../../../src/core/risk/normal.ts'

const series = (returns: readonly number[], from = 0): PricePoint[] => {
  let price = 100
  return [0, ...returns].map((moved, i) => {
    price *= Math.exp(moved)
    return { hour: from + i, price }
  })
}

describe('the normal distribution', () => {
  // By the C library's erfc.
  for (const [z, p] of [
    [0, 0.5],
    [-1, 0.158655253931457],
    [1, 0.841344746068543],
    [-1.959963984540054, 0.025],
    [-3, 0.00134989803163009],
    [-6, 9.86587645037698e-10],
    [-10, 7.61985302416053e-24],
    [8, 1],
  ] as const)
    it(`below ${z}`, () => expect(normalBelow(z) / p - 1).to.be.closeTo(0, 2e-7))

  it('is symmetric and rises', () => {
    const z = fc.double({ min: -30, max: 30, noNaN: true })
    fc.assert(
      fc.property(z, z, (a, b) => {
        expect(normalBelow(a) + normalBelow(-a)).to.be.closeTo(1, 2e-7)
        if (b - a > 1e-5) expect(normalBelow(b)).to.be.at.least(normalBelow(a))
      }),
    )
  })
})

describe('the covariance of feeds', () => {
  it('is the weighted mean of squares and products', () => {
    // Half-life of one hour: weights 1/4, 1/2, 1 of the oldest to the newest.
    const [a, b] = [
      [0.02, -0.01, 0.03],
      [0.01, 0.01, -0.02],
    ]
    const { matrix, returns, newestHour } = ewmaCovariance([series(a), series(b)], 1)
    const mean = (x: readonly number[], y: readonly number[]) =>
      x.reduce((sum, one, i) => sum + one * (y[i] as number) * 2 ** (i - 2), 0) / 1.75
    expect([returns, newestHour]).to.deep.equal([3, 3])
    for (const [i, x] of [a, b].entries())
      for (const [j, y] of [a, b].entries()) expect(matrix[i]?.[j]).to.be.closeTo(mean(x, y), 1e-15)
  })

  it('has no return over a gap, in either feed, and no price that is none', () => {
    const steady = series([0.01, 0.01, 0.01, 0.01, 0.01, 0.01])
    const gap = steady.filter(({ hour }) => hour !== 3)
    expect(ewmaCovariance([steady], 72).returns).to.equal(6)
    // The two returns that the missing hour ends and begins, rather than one of two hours.
    expect(ewmaCovariance([gap], 72).returns).to.equal(4)
    expect(ewmaCovariance([gap], 72).matrix[0]?.[0]).to.be.closeTo(0.0001, 1e-15)
    expect(ewmaCovariance([steady, gap], 72).returns).to.equal(4)
    const silent = steady.map((point) => (point.hour === 2 ? { ...point, price: 0 } : point))
    expect(ewmaCovariance([silent], 72).returns).to.equal(4)
    expect(ewmaCovariance([silent], 72).matrix[0]?.[0]).to.be.closeTo(0.0001, 1e-15)
  })

  it('weighs by age, not by place: what a gap leaves out ages all the same', () => {
    const calm = series(Array(50).fill(0.001))
    const wild = series(Array(50).fill(0.1), 100)
    const { matrix } = ewmaCovariance([[...calm, ...wild]], 10)
    const near = ewmaCovariance([wild], 10).matrix[0]?.[0] ?? 0
    expect(matrix[0]?.[0]).to.be.within(near * 0.999, near)
  })

  it('says when there is nothing', () => {
    for (const feeds of [[], [[]], [series([])], [series([0.1]), []]])
      expect(ewmaCovariance(feeds, 72).returns).to.equal(0)
  })

  it('gives no portfolio a negative variance, whatever is missing', () => {
    const moves = fc.array(fc.double({ min: -0.3, max: 0.3, noNaN: true }), { minLength: 1, maxLength: 30 })
    const feeds = fc.array(fc.tuple(moves, fc.infiniteStream(fc.boolean())), { minLength: 1, maxLength: 5 })
    const exposure = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 5, maxLength: 5 })
    fc.assert(
      fc.property(feeds, exposure, (some, all) => {
        const kept = some.map(([returns, keeps]) => series(returns).filter(() => keeps.next().value))
        const { matrix } = ewmaCovariance(kept, 5)
        const e = all.slice(0, kept.length)
        const variance = e.reduce(
          (sum, one, i) => sum + e.reduce((s, two, j) => s + one * two * (matrix[i]?.[j] ?? 0), 0),
          0,
        )
        expect(variance).to.be.at.least(-1e-9 * Math.max(...e.map((one) => one * one)))
        for (const [i, row] of matrix.entries())
          for (const [j, value] of row.entries()) expect(value).to.equal(matrix[j]?.[i])
      }),
    )
  })
})

describe('the margin of an account', () => {
  const [eth, btc] = ['0xe1', '0xb1'] as [Address, Address]
  const matrix = [
    [1e-4, 0.5e-4],
    [0.5e-4, 2e-4],
  ]

  it('is used up within a day twice as likely as it is at its end', () => {
    // σ a day: 100 · √(24 · 1e-4) = 4.899; the margin is two of them.
    const sigma = sigmaOf([100], [[1e-4]], 24)
    expect(sigma).to.be.closeTo(4.898979, 1e-6)
    expect(chanceOfLiquidation(2 * sigma, sigma)).to.be.closeTo(2 * 0.0227501319, 1e-8)
  })

  for (const [what, margin, sigma, chance] of [
    ['nothing is left', -1, 5, 1],
    ['it is on the line', 0, 5, 1],
    ['nothing moves', 1, 0, 0],
    ['nothing is left and nothing moves', -1, 0, 1],
  ] as const)
    it(`where ${what}: ${chance}`, () => expect(chanceOfLiquidation(margin, sigma)).to.be.closeTo(chance, 1e-7))

  it('is felt by feed: debts against collaterals of one feed', () => {
    const exposures: Exposure[] = [
      { root: eth, symbol: 'WETH', side: 'collateral', base: 80 },
      { root: btc, symbol: 'WBTC', side: 'collateral', base: 20 },
      { root: eth, symbol: 'wstETH', side: 'debt', base: -50 },
    ]
    expect(byRoot(exposures, [eth, btc])).to.deep.equal([30, 20])
    const weights = eulerWeights([30, 20], matrix)
    // (Σe) = (0.004, 0.0055); eᵀΣe = 0.23.
    expect(
      weights.map((one, i) => one * ([30, 20][i] as number)).map((share) => Math.round(share * 1e6)),
    ).to.deep.equal([521_739, 478_261])
  })

  it('is hedged by what moves along with the debt: its part is negative', () => {
    const weights = eulerWeights([100, -20], matrix)
    expect((weights[1] as number) * -20).to.be.below(0)
  })

  it('has no parts where nothing moves', () => expect(eulerWeights([0, 0], matrix)).to.deep.equal([]))

  /** Its variance is smaller than any float that has all its digits. */
  const TINY: [number[], number[][]] = [
    [0, -1.8110546063355154e-161, 0],
    [...Array.from({ length: 3 }, () => [0, 0, 0]), [0, -0.1698954642667159, 0]],
  ]
  it('is divided without rest, and grows with the square root of time', () => {
    const exposure = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 3, maxLength: 3 })
    const moves = fc.array(fc.tuple(...Array(3).fill(fc.double({ min: -0.2, max: 0.2, noNaN: true }))), {
      minLength: 4,
      maxLength: 20,
    })
    fc.assert(
      fc.property(exposure, moves, (e, returns) => {
        const feeds = [0, 1, 2].map((i) => series(returns.map((row) => row[i] as number)))
        const { matrix: sigma } = ewmaCovariance(feeds, 24)
        const day = sigmaOf(e, sigma, 24)
        fc.pre(day > 1e-3 * Math.max(...e.map(Math.abs)))
        const shares = eulerWeights(e, sigma).map((weight, i) => weight * (e[i] as number))
        expect(shares.reduce((sum, share) => sum + share, 0)).to.be.closeTo(1, 1e-9)
        expect(sigmaOf(e, sigma, 96) / day).to.be.closeTo(2, 1e-9)
      }),
      { examples: [TINY] },
    )
  })
})
