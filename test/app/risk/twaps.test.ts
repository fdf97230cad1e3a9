import { expect } from 'chai'
import { encodeAbiParameters, type Hex } from 'viem'
import { twapCalls, twapsOf } from '../../../src/app/risk/twaps.ts'
import { extrasBody } from '../../../src/core/risk/extras-body.ts'
import { twapCall } from '../../../src/protocols/uniswap-v3/twap.ts'
import { poolAddress, poolsOf, type WidePool } from '../../core/risk/pool-stage.ts'
import { assetOf, bookOf, reserve } from '../../protocols/aave-v3/world.ts'

const USD = 10n ** 8n
const [ETHER, USDC, DAI, USDT] = [0, 1, 2, 3].map(assetOf) as [Hex, Hex, Hex, Hex]
const book = bookOf({
  reserves: [
    reserve({ symbol: 'WETH', priceUsd8: 2000n * USD }),
    reserve({ symbol: 'USDC', decimals: 6, priceUsd8: USD }),
    reserve({ symbol: 'DAI', priceUsd8: (USD * 999n) / 1000n }),
    reserve({ symbol: 'USDT', decimals: 6, priceUsd8: USD }),
  ],
  accounts: [],
})

/** Units of the second for units of the first. */
const pool = (assets: WidePool['assets'], price: WidePool['price'], liquidity: bigint): WidePool => ({
  ...{ assets, price, liquidity, feePips: 100 },
})
const MILLION = 10n ** 12n
const pools = poolsOf([
  pool([ETHER, USDC], [2000n * 10n ** 6n, 10n ** 18n], 10n ** 20n),
  pool([USDC, USDT], [1n, 1n], 10n ** 14n),
  pool([USDT, USDC], [1n, 1n], 10n ** 15n),
  pool([DAI, USDC], [1n, MILLION], 10n ** 20n),
])

/** Ticks as `observe` sums them up over half an hour. */
const observed = (tick: number): Hex =>
  encodeAbiParameters(
    [{ type: 'int56[]' }, { type: 'uint160[]' }],
    [
      [-7_000_000_000n, -7_000_000_000n + BigInt(tick * 1800)],
      [1n, 2n],
    ],
  )

describe('mean prices of stable coins', () => {
  it('are asked of the deepest pool of each against another one, once', () => {
    const asked = twapCalls(book, pools)
    expect(asked).to.deep.equal([2, 3].map(poolAddress).map(twapCall))
    expect(twapCalls(book, undefined)).to.deep.equal([])
    expect(twapCalls(book, poolsOf([pool([ETHER, USDC], [2000n, MILLION], 10n ** 20n)]))).to.deep.equal([])
  })

  it('come in whole units for either coin, in dollars by the other one’s oracle', () => {
    const [first, second] = [2, 3].map(poolAddress).map(twapCall)
    if (first === undefined || second === undefined) return expect.fail()
    // USDC sorts before USDT: 50 ticks are half a per cent more of it. A DAI of 18 digits for a USDC of 6, 20 ticks down.
    const dai = BigInt(DAI) < BigInt(USDC) ? -276_324 - 20 : 276_324 + 20
    const usdc = BigInt(USDC) < BigInt(USDT) ? 50 : -50
    const twaps = twapsOf(book, pools, [
      { ...first, result: observed(usdc) },
      { ...second, result: observed(dai) },
    ])
    const priced = Object.fromEntries(twaps.map(({ asset, price }) => [asset, price]))
    expect(priced[USDC]).to.be.closeTo(1.0001 ** 50, 1e-12)
    expect(priced[USDT]).to.be.closeTo(1.0001 ** -50, 1e-12)
    expect(priced[DAI]).to.be.closeTo(1.0001 ** -20, 1e-4)
    const { pegs } = extrasBody(
      { reserves: [], feeds: [], funding: null, twaps },
      book.protocol.market(book.ledger).reserves,
    )
    expect(pegs[USDC]).to.deep.equal([priced[USDC], 1])
    expect(pegs[DAI]).to.deep.equal([priced[DAI], 0.999])
    expect(Object.keys(pegs)).to.have.length(3)
  })

  it('are left out where the pool did not answer, or is not followed any more', () => {
    expect(twapsOf(book, pools, [{ ...twapCall(poolAddress(2)), result: undefined }])).to.deep.equal([])
    expect(twapsOf(book, undefined, [{ ...twapCall(poolAddress(2)), result: observed(0) }])).to.deep.equal([])
  })
})
