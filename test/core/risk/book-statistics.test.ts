import { expect } from 'chai'
import fc from 'fast-check'
import { cohortsOf } from '../../../src/core/risk/cohorts.ts'
import { concentrationOf } from '../../../src/core/risk/concentration.ts'
import { deficitAfterUsd, unrealisedUsd } from '../../../src/core/risk/deficit.ts'
import { leverageOf } from '../../../src/core/risk/leverage.ts'
import { collateralOf, portraitOf } from '../../../src/core/risk/portrait.ts'
import { stressOf } from '../../../src/core/risk/stress.ts'
import { toxicityOf } from '../../../src/core/risk/toxicity.ts'
import { weightedQuantile } from '../../../src/core/risk/weighted-quantile.ts'
import { type AccountSpec, address, bookOf, reserve } from '../../protocols/aave-v3/world.ts'

const ETHER = 10n ** 18n
/** Ether on feed 7 (two of them), dollars of 6 decimals on feeds of their own. Everything costs a dollar. */
const reserves = [
  reserve({ root: 7n, ltBps: 8000 }),
  reserve({ root: 7n, ltBps: 9000, bonusBps: 11_000 }),
  reserve({ decimals: 6, ltBps: 7500 }),
  reserve({ decimals: 6, ltBps: 0, bonusBps: 0 }),
]
type Dollars = readonly (readonly [id: number, dollars: number])[]
const owing = (collaterals: Dollars, debts: Dollars): AccountSpec => {
  const units = (all: Dollars) => all.map(([id, usd]) => [id, BigInt(usd) * (id < 2 ? ETHER : 10n ** 6n)] as const)
  return { collaterals: units(collaterals), debts: units(debts) }
}
const portrait = (...accounts: AccountSpec[]) => {
  const found = portraitOf(bookOf({ reserves, accounts }))
  return { found, collateral: collateralOf(found) }
}

describe('leverage', () => {
  it('is C / (C − D), weighted by debt, with the debt near the line and the correlated part of it', () => {
    const { found, collateral } = portrait(
      owing([[0, 200]], [[2, 100]]), // 2, health 1.6
      owing([[0, 400]], [[2, 300]]), // 4, health 1.0667
      owing([[0, 100]], [[1, 75]]), // 4, health 1.0667, all of it correlated
      owing([[2, 1000]], [[2, 25]]), // 1.0256
      owing([[0, 5]], []),
    )
    const { aggregate, mean, p50, p90, below, correlatedShare } = leverageOf(found, collateral)
    expect(aggregate).to.be.closeTo(1700 / 1200, 1e-9)
    expect(mean).to.be.closeTo((100 * 2 + 375 * 4 + (25 * 1000) / 975) / 500, 1e-9)
    expect([p50, p90]).to.deep.equal([4, 4])
    expect(below).to.deep.equal([
      { health: 1.05, share: 0 },
      { health: 1.1, share: 0.75 },
      { health: 1.25, share: 0.75 },
    ])
    expect(correlatedShare).to.be.closeTo(100 / 500, 1e-12)
  })

  it('of whoever owes what he has is beyond any number, and of nobody is nothing', () => {
    const { found, collateral } = portrait(owing([[0, 100]], [[2, 100]]), owing([[0, 100]], [[2, 20]]))
    const { mean, p50, p99 } = leverageOf(found, collateral)
    expect([mean, p50, p99]).to.deep.equal([1.25, null, null])
    const empty = portrait(owing([[0, 1]], []))
    expect(leverageOf(empty.found, empty.collateral)).to.deep.include({
      aggregate: null,
      mean: null,
      p50: null,
      correlatedShare: 0,
    })
  })
})

describe('weighted quantiles', () => {
  it('are those of the values repeated by their weights', () => {
    const weighted = fc.array(
      fc.tuple(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.integer({ min: 0, max: 5 })),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(weighted, fc.integer({ min: 0, max: 100 }), (pairs, pct) => {
        const repeated = pairs
          .flatMap(([value, times]) => Array.from({ length: times }, () => value))
          .sort((a, b) => a - b)
        const expected = repeated[Math.max(0, Math.ceil((pct * repeated.length) / 100) - 1)] ?? null
        const [values, weights] = [pairs.map(([value]) => value), pairs.map(([, weight]) => weight)]
        expect(weightedQuantile(Float64Array.from(values), Float64Array.from(weights), pct / 100)).to.equal(expected)
      }),
      { numRuns: 300 },
    )
  })

  it('leave out what is not known', () => {
    expect(weightedQuantile(Float64Array.of(1, Number.NaN, 3), Float64Array.of(1, 9, Number.NaN), 0.9)).to.equal(1)
    expect(weightedQuantile(Float64Array.of(Number.NaN), Float64Array.of(1), 0.5)).to.equal(null)
  })
})

