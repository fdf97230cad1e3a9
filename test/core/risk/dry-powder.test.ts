import { expect } from 'chai'
import { dryPowder, pegOf, supplyChange } from '../../../src/core/risk/dry-powder.ts'

describe('dry powder', () => {
  it('supply changes by day and week', () => {
    const samples = [
      { hour: 0, supply: 1_000n },
      { hour: 144, supply: 1_100n },
      { hour: 168, supply: 1_078n },
    ]
    expect(supplyChange(samples, 168, 24).value).to.be.closeTo(-0.02, 1e-12)
    expect(supplyChange(samples, 168, 168).value).to.be.closeTo(0.078, 1e-12)
    expect(supplyChange(samples, 144, 24)).to.deep.equal({ value: null, lacks: ['supply'] })
  })

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
    const { fromOne, fromOracle } = pegOf({ twapUsd: 0.98, oracleUsd: 1 })
    expect(fromOne.value).to.be.closeTo(-0.02, 1e-12)
    expect(fromOracle.value).to.be.closeTo(-0.02, 1e-12)
    expect(pegOf({ twapUsd: 0.98, oracleUsd: null }).fromOracle).to.deep.equal({ value: null, lacks: ['oracle'] })
    expect(pegOf({ twapUsd: null, oracleUsd: 1 })).to.deep.equal({
      fromOne: { value: null, lacks: ['twap'] },
      fromOracle: { value: null, lacks: ['twap'] },
    })
  })
})
