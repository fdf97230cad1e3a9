import { oracleAbi } from './abis.ts'
import { Arbitrageur } from './arbitrage.ts'
import type { Control } from './control.ts'
import { Crowd } from './crowd.ts'
import type { Market } from './market.ts'
import type { PlannedAccount } from './population.ts'
import { createRandom, type Random } from './random.ts'
import { type ReserveSymbol, reserveSymbols } from './risk-parameters.ts'
import { Rival } from './rival.ts'
import { fallShare, isReported, type PricedSymbol, pricedSymbols, pricePaths } from './story-prices.ts'

export interface StoryStep {
  readonly step: number
  readonly block: number
  readonly timestamp: number
  /** The oracle's prices after the block, USD with 8 decimals. */
  readonly prices: Readonly<Record<ReserveSymbol, string>>
  readonly actions: readonly string[]
  /** Transactions of the story that failed; nothing is wrong with that, a keeper may have been faster. */
  readonly reverted: readonly string[]
}

export interface StoryOptions {
  readonly market: Market
  readonly accounts: readonly PlannedAccount[]
  readonly seed: number
  readonly blocks: number
  readonly control: Control
  /** Somebody else liquidates, too. */
  readonly rival?: boolean
}

/** Fees rise with the fall, as everybody wants out at once. */
const feeAtBottom = 5
/** An oracle sometimes misses a block. */
const missed = 0.08

/** A crash and a recovery: each `next()` mines one block with reports, arbitrage, people, and whatever else is pending. */
export class Story {
  readonly #options: StoryOptions
  readonly #paths: readonly Record<PricedSymbol, bigint>[]
  readonly #random: Random
  readonly #crowd: Crowd
  readonly #arbitrageur: Arbitrageur
  readonly #rival: Rival | undefined
  #step = 0

  constructor(options: StoryOptions) {
    const { market, accounts, seed, blocks, rival = false } = options
    this.#options = options
    this.#paths = pricePaths(market.risk, blocks, seed)
    this.#random = createRandom(seed ^ 0x2545f491)
    this.#crowd = new Crowd(market, accounts, seed)
    this.#arbitrageur = new Arbitrageur(market)
    const addresses = accounts.map(({ address }) => address)
    this.#rival = rival ? new Rival(market, addresses, seed) : undefined
  }

  get length(): number {
    return this.#paths.length
  }

  /** Mines the next block of the story; nothing once it has ended. */
  async next(): Promise<StoryStep | undefined> {
    const target = this.#paths[this.#step]
    if (target === undefined) return undefined
    const { market } = this.#options
    const { chain } = market
    chain.baseFeeWei = this.#baseFeeWei()
    await chain.sync()
    const labels = new Map<string, string>()
    const before = await this.#prices()
    const actions = [
      ...(await this.#report(target, before)),
      ...(await this.#compete(labels)),
      ...(await this.#arbitrageur.trade(before)).map((pool) => `arbitrage ${pool}`),
      ...(await this.#people(labels)),
    ]
    await chain.mineBlock()
    const reverted = (await chain.takeReceipts())
      .filter(({ receipt }) => receipt.status === 'reverted')
      .map(({ receipt }) => labels.get(receipt.transactionHash) ?? receipt.transactionHash)
    const prices = await this.#prices()
    return {
      step: this.#step++,
      block: Number(chain.head.number),
      timestamp: Number(chain.head.timestamp),
      prices: mapPrices(prices, String),
      actions,
      reverted,
    }
  }

  #baseFeeWei(): bigint {
    const { baseFeeWei } = this.#options.market.chain.spec
    const share = fallShare(this.#step / Math.max(1, this.length - 1))
    return (baseFeeWei * BigInt(Math.round(100 * (1 + (feeAtBottom - 1) * share)))) / 100n
  }

  async #report(target: Record<PricedSymbol, bigint>, last: Record<ReserveSymbol, bigint>): Promise<string[]> {
    const { market, control } = this.#options
    const reported: string[] = []
    for (const symbol of pricedSymbols) {
      const next = target[symbol]
      const due = isReported(symbol, last[symbol], next, market.chain.spec.deviationBps)
      if (!due || this.#random.chance(missed)) continue
      await control.reportPrice(symbol, next)
      reported.push(`report ${symbol} ${next}`)
    }
    return reported
  }

  async #compete(labels: Map<string, string>): Promise<string[]> {
    const sent = (await this.#rival?.act()) ?? []
    return sent.map(({ user, hash }) => {
      const label = `rival liquidates ${user}`
      labels.set(hash, label)
      return label
    })
  }

  async #people(labels: Map<string, string>): Promise<string[]> {
    const done: string[] = []
    for (const { kind, account, transactions } of await this.#crowd.act()) {
      if (kind === 'new borrower') this.#rival?.notice(account)
      const label = `${kind} ${account}`
      for (const transaction of transactions) labels.set(await this.#options.market.chain.send(transaction), label)
      done.push(label)
    }
    return done
  }

  async #prices(): Promise<Record<ReserveSymbol, bigint>> {
    const { chain, addresses, reserves } = this.#options.market
    const prices = await chain.client.readContract({
      address: addresses.oracle,
      abi: oracleAbi,
      functionName: 'getAssetsPrices',
      args: [reserveSymbols.map((symbol) => reserves[symbol].asset)],
    })
    return Object.fromEntries(reserveSymbols.map((symbol, index) => [symbol, prices[index] ?? 0n])) as Record<
      ReserveSymbol,
      bigint
    >
  }
}

function mapPrices<T>(prices: Record<ReserveSymbol, bigint>, map: (price: bigint) => T): Record<ReserveSymbol, T> {
  const entries = reserveSymbols.map((symbol) => [symbol, map(prices[symbol])])
  return Object.fromEntries(entries)
}
