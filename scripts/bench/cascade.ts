import type { Address } from 'viem'
import type { Exchange } from '../../src/core/exchange.ts'
import { WAD } from '../../src/core/math.ts'
import { PoolBook } from '../../src/core/pool-book.ts'
import { type Cascade, cascade } from '../../src/core/risk/cascade.ts'
import { bidOf } from '../../src/protocols/uniswap-v3/bid.ts'
import { Curve } from '../../src/protocols/uniswap-v3/curve.ts'
import { published, publishedKey, publishedSpot, publishedTicks } from '../../test/protocols/uniswap-v3/published.ts'
import { inTurn } from './clock.ts'
import { assetOf, bookOf } from './market.ts'

export interface CascadeFigures {
  readonly accounts: number
  readonly calls: number
  readonly rounds: number
  readonly sales: number
  /** Of this process, since the machine may be shared. */
  readonly processorMs: number
  readonly medianMs: number
  readonly leastMs: number
  /** Without pools, nothing sold. */
  readonly dryMs: number
}

const ACCOUNTS = 5_000
const LIQUIDATIONS = 180
const addressOf = (id: number): Address => `0x${assetOf(id).toString(16).padStart(40, '0')}`
const [WETH, USDC, USDT] = [0, 2, 3].map(addressOf) as [Address, Address, Address]

/** The published pool's ticks three times for each of two dollars, as if they were so many tiers. */
function publishedPools(): PoolBook {
  const curves = [500, 3000, 10_000].map((feePips) => new Curve(true, { ...publishedKey, feePips }, publishedTicks))
  const pools = [USDC, USDT].flatMap((dollar, d) =>
    curves.map((curve, i) => ({ pool: `0x${(d * 3 + i + 1).toString(16).padStart(40, '0')}` as const, dollar, curve })),
  )
  const exchange: Exchange = {
    name: published.pool,
    filters: [],
    reads: () => [],
    apply: () => {},
    pools: () =>
      pools.map(({ pool, dollar, curve }) => ({ pool, assets: [dollar, WETH], feePips: Number(curve.feePips) })),
    bids: (_, assetIn, assetOut) =>
      pools
        .filter(({ dollar }) => assetIn === dollar && assetOut === WETH)
        .map(({ pool, curve }) => bidOf(pool, curve, publishedSpot)),
    audit: { spots: () => [], calls: () => [], compare: () => [] },
  }
  return new PoolBook('published', exchange)
}

function stage(seed: number) {
  const book = bookOf({ accounts: ACCOUNTS, seed, at1Pct: LIQUIDATIONS, at10Pct: 120 })
  const exchange = publishedPools()
  const root = book.protocol.market(book.ledger).reserves[0]?.root ?? WETH
  return { book, exchange, root }
}

/** Ether falls by 1 % at 5,000 accounts: some 300 liquidations in rounds, each sold over six pools of 1,419 ticks, κ = ¼. */
export async function cascaded(seed: number): Promise<CascadeFigures> {
  const { book, exchange, root } = stage(seed)
  const factors = new Map([[root, (WAD * 99n) / 100n]])
  const run = (pools: PoolBook | undefined): Cascade => cascade(book, pools, { factors, kappaWad: WAD / 4n })
  const found = run(exchange)
  const calls = found.rounds.flatMap((round) => round.calls)
  const taken = await inTurn(21, { wet: () => run(exchange), dry: () => run(undefined) })
  return {
    accounts: ACCOUNTS,
    calls: calls.length,
    rounds: found.rounds.length,
    sales: calls.filter(({ sale }) => sale !== undefined).length,
    processorMs: processorMs(() => run(exchange)),
    medianMs: taken.wet.medianMs,
    leastMs: taken.wet.leastMs,
    dryMs: taken.dry.medianMs,
  }
}

const TURNS = 20

function processorMs(work: () => unknown): number {
  const before = process.cpuUsage()
  for (let turn = 0; turn < TURNS; turn++) work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e3 / TURNS
}
