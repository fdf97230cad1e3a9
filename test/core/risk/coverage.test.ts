import { expect } from 'chai'
import fc from 'fast-check'
import { insuranceCover, realisedDeficits } from '../../../src/core/risk/coverage.ts'

describe('deficits', () => {
  it('created, covered and outstanding, by reserve', () => {
    const found = realisedDeficits([
      { kind: 'created', reserve: 'USDC', amount: 100n },
      { kind: 'created', reserve: 'WETH', amount: 7n },
      { kind: 'covered', reserve: 'USDC', amount: 60n },
      { kind: 'created', reserve: 'USDC', amount: 20n },
    ])
    expect([...found]).to.deep.equal([
      ['USDC', { created: 120n, covered: 60n, outstanding: 60n, coveredShare: 0.5 }],
      ['WETH', { created: 7n, covered: 0n, outstanding: 7n, coveredShare: 0 }],
    ])
  })

  it('covered before the window began: the share is not known', () => {
    const [usdc] = realisedDeficits([{ kind: 'covered', reserve: 'USDC', amount: 5n }]).values()
    expect(usdc).to.deep.equal({ created: 0n, covered: 5n, outstanding: -5n, coveredShare: null })
  })
})

describe('insurance', () => {
  for (const [offset, slashable, deficit, ratio, shortfall, slashed] of [
    [100n, 900n, 500n, 2, 0n, 400n],
    [100n, 900n, 50n, 20, 0n, 0n],
    [100n, 900n, 2000n, 0.5, 1000n, 900n],
    [0n, 0n, 10n, 0, 10n, 0n],
    [100n, 0n, 0n, null, 0n, 0n],
  ] as const)
    it(`offset ${offset}, stake ${slashable}, deficit ${deficit}: ${ratio}`, () => {
      expect(insuranceCover({ offset, slashable, deficit })).to.deep.equal({ ratio, shortfall, slashed })
    })

  it('offset, what is slashed and what is missing make the deficit', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 30n })
    fc.assert(
      fc.property(amount, amount, amount, (offset, slashable, deficit) => {
        const { shortfall, slashed } = insuranceCover({ offset, slashable, deficit })
        const borne = deficit < offset ? deficit : offset
        expect(borne + slashed + shortfall).to.equal(deficit)
        expect(slashed <= slashable).to.equal(true)
      }),
    )
  })
})
