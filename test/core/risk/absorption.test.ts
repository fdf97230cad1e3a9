import { expect } from 'chai'
import type { Address } from 'viem'
import { absorption, quotesOf } from '../../../src/core/risk/absorption.ts'
import { groupsOf } from '../../../src/core/risk/groups.ts'
import { Trading } from '../../../src/core/risk/trading.ts'
import { assetOf, bookOf, reserve } from '../../protocols/aave-v3/world.ts'
import { poolsOf, type WidePool } from './pool-stage.ts'

const USD = 10n ** 8n
const [ETHER, DOLLAR, OTHER] = [0, 1, 2].map(assetOf) as [Address, Address, Address]
const book = bookOf({
  reserves: [reserve({ priceUsd8: 2000n * USD }), reserve({ decimals: 6 }), reserve({ decimals: 6 })],
  accounts: [],
})
const { reserves } = book.protocol.market(book.ledger)
const [group] = groupsOf(reserves)

/** 1,000 ether beside 2,000,000 dollars. */
const pool = (quote: Address): WidePool => ({
  assets: [ETHER, quote],
  price: [2000n * 10n ** 6n, 10n ** 18n],
  liquidity: BigInt(Math.round(Math.sqrt(1e21 * 2e12))),
})
const at = (pools: readonly WidePool[] | undefined, fallPct: number, sequenceUsd = 100_000) => {
  const exchange = pools && poolsOf(pools)
  const [point] = absorption({
    ...{ group: group ?? expect.fail(), reserves, exchange },
    ...{ ladder: [{ fallPct, sequenceUsd }], gasBase: 0n },
  })
  return point ?? expect.fail('no point')
}

describe('absorption', () => {
  it('is what the ladder seizes over what the pools pay until they have fallen as far', () => {
    for (const fall of [1, 5, 10, 30]) {
      const { depthUsd, ratio, liquidatableUsd } = at([pool(DOLLAR)], fall)
      const paid = 2_000_000 * (1 - Math.sqrt(1 - fall / 100))
      expect((depthUsd.value ?? 0) / paid).to.be.closeTo(1, 1e-6)
      expect(ratio.value).to.be.closeTo(liquidatableUsd / paid, 1e-6)
    }
  })

  it('adds up the pools of every dollar, and sells a size into one of them', () => {
    const [one, two] = [at([pool(DOLLAR)], 10), at([pool(DOLLAR), pool(OTHER)], 10)]
    expect((two.depthUsd.value ?? 0) / (one.depthUsd.value ?? 1)).to.be.closeTo(2, 1e-9)
    expect(two.largestUsd.value).to.equal(one.largestUsd.value)
  })

  it('finds the size whose slippage, fee included, is the bonus of 5 %, once the pools have fallen too', () => {
    for (const fall of [0, 10, 30]) {
      // 0.997 / (1 + 0.997 s/x) = 1/1.05, with x ether in the pool at the fallen price.
      const ether = ((0.997 * 1.05 - 1) / 0.997) * (1000 / Math.sqrt(1 - fall / 100))
      expect((at([pool(DOLLAR)], fall).largestUsd.value ?? 0) / (ether * 2000 * (1 - fall / 100))).to.be.closeTo(
        1,
        1e-6,
      )
    }
  })

  it('bears less where a sale costs gas, and nothing where it costs more than the bonus ever brings', () => {
    const largest = (gasBase: bigint) =>
      absorption({
        ...{ group: group ?? expect.fail(), reserves, exchange: poolsOf([pool(DOLLAR)]) },
        ...{ ladder: [{ fallPct: 5, sequenceUsd: 0 }], gasBase },
      })[0]?.largestUsd.value
    const [free, taxed, dear] = [0n, 100n * USD, 10_000n * USD].map(largest)
    expect(taxed).to.be.below(free ?? 0)
    expect([taxed === 0, dear]).to.deep.equal([false, 0])
  })

  it('says that it lacks depth without pools, without one of the asset, and for no fall', () => {
    const lacks = ['depth']
    for (const pools of [undefined, [], [{ ...pool(DOLLAR), assets: [DOLLAR, OTHER] as const }]]) {
      const { depthUsd, ratio, largestUsd } = at(pools, 10)
      expect([depthUsd.lacks, ratio.lacks, largestUsd.lacks]).to.deep.equal([lacks, lacks, lacks])
    }
    expect(at([pool(DOLLAR)], 0).ratio.lacks).to.deep.equal(lacks)
    expect(quotesOf(group ?? expect.fail(), reserves, new Trading(poolsOf([pool(OTHER)])))).to.have.length(1)
  })
})
