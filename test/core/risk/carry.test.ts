import { expect } from 'chai'
import { carry, fundingAnnual, rayRate, underwaterShare } from '../../../src/core/risk/carry.ts'

describe('funding', () => {
  // 1e22/1e30 a second × 31,536,000 s = 31.536 %.
  for (const [longsPayShorts, value] of [
    [true, 0.31536],
    [false, -0.31536],
  ] as const)
    it(`of GMX, longs ${longsPayShorts ? 'pay' : 'are paid'}: ${value} a year`, () => {
      const found = fundingAnnual({ fundingFactorPerSecond: 10n ** 22n, longsPayShorts })
      expect(found.value).to.be.closeTo(value, 1e-12)
    })

  it('without a reader is lacking', () => {
    expect(fundingAnnual(null)).to.deep.equal({ value: null, lacks: ['funding'] })
  })
})

describe('carry', () => {
  it('is yield less borrow rate', () => {
    const borrowAnnual = rayRate(35_000_000_000_000_000_000_000_000n)
    expect(borrowAnnual).to.be.closeTo(0.035, 1e-15)
    expect(carry({ yieldAnnual: 0.03, borrowAnnual }).value).to.be.closeTo(-0.005, 1e-12)
  })

  it('lacks what it lacks', () => {
    expect(carry({ yieldAnnual: null, borrowAnnual: 0.03 })).to.deep.equal({ value: null, lacks: ['yield'] })
    expect(carry({ yieldAnnual: 0.03, borrowAnnual: null })).to.deep.equal({ value: null, lacks: ['carry'] })
  })

  it('share of the debt that costs money to hold', () => {
    const of = (debtUsd: number, value: number | null) => ({
      debtUsd,
      carry: carry({ yieldAnnual: value, borrowAnnual: 0 }),
    })
    expect(underwaterShare([of(30, -0.01), of(60, 0.01), of(10, 0), of(500, null)]).value).to.equal(0.3)
    expect(underwaterShare([of(500, null)])).to.deep.equal({ value: null, lacks: ['carry'] })
  })
})
