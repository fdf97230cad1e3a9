import { type Address, type Hex, keccak256, pad, toHex } from 'viem'
import type { Log } from '../../src/core/types.ts'

export interface FakeBlock {
  readonly number: bigint
  readonly hash: Hex
  readonly parentHash: Hex
  readonly timestamp: bigint
  readonly logsBloom: Hex
  readonly logs: readonly Log[]
}

export type Said = Pick<Log, 'address' | 'topics'>

/** Blocks 0 … head, some of which can be replaced by others. */
export class FakeChain {
  readonly blocks: FakeBlock[] = []
  #branch = 0

  constructor(blocks = 1, said: (number: number) => readonly Said[] = () => []) {
    this.mine(blocks, said)
  }

  get head(): FakeBlock {
    return this.blocks.at(-1) as FakeBlock
  }

  mine(blocks = 1, said: (number: number) => readonly Said[] = () => []): void {
    for (let i = 0; i < blocks; i++) {
      const number = this.blocks.length
      const hash = keccak256(toHex(`block ${number} of branch ${this.#branch}`))
      const parentHash = this.blocks.at(-1)?.hash ?? pad('0x0', { size: 32 })
      const logs = said(number).map((log, logIndex) => ({
        ...log,
        data: '0x' as const,
        logIndex,
        transactionHash: keccak256(hash),
      }))
      const timestamp = 1_700_000_000n + 12n * BigInt(number)
      this.blocks.push({ number: BigInt(number), hash, parentHash, timestamp, logsBloom: bloomOf(logs), logs })
    }
  }

  /** Replace the last `depth` blocks by one more. */
  reorg(depth: number, said: (number: number) => readonly Said[] = () => []): void {
    this.blocks.splice(this.blocks.length - depth)
    this.#branch++
    this.mine(depth + 1, said)
  }

  byHash(hash: unknown): FakeBlock | undefined {
    return this.blocks.find((block) => block.hash === hash)
  }
}

/** The header's bloom as the yellow paper has it: one number of 2048 bits, three of them for each value. */
export function bloomOf(logs: readonly Said[]): Hex {
  let bloom = 0n
  for (const { address, topics } of logs)
    for (const value of [address, ...topics]) {
      const hash = keccak256(value).slice(2)
      for (const at of [0, 4, 8]) bloom |= 1n << (BigInt(`0x${hash.slice(at, at + 4)}`) % 2048n)
    }
  return pad(toHex(bloom), { size: 256 })
}

export const someAddress = (n: number): Address => pad(toHex(n), { size: 20 })
export const someTopic = (n: number): Hex => keccak256(toHex(n))