describe('concentration', () => {
  it('is of those who have anything', () => {
    const found = concentrationOf(Float64Array.of(0, 50, 30, Number.NaN, 20))
    expect(found).to.deep.include({ top1: 0.5, top5: 1, top10: 1, top50: 1 })
    expect(found?.hhi).to.be.closeTo(0.38, 1e-12)
    // Mean difference of 20, 30, 50: Σ|a − b| / (2 n² mean) = 120 / 600.
    expect(found?.gini).to.be.closeTo(0.2, 1e-12)
    expect(concentrationOf(Float64Array.of(0, Number.NaN))).to.equal(null)
  })

  it('rises with the number of the largest that are counted', () => {
    const amounts = fc.array(fc.double({ min: 1e-3, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 100 })
    fc.assert(
      fc.property(amounts, (values) => {
        const { top1, top5, top10, top50, hhi, gini } = concentrationOf(Float64Array.from(values)) ?? expect.fail()
        expect(0 < top1 && top1 <= top5 && top5 <= top10 && top10 <= top50 && top50 <= 1 + 1e-12).to.equal(true)
        expect(hhi).to.be.within(top1 ** 2 * (1 - 1e-12), top1 * (1 + 1e-12))
        expect(gini).to.be.within(-1e-12, 1)
      }),
    )
  })
})

describe('toxicity', () => {
  it('counts who is below 1 and made worse by a call, and what is lost whatever is done', () => {
    // Thresholds times bonus: 0.84 and 0.99.
    const { found } = portrait(
      owing([[0, 100]], [[2, 81]]), // 0.988: a call helps
      owing([[1, 100]], [[2, 91]]), // 0.989: a call harms, and 100 / 1.1 do not carry 91
      owing([[0, 100]], [[2, 98]]), // 0.816: harms, 100 / 1.05 = 95.238
      owing([[1, 100]], [[2, 50]]),
    )
    const { accounts, debtUsd, lossUsd } = toxicityOf(found)
    expect([accounts, debtUsd]).to.deep.equal([2, 189])
    expect(lossUsd).to.be.closeTo(91 - 100 / 1.1 + (98 - 100 / 1.05), 1e-6)
  })

  it('of one collateral is where a loss is certain: D/C above 1/(1+b)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 70, max: 130 }), fc.constantFrom(0, 1), (debt, id) => {
        const { found } = portrait(owing([[id, 100]], [[2, debt]]))
        const { accounts, lossUsd } = toxicityOf(found)
        expect(accounts > 0).to.equal(lossUsd > 1e-9)
      }),
    )
  })
})

describe('deficits', () => {
  it('unrealised is what is owed beyond what is held; after a fall what calls would leave', () => {
    const { found, collateral } = portrait(
      owing([[0, 100]], [[2, 120]]),
      owing(
        [
          [0, 100],
          [2, 50],
        ],
        [[2, 110]],
      ),
      owing([[2, 100]], [[0, 70]]),
    )
    expect(unrealisedUsd(found, collateral)).to.equal(20)
    expect(deficitAfterUsd(found, address(7), 0)).to.be.closeTo(120 - 100 / 1.05, 1e-6)
    expect(deficitAfterUsd(found, address(7), -0.5)).to.be.closeTo(120 - 50 / 1.05 + (110 - 100 / 1.05), 1e-6)
    // A rise of 50 % frees the long and makes the short owe 105.
    expect(deficitAfterUsd(found, address(7), 0.5)).to.be.closeTo(105 - 100 / 1.05, 1e-6)
  })
})

describe('cohorts', () => {
  it('are by debt, a bound belonging to the one above, with their leverage and health', () => {
    const { found, collateral } = portrait(
      owing([[0, 20_000]], [[2, 9_999]]),
      owing([[0, 20_000]], [[2, 10_000]]),
      owing([[0, 20_000]], [[2, 15_000]]),
      owing([[0, 40_000_000]], [[2, 10_000_000]]),
    )
    const cohorts = cohortsOf(found, collateral, (account) => account === 2)
    expect(cohorts.map(({ cohort, accounts, contracts }) => [cohort, accounts, contracts])).to.deep.equal([
      ['< 10k', 1, 0],
      ['10k–100k', 2, 1],
      ['100k–1M', 0, 0],
      ['1M–10M', 0, 0],
      ['> 10M', 1, 0],
    ])
    const second = cohorts[1] ?? expect.fail()
    expect([second.debtUsd, second.collateralUsd, second.leverage]).to.deep.equal([25_000, 40_000, 40 / 15])
    expect(second.healthMedian).to.be.closeTo((1.6 + 16 / 15) / 2, 1e-9)
    expect(second.thinShare).to.be.closeTo(0.6, 1e-12)
    expect(cohorts[2]).to.deep.include({ leverage: null, healthMedian: null, thinShare: null, debtUsd: 0 })
    expect(
      cohortsOf(found, collateral, (account) => (account === 2 ? undefined : true)).map((one) => one.contracts),
    ).to.deep.equal([1, null, 0, 0, 1])
  })
})

describe('stress of a reserve', () => {
  const all = { idleUsd: 20, borrowedUsd: 80, kink: 0.9, seized10Usd: 25 }
  for (const [what, facts, expected] of [
    ['all known', all, [100, 0.8, 0.9, -5]],
    ['no kink', { ...all, kink: null }, [100, 0.8, null, -5]],
    ['debt not known', { ...all, borrowedUsd: null, seized10Usd: null }, [null, null, 0.9, null]],
    ['nothing in it', { idleUsd: 0, borrowedUsd: 0, kink: 0.9, seized10Usd: 0 }, [0, null, 0.9, 0]],
  ] as const)
    it(`with ${what}`, () => {
      const { suppliedUsd, utilisation, kink, distanceToKink, idleAfter10Usd } = stressOf(facts)
      expect([suppliedUsd, utilisation, kink.value, idleAfter10Usd]).to.deep.equal(expected)
      const isKnown = utilisation !== null && kink.value !== null
      expect(distanceToKink.value === null).to.equal(!isKnown)
      if (isKnown) expect(distanceToKink.value).to.be.closeTo(0.1, 1e-12)
      else expect(distanceToKink.lacks).to.deep.equal(['utilisation'])
    })
})
