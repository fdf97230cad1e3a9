import { expect } from 'chai'
import fc from 'fast-check'
import { Lowest } from '../../src/core/lowest.ts'

const key = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ min: 0, max: 10, noNaN: true }))

describe('Lowest', () => {
  it('keeps the lowest keys below the bound, as a full sort would', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 200 }), fc.nat(40), key, (keys, limit, bound) => {
        const lowest = new Lowest(limit)
        keys.forEach((one, account) => {
          lowest.offer(account, one, bound)
        })
        const kept = lowest.ordered().map((account) => keys[account])
        const sorted = keys.filter((one) => one < bound).sort((a, b) => a - b)
        expect(kept).to.deep.equal(sorted.slice(0, limit))
        expect(new Set(lowest.ordered()).size).to.equal(kept.length)
      }),
      { numRuns: 500 },
    )
  })

  it('passes over what is no number', () => {
    const lowest = new Lowest(2)
    lowest.offer(0, Number.NaN, Number.POSITIVE_INFINITY)
    lowest.offer(1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
    expect(lowest.ordered()).to.deep.equal([])
  })
})
