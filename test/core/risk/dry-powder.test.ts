import { expect } from 'chai'
import { dryPowder, pegOf } from '../../../src/core/risk/dry-powder.ts'

describe('dry powder', () => {
  for (const [idleUsd, buyDepthUsd, ladderUsd, value, lacks] of [
    [100, 50, 75, 2, []],
    [0, 0, 75, 0, []],
    [null, 50, 75, null, ['supply']],
    [100, null, 75, null, ['depth']],
    [null, null, 75, null, ['supply', 'depth']],
    [100, 50, null, null, ['ladder']],
    [100, 50, 0, null, ['ladder']],
  ] as const)
    it(`idle ${idleUsd}, depth ${buyDepthUsd}, ladder ${ladderUsd}: ${value ?? `lacks ${lacks.join(', ')}`}`, () => {
      expect(dryPowder({ idleUsd, buyDepthUsd, ladderUsd })).to.deep.equal({ value, lacks })
    })

  it('peg of a coin: against 1 and against the oracle', () => {
    const { fromOne, fromOracle } = pegOf(0.98, 1.001)
    expect(fromOne).to.be.closeTo(-0.02, 1e-12)
    expect(fromOracle).to.be.closeTo(-0.020979, 1e-6)
  })
})
