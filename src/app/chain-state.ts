import type { ProviderView } from '../adapters/rpc/client.ts'
import type { Book } from '../core/book.ts'
import type { PoolBook } from '../core/pool-book.ts'
import type { Batch, Node } from '../core/ports.ts'
import type { Difference } from '../core/trust.ts'
import type { Header } from '../core/types.ts'

/** The last comparison of a market with the chain. */
export interface AuditResult {
  readonly block: bigint
  readonly checked: number
  readonly mismatched: number
}

/** Requests of so many last pages are kept for the figure people see. */
const PAGES_COUNTED = 1_000

/** What is known of a chain while the program runs; survives a restart of the chain's loop. */
export class ChainState {
  readonly name: string
  readonly chainId: number
  readonly blockTimeS: number
  books: readonly Book[] = []
  /** Pools mirrored to the books' head; empty while none are. */
  exchanges: readonly PoolBook[] = []
  /** The newest header any node told of; at or ahead of the books. */
  newest: Header | undefined
  /** True once the books have reached the newest head. */
  synced = false
  requestsTotal: () => number = () => 0
  /** Undefined before the chain was opened. */
  node: Node | undefined
  providers: () => readonly ProviderView[] = () => []
  /** Of the loop that runs now; undefined before the first one. */
  batch: Batch | undefined
  /** By market, why nothing of it is trusted. */
  readonly quarantined = new Map<string, string>()
  readonly audits = new Map<string, AuditResult>()
  /** By market, what an audit found to differ from the chain and no later one has taken back. */
  readonly differences = new Map<string, Difference>()
  /** Markets that were compared with the chain and equal since the loop began, their rules changed, or they were read anew. */
  readonly proven = new Set<string>()
  /** By market, how often it was read anew because of a difference, since the start. */
  readonly resyncs = new Map<string, number>()
  readonly #requests: number[] = []
  /** Monotonic milliseconds of the last page, rollback or head. */
  turnedAtMs: number | undefined
  /** Why the loop is not running, in words. */
  trouble: string | undefined

  constructor(name: string, chainId: number, blockTimeS: number) {
    this.name = name
    this.chainId = chainId
    this.blockTimeS = blockTimeS
  }

  /** Why nothing of a market is trusted; undefined when it is. */
  distrust(market: string): string | undefined {
    const difference = this.differences.get(market)
    const differs =
      difference && `the mirror differed from the chain at block ${difference.since}: ${difference.detail}`
    return this.quarantined.get(market) ?? differs
  }

  get head(): Header | undefined {
    return this.books[0]?.head
  }

  /** Chain time at which what is decided on this block happens at the earliest: one block time later. */
  executionTime({ timestamp }: Pick<Header, 'timestamp'>): bigint {
    return timestamp + BigInt(Math.max(1, Math.round(this.blockTimeS)))
  }

  get lagBlocks(): number {
    const { head, newest } = this
    return head === undefined || newest === undefined || newest.number < head.number
      ? 0
      : Number(newest.number - head.number)
  }

  countPage(requests: number): void {
    this.#requests.push(requests)
    if (this.#requests.length > PAGES_COUNTED) this.#requests.shift()
  }

  /** Requests that a page took: the middle of the last thousand, and the most. */
  get requestsPerBlock(): { readonly p50: number; readonly max: number } {
    const sorted = this.#requests.toSorted((a, b) => a - b)
    return { p50: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0 }
  }

  /** Milliseconds since the chain last moved; undefined before the first time. */
  silentMs(nowMs: number): number | undefined {
    return this.turnedAtMs === undefined ? undefined : nowMs - this.turnedAtMs
  }
}
