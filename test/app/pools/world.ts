import { type Address, type Hex, pad, toHex } from 'viem'
import { openStore } from '../../../src/adapters/store/sqlite.ts'
import { ChainState } from '../../../src/app/chain-state.ts'
import { endKeptPools, restorePools } from '../../../src/app/pools/kept.ts'
import { PoolMirror } from '../../../src/app/pools/mirror.ts'
import type { ChainConfig } from '../../../src/config/config.ts'
import { Book } from '../../../src/core/book.ts'
import { RpcFault } from '../../../src/core/errors.ts'
import type { Batch, Store } from '../../../src/core/ports.ts'
import type { ReserveView } from '../../../src/core/protocol.ts'
import type { Facts, Header, Log } from '../../../src/core/types.ts'
import { load, minimal } from '../../config/support.ts'
import { fakeProtocol } from '../../core/fake-protocol.ts'
import { address, answer, header, mint, type Storage, ticksOf } from '../../protocols/uniswap-v3/contract.ts'

const [usdc, weth] = [1, 2].map(address) as [Address, Address]
export const factory = address(0xfac)
export const [first, second, nobody] = [0xaa, 0xbb, 0xcc].map(address) as [Address, Address, Address]

type Position = readonly [lower: number, upper: number, liquidity: bigint]
type Positions = ReadonlyMap<Address, readonly Position[]>

/** A chain of two pools, as nodes tell it: every block's logs, and the storage behind them. */
export class World {
  readonly #blocks = new Map<Hex, { readonly facts: Facts; readonly positions: Positions }>()
  readonly #branch: Hex[] = []
  /** Reads wait for it. */
  gate: Promise<void> = Promise.resolve()
  /** What a node says instead of an answer. */
  failure: Error | undefined
  reads = 0
  /** Seconds by which the chain's clock has jumped. */
  lateS = 0n
  /** Of the tiers 3000 and 500, as the factory knows them. */
  made: readonly Address[] = [first]

  constructor() {
    const start: Position = [-6000, 6000, 10n ** 20n]
    this.#add(header(1n), [], new Map([first, second].map((pool) => [pool, [start]])))
  }

  get head(): Header {
    return this.facts.block
  }

  get facts(): Facts {
    return this.#at(this.#branch.at(-1)).facts
  }

