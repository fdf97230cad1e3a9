import { expect } from 'chai'
import fc from 'fast-check'
import {
  type Attempt,
  type Chance,
  chanceOfBeingFirst,
  expectedEarnings,
  type RaceModel,
  raceAssumptions,
} from '../../src/core/race.ts'
import { RACE_ARBITRUM_2023 } from '../../src/core/race-table.ts'

/** 20 winners: 2 in the update's block, 10 one later, 4 two or three later, 4 in blocks 4 to 11. */
const MODEL: RaceModel = {
  blockTimeS: 0.25,
  buckets: [
    { fromBlocks: 0, toBlocks: 0, count: 2 },
    { fromBlocks: 1, toBlocks: 1, count: 10 },
    { fromBlocks: 2, toBlocks: 3, count: 4 },
    { fromBlocks: 4, toBlocks: 11, count: 4 },
  ],
  designEffect: 1,
  tieSharePpm: 500_000n,
}
const SURE = 1_000_000n
const USD = 10n ** 8n

const chances = (model: RaceModel, blockTimeS?: number): readonly Chance[] =>
  Array.from({ length: 130 }, (_, late) => chanceOfBeingFirst(model, late, blockTimeS))

describe('the chance of being first', () => {
  for (const [late, lost, point, won] of [
    [0, 900_000n, 950_000n, 1_000_000n], // 18 of 20 are later, 2 tie
    [1, 400_000n, 650_000n, 900_000n], // 8 later, 10 tie
    [2, 300_000n, 350_000n, 400_000n], // half of the bucket 2 to 3 ties: 6 later, 2 tie
    [3, 200_000n, 250_000n, 300_000n],
    [4, 175_000n, 187_500n, 200_000n], // an eighth of 4 ties
    [11, 0n, 12_500n, 25_000n],
    [12, 0n, 0n, 0n],
    [1000, 0n, 0n, 0n],
  ] as const)
    it(`${late} blocks late is what a hand counts`, () => {
      const { ppm, tiesLostPpm, tiesWonPpm } = chanceOfBeingFirst(MODEL, late)
      expect([tiesLostPpm, ppm, tiesWonPpm]).to.deep.equal([lost, point, won])
    })

  it('translates blocks by time: a block four times as long gathers four of theirs', () => {
    const own = chanceOfBeingFirst(MODEL, 1, 1) // blocks 1 to 4 tie: 10 + 4 + 0.5; 3.5 are later
    expect([own.tiesLostPpm, own.tiesWonPpm, own.ppm]).to.deep.equal([175_000n, 900_000n, 537_500n])
    const half = chanceOfBeingFirst(MODEL, 2, 0.125) // from half of block 1 to its end
    expect([half.tiesLostPpm, half.tiesWonPpm]).to.deep.equal([400_000n, 650_000n])
  })

  it("has Wilson's interval at 95 %", () => {
    // Wilson, 8 of 20 without ties: 0.21880 to 0.61342 (e.g. Brown, Cai, DasGupta 2001).
    const { ppm, lowPpm, highPpm } = chanceOfBeingFirst({ ...MODEL, tieSharePpm: 0n }, 1)
    expect(ppm).to.equal(400_000n)
    expect(Number(lowPpm)).to.be.closeTo(218_800, 20)
    expect(Number(highPpm)).to.be.closeTo(613_420, 20)
  })

  it('widens by the design effect as by fewer observations', () => {
    const quarter = { ...MODEL, buckets: MODEL.buckets.map((one) => ({ ...one, count: one.count / 2 })) }
    expect(chanceOfBeingFirst({ ...MODEL, designEffect: 2 }, 1)).to.deep.equal(chanceOfBeingFirst(quarter, 1))
  })

  it('never knows nothing to be impossible: no winner so late is not a chance of zero', () => {
    const { lowPpm, highPpm } = chanceOfBeingFirst(MODEL, 12)
    expect([lowPpm, highPpm > 100_000n]).to.deep.equal([0n, true])
  })

  it('refuses what is no lateness, no block time, no model', () => {
    for (const late of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => chanceOfBeingFirst(MODEL, late)).to.throw(RangeError, /lateness/)
    for (const time of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => chanceOfBeingFirst(MODEL, 1, time)).to.throw(RangeError, /block time/)
    expect(() => chanceOfBeingFirst({ ...MODEL, buckets: [] }, 1)).to.throw(RangeError, /without observations/)
  })

  it('falls with lateness, rises with the share of ties, and lies within its bounds', () => {
    fc.assert(
      fc.property(model(), fc.constantFrom(0.125, 0.25, 0.4, 2, 12), (any, blockTimeS) => {
        const all = chances(any, blockTimeS)
        all.forEach(({ ppm, lowPpm, highPpm, tiesLostPpm, tiesWonPpm }, late) => {
          const order = [0n, lowPpm, ppm, highPpm, SURE]
          expect(order).to.deep.equal(order.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
          expect(tiesLostPpm <= ppm && ppm <= tiesWonPpm, `ties at ${late}`).to.equal(true)
          const before = all[late - 1]
          if (before === undefined) return
          expect(ppm <= before.ppm && lowPpm <= before.lowPpm && highPpm <= before.highPpm).to.equal(true)
          expect(tiesWonPpm, 'who wins all ties loses to earlier blocks only').to.equal(before.tiesLostPpm)
        })
      }),
      { numRuns: 50 },
    )
  })
})

describe('expected earnings', () => {
  const attempt = (usd: bigint, latenessBlocks: number, cost = 0n): Attempt => ({
    netUsd8: usd * USD,
    costIfLostUsd8: cost * USD,
    latenessBlocks,
  })

  it('of two attempts are what a hand counts', () => {
    const found = expectedEarnings([attempt(100n, 1), attempt(40n, 2, 2n)], MODEL)
    expect(found.expectedUsd8).to.equal((65n + 14n) * USD - 130_000_000n) // 100 · 0.65 + 40 · 0.35 − 2 · 0.65
    expect([found.attempts, found.allWonUsd8, found.allLostUsd8]).to.deep.equal([2, 140n * USD, -2n * USD])
    // √(100² · 0.65 · 0.35 + 42² · 0.35 · 0.65) and √(…) + √(…): 142 · √0.2275
    expect(Number(found.independent.deviationUsd8) / 1e8).to.be.closeTo(51.7331, 1e-4)
    expect(Number(found.correlated.deviationUsd8) / 1e8).to.be.closeTo(67.7297, 1e-4)
  })

  it('of one attempt have the deviation of one draw, either way', () => {
    const { independent, correlated } = expectedEarnings([attempt(100n, 1)], MODEL)
    expect(independent.deviationUsd8).to.equal(correlated.deviationUsd8)
    expect([correlated.lowUsd8, correlated.highUsd8]).to.deep.equal([0n, 100n * USD])
  })

  it('of none are nothing', () => {
    const nothing = { deviationUsd8: 0n, lowUsd8: 0n, highUsd8: 0n }
    expect(expectedEarnings([], MODEL)).to.deep.equal({
      attempts: 0,
      allWonUsd8: 0n,
      allLostUsd8: 0n,
      expectedUsd8: 0n,
      expectedLowUsd8: 0n,
      expectedHighUsd8: 0n,
      independent: nothing,
      correlated: nothing,
    })
  })

  it('take the block time of the chain', () => {
    const slow = expectedEarnings([attempt(100n, 1)], MODEL, 1)
    expect(slow.expectedUsd8).to.equal((5375n * USD) / 100n)
  })

  it('many independent attempts scatter less than one draw for all', () => {
    const many = Array.from({ length: 400 }, () => attempt(10n, 1))
    const { independent, correlated } = expectedEarnings(many, MODEL)
    expect(correlated.deviationUsd8 / independent.deviationUsd8).to.equal(19n) // √400, less what is rounded up
    expect([correlated.lowUsd8, correlated.highUsd8]).to.deep.equal([0n, 4000n * USD])
  })

  it('are linear in the amounts, and in order', () => {
    fc.assert(
      fc.property(fc.array(anAttempt(), { maxLength: 30 }), fc.bigInt({ min: 1n, max: 1000n }), (attempts, factor) => {
        const one = expectedEarnings(attempts, MODEL)
        const scaled = attempts.map(({ netUsd8, costIfLostUsd8 = 0n, latenessBlocks }) => ({
          netUsd8: netUsd8 * factor,
          costIfLostUsd8: costIfLostUsd8 * factor,
          latenessBlocks,
        }))
        const more = expectedEarnings(scaled, MODEL)
        // Rounded down once, at the end: short of the multiple by less than the factor.
        const gain = more.expectedUsd8 - one.expectedUsd8 * factor
        expect(gain >= 0n && gain < factor).to.equal(true)
        for (const { lowUsd8, highUsd8 } of [one.independent, one.correlated])
          expect(lowUsd8 <= one.expectedUsd8 && one.expectedUsd8 <= highUsd8).to.equal(true)
        expect(one.expectedLowUsd8 <= one.expectedUsd8 && one.expectedUsd8 <= one.expectedHighUsd8).to.equal(true)
        expect(one.independent.deviationUsd8 <= one.correlated.deviationUsd8).to.equal(true)
      }),
    )
  })

  it('add up: of two lists together as of each', () => {
    fc.assert(
      fc.property(fc.array(anAttempt()), fc.array(anAttempt()), (a, b) => {
        const [left, right, both] = [a, b, [...a, ...b]].map((list) => expectedEarnings(list, MODEL).expectedUsd8)
        const rest = (both ?? 0n) - (left ?? 0n) - (right ?? 0n)
        expect(rest === 0n || rest === 1n).to.equal(true)
      }),
    )
  })

  it('keep every digit of amounts beyond a double', () => {
    const huge = 2n ** 200n + 1n
    const sure: RaceModel = { ...MODEL, buckets: [{ fromBlocks: 0, toBlocks: 0, count: 1 }], tieSharePpm: SURE }
    expect(expectedEarnings([{ netUsd8: huge, latenessBlocks: 0 }], sure).expectedUsd8).to.equal(huge)
  })
})

describe('the table of Arbitrum', () => {
  it('has buckets in order, without gaps', () => {
    RACE_ARBITRUM_2023.buckets.forEach(({ fromBlocks, toBlocks }, i, all) => {
      expect(fromBlocks).to.equal(i === 0 ? 0 : (all[i - 1]?.toBlocks ?? 0) + 1)
      expect(toBlocks >= fromBlocks).to.equal(true)
    })
  })

  it('gives the chances of the past: 29.2 % come later than one block, ten of 686 in the first', () => {
    expect(chanceOfBeingFirst(RACE_ARBITRUM_2023, 1).tiesLostPpm).to.equal(291_545n) // 200 of 686
    expect(chanceOfBeingFirst(RACE_ARBITRUM_2023, 0).tiesLostPpm).to.equal(985_422n) // 676 of 686
  })

  it('says what it assumes', () => {
    const text = raceAssumptions(RACE_ARBITRUM_2023, 2).join('\n')
    expect(text).to.include('686 past winners, worth 54').and.include('2 s, 8 of theirs').and.include('50 %')
  })
})

const model = (): fc.Arbitrary<RaceModel> =>
  fc
    .record({
      widths: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }),
      counts: fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 9, maxLength: 9 }),
      designEffect: fc.double({ min: 1, max: 30, noNaN: true }),
      tieSharePpm: fc.bigInt({ min: 0n, max: SURE }),
    })
    .map(({ widths, counts, designEffect, tieSharePpm }) => {
      let next = 1
      const later = widths.map((width, i) => {
        const fromBlocks = next
        next += width
        return { fromBlocks, toBlocks: next - 1, count: counts[i + 1] ?? 0 }
      })
      const first = { fromBlocks: 0, toBlocks: 0, count: (counts[0] ?? 0) + 1 }
      return { blockTimeS: 0.25, buckets: [first, ...later], designEffect, tieSharePpm }
    })

const anAttempt = (): fc.Arbitrary<Attempt> =>
  fc.record({
    netUsd8: fc.bigInt({ min: -(10n ** 10n), max: 10n ** 15n }),
    costIfLostUsd8: fc.bigInt({ min: 0n, max: 10n ** 10n }),
    latenessBlocks: fc.nat(15),
  })
