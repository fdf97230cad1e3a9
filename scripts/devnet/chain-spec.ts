export type ChainName = 'ethereum' | 'optimism'

/** What makes one local chain look like the real one it stands for. */
export interface ChainSpec {
  readonly name: ChainName
  readonly chainId: number
  readonly chainType: 'l1' | 'op'
  readonly blockTimeSeconds: number
  /** Fixed, so that every block hash is the same on each start. */
  readonly genesis: Date
  readonly baseFeeWei: bigint
  readonly blockGasLimit: bigint
  readonly storyBlocks: number
  /** An oracle writes when the price has moved by this much. */
  readonly deviationBps: number
  /** Depth of the exchange's pools and sizes of the accounts, relative to the ethereum chain. */
  readonly depth: number
  readonly sizes: number
}

const specs: Readonly<Record<ChainName, ChainSpec>> = {
  ethereum: {
    name: 'ethereum',
    chainId: 1,
    chainType: 'l1',
    blockTimeSeconds: 12,
    genesis: new Date('2026-01-05T00:00:00Z'),
    baseFeeWei: 2_000_000_000n,
    blockGasLimit: 60_000_000n,
    storyBlocks: 90,
    deviationBps: 50,
    depth: 1,
    sizes: 1,
  },
  optimism: {
    name: 'optimism',
    chainId: 10,
    chainType: 'op',
    blockTimeSeconds: 2,
    genesis: new Date('2026-01-05T00:00:00Z'),
    baseFeeWei: 1_000_000n,
    blockGasLimit: 60_000_000n,
    storyBlocks: 240,
    deviationBps: 20,
    depth: 0.25,
    sizes: 0.4,
  },
}

export function chainSpec(name: ChainName): ChainSpec {
  return specs[name]
}

export function isChainName(name: string): name is ChainName {
  return Object.hasOwn(specs, name)
}
