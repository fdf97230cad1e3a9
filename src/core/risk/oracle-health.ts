/** Whether prices can be relied on (row 18). Answers are the feed's integers. */
import { known, knownOr, lacking, type Measure } from './measure.ts'

export interface Round {
  readonly answer: bigint
  readonly updatedAtS: number
}

/** Change from round to round, −0.05 is a fall of 5 %; one for each round after the first. A round of 0 gives null after it. */
export const jumps = (rounds: readonly Round[]): readonly (number | null)[] =>
  rounds.slice(1).map(({ answer }, i) => changeOf(rounds[i]?.answer ?? 0n, answer))

/** The largest, up or down. */
export function largestJump(rounds: readonly Round[]): Measure {
  const found = jumps(rounds).filter((jump) => jump !== null)
  const largest = found.reduce((most, jump) => (Math.abs(jump) > Math.abs(most) ? jump : most), 0)
  return found.length === 0 ? lacking('oracle') : known(largest)
}

/** Age of the last answer over the feed's heartbeat; over 1: it should have spoken. */
export function ageOfHeartbeat(round: Round | null, heartbeatS: number | null, nowS: number): Measure {
  if (round === null) return lacking('oracle')
  return knownOr(heartbeatS === null || heartbeatS <= 0 ? null : (nowS - round.updatedAtS) / heartbeatS, 'heartbeat')
}

/** A feed that multiplies by a ratio but lets it grow only so far (CAPO: `getRatio`, and the most the snapshot lets it be). */
export interface CappedRatio {
  readonly ratio: bigint
  readonly cap: bigint
}

/**
 * cap/ratio − 1. Positive: by how much the ratio may still grow before it is cut. Negative: by how much the feed is low, as on
 * 2026-03-10 (−0.0285). Null ratio or cap: not known.
 */
export const headroom = ({ ratio, cap }: CappedRatio): Measure => knownOr(changeOf(ratio, cap), 'oracle')

/**
 * Days until the ratio meets its cap, both growing evenly by so much a year of what they are now; null as value where it never
 * does. 0: it is there.
 */
export function daysOfHeadroom(
  { ratio, cap }: CappedRatio,
  growth: { readonly ratioAnnual: number; readonly capAnnual: number },
): number | null {
  const room = Number(cap) - Number(ratio)
  if (room <= 0) return 0
  const closing = Number(ratio) * growth.ratioAnnual - Number(cap) * growth.capAnnual
  return closing <= 0 ? null : (365 * room) / closing
}

/** Supply of a collateral token at some time, in its own units. */
export interface SupplySample {
  readonly hour: number
  readonly supply: bigint
}

export interface SupplyJump extends SupplySample {
  /** 0.1: a tenth was minted since the sample before. */
  readonly change: number
}

/** Samples at which more than `limit` was minted or burned since the one before: minting out of nothing, as with rsETH on 2026-04-18. */
export const supplyJumps = (samples: readonly SupplySample[], limit: number): readonly SupplyJump[] =>
  samples.slice(1).flatMap((sample, i) => {
    const change = changeOf(samples[i]?.supply ?? 0n, sample.supply)
    return change !== null && Math.abs(change) > limit ? { ...sample, change } : []
  })

/** to/from − 1, exact in the difference. */
const changeOf = (from: bigint, to: bigint): number | null => (from === 0n ? null : Number(to - from) / Number(from))
