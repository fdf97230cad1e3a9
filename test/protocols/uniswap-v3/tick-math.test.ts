import { expect } from 'chai'
import * as fc from 'fast-check'
import {
  getSqrtRatioAtTick,
  getTickAtSqrtRatio,
  MAX_SQRT_RATIO,
  MAX_TICK,
  MIN_SQRT_RATIO,
  MIN_TICK,
} from '../../../src/protocols/uniswap-v3/tick-math.ts'
import { anyPrice } from './pools.ts'

describe('ticks and their prices', () => {
  /** From the contract's own tests (v3-core, TickMath.spec.ts and its snapshot). */
  const table: readonly (readonly [number, bigint])[] = [
    [MIN_TICK, MIN_SQRT_RATIO],
    [MIN_TICK + 1, 4295343490n],
    [0, 1n << 96n],
    [50, 79426470787362580746886972461n],
    [-50, 79030349367926598376800521322n],
    [100, 79625275426524748796330556128n],
    [250_000, 21246587762933397357449903968194344n],
    [500_000, 5697689776495288729098254600827762987878n],
    [MAX_TICK - 1, 1461373636630004318706518188784493106690254656249n],
    [MAX_TICK, MAX_SQRT_RATIO],
  ]

  it('are those of the contract', () => {
    for (const [tick, ratio] of table) expect(getSqrtRatioAtTick(tick), `${tick}`).to.equal(ratio)
  })

  it('are √1.0001 to the power of the tick', () => {
    for (let tick = -880_000; tick <= 880_000; tick += 9973)
      expect(Number(getSqrtRatioAtTick(tick)) / 2 ** 96 / Math.exp((tick / 2) * Math.log(1.0001))).to.be.closeTo(
        1,
        1e-8,
      )
  })

  it('belong together: the tick of a price is the last whose ratio does not pass it', () => {
    fc.assert(
      fc.property(anyPrice(), (price) => {
        const tick = getTickAtSqrtRatio(price)
        expect(getSqrtRatioAtTick(tick) <= price).to.equal(true)
        expect(getSqrtRatioAtTick(tick + 1) > price).to.equal(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('belong together on either side of every tick', () => {
    fc.assert(
      fc.property(fc.integer({ min: MIN_TICK, max: MAX_TICK - 1 }), (tick) => {
        expect(getTickAtSqrtRatio(getSqrtRatioAtTick(tick))).to.equal(tick)
        if (tick > MIN_TICK) expect(getTickAtSqrtRatio(getSqrtRatioAtTick(tick) - 1n)).to.equal(tick - 1)
      }),
      { numRuns: 2000 },
    )
  })

  it('end where the contract ends', () => {
    expect(getTickAtSqrtRatio(MIN_SQRT_RATIO)).to.equal(MIN_TICK)
    expect(getTickAtSqrtRatio(MAX_SQRT_RATIO - 1n)).to.equal(MAX_TICK - 1)
    for (const price of [0n, MIN_SQRT_RATIO - 1n, MAX_SQRT_RATIO])
      expect(() => getTickAtSqrtRatio(price)).to.throw(RangeError)
    for (const tick of [MIN_TICK - 1, MAX_TICK + 1, Number.NaN])
      expect(() => getSqrtRatioAtTick(tick)).to.throw(RangeError)
  })
})
