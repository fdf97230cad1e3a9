import type { Address } from 'viem'
import type { ReserveView } from '../protocol.ts'
import type { Deed } from './deed.ts'
import { groupsOf } from './groups.ts'
import { largestOf } from './oracle-health.ts'

/** What a page did to a group's price. Dollars as floats. */
export interface PriceMove {
  /** Every round of the page, and the reading at its end. */
  readonly lowUsd: number
  readonly lastUsd: number
  /** The largest step from one to the next, up or down: −0.05 is a fall of 5 %; 0: the price stood still. */
  readonly jump: number
  readonly rounds: number
  /** Of its first and last round; null: none. */
  readonly firstAtS: number | null
  readonly roundAtS: number | null
  /** Longest time between two rounds within it; 0 with fewer. */
  readonly silenceS: number
}

/** Whose price stands for a group, by its root. */
export const leaders = (reserves: readonly ReserveView[]): ReadonlyMap<Address, ReserveView> =>
  new Map(groupsOf(reserves).map(({ root, plain }) => [root, plain]))

export const toUsd = (usd8: bigint): number => Number(usd8) / 1e8

/**
 * By root, those that moved or spoke. A round is taken as the price at the end · round / last round: so feeds of any decimals,
 * and sources upon a feed, come out in dollars. The price before the page is no round of it, but the first step starts from it.
 */
export function priceMoves(
  before: readonly ReserveView[],
  after: readonly ReserveView[],
  deeds: readonly Deed[],
): ReadonlyMap<Address, PriceMove> {
  const earlier = leaders(before)
  const moves = new Map<Address, PriceMove>()
  for (const [root, { priceUsd8 }] of leaders(after)) {
    const rounds = deeds.flatMap((deed) =>
      deed.kind === 'answer' && deed.answer > 0n && deed.roots.includes(root) ? [deed] : [],
    )
    const old = earlier.get(root)?.priceUsd8 ?? 0n
    if (priceUsd8 === 0n || (rounds.length === 0 && old === priceUsd8)) continue
    const last = rounds.at(-1)
    const prices = rounds.map(({ answer }) => toUsd(priceUsd8) * (Number(answer) / Number(last?.answer ?? answer)))
    if (last === undefined) prices.push(toUsd(priceUsd8))
    const times = rounds.map(({ updatedAtS }) => updatedAtS)
    moves.set(root, {
      lowUsd: Math.min(...prices),
      lastUsd: toUsd(priceUsd8),
      jump: largestStep(old === 0n ? prices : [toUsd(old), ...prices]),
      rounds: rounds.length,
      firstAtS: rounds[0]?.updatedAtS ?? null,
      roundAtS: last?.updatedAtS ?? null,
      silenceS: Math.max(0, ...times.slice(1).map((time, i) => time - (times[i] as number))),
    })
  }
  return moves
}

function largestStep(prices: readonly number[]): number {
  return largestOf(prices.slice(1).map((price, i) => price / (prices[i] as number) - 1))
}
