import { expect } from 'chai'
import { type Address, parseAbi } from 'viem'
import { type Devnet, startDevnet } from '../../../scripts/devnet/index.ts'
import { poolSpecs } from '../../../scripts/devnet/liquidity.ts'
import { openStore } from '../../../src/adapters/store/sqlite.ts'
import { ChainState } from '../../../src/app/chain-state.ts'
import { readSettings, type Settings } from '../../../src/app/cli/session.ts'
import { Journal } from '../../../src/app/journal.ts'
import { Desk } from '../../../src/app/people/desk.ts'
import { superviseChain } from '../../../src/app/supervise.ts'
import type { Config } from '../../../src/config/config.ts'
import type { JournalEntry } from '../../../src/core/journal.ts'
import type { PoolBook } from '../../../src/core/pool-book.ts'
import { configOf, edited, Place, type Tree } from '../../cli/support.ts'

const ABI = parseAbi([
  'struct Quote { address tokenIn; address tokenOut; uint256 amountIn; uint24 fee; uint160 sqrtPriceLimitX96; }',
  'function quoteExactInputSingle(Quote params) returns (uint256 amountOut, uint160, uint32, uint256)',
  'function getPool(address, address, uint24) view returns (address)',
])

/** A market and its exchange on a chain of their own, and the loop of the daemon in this process, life after life. */
export class PoolStage {
  readonly devnet: Devnet
  readonly place = new Place()
  readonly journal: JournalEntry[] = []
  readonly problems: string[] = []

  private constructor(devnet: Devnet) {
    this.devnet = devnet
  }

  static async open(seed = 11): Promise<PoolStage> {
    return new PoolStage(await startDevnet({ chain: 'ethereum', accounts: 20, seed }))
  }

  configure(pools: string | readonly string[], finality = 64, more: Tree = {}): Settings {
    const config = edited(
      edited(configOf(this.devnet), 'chains.ethereum.pools', pools),
      'chains.ethereum.finality',
      finality,
    )
    this.place.configure({ ...config, ...more })
    return readSettings(this.place.path('plimsoll.yaml'))
  }

  /** The loop until `work` is done. */
  async life<T>({ config }: Settings, work: (life: Life) => Promise<T>): Promise<T> {
    const store = openStore(this.place.store)
    const life = new Life(this.devnet, config)
    const journal = new Journal(store, (error) => {
      throw error
    })
    journal.subscribe((entry) => this.journal.push(entry))
    const loop = superviseChain({
      chain: config.chains[0]!,
      live: { config },
      state: life.state,
      store,
      journal,
      control: { paused: false, mode: 'watch', configuredMode: 'watch' },
      alerts: new Desk({ alerts: config.alerts, store, journal }),
      account: undefined,
      signal: life.stop.signal,
      progress: { backfill: () => {}, snapshot: () => {} },
      onCurrent: () => {},
      onAway: () => {},
      isAlone: true,
      onPage: () => {},
      onProblem: (problem) => void this.problems.push(problem),
      version: '0',
    })
    const broken = loop.then(() => {
      throw new Error('the loop ended by itself')
    })
    broken.catch(() => {})
    try {
      return await Promise.race([work(life), broken])
    } finally {
      life.stop.abort()
      await loop
      store.close()
    }
  }

  close(): Promise<void> {
    this.place.remove()
    return this.devnet.close()
  }
}

export class Life {
  readonly stop = new AbortController()
  readonly state: ChainState
  readonly #devnet: Devnet

  constructor(devnet: Devnet, { chains }: Config) {
    this.#devnet = devnet
    this.state = new ChainState('ethereum', chains[0]!.id, 12)
  }

  get pools(): PoolBook | undefined {
    return this.state.exchanges[0]
  }

  /** Until it holds: what it waits for is seen from the state, not from a clock. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  /** Until the books have taken in the chain's newest block, and all that follows it is done. */
  async caughtUp(): Promise<void> {
    const { hash } = await this.#devnet.chain.client.getBlock()
    await this.until(() => this.state.head?.hash === hash && this.state.synced)
  }

  /** Blocks until the pools are mirrored; they are begun after a live page. */
  async untilPools(): Promise<PoolBook> {
    for (let i = 0; i < 400 && this.pools === undefined; i++) {
      if (i % 20 === 0) {
        await this.#devnet.control.mine(1)
        await this.caughtUp()
      }
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    if (this.pools === undefined) throw new Error('no pools')
    return this.pools
  }
}

/** Every mirrored pool quotes at the chain's head what QuoterV2 does, in both directions; how many were compared. */
export async function expectQuotes({ chain, market }: Devnet, book: PoolBook | undefined): Promise<number> {
  if (book === undefined) throw new Error('no pools are mirrored')
  expect(book.head?.hash).to.equal((await chain.client.getBlock()).hash)
  const unitOf = (token: Address): bigint => {
    const reserve = Object.values(market.reserves).find(({ asset }) => asset.toLowerCase() === token)
    return 10n ** BigInt(reserve?.decimals ?? 18)
  }
  let compared = 0
  for (const { pool, assets, feePips } of book.pools())
    for (const [tokenIn, tokenOut] of [assets, assets.toReversed() as [Address, Address]])
      for (const size of [unitOf(tokenIn) / 1000n, unitOf(tokenIn), 100n * unitOf(tokenIn)]) {
        const bid = book.bids(tokenIn, tokenOut).find((one) => one.pool === pool)
        const sold = bid?.sell(size)
        const args = [{ tokenIn, tokenOut, amountIn: size, fee: feePips, sqrtPriceLimitX96: 0n }] as const
        const quoter = { address: market.addresses.quoter, abi: ABI, functionName: 'quoteExactInputSingle' } as const
        const { result } = await chain.client.simulateContract({ ...quoter, args })
        expect(sold?.amountOut, `${pool} ${tokenIn} ${size}`).to.equal(result[0])
        compared++
      }
  return compared
}

/** The pools that the devnet made, in lower case. */
export async function madePools({ chain, market }: Devnet): Promise<Address[]> {
  const made = await Promise.all(
    poolSpecs.map(({ pair, fee }) =>
      chain.client.readContract({
        address: market.addresses.uniswapFactory,
        abi: ABI,
        functionName: 'getPool',
        args: [market.reserves[pair[0]].asset, market.reserves[pair[1]].asset, fee],
      }),
    ),
  )
  return made.map((pool) => pool.toLowerCase() as Address)
}
