import { expect } from 'chai'
import fc from 'fast-check'
import { branchingRatio } from '../../../src/core/risk/branching.ts'
import { before, run } from '../../../src/core/risk/hour.ts'
import { gini, hhi, topShare } from '../../../src/core/risk/inequality.ts'
import { median, quantile } from '../../../src/core/risk/quantile.ts'
import { ewmaVolatility } from '../../../src/core/risk/volatility.ts'
import { hoursFrom } from './hours.ts'

const amounts = fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 40 })
const some = amounts.filter((values) => values.some((value) => value > 1e-3))

describe('quantiles', () => {
  // R: quantile(c(1, 2, 4, 8), c(0, .25, .5, .75, .9, 1)), type 7.
  for (const [q, value] of [
    [0, 1],
    [0.25, 1.75],
    [0.5, 3],
    [0.75, 5],
    [0.9, 6.8],
    [1, 8],
  ] as const)
    it(`${q} of 8, 1, 4, 2 is ${value}`, () => {
      expect(quantile([8, 1, 4, 2], q)).to.be.closeTo(value, 1e-12)
    })

  it('of nothing are null; of other than 0 to 1 there are none', () => {
    expect(median([])).to.equal(null)
    expect(() => quantile([1], 1.1)).to.throw(RangeError)
    expect(() => quantile([1], Number.NaN)).to.throw(RangeError)
  })

  it('rise with q and lie between the least and the largest', () => {
    fc.assert(
      fc.property(
        amounts,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, a, b) => {
          const [low, high] = [quantile(values, Math.min(a, b)) ?? 0, quantile(values, Math.max(a, b)) ?? 0]
          expect(low).to.be.at.least(Math.min(...values))
          expect(high).to.be.at.most(Math.max(...values))
          expect(low).to.be.at.most(high)
        },
      ),
    )
  })

  it('leave their values in order', () => {
    const values = [3, 1, 2]
    median(values)
    expect(values).to.deep.equal([3, 1, 2])
  })
})

describe('volatility', () => {
  it('of prices that change by the same factor is that factor’s logarithm', () => {
    for (const sigma of ewmaVolatility([100, 110, 100, 110, 121], 6)) expect(sigma).to.be.closeTo(Math.log(1.1), 1e-12)
  })

  it('halves its weight in the half-life', () => {
    const quiet = Array.from({ length: 12 }, () => 110)
    const after = ewmaVolatility([100, 110, ...quiet], 6)
    const variance = (i: number): number => (after[i] ?? 0) ** 2
    expect(variance(6) / variance(0)).to.be.closeTo(0.5, 1e-12)
    expect(variance(12) / variance(0)).to.be.closeTo(0.25, 1e-12)
  })

  it('needs two prices', () => {
    expect(ewmaVolatility([], 6)).to.deep.equal([])
    expect(ewmaVolatility([1], 6)).to.deep.equal([])
  })
})

describe('the branching ratio', () => {
  it('is null without events, 0 for counts as even as chance or more', () => {
    expect(branchingRatio([])).to.equal(null)
    expect(branchingRatio([5])).to.equal(null)
    expect(branchingRatio([0, 0, 0])).to.equal(null)
    expect(branchingRatio([4, 4, 4, 4])).to.equal(0)
  })

  it('of counts 0 and 8 in turn: mean 4, variance 64/3', () => {
    expect(branchingRatio([0, 8, 0, 8])).to.be.closeTo(1 - Math.sqrt(4 / (64 / 3)), 1e-12)
  })

  it('of k events in one of n bins is 1 − 1/√k', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 10_000 }), fc.integer({ min: 2, max: 200 }), (k, n) => {
        const counts = [k, ...Array.from({ length: n - 1 }, () => 0)]
        expect(branchingRatio(counts)).to.be.closeTo(1 - 1 / Math.sqrt(k), 1e-9)
      }),
    )
  })

  /** Of every event a geometric number of others in the same bin: a Hawkes process that is much quicker than a bin. */
  for (const n of [0, 0.3, 0.6, 0.8])
    it(`finds ${n} again in clusters that were made with it`, () => {
      let state = 12345
      const random = (): number => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        return state / 2 ** 32
      }
      const poisson = (rate: number): number => {
        let count = 0
        for (let product = random(); product > Math.exp(-rate); product *= random()) count++
        return count
      }
      const cluster = (): number => {
        let size = 0
        for (let generation = 1; generation > 0; ) {
          size += generation
          generation = poisson(n * generation)
        }
        return size
      }
      const counts = Array.from({ length: 20_000 }, () => {
        let all = 0
        for (let i = poisson(2); i > 0; i--) all += cluster()
        return all
      })
      expect(branchingRatio(counts)).to.be.closeTo(n, 0.03)
    })
})

