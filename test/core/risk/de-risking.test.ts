import { expect } from 'chai'
import fc from 'fast-check'
import { changeBefore, cohortOf, fallsOf, isProtection, type RiskEvent } from '../../../src/core/risk/de-risking.ts'
import { hoursFrom } from './hours.ts'

const USD = 10n ** 8n
const health = (value: number): bigint => BigInt(Math.round(value * 1000)) * 10n ** 15n
const event = (over: Partial<RiskEvent> = {}): RiskEvent => ({
  ...{ kind: 'repay', account: 'a', cohort: '10k–100k', usd8: 5n * USD },
  ...{ healthBefore: health(1.2), healthAfter: health(1.3) },
  ...over,
})

describe('cohorts', () => {
  for (const [usd, cohort] of [
    [0n, '< 10k'],
    [9_999n, '< 10k'],
    [10_000n, '10k–100k'],
    [100_000n, '100k–1M'],
    [1_000_000n, '1M–10M'],
    [9_999_999n, '1M–10M'],
    [10_000_000n, '> 10M'],
    [10n ** 12n, '> 10M'],
  ] as const)
    it(`a debt of ${usd} is ${cohort}`, () => {
      expect(cohortOf(usd * USD)).to.equal(cohort)
    })
})

describe('protection', () => {
  for (const [what, over, protects] of [
    ['a repay from 1.2 to 1.3', {}, true],
    ['a supply from 1.2 to 1.21', { kind: 'supply', healthAfter: health(1.21) }, true],
    ['a repay of all', { healthAfter: null }, true],
    ['a repay at 1.25', { healthBefore: health(1.25) }, false],
    ['a supply that lifts nothing', { kind: 'supply', healthAfter: health(1.2) }, false],
    ['a liquidation', { kind: 'liquidated' }, false],
    ['a supply without debt', { kind: 'supply', healthBefore: null }, false],
  ] as const)
    it(`${what}: ${protects}`, () => {
      expect(isProtection(event(over))).to.equal(protects)
    })
})

describe('falls', () => {
  const prices = (...usd: readonly number[]) => hoursFrom(0, usd.length, (i) => ({ oraclePriceUsd: usd[i] ?? 0 }))

  for (const [what, usd, found] of [
    ['a tenth within the window', [100, 95, 90], [[0, 2]]],
    ['less than a tenth', [100, 95, 91], []],
    ['the high is out of the window', [100, 99, 98, 97, 96, 95, 90], []],
    ['no fall at all', [100, 100, 100], []],
    [
      'two in a row',
      [100, 90, 80],
      [
        [0, 1],
        [1, 2],
      ],
    ],
    [
      'two with a rise between',
      [100, 90, 100, 90],
      [
        [0, 1],
        [2, 3],
      ],
    ],
    ['from the highest, not the first', [95, 100, 92, 90], [[1, 3]]],
  ] as const)
    it(`${what}`, () => {
      expect(fallsOf(prices(...usd), 0.1, 4).map(({ startHour, hour }) => [startHour, hour])).to.deep.equal(found)
    })

  it('see the lowest round of an hour that closes where it began', () => {
    const [first, second] = prices(100, 100)
    if (!first || !second) throw new Error('two hours')
    expect(fallsOf([first, { ...second, oracleLowUsd: 85 }], 0.1, 24)).to.deep.equal([
      { startHour: 0, hour: 1, depth: 1 - 85 / 100 },
    ])
  })

  it('are as deep as asked, and within the window', () => {
    const path = fc.array(fc.double({ min: 0.8, max: 1.2, noNaN: true }), { minLength: 2, maxLength: 100 })
    fc.assert(
      fc.property(path, fc.integer({ min: 1, max: 24 }), (steps, within) => {
        let usd = 100
        const hours = prices(...steps.map((step) => (usd *= step)))
        for (const { startHour, hour, depth } of fallsOf(hours, 0.15, within)) {
          expect(depth).to.be.at.least(0.15 - 1e-12)
          expect(hour - startHour).to.be.within(1, within)
          const high = Math.max(...hours.slice(startHour, hour).map(({ oraclePriceUsd }) => oraclePriceUsd))
          expect(hours[startHour]?.oraclePriceUsd).to.equal(high)
        }
      }),
    )
  })
})

describe('debt before a fall', () => {
  const fall = { startHour: 172, hour: 175, depth: 0.12 }
  const debts = [
    { hour: 100, cohort: '> 10M', debtUsd8: 100n * USD },
    { hour: 172, cohort: '> 10M', debtUsd8: 80n * USD },
    { hour: 175, cohort: '> 10M', debtUsd8: 50n * USD },
    { hour: 100, cohort: '< 10k', debtUsd8: 10n * USD },
  ] as const

  it('changes by cohort over 72 hours; a missing hour is said', () => {
    const found = changeBefore(debts, fall)
    expect(found['> 10M']).to.deep.equal({ value: -0.2, lacks: [] })
    expect(found['< 10k']).to.deep.equal({ value: null, lacks: ['hours'] })
  })
})
