/** Of a cascade as a whole (row 5): multiplier, branching ratio, and the shock from which it runs away. */
import type { Address } from 'viem'
import type { Cascade, Round } from './cascade.ts'

export const sum = <T>(of: readonly T[], value: (one: T) => bigint): bigint =>
  of.reduce((total, one) => total + value(one), 0n)

/** Seized in a round, base currency. */
export const volumeOf = ({ calls }: Round): bigint => sum(calls, ({ seizedBase }) => seizedBase)

/** Total fall over exogenous fall; null where nothing moved. */
export function multiplierOf({ before, rounds, finalPrices }: Cascade, root: Address): number | null {
  const was = before.get(root) ?? 0n
  // Without a round nothing came on top of the shock.
  const shocked = rounds[0]?.prices.get(root) ?? finalPrices.get(root) ?? 0n
  const end = finalPrices.get(root) ?? 0n
  return was === shocked ? null : Number(was - end) / Number(was - shocked)
}

/**
 * Mean over rounds of what followed on each, weighted by its volume: Σ V₂… / Σ V₁…; the last round of a cascade that has come to
 * its end has no followers, that of one that was cut off is left out. Null where nothing was seized.
 */
export function branchingOf({ rounds, stopped }: Cascade): number | null {
  const volumes = rounds.map((round) => Number(volumeOf(round)))
  const parents = stopped === 'settled' || stopped === 'refused' ? volumes : volumes.slice(0, -1)
  const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
  return total(parents) === 0 ? null : total(volumes.slice(1)) / total(parents)
}

/** Runs away: the feed falls by more than twice the shock, or the pools are drained. */
export const isCritical = (found: Cascade, root: Address): boolean =>
  found.stopped === 'pools-drained' || (multiplierOf(found, root) ?? 1) > MOST_MULTIPLIER

const MOST_MULTIPLIER = 2

/**
 * The smallest fall, in tenths of a per cent, at which it holds: the first of the `falls` (ascending) at which it does, then halved
 * down to the one before. Undefined: at none of them. Where it holds at some falls, not at larger ones, one of the edges is found.
 */
export function smallestFall(
  falls: readonly number[],
  holds: (tenthsOfPercent: number) => boolean,
): number | undefined {
  const first = falls.findIndex(holds)
  if (first === -1) return undefined
  let [low, high] = [falls[first - 1] ?? 0, falls[first] as number]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}
