import { expect } from 'chai'
import type { Address } from 'viem'
import { WAD } from '../../../src/core/math.ts'
import type { ReserveView } from '../../../src/core/protocol.ts'
import { answerAfter, dollarsIn, references } from '../../../src/core/risk/reference.ts'
import { Trading } from '../../../src/core/risk/trading.ts'
import { address, assetOf, bookOf, reserve } from '../../protocols/aave-v3/world.ts'
import { poolAddress, poolsOf, type WidePool } from './pool-stage.ts'

const USD = 10n ** 8n
const [ETHER, STAKED, BITCOIN, USDC, USDT] = [0, 1, 2, 3, 4].map(assetOf) as [
  Address,
  Address,
  Address,
  Address,
  Address,
]

const book = bookOf({ reserves: Array.from({ length: 5 }, () => reserve()), accounts: [] })
const plain = book.protocol.market(book.ledger).reserves
/** Ether and what stands on it, bitcoin, and two dollars. */
const reserves: readonly ReserveView[] = (
  [
    ['WETH', 2000n, 1],
    ['wstETH', 2300n, 1],
    ['WBTC', 40_000n, 3],
    ['USDC', 1n, 4],
    ['USDT', 1n, 5],
  ] as const
).map(([symbol, usd, root], i) => {
  const one = plain[i] as ReserveView
  const source = i === 1 ? address(99) : address(root)
  return { ...one, symbol, priceUsd8: usd * USD, root: address(root), source }
})

const pool = (a: Address, b: Address, price: bigint, liquidity: bigint, feePips: 500 | 3000 = 3000): WidePool => ({
  ...{ assets: [a, b], price: [price, 1n], liquidity, feePips },
})
const found = (...pools: WidePool[]) =>
  references(reserves, new Trading(poolsOf(pools))).map((one) => [one.root, one.pool, one.asset, one.quote])
const [L, MORE] = [10n ** 22n, 10n ** 23n]

describe('the pool that a feed follows', () => {
  it('is the deepest of the plain asset against a dollar', () => {
    const pools = [pool(ETHER, USDC, 2000n, L), pool(ETHER, USDT, 2000n, MORE), pool(ETHER, USDC, 2000n, L, 500)]
    expect(found(...pools)).to.deep.equal([[address(1), poolAddress(1), ETHER, USDT]])
  })

  it('is one against a dollar where a deeper one is against something else', () => {
    const pools = [pool(BITCOIN, ETHER, 20n, MORE), pool(BITCOIN, USDC, 40_000n, L), pool(ETHER, USDC, 2000n, L)]
    expect(found(...pools)).to.deep.equal([
      [address(1), poolAddress(2), ETHER, USDC],
      [address(3), poolAddress(1), BITCOIN, USDC],
    ])
  })

  it('is one against another group where no dollar is, and never one within the group', () => {
    expect(found(pool(BITCOIN, ETHER, 20n, L), pool(STAKED, ETHER, 1n, MORE))).to.deep.equal([
      [address(1), poolAddress(0), ETHER, BITCOIN],
      [address(3), poolAddress(0), BITCOIN, ETHER],
    ])
  })

  it('is none for a dollar, nor for a group that nobody trades', () => {
    expect(found(pool(USDC, USDT, 1n, L))).to.deep.equal([])
    expect(found(pool(STAKED, USDC, 2300n, L))).to.deep.equal([])
  })

  it('is none against what has no feed, though a dollar has none either', () => {
    const bare = reserves.map((one) =>
      one.symbol === 'USDC' || one.symbol === 'WBTC' ? { ...one, root: address(0), source: address(0) } : one,
    )
    expect(dollarsIn(bare).map(({ symbol }) => symbol)).to.deep.equal(['USDC', 'USDT'])
    const pools = [pool(ETHER, BITCOIN, 1n, MORE), pool(ETHER, USDC, 2000n, L)]
    expect(references(bare, new Trading(poolsOf(pools))).map(({ quote }) => quote)).to.deep.equal([USDC])
  })

  for (const [kappa, after, answer] of [
    [WAD, 9n, 900n],
    [WAD / 2n, 9n, 950n],
    [WAD / 4n, 9n, 975n],
    [0n, 9n, 1000n],
    [WAD, 11n, 1100n],
    [WAD, 0n, 1n],
  ] as const)
    it(`from 1000 with κ = ${Number(kappa) / 1e18} and a pool that goes from 10 to ${after}: ${answer}`, () =>
      expect(answerAfter(1000n, kappa, { amountOut: 10n, amountIn: 1n }, { amountOut: after, amountIn: 1n })).to.equal(
        answer,
      ))
})
