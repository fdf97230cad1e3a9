import { type Block, keccak256, serializeTransaction, toHex } from 'viem'
import type { Chain } from './chain.ts'

type FullBlock = Block<bigint, true, 'latest'>

/** Remembers a state per block, so that the last few blocks can be replaced by others. */
export class History {
  readonly #chain: Chain
  readonly #depth: number
  #states: { number: bigint; snapshot: unknown }[] = []
  #reorgs = 0

  /** Begins with the block that is the head now. */
  static async start(chain: Chain, depth = 64): Promise<History> {
    const history = new History(chain, depth)
    await history.#remember()
    chain.afterBlock = () => history.#remember()
    return history
  }

  private constructor(chain: Chain, depth: number) {
    this.#chain = chain
    this.#depth = depth
  }

  async #remember(): Promise<void> {
    const snapshot = await this.#chain.rpc('evm_snapshot')
    this.#states = [...this.#states, { number: this.#chain.head.number, snapshot }].slice(-this.#depth)
  }

  /**
   * Drops the last `depth` blocks and mines one more than were dropped. What each held is sent again for the block
   * in its place, or lost if `keep` is false. What was pending is gone either way.
   */
  async reorg(depth: number, keep = true): Promise<void> {
    const chain = this.#chain
    const target = chain.head.number - BigInt(depth)
    const at = this.#states.findIndex(({ number }) => number === target)
    const state = this.#states[at]
    if (state === undefined) throw new RangeError(`No state of block ${target} is kept: reorg at most ${this.reach}`)
    const dropped = await this.#read(target + 1n, chain.head.number)
    await chain.rpc('evm_revert', state.snapshot)
    this.#states = this.#states.slice(0, at)
    await chain.forget()
    await this.#remember()
    // Same slots, same transactions: the beacon's random is what makes the new blocks different.
    await chain.rpc('hardhat_setPrevRandao', keccak256(toHex(`reorg ${++this.#reorgs}`)))
    for (const block of dropped) {
      if (keep) await this.#sendAgain(block)
      await chain.mineBlock()
    }
    await chain.mineBlock()
    await chain.takeReceipts()
  }

  get reach(): number {
    return Math.max(0, this.#states.length - 1)
  }

  async #read(first: bigint, last: bigint): Promise<FullBlock[]> {
    const blocks: FullBlock[] = []
    for (let blockNumber = first; blockNumber <= last; blockNumber++) {
      blocks.push(await this.#chain.client.getBlock({ blockNumber, includeTransactions: true }))
    }
    return blocks
  }

  /** Accounts the chain signs for sign again; what came signed goes back as it was. */
  async #sendAgain(block: FullBlock): Promise<void> {
    for (const transaction of block.transactions) {
      const { from, to, input, value, gas, maxPriorityFeePerGas, type } = transaction
      if (this.#chain.isUnlocked(from)) {
        const tipWei = maxPriorityFeePerGas ?? 0n
        await this.#chain.send({ from, ...(to ? { to } : {}), data: input, valueWei: value, gas, tipWei })
      } else if (type === 'eip1559') {
        const raw = serializeTransaction({ ...transaction, data: input, type }, transaction)
        await this.#chain.rpc('eth_sendRawTransaction', raw).catch(() => undefined)
      }
    }
  }
}
