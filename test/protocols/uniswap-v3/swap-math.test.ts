import { expect } from 'chai'
import * as fc from 'fast-check'
import {
  getAmount0Delta,
  getAmount1Delta,
  getNextSqrtPriceFromInput,
} from '../../../src/protocols/uniswap-v3/sqrt-price-math.ts'
import { computeSwapStep, crossing } from '../../../src/protocols/uniswap-v3/swap-math.ts'
import { anyPrice, anySize } from './pools.ts'

const one = 1n << 96n
/** √1.21. */
const higher = 87150978765690771352898345369n
const ether = 10n ** 18n

describe('the arithmetic of a stretch', () => {
  /** From the contract's own tests (v3-core, SqrtPriceMath.spec.ts). */
  it('finds the price after an input as the contract does', () => {
    const table = [
      [1n, 1n, 2n ** 255n, true, 1n],
      [one, ether, 0n, true, one],
      [one, ether, 0n, false, one],
      [one, ether, ether / 10n, false, higher],
      [one, ether, ether / 10n, true, 72025602285694852357767227579n],
      [one, 10n * ether, 2n ** 100n, true, 624999999995069620n],
      [one, 1n, 2n ** 255n - 1n, true, 1n],
      // Where 256 bits do not hold the product.
      [2n ** 160n - 1n, 2n ** 128n - 1n, 2n ** 256n - 1n - ((2n ** 128n - 1n) << 96n) / (2n ** 160n - 1n), true, 1n],
    ] as const
    for (const [price, liquidity, amountIn, zeroForOne, expected] of table)
      expect(getNextSqrtPriceFromInput(price, liquidity, amountIn, zeroForOne)).to.equal(expected)
  })

  it('loses digits where the contract does: 256 bits do not hold the product', () => {
    const [price, liquidity, amountIn] = [3n * 2n ** 157n, 2n ** 127n, 2n ** 98n + 1n]
    const numerator1 = liquidity << 96n
    const denominator = numerator1 / price + amountIn
    const exact = (numerator1 * price) / (numerator1 + amountIn * price) + 1n
    const found = getNextSqrtPriceFromInput(price, liquidity, amountIn, true)
    expect(found).to.equal(numerator1 / denominator + 1n)
    expect(found).to.not.equal(exact)
  })

  it('rounds amounts as the contract does', () => {
    expect(getAmount0Delta(one, higher, ether, true)).to.equal(90909090909090910n)
    expect(getAmount0Delta(one, higher, ether, false)).to.equal(90909090909090909n)
    expect(getAmount1Delta(one, higher, ether, true)).to.equal(100000000000000000n)
    expect(getAmount1Delta(one, higher, ether, false)).to.equal(99999999999999999n)
    expect(getAmount0Delta(one, one, ether, true)).to.equal(0n)
  })

  it('crosses a stretch for just what crossing it takes, and for nothing less', () => {
    fc.assert(
      fc.property(
        anyPrice(),
        anyPrice(),
        anySize(127),
        fc.constantFrom(100n, 500n, 3000n, 10_000n, 999_999n),
        (currentX96, targetX96, liquidity, feePips) => {
          const stretch = { currentX96, targetX96, liquidity, feePips }
          const { amountIn, amountOut } = crossing(stretch)
          const whole = computeSwapStep(stretch, amountIn)
          expect(whole.sqrtRatioNextX96).to.equal(targetX96)
          expect(whole.amountIn + whole.feeAmount).to.equal(amountIn)
          expect(whole.amountOut).to.equal(amountOut)
          fc.pre(amountIn > 0n)
          const less = computeSwapStep(stretch, amountIn - 1n)
          expect(less.sqrtRatioNextX96).to.not.equal(targetX96)
          expect(less.amountIn + less.feeAmount).to.equal(amountIn - 1n)
          expect(less.amountOut <= amountOut).to.equal(true)
        },
      ),
      { numRuns: 2000 },
    )
  })
})
