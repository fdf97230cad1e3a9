import type { Address } from 'viem'

/** Uniswap V3's contracts on a chain. */
export interface UniswapV3 {
  /** QuoterV2. */
  readonly quoter: Address
  /** SwapRouter of periphery 1.x, whose parameters carry a deadline. None where only SwapRouter02 was deployed. */
  readonly router: Address | undefined
  readonly factory: Address
}

/** How a transaction pays for its data: inside its gas, or by the fee oracle of the OP stack. */
export type L1Fee = 'none' | 'op'

export interface KnownChain {
  readonly id: number
  readonly blockTimeS: number
  readonly wrappedNative: Address
  readonly nativeSymbol: string
  readonly explorer: string
  readonly uniswapV3: UniswapV3
  readonly l1Fee: L1Fee
  /** ENS UniversalResolver, where names live. */
  readonly ensResolver?: Address
}

/** Multicall3 has the same address on every chain. */
export const MULTICALL3: Address = '0xcA11bde05977b3631167028862bE2a173976CA11'

const uniswapV3: UniswapV3 = {
  quoter: '0x61fFE014bA17989E743c5F6cB21bF9697530B21e',
  router: '0xE592427A0AEce92De3Edee1F18E0157C05861564',
  factory: '0x1F98431c8aD98523631AE4a59f267346ea31F984',
}

/** To add a chain: one entry. (A chain that is not here works too, when the file gives its `id`.) */
export const CHAINS: Readonly<Record<string, KnownChain>> = {
  ethereum: {
    id: 1,
    blockTimeS: 12,
    wrappedNative: '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2',
    nativeSymbol: 'ETH',
    explorer: 'https://etherscan.io',
    uniswapV3,
    l1Fee: 'none',
    ensResolver: '0xeeeeeeee14d718c2b47d9923deab1335e144eeee',
  },
  optimism: {
    id: 10,
    blockTimeS: 2,
    wrappedNative: '0x4200000000000000000000000000000000000006',
    nativeSymbol: 'ETH',
    explorer: 'https://optimistic.etherscan.io',
    uniswapV3,
    l1Fee: 'op',
  },
  // Its gas estimate already holds the data fee.
  arbitrum: {
    id: 42161,
    blockTimeS: 0.25,
    wrappedNative: '0x82aF49447D8a07e3bd95BD0d56f35241523fBab1',
    nativeSymbol: 'ETH',
    explorer: 'https://arbiscan.io',
    uniswapV3,
    l1Fee: 'none',
  },
  base: {
    id: 8453,
    blockTimeS: 2,
    wrappedNative: '0x4200000000000000000000000000000000000006',
    nativeSymbol: 'ETH',
    explorer: 'https://basescan.org',
    uniswapV3: {
      quoter: '0x3d4e44Eb1374240CE5F1B871ab261CD16335B76a',
      router: undefined,
      factory: '0x33128a8fC17869897dcE68Ed026d694621f6FDfD',
    },
    l1Fee: 'op',
  },
}
