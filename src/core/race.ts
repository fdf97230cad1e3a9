/**
 * The race: the chance that our liquidation is the first, from how late the winners of the past were. Method, limits and
 * figures: `docs/race.md`. A chance is an estimate, so floats make it; from there on it is a whole number of parts per
 * million (ppm) and money stays in integers.
 */

import { max, min } from './math.ts'

/** Liquidations that came `fromBlocks` to `toBlocks` after the oracle update that made them possible; 0 is its own block. */
export interface LatenessBucket {
  readonly fromBlocks: number
  readonly toBlocks: number
  readonly count: number
}

export interface RaceModel {
  /** Of the chain that was watched. */
  readonly blockTimeS: number
  /** In order, without gaps, the first one for block 0 alone. */
  readonly buckets: readonly LatenessBucket[]
  /** How many times wider than for independent draws the variance of a share is. At least 1. */
  readonly designEffect: number
  /** Of races in which we land in the winner's own block, the part we win. Not in the data: an assumption. */
  readonly tieSharePpm: bigint
}

/** In parts per million. `low` and `high`: Wilson, 95 %, for as many independent races as the data are worth. */
export interface Chance {
  readonly ppm: bigint
  readonly lowPpm: bigint
  readonly highPpm: bigint
  /** The estimate when nobody in our block is behind us, and when everybody is. */
  readonly tiesLostPpm: bigint
  readonly tiesWonPpm: bigint
}

/** Something we would have tried. */
export interface Attempt {
  /** What it brings when we are first. */
  readonly netUsd8: bigint
  /** What it costs when we are not, such as the gas of a call that reverts. */
  readonly costIfLostUsd8?: bigint
  readonly latenessBlocks: number
}

/** Usd, 8 decimals. Rounded against us: low ends and expectations down, high ends and deviations up. */
export interface Earnings {
  readonly attempts: number
  readonly allWonUsd8: bigint
  readonly allLostUsd8: bigint
  readonly expectedUsd8: bigint
  /** The expectation with every chance at its low, or high, end: the error of the table, which all attempts share. */
  readonly expectedLowUsd8: bigint
  readonly expectedHighUsd8: bigint
  /** The races know nothing of each other: standard deviation, and 95 % with the error of the table on top. */
  readonly independent: Spread
  /** One draw decides them all, as when a faster rival is there or not. The truth lies between the two. */
  readonly correlated: Spread
}

export interface Spread {
  readonly deviationUsd8: bigint
  readonly lowUsd8: bigint
  readonly highUsd8: bigint
}

const PPM = 1_000_000n
/** Of the normal distribution: 95 % lie within. */
const Z = 1.959964
const Z_PPM = 1_959_964n
const TAIL_PPM = 25_000n

/**
 * Our transaction lands `latenessBlocks` after the update, on a chain with `blockTimeS`. We are first when the winner of
 * the past would have come in a later block, and in `tieSharePpm` of the races where it would have come in the same one.
 */
export function chanceOfBeingFirst(
  model: RaceModel,
  latenessBlocks: number,
  blockTimeS: number = model.blockTimeS,
): Chance {
  if (!Number.isSafeInteger(latenessBlocks) || latenessBlocks < 0)
    throw new RangeError(`lateness must be a whole number of blocks from 0, not ${latenessBlocks}`)
  if (!(blockTimeS > 0 && Number.isFinite(blockTimeS))) throw new RangeError(`a block time of ${blockTimeS} s`)
  const scale = blockTimeS / model.blockTimeS
  const behind = survival(model, latenessBlocks * scale)
  const notAhead = latenessBlocks === 0 ? 1 : survival(model, (latenessBlocks - 1) * scale)
  const point = behind + (Number(model.tieSharePpm) / Number(PPM)) * (notAhead - behind)
  const [low, high] = wilson(point, observations(model) / model.designEffect)
  return {
    ppm: toPpm(point, Math.floor),
    lowPpm: toPpm(low, Math.floor),
    highPpm: toPpm(high, Math.ceil),
    tiesLostPpm: toPpm(behind, Math.floor),
    tiesWonPpm: toPpm(notAhead, Math.floor),
  }
}

/** Sums over `attempts`, all on a chain with `blockTimeS`. */
export function expectedEarnings(
  attempts: Iterable<Attempt>,
  model: RaceModel,
  blockTimeS: number = model.blockTimeS,
): Earnings {
  const stakes: Stake[] = []
  const chances = new Map<number, Chance>()
  for (const { netUsd8, costIfLostUsd8 = 0n, latenessBlocks } of attempts) {
    const chance = chances.get(latenessBlocks) ?? chanceOfBeingFirst(model, latenessBlocks, blockTimeS)
    chances.set(latenessBlocks, chance)
    stakes.push({ won: netUsd8, lost: -costIfLostUsd8, chance })
  }
  const allWonUsd8 = sum(stakes, ({ won }) => won)
  const allLostUsd8 = sum(stakes, ({ lost }) => lost)
  const expectedLowUsd8 = floorPpm(sum(stakes, (stake) => min(at(stake, 'lowPpm'), at(stake, 'highPpm'))))
  const expectedHighUsd8 = ceilPpm(sum(stakes, (stake) => max(at(stake, 'lowPpm'), at(stake, 'highPpm'))))
  return {
    attempts: stakes.length,
    allWonUsd8,
    allLostUsd8,
    expectedUsd8: floorPpm(sum(stakes, (stake) => at(stake, 'ppm'))),
    expectedLowUsd8,
    expectedHighUsd8,
    independent: independent(stakes, expectedLowUsd8, expectedHighUsd8),
    correlated: correlated(stakes),
  }
}