  #at(hash: Hex | undefined) {
    const found = hash && this.#blocks.get(hash)
    if (!found) throw new RpcFault('eth_call', -32000, `block ${hash} not found`, undefined)
    return found
  }

  #add(block: Header, logs: readonly Log[], positions: Positions): void {
    this.#blocks.set(block.hash, { facts: { block, logs, reads: [] }, positions })
    this.#branch.push(block.hash)
  }

  /** A block in which somebody adds liquidity to these pools. */
  mine(pools: readonly Address[] = [], branch = 0): Facts {
    const number = this.head.number + 1n
    const { positions } = this.#at(this.#branch.at(-1))
    const logs: Log[] = []
    const next = new Map(positions)
    for (const pool of pools) {
      const added: Position = [-60 * Number(number), 600, 10n ** 18n + number]
      logs.push(mint(pool, ...added))
      next.set(pool, [...(next.get(pool) ?? []), added])
    }
    const block = header(number, branch)
    this.#add({ ...block, timestamp: block.timestamp + this.lateS }, logs, next)
    return this.facts
  }

  /** The last blocks are gone; their storage can be asked for no more. */
  drop(blocks: number): Header {
    for (const hash of this.#branch.splice(-blocks)) this.#blocks.delete(hash)
    return this.head
  }

  storage(pool: Address, hash = this.head.hash): Storage | undefined {
    const positions = this.#at(hash).positions.get(pool)
    const ticks = ticksOf(positions ?? [])
    return positions && { token0: usdc, token1: weth, fee: 3000, tickSpacing: 60, tick: 30, ticks }
  }

  #made(data: Hex): Address {
    const [pool = address(0)] = [[3000, this.made[0]] as const, [500, this.made[1]] as const].flatMap(([fee, pool]) =>
      Number(`0x${data.slice(-64)}`) === fee && pool ? [pool] : [],
    )
    return pool
  }

  readonly batch: Batch = {
    read: async (calls, at) => {
      this.reads++
      await this.gate
      if (this.failure) throw this.failure
      if (typeof at === 'string') throw new Error('pools are read at a block')
      return calls.map((call) => {
        if (call.to === factory) return { ...call, result: pad(this.#made(call.data), { size: 32 }) }
        if (call.to === usdc || call.to === weth) return { ...call, result: toHex(10n ** 30n, { size: 32 }) }
        const pool = this.storage(call.to, at.blockHash)
        return { ...call, result: pool === undefined ? '0x' : answer(pool, call) }
      })
    },
  }
}

/** The mirror as the loop drives it. */
export class Driver {
  readonly world: World
  readonly store: Store
  readonly state = new ChainState('local', 31337, 12)
  readonly book = new Book('m', { ...fakeProtocol, market: () => ({ ...emptyMarket, reserves: this.listed }) })
  listed: readonly ReserveView[] = [reserve(usdc), reserve(weth)]
  readonly told: string[] = []
  readonly problems: string[] = []
  readonly stop = new AbortController()
  readonly mirror: PoolMirror

  constructor(world: World, store: Store = openStore(':memory:'), pools: ChainConfig['pools'] = [first, second]) {
    this.world = world
    this.store = store
    this.book.apply({ ...world.facts, logs: [] })
    const pages = store.pages(31337)
    const known = [...(this.#base() ?? []), ...pages.map(({ block }) => block)]
    this.mirror = new PoolMirror(
      {
        chain: chainOf(pools),
        books: [this.book],
        batch: world.batch,
        store,
        state: this.state,
        signal: this.stop.signal,
        onProblem: (problem) => void this.problems.push(problem),
        tell: (reason) => void this.told.push(reason),
      },
      restorePools(store, 31337, known, pages),
    )
  }

  #base(): readonly Header[] | undefined {
    const base = this.store.checkpoint(31337, 'm')
    return base && [base.block]
  }

  /** A page of the feed, live. */
  async page(facts = this.world.mine()): Promise<void> {
    this.mirror.followers()
    this.take(facts)
    await this.mirror.afterActing()
  }

  /** A page on the way to the head: nobody acts on it. */
  take(facts: Facts): void {
    this.book.apply({ ...facts, logs: [] })
    this.mirror.page(facts)
    this.store.savePage(31337, facts)
  }

  rollback(blocks: number): void {
    const to = this.world.drop(blocks)
    this.book.rollback(to)
    this.mirror.rollback(to)
    this.store.dropPagesAbove(31337, to.number)
  }

  /** Everything that is at hand is done. */
  async settled(): Promise<void> {
    for (let i = 0; i < 200; i++) await Promise.resolve()
  }

  /** As the loop's housekeeping does, at a block that it has seen. */
  checkpoint(block: Header): void {
    const market = this.book.checkpoint(block)
    this.store.saveCheckpoints(31337, block, new Map([['m', market], ...this.mirror.checkpoints(block)]))
    this.book.finalize(block.number)
    this.mirror.finalize(block.number)
  }

  off(): void {
    endKeptPools(this.store, 31337)
  }

  /** Values in which the mirror differs from the chain at its head; throws where none is served. */
  differences(): number {
    const { book } = this.mirror
    if (book === undefined || this.state.exchanges[0] !== book) throw new Error('no pools are mirrored')
    if (book.head?.hash !== this.world.head.hash) throw new Error(`the mirror stands at ${book.head?.number}`)
    return [first, second].flatMap((pool) => {
      const { audit } = book.exchange
      const storage = this.world.storage(pool)
      const calls = audit.calls(book.ledger, pool)
      if (storage === undefined || calls.length === 0) throw new Error(`${pool} is not mirrored`)
      return audit.compare(
        book.ledger,
        calls.map((call) => ({ ...call, result: answer(storage, call) })),
      )
    }).length
  }
}

const emptyMarket = { pool: address(9), revision: 1n, rules: 'x' }
export const reserve = (asset: Address) => ({ asset, decimals: 18, priceUsd8: 10n ** 8n }) as ReserveView

function chainOf(pools: ChainConfig['pools']): ChainConfig {
  const [chain] = load(minimal()).config.chains
  if (chain === undefined) throw new Error('no chain')
  return { ...chain, pools, wrappedNative: weth, uniswapV3: { quoter: address(5), router: address(6), factory } }
}
