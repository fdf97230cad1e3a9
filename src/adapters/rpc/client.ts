import type { Address, Hex } from 'viem'
import { ChainError, RpcFault, UnreachableError } from '../../core/errors.ts'
import type { Node } from '../../core/ports.ts'
import type { Header, Log } from '../../core/types.ts'
import { httpProvider, type Provider, REQUEST_TIMEOUT_MS, TransportFault } from './provider.ts'

export interface RpcOptions {
  readonly chain: string
  readonly chainId: number
  readonly urls: readonly string[]
  readonly onProblem: (problem: string) => void
  /** Default: 15 seconds. */
  readonly timeoutMs?: number
  /** Above so many in a day somebody is told, once a day. */
  readonly requestsPerDay?: number | undefined
}

const DAY_MS = 86_400_000

/** One node as people may see it. */
export interface ProviderView {
  /** Never a path or a key. */
  readonly host: string
  /** It named the right chain, and its last request came through. */
  readonly ok: boolean
  readonly lastError: string | undefined
  /** Within the present day of this program's life. */
  readonly requestsToday: number
}

/** A chain's nodes as one: asked in order, the next one when one fails, each only after it has named the right chain. */
export class Rpc {
  readonly chain: string
  readonly chainId: number
  /** Requests since the start. */
  total = 0
  readonly #providers: readonly Provider[]
  readonly #verified = new Set<Provider>()
  readonly #wrong = new Set<Provider>()
  readonly #onProblem: (problem: string) => void
  readonly #requestsPerDay: number
  readonly #lastErrors = new Map<Provider, string>()
  #day = newDay()

  constructor({ chain, chainId, urls, onProblem, timeoutMs = REQUEST_TIMEOUT_MS, requestsPerDay }: RpcOptions) {
    this.#requestsPerDay = requestsPerDay ?? Number.POSITIVE_INFINITY
    this.chain = chain
    this.chainId = chainId
    this.#onProblem = onProblem
    this.#providers = urls.map((url, i) => httpProvider(url, i, () => this.#count(i), timeoutMs))
  }

  get providers(): readonly ProviderView[] {
    return this.#providers.map((provider, i) => ({
      host: provider.label.replace(/#\d+$/, ''),
      ok: this.#verified.has(provider) && !this.#wrong.has(provider),
      lastError: this.#lastErrors.get(provider),
      requestsToday: this.#day.byProvider.get(i) ?? 0,
    }))
  }

  #count(provider: number): void {
    this.total++
    if (performance.now() - this.#day.startMs > DAY_MS) this.#day = newDay()
    this.#day.byProvider.set(provider, (this.#day.byProvider.get(provider) ?? 0) + 1)
    if (++this.#day.requests === this.#requestsPerDay + 1)
      this.#onProblem(`more than ${this.#requestsPerDay} requests within a day (requestsPerDay)`)
  }

  /** At least one node answers, and none of those that do is on another chain. */
  async connect(): Promise<void> {
    const faults: unknown[] = []
    for (const provider of this.#providers)
      await this.#verify(provider).catch((error: unknown) => {
        if (error instanceof ChainError) throw error
        faults.push(error)
      })
    if (faults.length === this.#providers.length) throw this.#unreachable(faults.at(-1))
  }

  /**
   * One request. A fault of the transport, or a refusal that another node may not share, goes on to the next node.
   * Throws RpcFault (the node's own no) or UnreachableError.
   */
  async request(method: string, params: readonly unknown[]): Promise<unknown> {
    let last: unknown
    for (const provider of this.#providers) {
      if (this.#wrong.has(provider)) continue
      try {
        if (!this.#verified.has(provider)) await this.#verify(provider)
        return await provider.request(method, params)
      } catch (error) {
        if (error instanceof TransportFault) this.#verified.delete(provider)
        else if (error instanceof ChainError) this.#wrong.add(provider)
        else if (!(error instanceof RpcFault) || isRevert(error)) throw error
        const said = error instanceof Error ? error.message : String(error)
        this.#lastErrors.set(provider, said)
        if (!(error instanceof RpcFault)) this.#onProblem(said)
        last = last instanceof RpcFault ? last : error
      }
    }
    if (last instanceof RpcFault) throw last
    throw this.#unreachable(last)
  }

  async #verify(provider: Provider): Promise<void> {
    const id = Number(await provider.request('eth_chainId', []))
    if (id !== this.chainId)
      throw new ChainError({
        code: 'WRONG_CHAIN_ID',
        what: `${provider.label} serves chain id ${id}, chain "${this.chain}" is ${this.chainId}`,
        why: 'signing or mirroring against the wrong chain loses money',
        fix: `Correct the rpc URL (or the id) of chains.${this.chain} in the configuration.`,
      })
    this.#verified.add(provider)
  }

  #unreachable(cause: unknown): UnreachableError {
    const why = cause instanceof Error ? cause.message : 'every URL is out of use'
    return new UnreachableError(
      {
        code: 'RPC_UNREACHABLE',
        what: `no node of chain "${this.chain}" answers`,
        why,
        fix: `Check that the node runs and that chains.${this.chain}.rpc is right; try again later.`,
      },
      { cause },
    )
  }
}

