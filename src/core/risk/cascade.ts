/**
 * A cascade (row 5): a shock, then round after round everybody liquidatable is liquidated, what is seized is sold, and the feeds
 * follow the pools by κ, until nothing more happens.
 *
 * The shock: each feed answers its answer times a factor; arbitrageurs trade every pool until its price has moved as much.
 * A round, all at its prices: who is liquidatable when it begins gets one call, likely largest gain first (`Book.unhealthy`, the
 * keeper's order), each the most valuable single call at the oracle's prices when its turn comes, within what the pool then has
 * and our contract can borrow. What each liquidator receives is sold at once for the debt asset (`Trading.sell`). Then each
 * group's feed answers old × (1 − κ × fall of its reference pool in this round) (`references`).
 * Everybody acts, also at a loss; nobody repays, supplies or trades otherwise. All of it at one moment, the head's: no interest.
 *
 * Units: amounts in smallest units, values in base currency at the round's oracle prices (8 decimals), each rounded down.
 */
import type { Address } from 'viem'
import type { Book } from '../book.ts'
import { max, mulDivCeil, WAD } from '../math.ts'
import type { Seizure, Unhealthy } from '../plan.ts'
import type { PoolBook } from '../pool-book.ts'
import type { Liquidation, ReserveView } from '../protocol.ts'
import type { AccountId } from '../types.ts'
import { groupsOf } from './groups.ts'
import { answerAfter, priceAt, type Reference, references } from './reference.ts'
import { type Sale, type Trade, Trading } from './trading.ts'

export interface CascadeOptions {
  /** By feed, 18 decimals, above 0. */
  readonly factors: ReadonlyMap<Address, bigint>
  /** Part of a pool's fall that the feeds follow, 18 decimals. */
  readonly kappaWad: bigint
  readonly mostRounds?: number
}

/** One liquidation and what came of it. */
export interface CascadeCall {
  readonly account: AccountId
  readonly seizure: Seizure
  readonly done: Liquidation
  /** Undefined: collateral and debt are one asset, or no pool trades them. */
  readonly sale: Sale | undefined
  readonly seizedBase: bigint
  /** Of the seized, to the liquidator. */
  readonly receivedBase: bigint
  readonly repaidBase: bigint
  readonly soldForBase: bigint
  readonly unsoldBase: bigint
  readonly badDebtBase: bigint
  /** Of it what the pool burns, by reserve. */
  readonly deficits: readonly Deficit[]
}

export interface Deficit {
  readonly asset: Address
  readonly valueBase: bigint
}

export interface Round {
  /** By feed: what its plain asset costs in this round. */
  readonly prices: ReadonlyMap<Address, bigint>
  /** Who is liquidatable when it begins; of them those that the market lets somebody call. */
  readonly liquidatable: number
  readonly calls: readonly CascadeCall[]
}

export interface Cascade {
  readonly before: ReadonlyMap<Address, bigint>
  readonly arbitrage: readonly Trade[]
  readonly references: readonly Reference[]
  readonly rounds: readonly Round[]
  readonly finalPrices: ReadonlyMap<Address, bigint>
  /** `refused`: who is left, the market lets nobody call. `pools-drained`: a shocked feed's pool takes no more. */
  readonly stopped: 'settled' | 'refused' | 'pools-drained' | 'rounds'
  /** Still liquidatable. */
  readonly left: { readonly accounts: number; readonly debtBase: bigint }
}

const MOST_ROUNDS = 200

/** The book and the exchange stay as they were. Throws RangeError before the book's first page. */
export function cascade(book: Book, exchange: PoolBook | undefined, options: CascadeOptions): Cascade {
  const { head, ledger } = book
  if (head === undefined) throw new RangeError(`market ${book.name}: no cascade before its first page`)
  try {
    return ledger.speculate(head.number, () => new Course(book, head.timestamp, exchange, options).run())
  } finally {
    // The sheet keeps what the last screen wrote: that of the present again.
    book.screen(head.timestamp)
  }
}

/** One cascade under way. */
class Course {
  readonly #book: Book
  readonly #now: bigint
  readonly #options: CascadeOptions
  readonly #trading: Trading | undefined
  readonly #references: readonly Reference[]
  readonly #touched = new Set<AccountId>()
  #reserves: ReadonlyMap<Address, ReserveView>

  constructor(book: Book, now: bigint, exchange: PoolBook | undefined, options: CascadeOptions) {
    this.#book = book
    this.#now = now
    this.#options = options
    this.#trading = exchange && new Trading(exchange)
    this.#reserves = this.#view()
    this.#references = this.#trading ? references([...this.#reserves.values()], this.#trading) : []
  }

  run(): Cascade {
    const { factors, mostRounds = MOST_ROUNDS } = this.#options
    const before = this.#prices()
    const arbitrage = this.#trading?.arbitrage((asset) => this.#factorOf(asset)) ?? []
    this.#move(factors)
    const rounds: Round[] = []
    let stopped: Cascade['stopped'] | undefined
    let left = this.#unhealthy()
    while (stopped === undefined) {
      if (left.length === 0) stopped = 'settled'
      else if (rounds.length === mostRounds) stopped = 'rounds'
      else {
        const { round, isDrained } = this.#round(left)
        if (round.calls.length === 0) stopped = 'refused'
        else rounds.push(round)
        left = this.#unhealthy()
        if (isDrained) stopped = 'pools-drained'
      }
    }
    const debtBase = left.reduce((sum, { totalDebtBase }) => sum + totalDebtBase, 0n)
    return {
      before,
      arbitrage,
      references: this.#references,
      rounds,
      finalPrices: this.#prices(),
      stopped,
      left: { accounts: left.length, debtBase },
    }
  }

