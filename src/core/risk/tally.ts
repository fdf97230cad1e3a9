import type { Address } from 'viem'
import type { Book } from '../book.ts'
import type { ReserveView, Standing } from '../protocol.ts'
import type { Facts } from '../types.ts'
import { Counting, type Counts } from './counts.ts'
import { type Cohort, cohortOf, isProtection } from './de-risking.ts'
import type { Deed, LiquidationDeed, OwnDeed } from './deed.ts'
import { type PriceMove, priceMoves } from './price-moves.ts'
import { isStable } from './stable.ts'

/** What one page adds to its hour. */
export interface Tally {
  readonly number: bigint
  readonly counts: Counts
  /** By root: those that moved or spoke. */
  readonly prices: ReadonlyMap<Address, PriceMove>
}

/** How long somebody had been liquidatable: blocks, or why that is not known. */
export type Lateness = (account: Address) => number | 'unknown' | 'again'

/** First so many digits tell accounts of one hour apart: two of 4,000 are taken for one with a chance of 0.2 %. */
const NAME_DIGITS = 8
const shortName = (account: Address): string => account.slice(2, 2 + NAME_DIGITS)

/**
 * One page, before the book takes it in: what was done by whom, at the prices of the moment. The book is as it was afterwards.
 */
export function tallyOf(book: Book, facts: Facts, lateness: Lateness): Tally {
  const { ledger, protocol, head } = book
  const number = facts.block.number
  if (facts.logs.length === 0 && facts.reads.length === 0) return { number, counts: new Map(), prices: new Map() }
  const before = protocol.market(ledger).reserves
  const earlier = new Map(before.map(({ asset, priceUsd8 }) => [asset, priceUsd8]))
  const standing = (account: Address, timestamp: bigint): Standing | undefined => {
    const id = ledger.find(account)
    return id === undefined || !protocol.knows(ledger, id) ? undefined : protocol.standing(ledger, id, timestamp)
  }
  const after = ledger.speculate(number, () => {
    protocol.apply(facts, ledger)
    const deeds = protocol.deeds(facts, ledger, earlier)
    return {
      deeds,
      reserves: protocol.market(ledger).reserves,
      standings: standingsOf(deeds, (account) => standing(account, facts.block.timestamp)),
    }
  })
  const standings = standingsOf(after.deeds, (account) => standing(account, head?.timestamp ?? facts.block.timestamp))
  const teller = new Teller({ reserves: after.reserves, before: standings, after: after.standings, lateness })
  for (const deed of after.deeds) teller.tell(deed)
  return { number, counts: teller.counting.counts, prices: priceMoves(before, after.reserves, after.deeds) }
}

type Standings = ReadonlyMap<Address, Standing | undefined>

const standingsOf = (deeds: readonly Deed[], of: (account: Address) => Standing | undefined): Standings =>
  new Map(deeds.flatMap((deed) => ('account' in deed ? [[deed.account, of(deed.account)]] : [])))

interface Known {
  readonly reserves: readonly ReserveView[]
  readonly before: Standings
  readonly after: Standings
  readonly lateness: Lateness
}

/** Deeds become sums. */
class Teller {
  readonly counting = new Counting()
  readonly #known: Known
  readonly #reserves: ReadonlyMap<Address, ReserveView>

  constructor(known: Known) {
    this.#known = known
    this.#reserves = new Map(known.reserves.map((reserve) => [reserve.asset, reserve]))
  }

  tell(deed: Deed): void {
    switch (deed.kind) {
      case 'supply':
      case 'withdraw':
      case 'borrow':
      case 'repay':
        return this.#own(deed)
      case 'liquidation':
        return this.#liquidation(deed)
      case 'deficit-created':
      case 'deficit-covered':
        return this.counting.add(deed.valueBase, deed.kind, deed.asset)
      case 'answer':
        return
    }
  }

  #own(deed: OwnDeed): void {
    const { kind, account, asset, valueBase, withCollateral } = deed
    const { counting } = this
    counting.add(valueBase, kind, asset)
    if (withCollateral) counting.add(valueBase, 'withdraw', asset)
    this.#turn(kind, asset, valueBase)
    if (withCollateral) this.#turn('withdraw', asset, valueBase)
    const before = this.#known.before.get(account)
    const cohort = this.#cohort(account)
    counting.add(valueBase, 'cohort', cohort, kind)
    if (kind !== 'repay' && kind !== 'supply') return
    const healthBefore = debtless(before) ? null : (before?.healthFactor ?? null)
    const after = this.#known.after.get(account)
    const healthAfter = debtless(after) ? null : (after?.healthFactor ?? null)
    if (after === undefined || !isProtection({ kind, account, cohort, usd8: valueBase, healthBefore, healthAfter }))
      return
    counting.add(valueBase, 'cohort', cohort, 'protected')
    counting.add(1n, 'cohort', cohort, 'protections')
    counting.add(1n, 'protector', cohort, shortName(account))
  }

  /**
   * Stable coins turned into volatile ones: who borrows dollars, or brings the other thing, is on one side; who repays them, or takes it
   * away, on the other. Each turn shows twice (dollars borrowed, coin supplied), so each counts half: kept in halves.
   */
  #turn(kind: OwnDeed['kind'], asset: Address, valueBase: bigint): void {
    const reserve = this.#reserves.get(asset)
    if (reserve === undefined) return
    const toVolatile = kind === 'supply' || kind === 'repay' ? valueBase : -valueBase
    this.counting.add(isStable(reserve) ? -toVolatile : toVolatile, 'turned-halves')
  }

  #liquidation(deed: LiquidationDeed): void {
    const { account, liquidator, collateralAsset, debtAsset, seizedBase, coveredBase } = deed
    const { counting } = this
    const root = this.#reserves.get(collateralAsset)?.root ?? ''
    const cohort = this.#cohort(account)
    counting.add(seizedBase, 'seized', root)
    counting.add(1n, 'calls', root)
    counting.add(seizedBase, 'seized-of', collateralAsset)
    counting.add(coveredBase, 'covered-of', debtAsset)
    counting.add(coveredBase, 'liquidator', liquidator)
    counting.add(1n, 'late', String(this.#known.lateness(account)))
    counting.add(seizedBase, 'cohort', cohort, 'seized')
    counting.add(coveredBase, 'cohort', cohort, 'covered')
    counting.add(1n, 'caught', cohort, shortName(account))
  }

  /** By the debt before; of somebody new, by the debt after. */
  #cohort(account: Address): Cohort {
    const before = this.#known.before.get(account)
    const debt =
      before === undefined || debtless(before) ? this.#known.after.get(account)?.totalDebtBase : before.totalDebtBase
    return cohortOf(debt ?? 0n)
  }
}

const debtless = (standing: Standing | undefined): boolean => standing?.totalDebtBase === 0n
