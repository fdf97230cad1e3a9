import { expect } from 'chai'
import fc from 'fast-check'
import { coverOf } from '../../../src/core/risk/coverage.ts'

describe('insurance', () => {
  for (const [what, deficits, insurance, paidUsd, shortfallUsd] of [
    ['more than enough', { USDC: 50 }, { USDC: 1000 }, 50, 0],
    ['less than enough', { USDC: 2000 }, { USDC: 1000 }, 1000, 1000],
    ['of another reserve', { USDC: 50 }, { WETH: 1000 }, 0, 50],
    ['each for its own', { USDC: 50, WETH: 70 }, { USDC: 60, WETH: 40 }, 90, 30],
    ['no deficit', {}, { USDC: 1000 }, 0, 0],
    ['none at all', { USDC: 5 }, {}, 0, 5],
  ] as const)
    it(what, () => {
      const found = coverOf(new Map(Object.entries(deficits)), insurance)
      expect(found).to.deep.equal({ deficitUsd: paidUsd + shortfallUsd, paidUsd, shortfallUsd })
    })

  it('pays no more than there is of either, and what it does not pay is missing', () => {
    const usd = fc.record({ a: fc.nat(1e6), b: fc.nat(1e6), c: fc.nat(1e6) })
    fc.assert(
      fc.property(usd, usd, (deficits, insurance) => {
        const { deficitUsd, paidUsd, shortfallUsd } = coverOf(new Map(Object.entries(deficits)), insurance)
        expect(paidUsd + shortfallUsd).to.equal(deficitUsd)
        expect(paidUsd).to.be.at.most(insurance.a + insurance.b + insurance.c)
        expect(coverOf(new Map(Object.entries(deficits)), deficits).shortfallUsd).to.equal(0)
      }),
    )
  })
})