  #round(unhealthy: readonly Unhealthy[]): { readonly round: Round; readonly isDrained: boolean } {
    const prices = this.#prices()
    const trading = this.#trading
    const before = trading ? this.#references.map((one) => priceAt(one, trading)) : []
    const calls = unhealthy.flatMap(({ account }) => this.#call(account) ?? [])
    if (trading) {
      const factors = this.#references.map(({ root }, i): [Address, bigint] => {
        const old = prices.get(root) ?? 0n
        const was = before[i]
        const reference = this.#references[i]
        if (was === undefined || reference === undefined || old === 0n) return [root, WAD]
        const answer = answerAfter(old, this.#options.kappaWad, was, priceAt(reference, trading))
        // Rounded up, so that the plain asset's price, rounded down, is the answer itself.
        return [root, mulDivCeil(answer, WAD, old)]
      })
      this.#move(new Map(factors.filter(([, factor]) => factor !== WAD)))
    }
    return { round: { prices, liquidatable: unhealthy.length, calls }, isDrained: this.#isDrained() }
  }

  /** A pool that a shocked feed follows takes not even one whole unit more. */
  #isDrained(): boolean {
    return this.#references.some(({ root, pool, asset, quote }) => {
      if (!this.#options.factors.has(root)) return false
      const unit = 10n ** BigInt(this.#reserves.get(asset)?.decimals ?? 0)
      const bid = this.#trading?.bids(asset, quote).find((one) => one.pool === pool)
      return bid !== undefined && bid.sell(unit).amountIn < unit
    })
  }

  #call(account: AccountId): CascadeCall | undefined {
    const { protocol, ledger } = this.#book
    const candidate = protocol.inspect(ledger, account, this.#now)
    const seizure = candidate?.seizures.find(({ firstCover }) => firstCover === 0n)
    const done = seizure && protocol.liquidate(ledger, seizure, this.#now)
    if (seizure === undefined || done === undefined) return undefined
    this.#touched.add(account)
    const { collateralAsset, debtAsset } = seizure
    const isSame = collateralAsset === debtAsset
    const hubs = new Set(this.#reserves.keys())
    const sale = isSame ? undefined : this.#trading?.sell(collateralAsset, debtAsset, done.collateralSeized, hubs)
    const received = isSame ? done.collateralSeized : (sale?.received ?? 0n)
    const unsold = isSame ? 0n : done.collateralSeized - (sale?.sold ?? 0n)
    const deficits = done.deficits.map(({ asset, amount }) => ({ asset, valueBase: this.#value(asset, amount) }))
    const stranded = sale?.stranded ? this.#value(sale.stranded.asset, sale.stranded.amount) : 0n
    return {
      account,
      seizure,
      done,
      sale,
      seizedBase: this.#value(collateralAsset, seizure.collateralSeized + seizure.protocolFee),
      receivedBase: this.#value(collateralAsset, done.collateralSeized),
      repaidBase: this.#value(debtAsset, done.debtCovered),
      soldForBase: this.#value(debtAsset, received),
      unsoldBase: this.#value(collateralAsset, unsold) + stranded,
      badDebtBase: this.#badDebt(account, deficits),
      deficits,
    }
  }

  /** What was burnt, and where rules burn nothing what no collateral backs any more. */
  #badDebt(account: AccountId, deficits: readonly Deficit[]): bigint {
    const burnt = deficits.reduce((sum, { valueBase }) => sum + valueBase, 0n)
    const standing = this.#book.protocol.standing(this.#book.ledger, account, this.#now)
    return burnt + (standing?.totalCollateralBase === 0n ? standing.totalDebtBase : 0n)
  }

  /** Rows of who was liquidated are old: those are looked at whatever the screen says of them. */
  #unhealthy(): Unhealthy[] {
    const { protocol, ledger } = this.#book
    const accounts = new Set([...this.#book.screen(this.#now), ...this.#touched])
    const found = [...accounts].flatMap((account) => protocol.check(ledger, account, this.#now) ?? [])
    return found.sort((a, b) => b.gainBase - a.gainBase || a.account - b.account)
  }

  #move(factors: ReadonlyMap<Address, bigint>): void {
    if (factors.size === 0) return
    this.#book.protocol.shock(this.#book.ledger, factors)
    this.#reserves = this.#view()
  }

  #view(): Map<Address, ReserveView> {
    return new Map(this.#book.protocol.market(this.#book.ledger).reserves.map((reserve) => [reserve.asset, reserve]))
  }

  #prices(): Map<Address, bigint> {
    return new Map(groupsOf([...this.#reserves.values()]).map(({ root, priceUsd8 }) => [root, priceUsd8]))
  }

  #factorOf(asset: Address): bigint | undefined {
    const reserve = this.#reserves.get(asset)
    return reserve && (this.#options.factors.get(reserve.root) ?? WAD)
  }

  #value(asset: Address, amount: bigint): bigint {
    const { priceUsd8 = 0n, decimals = 0 } = this.#reserves.get(asset) ?? {}
    return (amount * priceUsd8) / 10n ** BigInt(decimals)
  }
}

/** What liquidators lose by a call: paid more than they got, what could not be sold counted at the oracle's price. */
export const lossOf = ({ repaidBase, soldForBase, unsoldBase }: CascadeCall): bigint =>
  max(0n, repaidBase - soldForBase - unsoldBase)
