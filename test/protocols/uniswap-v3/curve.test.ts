import { expect } from 'chai'
import * as fc from 'fast-check'
import { Curve } from '../../../src/protocols/uniswap-v3/curve.ts'
import { anyPool, anyPrice, anySize } from './pools.ts'
import { liquidityAt, walk } from './walk.ts'

const runs = { numRuns: 300 }

describe('a pool as running sums', () => {
  it('swaps as the contract does step by step, any pool, any size', () => {
    fc.assert(
      fc.property(anyPool, fc.boolean(), anySize(140), (pool, zeroForOne, amountIn) => {
        const curve = new Curve(zeroForOne, pool, pool.ticks)
        expect(curve.swap(pool, amountIn)).to.deep.equal(walk(pool, zeroForOne, amountIn))
      }),
      runs,
    )
  })

  it('stops at a price limit as the contract does, also where a tick is the limit', () => {
    fc.assert(
      fc.property(anyPool, fc.boolean(), anySize(140), anyPrice(), (pool, zeroForOne, amountIn, limit) => {
        fc.pre(zeroForOne ? limit < pool.sqrtPriceX96 : limit > pool.sqrtPriceX96)
        const curve = new Curve(zeroForOne, pool, pool.ticks)
        expect(curve.swap(pool, amountIn, limit)).to.deep.equal(walk(pool, zeroForOne, amountIn, limit))
      }),
      runs,
    )
  })

  it('goes on from where a swap has left it, in either direction', () => {
    fc.assert(
      fc.property(anyPool, fc.array(fc.tuple(fc.boolean(), anySize(120)), { maxLength: 8 }), (pool, swaps) => {
        const curves = { down: new Curve(true, pool, pool.ticks), up: new Curve(false, pool, pool.ticks) }
        let ours = pool
        for (const [zeroForOne, amountIn] of swaps) {
          const swapped = (zeroForOne ? curves.down : curves.up).swap(ours, amountIn)
          expect(swapped).to.deep.equal(walk(ours, zeroForOne, amountIn))
          ours = { ...ours, sqrtPriceX96: swapped.sqrtPriceX96, tick: swapped.tick }
        }
      }),
      { numRuns: 100 },
    )
  })

  it('takes exactly what it says, and stops there: one unit less gets less far, the gap behind is not crossed', () => {
    fc.assert(
      fc.property(anyPool, fc.boolean(), (pool, zeroForOne) => {
        const curve = new Curve(zeroForOne, pool, pool.ticks)
        const drained = curve.swap(pool, 2n ** 255n - 1n)
        fc.pre(drained.amountIn > 1n)
        for (const amountIn of [drained.amountIn, drained.amountIn - 1n])
          expect(curve.swap(pool, amountIn)).to.deep.equal(walk(pool, zeroForOne, amountIn))
        expect(curve.swap(pool, drained.amountIn).amountOut).to.equal(drained.amountOut)
      }),
      { numRuns: 100 },
    )
  })

  it('knows the liquidity between any two stops', () => {
    fc.assert(
      fc.property(anyPool, fc.boolean(), (pool, zeroForOne) => {
        const curve = new Curve(zeroForOne, pool, pool.ticks)
        expect(curve.liquidityAt(pool.tick)).to.equal(liquidityAt(pool.ticks, pool.tick))
      }),
      { numRuns: 100 },
    )
  })

  it('sells nothing past a limit that lies behind, and nothing for nothing', () => {
    fc.assert(
      fc.property(anyPool, fc.boolean(), (pool, zeroForOne) => {
        const { sqrtPriceX96, tick } = pool
        const curve = new Curve(zeroForOne, pool, pool.ticks)
        const nothing = { sqrtPriceX96, tick, amountIn: 0n, amountOut: 0n, ticksCrossed: 0 }
        expect(curve.swap(pool, 0n)).to.deep.equal(nothing)
        expect(curve.swap({ sqrtPriceX96, tick }, 5n, sqrtPriceX96)).to.deep.equal(nothing)
      }),
      { numRuns: 100 },
    )
  })

  it('has a float beside it that follows the exact sums', () => {
    fc.assert(
      fc.property(anyPool, fc.boolean(), anySize(120), (pool, zeroForOne, amountIn) => {
        const curve = new Curve(zeroForOne, pool, pool.ticks)
        const swapped = curve.swap(pool, amountIn)
        const [from, to] = [pool, swapped].map(({ sqrtPriceX96 }) => curve.sumAt(curve.levelOf(sqrtPriceX96)))
        const all = curve.sumAt(Number.POSITIVE_INFINITY)
        expect(Math.abs((to ?? 0) - (from ?? 0) - Number(swapped.amountIn))).to.be.below(1e4 + 1e-6 * all)
      }),
      { numRuns: 100 },
    )
  })
})
