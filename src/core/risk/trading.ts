import type { Address } from 'viem'
import type { Bid, Price } from '../exchange.ts'
import { WAD } from '../math.ts'
import type { PoolBook } from '../pool-book.ts'
import { type Spread, sellAcross } from './depth.ts'

/** One swap in one pool. */
export interface Trade {
  readonly pool: Address
  readonly feePips: number
  readonly assetIn: Address
  readonly assetOut: Address
  readonly amountIn: bigint
  readonly amountOut: bigint
  /** The pool's price afterwards. */
  readonly sqrtPriceX96: bigint
}

/** What a seller got, and the swaps in their order. */
export interface Sale {
  /** Of what was offered. */
  readonly sold: bigint
  readonly received: bigint
  /** The hub's asset that the second leg did not take; 0 on a direct way. */
  readonly stranded: { readonly asset: Address; readonly amount: bigint } | undefined
  readonly trades: readonly Trade[]
}

interface Leg {
  readonly assetIn: Address
  readonly assetOut: Address
  readonly spread: Spread
}

interface Way {
  readonly legs: readonly Leg[]
  readonly received: bigint
  readonly isWhole: boolean
}

interface Pool {
  readonly assets: readonly [Address, Address]
  /** For who sells the first asset. */
  bid: Bid
}

/** The pools of an exchange while somebody trades in thought: what each trade leaves is what the next one finds. The book stays. */
export class Trading {
  readonly #pools = new Map<Address, Pool>()

  constructor(book: PoolBook) {
    for (const { pool, assets } of book.pools()) {
      const bid = book.bids(assets[0], assets[1]).find((one) => one.pool === pool)
      if (bid !== undefined) this.#pools.set(pool, { assets, bid })
    }
  }

  /** What each pool of the pair pays now. */
  bids(assetIn: Address, assetOut: Address): Bid[] {
    const found: Bid[] = []
    for (const { assets, bid } of this.#pools.values()) {
      if (assets[0] === assetIn && assets[1] === assetOut) found.push(bid)
      else if (assets[1] === assetIn && assets[0] === assetOut) found.push(bid.reversed)
    }
    return found
  }

  /** Assets that can be bought for this one in a single pool. */
  partners(asset: Address): ReadonlySet<Address> {
    const found = new Set<Address>()
    for (const { assets } of this.#pools.values()) {
      if (assets[0] === asset) found.add(assets[1])
      if (assets[1] === asset) found.add(assets[0])
    }
    return found
  }

  /**
   * Sell in the pools of the pair, or through those of the one hub that pays more: the way that takes all of it and pays most;
   * if none takes all, the one that pays most. Undefined: there is no way.
   */
  sell(assetIn: Address, assetOut: Address, amount: bigint, hubs: ReadonlySet<Address>): Sale | undefined {
    const ways = [this.#direct(assetIn, assetOut, amount)]
    for (const hub of this.partners(assetIn))
      if (hub !== assetOut && hubs.has(hub)) ways.push(this.#through(assetIn, hub, assetOut, amount))
    const best = ways.reduce((one, other) => (isBetter(other, one) ? other : one))
    if (best === undefined) return undefined
    for (const leg of best.legs) this.#keep(leg)
    const [first, second] = best.legs.map(({ spread }) => spread)
    const left = first && second ? first.amountOut - second.amountIn : 0n
    const hub = best.legs[0]?.assetOut ?? assetOut
    return {
      sold: first?.amountIn ?? 0n,
      received: best.received,
      stranded: left > 0n ? { asset: hub, amount: left } : undefined,
      trades: best.legs.flatMap(tradesOf),
    }
  }

  /**
   * What arbitrageurs do when assets are worth other than before everywhere else: each pool is traded in until its price, fee
   * taken off, has moved by the quotient of its assets' factors. Pools with an asset that has no factor stay.
   */
  arbitrage(factorWadOf: (asset: Address) => bigint | undefined): Trade[] {
    const trades: Trade[] = []
    for (const pool of this.#pools.values()) {
      const [factor0, factor1] = pool.assets.map(factorWadOf)
      if (factor0 === undefined || factor1 === undefined || factor0 === factor1) continue
      const falls = factor0 < factor1
      const bid = falls ? pool.bid : pool.bid.reversed
      const [assetIn, assetOut] = falls ? pool.assets : ([pool.assets[1], pool.assets[0]] as const)
      const [top, bottom] = falls ? [factor0, factor1] : [factor1, factor0]
      const { price } = bid
      const part = bid.sellTo({ amountOut: price.amountOut * top, amountIn: price.amountIn * bottom })
      const leg = { assetIn, assetOut, spread: { ...part, parts: [part], after: [part.after] } }
      this.#keep(leg)
      trades.push(...tradesOf(leg))
    }
    return trades
  }

  #direct(assetIn: Address, assetOut: Address, amount: bigint): Way | undefined {
    const bids = this.bids(assetIn, assetOut)
    if (bids.length === 0) return undefined
    const spread = offer(bids, amount)
    return { legs: [{ assetIn, assetOut, spread }], received: spread.amountOut, isWhole: spread.whole }
  }

  #through(assetIn: Address, hub: Address, assetOut: Address, amount: bigint): Way | undefined {
    const [in1, in2] = [this.bids(assetIn, hub), this.bids(hub, assetOut)]
    if (in1.length === 0 || in2.length === 0) return undefined
    const first = offer(in1, amount)
    const second = offer(in2, first.amountOut)
    const legs = [
      { assetIn, assetOut: hub, spread: first },
      { assetIn: hub, assetOut, spread: second },
    ]
    return { legs, received: second.amountOut, isWhole: first.whole && second.whole }
  }

  #keep({ assetIn, spread }: Leg): void {
    for (const after of spread.after) {
      const pool = this.#pools.get(after.pool)
      if (pool !== undefined) pool.bid = pool.assets[0] === assetIn ? after : after.reversed
    }
  }
}

/** Nobody sends a pool more than it takes: with more it would end at the last price there is, not at its last liquidity. */
function offer(bids: readonly Bid[], amount: bigint): Spread & { readonly whole: boolean } {
  const spread = sellAcross(bids, amount)
  if (spread.whole) return spread
  const parts = spread.parts.map(({ amountIn }, i) => (bids[i] as Bid).sell(amountIn))
  return { ...spread, parts, after: parts.map(({ after }) => after) }
}

function isBetter(one: Way | undefined, than: Way | undefined): boolean {
  if (one === undefined) return false
  if (than === undefined || one.isWhole !== than.isWhole) return than === undefined || one.isWhole
  return one.received > than.received
}

const tradesOf = ({ assetIn, assetOut, spread }: Leg): Trade[] =>
  spread.parts
    .filter(({ amountIn }) => amountIn > 0n)
    .map(({ amountIn, amountOut, sqrtPriceX96, after: { pool, feePips } }) => ({
      pool,
      feePips,
      assetIn,
      assetOut,
      amountIn,
      amountOut,
      sqrtPriceX96,
    }))

/** One price over another, 18 decimals, rounded down. */
export const ratioWad = (after: Price, before: Price): bigint =>
  (after.amountOut * before.amountIn * WAD) / (after.amountIn * before.amountOut)