const newDay = () => ({ startMs: performance.now(), requests: 0, byProvider: new Map<number, number>() })

/** What reading a chain needs of its nodes: tests read one that runs in the same process. */
export type Reader = Pick<Rpc, 'chain' | 'total' | 'request'>

/** A call that ran and reverted: another node would say the same. */
export const isRevert = (error: RpcFault): boolean =>
  error.code === 3 || /revert|out of gas|invalid opcode/i.test(error.message)

const toQuantity = (value: bigint | number): Hex => `0x${value.toString(16)}`

interface RawHeader {
  readonly number: Hex
  readonly hash: Hex
  readonly parentHash: Hex
  readonly timestamp: Hex
  readonly baseFeePerGas?: Hex | null
  readonly logsBloom: Hex
}

export const toHeader = (raw: RawHeader): Header => ({
  number: BigInt(raw.number),
  hash: raw.hash,
  parentHash: raw.parentHash,
  timestamp: BigInt(raw.timestamp),
  baseFeeWei: BigInt(raw.baseFeePerGas ?? 0),
  logsBloom: raw.logsBloom,
})

/** `latest`, `finalized` or a number; undefined when the node does not have it. */
export async function getHeader(node: Node, block: bigint | 'latest' | 'finalized'): Promise<Header | undefined> {
  const raw = await node.request('eth_getBlockByNumber', [typeof block === 'bigint' ? toQuantity(block) : block, false])
  return raw === null ? undefined : toHeader(raw as RawHeader)
}

interface RawLog {
  readonly address: Address
  readonly topics: readonly Hex[]
  readonly data: Hex
  readonly logIndex: Hex
  readonly transactionHash: Hex
  readonly blockHash: Hex
  readonly blockNumber: Hex
}

export interface LogQuery {
  readonly addresses: readonly Address[]
  readonly topics: readonly Hex[]
  readonly at: { readonly blockHash: Hex } | { readonly fromBlock: bigint; readonly toBlock: bigint }
}

/** A log and the block it stands in. */
export interface PlacedLog {
  readonly log: Log
  readonly blockNumber: bigint
  readonly blockHash: Hex
}

/** Without their places; see `getPlacedLogs`. */
export async function getLogs(node: Node, query: LogQuery): Promise<Log[]> {
  return (await rawLogs(node, query)).map(toLog)
}

export async function getPlacedLogs(node: Node, query: LogQuery): Promise<PlacedLog[]> {
  return (await rawLogs(node, query)).map((raw) => ({
    log: toLog(raw),
    blockNumber: BigInt(raw.blockNumber),
    blockHash: raw.blockHash,
  }))
}

/** eth_getLogs. With a block hash, an answer from any other block is refused as a fault of the node. */
async function rawLogs(node: Node, { addresses, topics, at }: LogQuery): Promise<readonly RawLog[]> {
  const range = 'blockHash' in at ? at : { fromBlock: toQuantity(at.fromBlock), toBlock: toQuantity(at.toBlock) }
  const raw = await node.request('eth_getLogs', [{ address: addresses, topics: [topics], ...range }])
  const logs = raw as readonly RawLog[]
  if (!Array.isArray(logs)) throw new RpcFault('eth_getLogs', -32603, 'the answer is not a list of logs', undefined)
  if ('blockHash' in at && logs.some((log) => log.blockHash !== at.blockHash))
    throw new RpcFault('eth_getLogs', -32603, 'the answer holds logs of another block', undefined)
  return logs
}

const toLog = ({ address, topics, data, logIndex, transactionHash }: RawLog): Log => ({
  address: lower(address),
  topics,
  data,
  logIndex: Number(logIndex),
  transactionHash,
})

const lower = (address: Address): Address => `0x${address.slice(2).toLowerCase()}`
