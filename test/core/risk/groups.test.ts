import { expect } from 'chai'
import type { Address } from 'viem'
import { UsageError } from '../../../src/core/errors.ts'
import type { ReserveView } from '../../../src/core/protocol.ts'
import { findGroup, groupsOf } from '../../../src/core/risk/groups.ts'
import { heaviestFirst } from '../../../src/core/risk/heaviest.ts'
import { portraitOf } from '../../../src/core/risk/portrait.ts'
import { address, bookOf, reserve } from '../../protocols/aave-v3/world.ts'

const listed = (symbol: string, n: number, root: Address, source = root, priceUsd8 = 1n): ReserveView => ({
  ...{
    asset: address(n),
    source,
    root,
    symbol,
    decimals: 18,
    priceUsd8,
    available: 0n,
    supplyRateRay: 0n,
    borrowRateRay: 0n,
  },
  ...{ liquidationThresholdBps: 8000n, liquidationBonusBps: 10_500n, frozen: false, paused: false },
})
const RESERVES = [
  listed('wstETH', 0xa1, address(7), address(0xf1), 2n),
  listed('WETH', 0xa2, address(7), address(7), 3n),
  listed('WBTC', 0xa3, address(8)),
  listed('GHO', 0xa4, address(0)),
  listed('sDAI', 0xa5, address(9), address(0xf2), 4n),
  listed('weETH', 0xa6, address(7), address(0xf3)),
  listed('twin', 0xa7, address(8)),
  listed('twin', 0xa8, address(9), address(0xf4)),
]
const groups = groupsOf(RESERVES)

describe('groups', () => {
  it('are the assets of one feed each, named after the one priced by the feed itself, else after the first', () => {
    expect(
      groups.map(({ root, symbol, priceUsd8, reserves }) => [
        root,
        symbol,
        priceUsd8,
        reserves.map((one) => one.symbol),
      ]),
    ).to.deep.equal([
      [address(7), 'WETH', 3n, ['wstETH', 'WETH', 'weETH']],
      [address(8), 'WBTC', 1n, ['WBTC', 'twin']],
      [address(9), 'sDAI', 4n, ['sDAI', 'twin']],
    ])
  })

  for (const [name, symbol] of [
    ['WETH', 'WETH'],
    ['wsteth', 'WETH'],
    ['ETH', 'WETH'],
    ['btc', 'WBTC'],
    [address(0xa6), 'WETH'],
    [address(9), 'sDAI'],
    [address(9).toUpperCase().replace('0X', '0x'), 'sDAI'],
  ] as const)
    it(`${name} is that of ${symbol}`, () => expect(findGroup(groups, name).symbol).to.equal(symbol))

  for (const [name, why] of [
    ['GOLD', 'no asset of this market'],
    ['GHO', 'no asset of this market'],
    ['twin', 'assets of several feeds'],
  ] as const)
    it(`${name} is refused`, () =>
      expect(() => findGroup(groups, name))
        .to.throw(UsageError, why)
        .with.property('code', 'UNKNOWN_GROUP'))

  it('come heaviest first: by what the market is long of, not by what it holds', () => {
    const ether = 10n ** 18n
    const book = bookOf({
      reserves: [reserve({ root: 7n }), reserve({ root: 8n }), reserve({ root: 9n, hasPrice: false })],
      accounts: [
        { collaterals: [[0, 100n * ether]], debts: [[1, 60n * ether]] },
        { collaterals: [[1, 150n * ether]], debts: [[0, 20n * ether]] },
        { collaterals: [[1, 1n]], debts: [[1, 80n * ether]] },
        { collaterals: [[2, 900n * ether]], debts: [[0, 1n]] },
      ],
    })
    expect(heaviestFirst(portraitOf(book)).map(({ root }) => root)).to.deep.equal([7, 9, 8].map((n) => address(n)))
  })
})
