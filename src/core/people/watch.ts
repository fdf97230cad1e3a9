import type { Address } from 'viem'

/** An address somebody wants to hear of, with their own thresholds. */
export interface Watch {
  readonly id: number
  /** The chat that is told, such as `telegram:123`. */
  readonly chat: string
  /** Lower case. */
  readonly address: Address
  /** Their own word for it; empty when they gave none. */
  readonly name: string
  /** 18 decimals, highest first; null: those of the configuration. */
  readonly thresholdsWad: readonly bigint[] | null
  /** Distance to liquidation in basis points, widest first; null: those of the configuration. */
  readonly distancesBps: readonly number[] | null
  /** Unix seconds. */
  readonly createdS: number
}

/** What is not told for a while. */
export interface Mute {
  readonly chat: string
  /** `all`, `position:0x…` (lower case), `market:NAME`. */
  readonly scope: string
  /** Unix seconds; null: until somebody unmutes. */
  readonly untilS: number | null
}
