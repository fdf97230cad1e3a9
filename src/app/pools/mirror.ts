import type { Address } from 'viem'
import type { ChainConfig } from '../../config/config.ts'
import type { Book } from '../../core/book.ts'
import { RpcFault, UnreachableError } from '../../core/errors.ts'
import type { PoolBook } from '../../core/pool-book.ts'
import type { Batch, Checkpoint, Follower, Store } from '../../core/ports.ts'
import type { Facts, Header } from '../../core/types.ts'
import type { ChainState } from '../chain-state.ts'
import { PoolAudit } from './audit.ts'
import { assetsOf, discoverPools } from './discover.ts'
import { checkpointName, endKeptPools, type MirroredPools, poolBookOf, type Sought, writeKeptPools } from './kept.ts'
import { readPool } from './read.ts'

export interface PoolMirrorOptions {
  readonly chain: ChainConfig
  readonly books: readonly Book[]
  readonly batch: Batch
  readonly store: Pick<Store, 'value' | 'setValue' | 'addCheckpoint' | 'atomically'>
  readonly state: ChainState
  readonly signal: AbortSignal
  readonly onProblem: (problem: string) => void
  /** For people. */
  readonly tell: (reason: PoolTrouble, detail: string) => void
}

export type PoolTrouble = 'pools-differ' | 'pools-trusted' | 'pool-unreadable'

/** Pools to be followed, and how they were found. */
interface Wanted {
  readonly pools: readonly Address[]
  readonly sought: Sought | undefined
}

/** Being read, pool by pool, beside the loop. */
interface Coming extends Wanted {
  readonly book: PoolBook
  /** The block of the pool that is being read. */
  at: Header
  /** Pages since. */
  pages: Facts[]
}

/** Blocks between two audits, and after a node failed. */
const AUDIT_BLOCKS = 50n
const DAY_S = 86_400

/**
 * The pools of one chain, mirrored beside its books from the same pages. They are read beside the loop, each at the block
 * that is the newest when its turn comes; nothing waits for them, and where they differ from the chain they are read anew.
 */
export class PoolMirror {
  readonly #options: PoolMirrorOptions
  readonly #audit = new PoolAudit()
  #current: MirroredPools | undefined
  #coming: Coming | undefined
  /** Found, and followed from the next page on. */
  #wanted: Wanted | undefined
  #seeking = false
  /** Nothing is begun before. */
  #notBefore = 0n
  #audited: bigint | undefined
  /** Blocks to wait before the next reading after a difference; doubles. */
  #patience = 0n
  #differed = false
  #failed: { readonly error: unknown } | undefined

