import { type Address, type Hex, isHex, numberToHex, type TransactionReceipt } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { decodeRevert } from '../../../src/adapters/executor/revert.ts'
import type { Random } from '../../devnet/random.ts'
import type { ContractSet } from '../ground.ts'
import type { Reserve, World } from '../world.ts'

/** What an action may look at when it is drawn. */
export interface Turn {
  readonly world: World
  /** Its own: an action left out changes no other one's draws. */
  readonly random: Random
  /** Of the block it will be in. */
  readonly timestamp: bigint
  readonly reserves: readonly Reserve[]
  readonly block: BlockPlan
  /** The mirror is behind the chain: nothing can be predicted. */
  readonly lagging: boolean
}

/** What liquidations planned for a block have to do with. */
export interface BlockPlan {
  /** Accounts: no other liquidation of the block may touch them. */
  readonly taken: Set<Address>
  /** No more liquidations in this block. */
  closed: boolean
}

/** Something that is not as the mirror said. */
export interface Finding {
  readonly account: Address | ''
  readonly field: string
  readonly ours: string
  readonly chain: string
}

export interface Planned {
  /** Goes before everything else of its block: it was predicted on the state before the block. */
  readonly first?: boolean
  send(): Promise<void>
  /** With the receipts of what it sent; default: all must have succeeded. */
  judge?(receipts: readonly TransactionReceipt[]): Verdict | Promise<Verdict>
}

export interface Verdict {
  readonly succeeded: boolean
  readonly predictions?: number
  readonly liquidations?: number
  readonly deficits?: number
  readonly findings?: readonly Finding[]
}

/** One kind of action; undefined where there is nothing to do it with. */
export interface Kind {
  readonly name: string
  readonly weight: number
  /** Default: all. */
  readonly sets?: readonly ContractSet[]
  plan(turn: Turn): Planned | undefined | Promise<Planned | undefined>
}

export interface Order {
  readonly from: Address
  readonly to: Address
  readonly data: Hex
}

/** Configurator calls look at up to 255 categories. */
export const GAS = 8_000_000n

export const sending = ({ chain }: World, ...orders: readonly Order[]): Planned => ({
  async send() {
    for (const order of orders) await chain.send({ ...order, gas: GAS })
  },
})

export const somebody = ({ world, random }: Turn): PrivateKeyAccount => random.pick(world.people)
export const someReserve = ({ reserves, random }: Turn): Reserve => random.pick(reserves)

/** The name of the error with which a call ends at a block, or its number in V3.0.2, or 'none'. */
export async function simulate({ chain }: World, order: Order, at: 'pending' | bigint): Promise<string> {
  try {
    await chain.rpc('eth_call', { ...order, gas: numberToHex(GAS) }, at === 'pending' ? at : numberToHex(at))
    return 'none'
  } catch (error) {
    const data = error instanceof Error && 'data' in error ? error.data : undefined
    if (!isHex(data)) return error instanceof Error ? error.message : String(error)
    const reason = decodeRevert(data) ?? data
    return /^Error\((.*)\)$/.exec(reason)?.[1] ?? reason.replace(/\(.*/, '')
  }
}
