import type { Address, Hex } from 'viem'

/** A block's header, as far as anybody here needs it. */
export interface Header {
  readonly number: bigint
  readonly hash: Hex
  readonly parentHash: Hex
  /** Unix seconds of the chain. Two blocks may share one. */
  readonly timestamp: bigint
  /** Wei a unit of gas; 0 where the chain has none. */
  readonly baseFeeWei: bigint
  readonly logsBloom: Hex
}

/** One event. Addresses are lower case here and checksummed only at the edge, where people read them. */
export interface Log {
  readonly address: Address
  readonly topics: readonly Hex[]
  readonly data: Hex
  readonly logIndex: number
  readonly transactionHash: Hex
}

/** A question to a contract at a block. */
/** Without data (`0x`) nothing is called: the answer is `0x01` where `to` is a contract, `0x00` where it is somebody with a key. */
export interface Call {
  readonly to: Address
  readonly data: Hex
}

/** Its answer; `undefined` when the call reverted. */
export interface Read extends Call {
  readonly result: Hex | undefined
}

/** What the chain said at one block. Nothing else ever enters the core. */
export interface Facts {
  readonly block: Header
  readonly logs: readonly Log[]
  readonly reads: readonly Read[]
}

/** Logs of `address` whose first topic is one of `topics`. */
export interface LogFilter {
  readonly address: Address
  readonly topics: readonly Hex[]
}

/** An account's number in its ledger: 0, 1, 2 … in order of first sight, never given twice. */
export type AccountId = number

/** A weight on a rate column: + for collateral, − for debt. In whole units of the asset (float: screens and presents only). */
export interface Entry {
  readonly column: number
  readonly weight: number
}

/** The key under which a call and its answer meet. */
export const callKey = (call: Call): string => `${call.to}${call.data}`