interface Stake {
  readonly won: bigint
  readonly lost: bigint
  readonly chance: Chance
}

/** Expected value of one stake, in millionths of Usd8. */
const at = ({ won, lost, chance }: Stake, end: 'ppm' | 'lowPpm' | 'highPpm'): bigint =>
  won * chance[end] + lost * (PPM - chance[end])

/** Square of one stake's deviation, in millionths of Usd8 squared. */
const variance = ({ won, lost, chance: { ppm } }: Stake): bigint => (won - lost) ** 2n * ppm * (PPM - ppm)

/** Normal approximation, which is rough for few attempts; never beyond what can be won and lost at all. */
function independent(stakes: readonly Stake[], expectedLowUsd8: bigint, expectedHighUsd8: bigint): Spread {
  const deviation = sqrtCeil(sum(stakes, variance))
  const margin = ceilPpm(ceilPpm(deviation * Z_PPM))
  const worst = sum(stakes, ({ won, lost }) => min(won, lost))
  const best = sum(stakes, ({ won, lost }) => max(won, lost))
  return {
    deviationUsd8: ceilPpm(deviation),
    lowUsd8: max(worst, expectedLowUsd8 - margin),
    highUsd8: min(best, expectedHighUsd8 + margin),
  }
}

/** One luck u for all, from 0 (best) to 1: won is what has a chance above u. The ends are at u = 97.5 % and 2.5 %. */
function correlated(stakes: readonly Stake[]): Spread {
  const surely = ({ won, lost, chance }: Stake): bigint => (chance.lowPpm > PPM - TAIL_PPM ? won : min(won, lost))
  const maybe = ({ won, lost, chance }: Stake): bigint => (chance.highPpm > TAIL_PPM ? max(won, lost) : lost)
  return {
    deviationUsd8: ceilPpm(sum(stakes, (stake) => sqrtCeil(variance(stake)))),
    lowUsd8: sum(stakes, surely),
    highUsd8: sum(stakes, maybe),
  }
}

/** For whoever reads a report that used the model. */
export const raceAssumptions = (model: RaceModel, blockTimeS: number = model.blockTimeS): readonly string[] => [
  `Chances are fitted to ${observations(model)} past winners, worth ${Math.floor(observations(model) / model.designEffect)} independent races: liquidations that followed an oracle update within ${model.buckets.at(-1)?.toBlocks ?? 0} blocks of ${model.blockTimeS} s.`,
  `Lateness is translated by time: a block of this chain is ${blockTimeS} s, ${blockTimeS / model.blockTimeS} of theirs.`,
  `In the winner's own block we are first in ${Number(model.tieSharePpm) / 10_000} % of the races: assumed, not measured.`,
  'Only winners were seen: rivals who would have come second, and who would react to us, are not in the data.',
  'A liquidation that no oracle update made possible is given the same chance.',
]

const observations = (model: RaceModel): number => model.buckets.reduce((total, { count }) => total + count, 0)

/**
 * Share of winners that came later than `blocks`, which need not be whole: within a bucket they lie evenly, and block n is
 * the time from n − 1 to n. Block 0 has no width: whoever lands there reacted within the update's own block.
 */
function survival(model: RaceModel, blocks: number): number {
  const total = observations(model)
  if (total === 0) throw new RangeError('a race model without observations')
  let later = 0
  for (const { fromBlocks, toBlocks, count } of model.buckets) {
    const width = toBlocks - fromBlocks + 1
    const share = (toBlocks - blocks) / width
    later += count * Math.min(1, Math.max(0, share))
  }
  return later / total
}

/** Wilson's interval at 95 % for a share `p` of `n` draws; with weights between 0 and 1 (ties) it is too wide, never too narrow. */
function wilson(p: number, n: number): readonly [number, number] {
  const centre = p + (Z * Z) / (2 * n)
  const half = Z * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n))
  const under = 1 + (Z * Z) / n
  return [Math.min(p, (centre - half) / under), Math.max(p, (centre + half) / under)]
}

const toPpm = (share: number, round: (value: number) => number): bigint =>
  BigInt(Math.min(1_000_000, Math.max(0, round(share * 1_000_000))))

const sum = (stakes: readonly Stake[], of: (stake: Stake) => bigint): bigint =>
  stakes.reduce((total, stake) => total + of(stake), 0n)

/** BigInt division cuts towards zero; these go down and up for losses too. */
const floorPpm = (value: bigint): bigint => -ceilPpm(-value)
const ceilPpm = (value: bigint): bigint => value / PPM + (value % PPM > 0n ? 1n : 0n)

/** Newton's method from above. */
function sqrtCeil(value: bigint): bigint {
  if (value < 2n) return value
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2))
  for (let next = (root + value / root) / 2n; next < root; next = (root + value / root) / 2n) root = next
  return root * root === value ? root : root + 1n
}
