import { type Address, encodeFunctionData, type Hex, parseAbi } from 'viem'
import type { NextFunding } from '../../core/risk/extras.ts'
import type { Call, Read } from '../../core/types.ts'

/** A perpetual market of GMX v2 whose longs are those of the chain's coin against a dollar of 6 decimals. */
export interface GmxMarket {
  readonly reader: Address
  readonly dataStore: Address
  /** The market's token, which is its key. */
  readonly market: Address
}

/** Reader of gmx-synthetics 2.1 and 2.2. */
const READER_ABI = parseAbi([
  'struct Price { uint256 min; uint256 max; }',
  'struct MarketPrices { Price indexTokenPrice; Price longTokenPrice; Price shortTokenPrice; }',
  'function getMarketInfo(address dataStore, MarketPrices prices, address marketKey) view returns (uint256[] words)',
])

/** Words of `ReaderUtils.MarketInfo`, all of it static: 4 of the market, 2 of borrowing, 8 of base funding, then `nextFunding`. */
const LONGS_PAY_SHORTS = 14
const FUNDING_FACTOR_PER_SECOND = 15

/**
 * `Reader.getMarketInfo`. Prices have 30 decimals less those of the token; the funding factor follows from open interest and
 * time, not from them, but the reader wants them. `coinUsd8`: of the chain's coin (18 decimals).
 */
export function fundingCall({ reader, dataStore, market }: GmxMarket, coinUsd8: bigint): Call {
  const price = (value: bigint) => ({ min: value, max: value })
  const coin = price(coinUsd8 * 10n ** 4n)
  const prices = { indexTokenPrice: coin, longTokenPrice: coin, shortTokenPrice: price(10n ** 24n) }
  const args = [dataStore, prices, market] as const
  const data = encodeFunctionData({ abi: READER_ABI, functionName: 'getMarketInfo', args })
  return { to: reader, data: data.toLowerCase() as Hex }
}

/** Null where the reader did not answer. */
export function fundingOf({ result }: Pick<Read, 'result'>): NextFunding | null {
  if (result === undefined || result.length < 2 + 64 * (FUNDING_FACTOR_PER_SECOND + 1)) return null
  return {
    longsPayShorts: wordAt(result, LONGS_PAY_SHORTS) !== 0n,
    fundingFactorPerSecond: wordAt(result, FUNDING_FACTOR_PER_SECOND),
  }
}

const wordAt = (hex: Hex, n: number): bigint => BigInt(`0x${hex.slice(2 + 64 * n, 66 + 64 * n)}`)
