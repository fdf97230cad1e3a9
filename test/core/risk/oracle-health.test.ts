import { expect } from 'chai'
import fc from 'fast-check'
import {
  ageOfHeartbeat,
  daysOfHeadroom,
  headroom,
  largestOf,
  largestSupplyJump,
} from '../../../src/core/risk/oracle-health.ts'

const DAY_S = 86_400

describe('answers of a feed', () => {
  it('the largest change, up or down', () => {
    expect(largestOf([0.01, -0.1, 0.09])).to.equal(-0.1)
    expect(largestOf([])).to.equal(0)
  })

  it('age against the heartbeat', () => {
    expect(ageOfHeartbeat(1000, 3600, 2800).value).to.equal(0.5)
    expect(ageOfHeartbeat(1000, null, 2800)).to.deep.equal({ value: null, lacks: ['heartbeat'] })
    expect(ageOfHeartbeat(null, 3600, 2800)).to.deep.equal({ value: null, lacks: ['oracle'] })
  })
})

describe('headroom of a capped feed', () => {
  // 2026-03-10: 2.85 % low (published).
  for (const [ratio, cap, value] of [
    [1_000n, 1_050n, 0.05],
    [1_000n, 1_000n, 0],
    [10_000n, 9_715n, -0.0285],
  ] as const)
    it(`ratio ${ratio}, cap ${cap}: ${value}`, () => {
      expect(headroom({ ratio, cap }).value).to.be.closeTo(value, 1e-12)
    })

  const days = (then: number, now: number, apart = 7) =>
    daysOfHeadroom({ atS: 0, headroom: then }, { atS: apart * DAY_S, headroom: now })

  for (const [what, found, value] of [
    ['a tenth of what was left went in a week', days(0.01, 0.009), 63],
    ['it is there', days(0.01, 0), 0],
    ['it answers too low', days(0.01, -0.0285), 0],
    ['it grows', days(0.01, 0.011), null],
    ['it stands still', days(0.01, 0.01), null],
    ['less than a day', days(0.01, 0.009, 0.5), null],
  ] as const)
    it(`days until it is gone: ${what}`, () => {
      if (value === null) expect(found).to.deep.equal({ value: null, lacks: ['hours'] })
      else expect(found.value).to.be.closeTo(value, 1e-9)
    })

  it('is lacking without a ratio', () => {
    expect(headroom({ ratio: 0n, cap: 1n })).to.deep.equal({ value: null, lacks: ['oracle'] })
  })
})

describe('supply of a collateral', () => {
  const jumpOf = (...supplies: readonly number[]) =>
    largestSupplyJump(supplies.map((supply, hour) => ({ hour, supply })))

  it('jumps by its largest change, up or down', () => {
    expect(jumpOf(100, 101, 121.2, 110).value).to.be.closeTo(0.2, 1e-12)
    expect(jumpOf(100, 60, 61).value).to.be.closeTo(-0.4, 1e-12)
  })

  it('needs two samples, the first not empty', () => {
    for (const found of [jumpOf(), jumpOf(5), jumpOf(0, 5)])
      expect(found).to.deep.equal({ value: null, lacks: ['supply'] })
  })

  it('never jumps when nothing changes', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e30, noNaN: true }),
        fc.integer({ min: 2, max: 20 }),
        (supply, length) => {
          expect(jumpOf(...Array.from({ length }, () => supply)).value).to.equal(0)
        },
      ),
    )
  })
})
