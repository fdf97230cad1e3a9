export type ChainName = 'ethereum' | 'optimism' | 'arbitrum'

/** What makes one local chain look like the real one it stands for. */
export interface ChainSpec {
  readonly name: ChainName
  readonly chainId: number
  readonly chainType: 'l1' | 'op'
  /** A sequencer, so a sentinel over prices and the pool for rollups. */
  readonly isRollup: boolean
  /** Below 1, several blocks share a timestamp. */
  readonly blockTimeSeconds: number
  /** Blocks with nothing in them before the first one that is mined on purpose. */
  readonly emptyBlocks: number
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
    isRollup: false,
    blockTimeSeconds: 12,
    emptyBlocks: 0,
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
    isRollup: true,
    blockTimeSeconds: 2,
    emptyBlocks: 0,
    genesis: new Date('2026-01-05T00:00:00Z'),
    baseFeeWei: 1_000_000n,
    blockGasLimit: 60_000_000n,
    storyBlocks: 240,
    deviationBps: 20,
    depth: 0.25,
    sizes: 0.4,
  },
  // Its data fee is inside the gas, and nothing here charges one: gas is cheaper than on the real chain.
  arbitrum: {
    name: 'arbitrum',
    chainId: 42161,
    chainType: 'l1',
    isRollup: true,
    blockTimeSeconds: 0.25,
    emptyBlocks: 0,
    genesis: new Date('2026-01-05T00:00:00Z'),
    baseFeeWei: 10_000_000n,
    blockGasLimit: 60_000_000n,
    storyBlocks: 240,
    deviationBps: 20,
    depth: 0.4,
    sizes: 0.5,
  },
}

export function chainSpec(name: ChainName): ChainSpec {
  return specs[name]
}

export function isChainName(name: string): name is ChainName {
  return Object.hasOwn(specs, name)
}

/** Seconds between the empty blocks at the beginning: whole ones. */
export function emptyBlockSeconds({ blockTimeSeconds }: ChainSpec): number {
  return Math.ceil(blockTimeSeconds)
}
