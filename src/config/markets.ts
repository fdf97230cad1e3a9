import type { Address } from 'viem'

/** When prices that move without a log are read: at every block, or once in so many seconds of the chain. */
export type PriceReads = 'every-block' | { readonly seconds: number }

export interface KnownMarket {
  readonly protocol: string
  readonly chainId: number
  readonly addressesProvider: Address
  /** Block of the pool's deployment: nothing happened before. */
  readonly fromBlock: number
  readonly priceReads: PriceReads
}

/** To add a market of a known protocol: one entry. (Any other works too, when the file gives its addressesProvider.) */
export const MARKETS: Readonly<Record<string, KnownMarket>> = {
  'aave-v3-ethereum': {
    protocol: 'aave-v3',
    chainId: 1,
    addressesProvider: '0x2f39d218133AFaB8F2B819B1066c7E434Ad94E9e',
    fromBlock: 16_291_127,
    priceReads: 'every-block',
  },
  'aave-v3-optimism': {
    protocol: 'aave-v3',
    chainId: 10,
    addressesProvider: '0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb',
    fromBlock: 4_365_693,
    priceReads: 'every-block',
  },
  // Four blocks a second: reading at each would cost a hundred million requests a year.
  'aave-v3-arbitrum': {
    protocol: 'aave-v3',
    chainId: 42161,
    addressesProvider: '0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb',
    fromBlock: 7_742_429,
    priceReads: { seconds: 2 },
  },
  'aave-v3-base': {
    protocol: 'aave-v3',
    chainId: 8453,
    addressesProvider: '0xe20fCBdBfFC4Dd138cE8b2E6FBb6CB49777ad64D',
    fromBlock: 2_357_134,
    priceReads: 'every-block',
  },
}
