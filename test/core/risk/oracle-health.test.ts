import { expect } from 'chai'
import fc from 'fast-check'
import { ORACLE_ROUNDS } from '../../../scripts/staircase/paths.ts'
import {
  ageOfHeartbeat,
  daysOfHeadroom,
  headroom,
  jumps,
  largestJump,
  supplyJumps,
} from '../../../src/core/risk/oracle-health.ts'

const round = (answer: bigint, updatedAtS = 0) => ({ answer, updatedAtS })

describe('rounds of a feed', () => {
  it('jump by their change', () => {
    expect(jumps([round(100n), round(90n), round(99n), round(0n), round(5n)])).to.deep.equal([-0.1, 0.1, -1, null])
    expect(largestJump([round(100n), round(90n), round(94n)]).value).to.equal(-0.1)
  })

  it('of bitcoin on 2025-10-10: the largest step down was 3.6 %', () => {
    const rounds = ORACLE_ROUNDS.map(({ usd }) => round(BigInt(usd)))
    expect(largestJump(rounds).value).to.be.closeTo(110_309 / 114_391 - 1, 1e-12)
  })

  it('need two for a jump', () => {
    expect(largestJump([round(1n)])).to.deep.equal({ value: null, lacks: ['oracle'] })
    expect(largestJump([round(0n), round(1n)])).to.deep.equal({ value: null, lacks: ['oracle'] })
  })

  it('age against the heartbeat', () => {
    expect(ageOfHeartbeat(round(1n, 1000), 3600, 2800).value).to.equal(0.5)
    expect(ageOfHeartbeat(round(1n, 1000), null, 2800)).to.deep.equal({ value: null, lacks: ['heartbeat'] })
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

  it('runs out as the ratio grows faster than its cap', () => {
    const capped = { ratio: 1_000n, cap: 1_010n }
    // 10 a year of room; the ratio gains 50 a year, its cap 30.3.
    expect(daysOfHeadroom(capped, { ratioAnnual: 0.05, capAnnual: 0.03 })).to.be.closeTo((365 * 10) / 19.7, 1e-9)
    expect(daysOfHeadroom(capped, { ratioAnnual: 0.03, capAnnual: 0.03 })).to.equal(null)
    expect(daysOfHeadroom({ ratio: 1_000n, cap: 999n }, { ratioAnnual: 0, capAnnual: 1 })).to.equal(0)
  })

  it('is lacking without a ratio', () => {
    expect(headroom({ ratio: 0n, cap: 1n })).to.deep.equal({ value: null, lacks: ['oracle'] })
  })
})

describe('supply of a collateral', () => {
  it('jumps are those over the limit, up or down', () => {
    const samples = [100n, 101n, 121n, 100n].map((supply, hour) => ({ hour, supply }))
    expect(supplyJumps(samples, 0.1).map(({ hour }) => hour)).to.deep.equal([2, 3])
    expect(supplyJumps(samples, 0.5)).to.deep.equal([])
  })

  it('never jumps when nothing changes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 200n }), fc.nat(20), (supply, length) => {
        expect(
          supplyJumps(
            Array.from({ length }, (_, hour) => ({ hour, supply })),
            0,
          ),
        ).to.deep.equal([])
      }),
    )
  })
})
