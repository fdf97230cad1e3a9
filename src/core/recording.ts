import type { Address } from 'viem'
import type { Checkpoint } from './ports.ts'
import type { Facts } from './types.ts'

/** What a recording says of itself before its first entry. */
export interface RecordingMeta {
  readonly chain: string
  readonly chainId: number
  readonly blockTimeS: number
  readonly markets: readonly RecordedMarket[]
  /** `node`: past blocks, balances derived from logs where that is exact; `daemon`: pages as the daemon saw them. */
  readonly source: 'node' | 'daemon'
  /** Version of the program that began the file. */
  readonly version: string
}

/** All that a protocol's plug needs to follow the market again. */
export interface RecordedMarket {
  readonly name: string
  readonly protocol: string
  readonly addressesProvider: Address
  readonly rules: string
  /** Seconds of chain time between readings of prices that move without a log; 0: at every page. */
  readonly priceReadsS: number
}

/** One entry, in the order of the chain. Each market's `state` comes before the first page that concerns it. */
export type RecordingEntry =
  | { readonly kind: 'state'; readonly market: string; readonly state: Checkpoint }
  | {
      readonly kind: 'page'
      readonly facts: Facts
      /** So many of the page's first reads follow from its logs; the others were asked of a node. */
      readonly derived: number
    }
  /** Blocks that hold nothing of ours, both ends included. */
  | { readonly kind: 'gap'; readonly from: bigint; readonly to: bigint }
  /** The mirror was compared with the chain after this block. */
  | {
      readonly kind: 'proof'
      readonly market: string
      readonly block: bigint
      readonly checked: number
      readonly mismatched: number
    }
