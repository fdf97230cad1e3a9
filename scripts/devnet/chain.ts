import {
  type Address,
  createPublicClient,
  custom,
  type Hash,
  type Hex,
  keccak256,
  numberToHex,
  type PublicClient,
  type TransactionReceipt,
} from 'viem'
import type { ChainSpec } from './chain-spec.ts'

export interface Rpc {
  request(args: { method: string; params?: unknown[] }): Promise<unknown>
}

export interface Transaction {
  readonly from: Address
  readonly to?: Address
  readonly data?: Hex
  readonly valueWei?: bigint
  readonly gas?: bigint
  /** Orders the block; an oracle's report goes before the crowd. */
  readonly tipWei?: bigint
}

/** EIP-7825 caps a transaction at 2^24; nothing here comes near the second figure but deployments. */
const defaultGas = 2_000_000n
const deploymentGas = 16_000_000n
const plentyWei = 10n ** 24n
/** Blocks of the seeding phase hold everything there is. */
const seedingGasLimit = 2_000_000_000n

class TransactionReverted extends Error {
  constructor(hash: Hash, what: string, cause: unknown) {
    super(`${what} (${hash}) reverted: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'TransactionReverted'
  }
}

/** A simulated chain whose every block is mined on purpose, at a time given by the chain itself. */
export class Chain {
  readonly spec: ChainSpec
  readonly client: PublicClient
  baseFeeWei: bigint
  /** Called after each block mined through this object. */
  afterBlock: () => Promise<void> = async () => {}
  readonly #rpc: Rpc
  readonly #unlocked = new Set<string>()
  /** Those of them whose ether was looked at since the last return to an earlier state. */
  readonly #funded = new Set<string>()
  #head = { number: 0n, timestamp: 0n }
  #sent: { hash: Hash; transaction: Transaction }[] = []

  constructor(spec: ChainSpec, rpc: Rpc) {
    this.spec = spec
    this.#rpc = rpc
    this.baseFeeWei = spec.baseFeeWei
    const request = (args: { method: string; params?: unknown }) =>
      rpc.request({ method: args.method, params: Array.isArray(args.params) ? args.params : [] })
    this.client = createPublicClient({ transport: custom({ request }, { retryCount: 0 }), cacheTime: 0 })
  }

  get head(): Readonly<{ number: bigint; timestamp: bigint }> {
    return this.#head
  }

  /** One block time after the head; where that is a fraction of a second, only each so-and-so-many-th block moves on. */
  get nextTimestamp(): bigint {
    const elapsed = (blocks: bigint) => BigInt(Math.floor(Number(blocks) * this.spec.blockTimeSeconds))
    return this.#head.timestamp + elapsed(this.#head.number + 1n) - elapsed(this.#head.number)
  }

  rpc(method: string, ...params: unknown[]): Promise<unknown> {
    return this.#rpc.request({ method, params })
  }

  /** Lets the chain sign for any address, and gives it ether if it has none. */
  async unlock(account: Address, balanceWei = plentyWei): Promise<void> {
    if (this.#funded.has(account.toLowerCase())) return
    this.#unlocked.add(account.toLowerCase())
    this.#funded.add(account.toLowerCase())
    await this.rpc('hardhat_impersonateAccount', account)
    if ((await this.client.getBalance({ address: account })) > 0n) return
    await this.rpc('hardhat_setBalance', account, numberToHex(balanceWei))
  }

  isUnlocked(account: Address): boolean {
    return this.#unlocked.has(account.toLowerCase())
  }

  async send(transaction: Transaction): Promise<Hash> {
    await this.unlock(transaction.from)
    const { from, to, data, valueWei = 0n, tipWei = this.baseFeeWei / 10n } = transaction
    const gas = transaction.gas ?? (to === undefined ? deploymentGas : defaultGas)
    const hash = await this.rpc('eth_sendTransaction', {
      from,
      ...(to === undefined ? {} : { to }),
      ...(data === undefined ? {} : { data }),
      value: numberToHex(valueWei),
      gas: numberToHex(gas),
      maxFeePerGas: numberToHex(100n * this.spec.baseFeeWei + tipWei),
      maxPriorityFeePerGas: numberToHex(tipWei),
    })
    if (!isHash(hash)) throw new TypeError(`eth_sendTransaction answered ${JSON.stringify(hash)}`)
    this.#sent.push({ hash, transaction })
    return hash
  }

  /** Mines one block with everything pending, at the given time or one block time after its parent. */
  async mineBlock(timestamp = this.nextTimestamp): Promise<void> {
    await this.rpc('evm_setNextBlockTimestamp', numberToHex(timestamp))
    await this.rpc('hardhat_setNextBlockBaseFeePerGas', numberToHex(this.baseFeeWei))
    await this.rpc('evm_mine')
    await this.sync()
    await this.afterBlock()
  }

  /** Re-reads the head, and sets the clock so that a call at `pending` sees the very time of the next block. */
  async sync(): Promise<void> {
    const { number, timestamp } = await this.client.getBlock({ blockTag: 'latest' })
    this.#head = { number, timestamp }
    await this.rpc('evm_setNextBlockTimestamp', numberToHex(this.nextTimestamp))
    await this.rpc('hardhat_setNextBlockBaseFeePerGas', numberToHex(this.baseFeeWei))
  }

  /** After a return to an earlier state nothing sent since then exists. */
  async forget(): Promise<void> {
    this.#sent = []
    this.#funded.clear()
    await this.sync()
  }

  /** Receipts of what was sent through this object and has been mined since the last call. */
  async takeReceipts(): Promise<{ transaction: Transaction; receipt: TransactionReceipt }[]> {
    const sent = this.#sent
    this.#sent = []
    const receipts = []
    for (const { hash, transaction } of sent) {
      const receipt = await this.client.getTransactionReceipt({ hash }).catch(() => undefined)
      if (receipt === undefined) this.#sent.push({ hash, transaction })
      else receipts.push({ transaction, receipt })
    }
    return receipts
  }

  /** Mines what is pending and insists that all of it succeeded. */
  async settle(timestamp?: bigint): Promise<TransactionReceipt[]> {
    await this.mineBlock(timestamp)
    const settled = await this.takeReceipts()
    for (const { transaction, receipt } of settled) {
      if (receipt.status === 'success') continue
      const { from: account, to, data, valueWei = 0n } = transaction
      const cause = await this.client
        .call({ account, to: to ?? null, value: valueWei, ...(data ? { data } : {}) })
        .catch((error: unknown) => error)
      throw new TransactionReverted(receipt.transactionHash, `Call to ${to} by ${account}`, cause)
    }
    return settled.map(({ receipt }) => receipt)
  }

  async setBlockGasLimit(gas: bigint = seedingGasLimit): Promise<void> {
    await this.rpc('evm_setBlockGasLimit', numberToHex(gas))
  }
}

/** An address nobody has the key of, but which the chain can be told to sign for. */
export function namedAccount(name: string): Address {
  return `0x${keccak256(new TextEncoder().encode(`plimsoll devnet ${name}`)).slice(-40)}`
}

function isHash(value: unknown): value is Hash {
  return typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value)
}