  constructor(options: PoolMirrorOptions, restored: MirroredPools | undefined) {
    this.#options = options
    if (restored && this.#isAsConfigured(restored)) this.#serve(restored)
    else this.#lose()
  }

  get book(): PoolBook | undefined {
    return this.#current?.book
  }

  /** Asked before each page. Nothing but logs: what is read is read here. */
  followers(): readonly Follower[] {
    return [this.#current?.book, this.#coming?.book]
      .filter((book) => book !== undefined)
      .map((book) => ({ filters: () => book.filters(), reads: () => [] }))
  }

  page(facts: Facts): void {
    if (this.#failed) throw this.#failed.error
    this.#current?.book.apply(facts)
    this.#coming?.pages.push(facts)
  }

  rollback(to: Header): void {
    if (this.#current && to.number < this.#current.since.number) this.#lose()
    this.#current?.book.rollback(to)
    const coming = this.#coming
    if (coming === undefined) return
    if (to.number < coming.at.number) this.#coming = undefined
    else coming.pages = coming.pages.filter(({ block }) => block.number <= to.number)
  }

  /** What is kept beside the markets' checkpoints at `block`. */
  checkpoints(block: Header): readonly (readonly [name: string, checkpoint: Checkpoint])[] {
    if (this.#current === undefined) return []
    const { book, kept, since } = this.#current
    try {
      return [[checkpointName(kept), book.checkpoint(since.number > block.number ? since : block)]]
    } catch (error) {
      // Logs of no real pool led to what no pool can hold.
      if (!(error instanceof RangeError)) throw error
      this.#differs(`cannot be kept at block ${block.number}: ${error.message}`)
      return []
    }
  }

  finalize(block: bigint): void {
    this.#current?.book.finalize(block)
  }

  /** After a live page was acted on, while the feed waits: begins what is due, and compares a part with the chain. */
  async afterActing(): Promise<void> {
    await this.#look()
    if (this.#coming !== undefined || this.#seeking) return
    const wanted = this.#wanted ?? this.#configured()
    this.#wanted = undefined
    if (wanted) void this.#begin(wanted)
    else if (this.#isSearchDue()) void this.#seek()
  }

  /** All of it, waited for: where no loop runs. */
  async read(): Promise<void> {
    const { chain } = this.#options
    if (this.#current !== undefined) return
    if (chain.pools === 'auto') await this.#seek()
    const wanted = this.#wanted ?? this.#configured()
    this.#wanted = undefined
    if (wanted) await this.#begin(wanted)
    if (this.#failed) throw this.#failed.error
  }

  get #head(): Header {
    const head = this.#options.books[0]?.head
    if (head === undefined) throw new RangeError('pools before the first page of the markets')
    return head
  }

  #isAsConfigured({ kept }: MirroredPools): boolean {
    const { pools } = this.#options.chain
    return typeof pools === 'string' ? kept.sought !== undefined : isSame(pools, kept.pools) && !kept.sought
  }

  /** Pools that the configuration names and nobody reads yet. */
  #configured(): Wanted | undefined {
    const { pools } = this.#options.chain
    if (typeof pools === 'string' || this.#current !== undefined || this.#head.number < this.#notBefore)
      return undefined
    return { pools, sought: undefined }
  }

  #isSearchDue(): boolean {
    const { chain, books } = this.#options
    if (chain.pools !== 'auto' || this.#head.number < this.#notBefore) return false
    const sought = this.#current?.kept.sought
    return sought === undefined || sought.assets !== assetsOf(books) || nowS(this.#head) >= sought.atS + DAY_S
  }

  async #seek(): Promise<void> {
    const { chain, books, onProblem } = this.#options
    const head = this.#head
    const { factory } = chain.uniswapV3 ?? {}
    if (factory === undefined) throw new TypeError(`chain ${chain.name}: pools without a factory were not checked`)
    this.#seeking = true
    const sought = { assets: assetsOf(books), atS: nowS(head) }
    const followed = this.#current?.kept.pools ?? []
    await this.#despiteNode(async () => {
      const pools = await discoverPools(
        { ...this.#options, factory, wrappedNative: chain.wrappedNative, followed },
        head,
      )
      if (this.#current && isSame(pools, followed)) return this.#seenAgain(this.#current, sought)
      if (pools.length > 0) this.#wanted = { pools, sought }
      else {
        onProblem(`no Uniswap V3 pool of factory ${factory} holds anything of what the markets list`)
        this.#notBefore = head.number + BigInt(Math.ceil(DAY_S / chain.blockTimeS))
      }
    })
    this.#seeking = false
  }

  #seenAgain({ kept, ...rest }: MirroredPools, sought: Sought): void {
    const { store, state } = this.#options
    this.#current = { ...rest, kept: { ...kept, sought } }
    writeKeptPools(store, state.chainId, this.#current.kept)
  }

  /** From the next page on the pools' logs are in the pages: to be called while the feed waits. */
  #begin(wanted: Wanted): Promise<void> {
    const coming: Coming = { ...wanted, book: poolBookOf(wanted.pools), at: this.#head, pages: [] }
    this.#coming = coming
    return this.#despiteNode(async () => {
      try {
        await this.#readAll(coming)
      } catch (error) {
        // Of a block that a reorganisation has taken nothing is known any more.
        if (this.#coming === coming) throw error
      } finally {
        if (this.#coming === coming) this.#coming = undefined
      }
    })
  }

  async #readAll(coming: Coming): Promise<void> {
    const { batch, signal, tell } = this.#options
    for (const pool of coming.pools) {
      advance(coming)
      const reads = await readPool(batch, pool, coming.at, signal)
      // A reorganisation has taken the block it stood on, or the program ends.
      if (this.#coming !== coming || signal.aborted) return
      if (reads) coming.book.apply({ block: coming.at, logs: [], reads })
      else tell('pool-unreadable', `${pool} does not answer as a Uniswap V3 pool does, and is left out`)
    }
    const since = coming.at
    advance(coming)
    this.#settle(coming, since)
  }

  #settle({ book, pools, sought }: Coming, since: Header): void {
    const { store, state, tell } = this.#options
    const kept = { pools, since: since.hash, sought }
    store.atomically(() => {
      writeKeptPools(store, state.chainId, kept)
      store.addCheckpoint(state.chainId, checkpointName(kept), book.checkpoint(since))
    })
    this.#serve({ book, kept, since })
    if (this.#differed) tell('pools-trusted', `read anew, ${book.pools().length} pools, as of block ${since.number}`)
    this.#differed = false
  }

  async #look(): Promise<void> {
    const head = this.#head
    const isDue = this.#audited === undefined || head.number >= this.#audited + AUDIT_BLOCKS
    if (this.#current === undefined || !isDue) return
    const { batch } = this.#options
    const { book } = this.#current
    await this.#despiteNode(async () => {
      const [worst, ...others] = await this.#audit.look(book, batch)
      this.#audited = head.number
      if (worst === undefined) return
      const { address, field, ours, chain } = worst
      const example = `${address}: ${field} ${ours}, on the chain ${chain}`
      this.#differs(`differ from the chain at block ${head.number} in ${1 + others.length} values, such as ${example}`)
    })
  }

  /** No longer answered from; read anew at once the first time, later and later if it goes on. */
  #differs(how: string): void {
    this.#lose()
    this.#differed = true
    this.#notBefore = this.#head.number + this.#patience
    this.#patience = this.#patience === 0n ? AUDIT_BLOCKS : this.#patience * 2n
    this.#options.tell('pools-differ', `the mirrored pools ${how}. They are read anew from block ${this.#notBefore} on`)
  }

  #serve(mirrored: MirroredPools): void {
    this.#current = mirrored
    this.#options.state.exchanges = [mirrored.book]
  }

  #lose(): void {
    const { store, state } = this.#options
    this.#current = undefined
    state.exchanges = []
    endKeptPools(store, state.chainId)
  }

  /** A node that fails costs what was asked of it; anything else ends the loop at its next page. */
  async #despiteNode(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (this.#options.signal.aborted) return
      if (error instanceof RpcFault || error instanceof UnreachableError) {
        this.#notBefore = this.#head.number + AUDIT_BLOCKS
        return this.#options.onProblem(`pools: ${error.message}`)
      }
      this.#failed = { error }
    }
  }
}

const nowS = ({ timestamp }: Header): number => Number(timestamp)

/** The same pools, in whatever order. */
const isSame = (a: readonly Address[], b: readonly Address[]): boolean =>
  a.length === b.length && a.every((pool) => b.includes(pool))

/** Up to the newest page. */
function advance(coming: Coming): void {
  for (const facts of coming.pages) {
    coming.book.apply(facts)
    coming.at = facts.block
  }
  coming.pages = []
}