describe('inequality', () => {
  for (const [values, g, h, top] of [
    [[1, 1, 1, 1], 0, 0.25, 0.25],
    [[0, 0, 0, 7], 0.75, 1, 1],
    [[1, 2, 3, 4], 0.25, 0.3, 0.4],
    [[5], 0, 1, 1],
    [[50, 30, 20], 0.2, 0.38, 0.5],
  ] as const)
    it(`of ${values}: Gini ${g}, HHI ${h}, largest ${top}`, () => {
      expect(gini(values)).to.be.closeTo(g, 1e-12)
      expect(hhi(values)).to.be.closeTo(h, 1e-12)
      expect(topShare(values, 1)).to.be.closeTo(top, 1e-12)
    })

  it('of nothing is null, of debts below nothing an error', () => {
    for (const measure of [gini, hhi, (values: number[]) => topShare(values, 1)]) {
      expect(measure([])).to.equal(null)
      expect(measure([0, 0])).to.equal(null)
      expect(() => measure([1, -1])).to.throw(RangeError)
      expect(() => measure([Number.NaN])).to.throw(RangeError)
    }
  })

  it('does not depend on order or unit; is bounded; all of them are all', () => {
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 1000 }), (values, unit) => {
        const n = values.length
        const scaled = values.map((value) => value * unit).reverse()
        for (const measure of [gini, hhi, (all: readonly number[]) => topShare(all, 3)])
          expect(measure(scaled)).to.be.closeTo(measure(values) ?? -1, 1e-9)
        expect(gini(values)).to.be.within(-1e-12, (n - 1) / n + 1e-12)
        expect(hhi(values)).to.be.within(1 / n - 1e-12, 1 + 1e-12)
        expect(topShare(values, n)).to.be.closeTo(1, 1e-12)
      }),
    )
  })

  it('grows when a poorer one gives to a richer one', () => {
    fc.assert(
      fc.property(
        some.filter((values) => values.length > 1),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, part) => {
          const sorted = values.toSorted((a, b) => a - b)
          const moved = (sorted[0] ?? 0) * part
          const after = sorted.with(0, (sorted[0] ?? 0) - moved).with(-1, (sorted.at(-1) ?? 0) + moved)
          expect(gini(after)).to.be.at.least((gini(values) ?? 0) - 1e-9)
          expect(hhi(after)).to.be.at.least((hhi(values) ?? 0) - 1e-9)
        },
      ),
    )
  })
})

describe('windows of hours', () => {
  const hours = hoursFrom(100, 10).filter(({ hour }) => hour !== 105)
  const numbers = (found: readonly { readonly hour: number }[] | undefined) => found?.map(({ hour }) => hour)

  it('before an hour are without it, and skip what was not watched', () => {
    expect(numbers(before(hours, 107, 4))).to.deep.equal([103, 104, 106])
    expect(numbers(before(hours, 100, 4))).to.deep.equal([])
    expect(numbers(before(hours, 500, 1000))).to.have.length(9)
  })

  it('in a row are with it, and all watched', () => {
    expect(numbers(run(hours, 104, 3))).to.deep.equal([102, 103, 104])
    expect(run(hours, 107, 3)).to.equal(undefined)
    expect(run(hours, 101, 3)).to.equal(undefined)
  })
})
