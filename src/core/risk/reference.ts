import type { Address } from 'viem'
import type { Bid, Price } from '../exchange.ts'
import { WAD } from '../math.ts'
import type { ReserveView } from '../protocol.ts'
import { fallen } from './depth.ts'
import { groupsOf } from './groups.ts'
import { isStable, stableRoots } from './stable.ts'
import { ratioWad, type Trading } from './trading.ts'

/** The pool whose price a group's feed is taken to follow. */
export interface Reference {
  readonly root: Address
  readonly pool: Address
  /** The group's asset, and what it is measured in. */
  readonly asset: Address
  readonly quote: Address
}

/** How far a price falls where depth is compared. */
const DEPTH_FALL_WAD = WAD / 50n
/** Stable assets, and what stands on their feeds. To have no feed is nothing in common. */
export function dollarsIn(reserves: readonly ReserveView[]): readonly ReserveView[] {
  const stable = stableRoots(reserves)
  return reserves.filter((one) => isStable(one) || (BigInt(one.root) !== 0n && stable.has(one.root)))
}

/**
 * Of each group that is not stable: its plain asset's deepest pool against a stable asset (most of it bought within a fall of 2 %, at
 * the oracle's prices), else against any asset of another group. A group without such a pool has none: its feed follows nothing.
 * Stable groups have none either: their pools are against each other, and nobody can say which of the two has moved.
 */
export function references(reserves: readonly ReserveView[], trading: Trading): Reference[] {
  const stable = stableRoots(reserves)
  return groupsOf(reserves).flatMap(({ root, plain, priceUsd8 }): Reference[] => {
    if (stable.has(root) || priceUsd8 === 0n) return []
    const others = reserves.filter((other) => other.root !== root && other.priceUsd8 > 0n)
    const found = deepest(plain, dollarsIn(others), trading) ?? deepest(plain, others, trading)
    return found === undefined ? [] : [{ root, asset: plain.asset, ...found }]
  })
}

function deepest(
  { asset }: ReserveView,
  quotes: readonly ReserveView[],
  trading: Trading,
): Pick<Reference, 'pool' | 'quote'> | undefined {
  const depths = quotes.flatMap((quote) =>
    trading.bids(asset, quote.asset).map((bid) => {
      const { amountOut } = bid.sellTo(fallen(bid.price, DEPTH_FALL_WAD))
      return {
        pool: bid.pool,
        quote: quote.asset,
        depth: (amountOut * quote.priceUsd8) / 10n ** BigInt(quote.decimals),
      }
    }),
  )
  const best = depths.reduce<(typeof depths)[number] | undefined>(
    (a, b) => (a && a.depth >= b.depth ? a : b),
    undefined,
  )
  return best && { pool: best.pool, quote: best.quote }
}

export const priceAt = ({ pool, asset, quote }: Reference, trading: Trading): Price => {
  const bid = trading.bids(asset, quote).find((one: Bid) => one.pool === pool)
  if (bid === undefined) throw new RangeError(`no pool ${pool}`)
  return bid.price
}

/**
 * What a feed answers after its pool went from one price to another: old × (1 − κ × fall), rounded down, at least 1. A rise of the
 * pool is a fall below 0.
 */
export function answerAfter(old: bigint, kappaWad: bigint, before: Price, after: Price): bigint {
  const kept = WAD * WAD - kappaWad * (WAD - ratioWad(after, before))
  const answer = (old * kept) / (WAD * WAD)
  return answer > 0n ? answer : 1n
}
