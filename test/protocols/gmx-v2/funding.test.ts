import { expect } from 'chai'
import { type Address, decodeFunctionData, encodeAbiParameters, pad, parseAbi, parseAbiParameters, toHex } from 'viem'
import { fundingAnnual } from '../../../src/core/risk/carry.ts'
import { fundingCall, fundingOf } from '../../../src/protocols/gmx-v2/funding.ts'

const at = (n: number): Address => pad(toHex(n), { size: 20 })
const GMX = { reader: at(1), dataStore: at(2), market: at(3) }

const abi = parseAbi([
  'struct Price { uint256 min; uint256 max; }',
  'struct Prices { Price index; Price long; Price short; }',
  'function getMarketInfo(address dataStore, Prices prices, address market)',
])

/** No GMX can be had here: the reader's `MarketInfo` as its source has it, encoded by hand. */
const encoded = (longsPayShorts: boolean, fundingFactorPerSecond: bigint) =>
  encodeAbiParameters(
    parseAbiParameters([
      'MarketInfo info',
      'struct Props { address marketToken; address indexToken; address longToken; address shortToken; }',
      'struct CollateralType { uint256 longToken; uint256 shortToken; }',
      'struct PositionType { CollateralType long; CollateralType short; }',
      'struct Base { PositionType fundingFeeAmountPerSize; PositionType claimableFundingAmountPerSize; }',
      'struct Next { bool longsPayShorts; uint256 fundingFactorPerSecond; int256 nextSavedFundingFactorPerSecond; PositionType fundingFeeAmountPerSizeDelta; PositionType claimableFundingAmountPerSizeDelta; }',
      'struct Virtual { uint256 long; uint256 short; int256 positions; }',
      'struct MarketInfo { Props market; uint256 borrowingLongs; uint256 borrowingShorts; Base baseFunding; Next nextFunding; Virtual virtualInventory; bool isDisabled; }',
    ]),
    [
      {
        market: { marketToken: at(3), indexToken: at(4), longToken: at(4), shortToken: at(5) },
        ...{
          borrowingLongs: 11n,
          borrowingShorts: 12n,
          baseFunding: { fundingFeeAmountPerSize: sides, claimableFundingAmountPerSize: sides },
        },
        nextFunding: {
          ...{ longsPayShorts, fundingFactorPerSecond, nextSavedFundingFactorPerSecond: -9n },
          ...{ fundingFeeAmountPerSizeDelta: sides, claimableFundingAmountPerSizeDelta: sides },
        },
        ...{ virtualInventory: { long: 1n, short: 2n, positions: -3n }, isDisabled: false },
      },
    ],
  )
const side = { longToken: 21n, shortToken: 22n }
const sides = { long: side, short: side }

describe('funding of a GMX v2 market', () => {
  it('asks the reader with prices of 30 decimals less those of the token', () => {
    const { to, data } = fundingCall(GMX, 2_000n * 10n ** 8n)
    expect(to).to.equal(GMX.reader)
    const { args } = decodeFunctionData({ abi, data })
    const price = (value: bigint) => ({ min: value, max: value })
    const ether = price(2_000n * 10n ** 12n)
    expect(args).to.deep.equal([GMX.dataStore, { index: ether, long: ether, short: price(10n ** 24n) }, GMX.market])
  })

  for (const [longs, annual] of [
    [true, 0.31536],
    [false, -0.31536],
  ] as const)
    it(`reads who pays whom (${longs ? 'longs' : 'shorts'} pay), and how much a year`, () => {
      const told = fundingOf({ result: encoded(longs, 10n ** 22n) })
      expect(told).to.deep.equal({ longsPayShorts: longs, fundingFactorPerSecond: 10n ** 22n })
      expect(fundingAnnual(told).value).to.be.closeTo(annual, 1e-12)
    })

  it('is lacking where the reader reverts, or is another contract', () => {
    for (const result of [undefined, '0x', toHex(1n, { size: 32 })] as const)
      expect(fundingAnnual(fundingOf({ result }))).to.deep.equal({ value: null, lacks: ['funding'] })
  })
})
