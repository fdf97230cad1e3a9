import { aggregatorAbi } from './abis.ts'
import { encodeApprove, encodeMint, encodeSupply } from './actions.ts'
import { namedAccount } from './chain.ts'
import type { Control } from './control.ts'
import { returnLiquidity } from './liquidity.ts'
import { type Market, tokensOf } from './market.ts'
import type { PlannedAccount } from './population.ts'
import { createRandom, type Random } from './random.ts'
import { borrowMore } from './story-actions.ts'
import type { PricedSymbol } from './story-prices.ts'

export interface CalmOptions {
  readonly market: Market
  readonly accounts: readonly PlannedAccount[]
  readonly control: Control
  readonly seed: number
}

/** What moves while nothing happens: stable coins do not. */
const MOVING: readonly PricedSymbol[] = ['WETH', 'WBTC', 'LINK']
/** Standard deviation of a block's move away from the middle, and how much of the last one stays. */
const JITTER = 0.0004
const STAYS = 0.8
/** Borrowers a block while leverage builds up. */
const BUILDERS = 4
/** Ether that somebody brings into the market in a block of bids. */
const BID_WEI = 10n ** 19n

/** What people do meanwhile: nothing; borrow more; buy what has fallen. */
export type Mood = 'quiet' | 'build' | 'bid'

/**
 * Blocks in which prices only tremble around where they were, one a bin of the history: a detector of phases must know the
 * usual before it can call anything unusual. The same options give the same blocks.
 */
export class Calm {
  readonly #options: CalmOptions
  readonly #random: Random
  readonly #wander = new Map<PricedSymbol, number>()
  #middles: ReadonlyMap<PricedSymbol, bigint> | undefined
  #hasReturned = false

  constructor(options: CalmOptions) {
    this.#options = options
    this.#random = createRandom(options.seed ^ 0x1b873593)
  }

  /** Whatever the oracle says now is what prices tremble around from here on. */
  async settle(): Promise<void> {
    const { chain, reserves } = this.#options.market
    const answers = MOVING.map(async (symbol) => {
      const answer = await chain.client.readContract({
        address: reserves[symbol].aggregator,
        abi: aggregatorAbi,
        functionName: 'latestAnswer',
      })
      return [symbol, answer] as const
    })
    this.#middles = new Map(await Promise.all(answers))
    this.#wander.clear()
  }

  /** One block, `seconds` after the last. */
  async next(seconds: number, mood: Mood): Promise<void> {
    if (this.#middles === undefined) await this.settle()
    const { market, control } = this.#options
    const { chain } = market
    for (const symbol of MOVING) await control.reportPrice(symbol, this.#tremble(symbol))
    if (mood === 'build') await this.#borrow()
    if (mood === 'bid') await this.#bid()
    await chain.mineBlock(chain.head.timestamp + BigInt(seconds))
    // What failed is no concern of ours: somebody who may not borrow more does not.
    await chain.takeReceipts()
  }

  #tremble(symbol: PricedSymbol): bigint {
    const wander = STAYS * (this.#wander.get(symbol) ?? 0) + JITTER * this.#random.normal()
    this.#wander.set(symbol, wander)
    const middle = this.#middles?.get(symbol) ?? 0n
    return (middle * BigInt(Math.round(1e9 * Math.exp(wander)))) / 1_000_000_000n
  }

  /** Every second one is one of the large ones: leverage is weighted by debt. */
  async #borrow(): Promise<void> {
    const { market, accounts } = this.#options
    const whales = accounts.filter(({ kind }) => kind === 'whale')
    for (let left = BUILDERS; left > 0; left--) {
      const among = left % 2 === 0 && whales.length > 0 ? whales : accounts
      const action = borrowMore(market, this.#random.pick(among), this.#random)
      for (const transaction of action?.transactions ?? []) await market.chain.send(transaction)
    }
  }

  /** Somebody brings ether into the market again; with the first of them liquidity comes back to the price. */
  async #bid(): Promise<void> {
    const { chain, reserves, addresses, risk } = this.#options.market
    if (!this.#hasReturned) await returnLiquidity(chain, addresses, tokensOf(reserves, risk))
    this.#hasReturned = true
    const who = namedAccount('bidder')
    const { asset } = reserves.WETH
    await chain.send({ from: addresses.governance, to: asset, data: encodeMint(who, BID_WEI) })
    await chain.send({ from: who, to: asset, data: encodeApprove(addresses.pool, BID_WEI) })
    await chain.send({ from: who, to: addresses.pool, data: encodeSupply(asset, BID_WEI, who) })
  }
}
