/** What the kept hours of a market say of its last day, week or month. */
import type { Hour } from '../../core/risk/hour.ts'
import type { MarketHour } from '../../core/risk/hours-from.ts'
import type { RiskWorld } from './world.ts'

export const DAY_S = 86_400

/** So many bins make up that time. */
export const binsOf = ({ binS }: Pick<RiskWorld, 'binS'>, seconds: number): number =>
  Math.max(1, Math.round(seconds / binS))

/** Those of the last `seconds` before the last one kept, that one among them. */
export function recent<T extends Pick<Hour, 'hour'>>(
  hours: readonly T[],
  world: Pick<RiskWorld, 'binS'>,
  seconds: number,
): readonly T[] {
  const last = hours.at(-1)
  return last === undefined ? [] : hours.filter(({ hour }) => hour > last.hour - binsOf(world, seconds))
}

/** Of the market as a whole; those watched only in part say what they saw. */
export const recentMarket = (world: RiskWorld, seconds: number): readonly MarketHour[] =>
  recent(world.marketHours(), world, seconds)

/** What the node told last. */
export const lastExtras = (world: RiskWorld): MarketHour['extras'] | undefined =>
  world.marketHours().findLast(({ extras }) => extras !== null)?.extras ?? undefined

export const sumBy = <T>(items: Iterable<T>, of: (item: T) => number): number => {
  let sum = 0
  for (const item of items) sum += of(item)
  return sum
}
