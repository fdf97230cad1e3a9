/** Whether prices can be relied on (row 18). Changes: −0.05 is a fall of 5 %. */
import { known, knownOr, lacking, type Measure, shareOf } from './measure.ts'

/** The largest of some changes, up or down; 0 of none. */
export const largestOf = (changes: readonly number[]): number =>
  changes.reduce((most, change) => (Math.abs(change) > Math.abs(most) ? change : most), 0)

/** Age of the last answer (Unix seconds; null: none is known) over the feed's heartbeat; over 1: it should have spoken. */
export function ageOfHeartbeat(updatedAtS: number | null, heartbeatS: number | null, nowS: number): Measure {
  if (updatedAtS === null) return lacking('oracle')
  return knownOr(heartbeatS === null || heartbeatS <= 0 ? null : (nowS - updatedAtS) / heartbeatS, 'heartbeat')
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
export const headroom = ({ ratio, cap }: CappedRatio): Measure => knownOr(shareOf(cap - ratio, ratio), 'oracle')

/** Headroom at some time. */
export interface RoomSample {
  readonly atS: number
  readonly headroom: number
}

const DAY_S = 86_400

/**
 * Days until nothing is left if it goes on as between the two: headroom over its loss a day. 0: it is there; lacks hours where
 * it does not shrink, or the two are not a day apart (a ratio moves once a day).
 */
export function daysOfHeadroom(from: RoomSample, to: RoomSample): Measure {
  if (to.headroom <= 0) return known(0)
  const days = (to.atS - from.atS) / DAY_S
  const lost = from.headroom - to.headroom
  return knownOr(days < 1 || lost <= 0 ? null : (to.headroom * days) / lost, 'hours')
}

/** Supply of a token at some time, in whole units. */
export interface SupplySample {
  readonly hour: number
  readonly supply: number
}

/**
 * Largest change between two samples in a row, up or down: 0.1, a tenth was minted in between. Minting out of nothing shows
 * here first, as with rsETH on 2026-04-18.
 */
export function largestSupplyJump(samples: readonly SupplySample[]): Measure {
  const found = samples.slice(1).flatMap(({ supply }, i) => changeOf(samples[i]?.supply ?? 0, supply) ?? [])
  return found.length === 0 ? lacking('supply') : known(largestOf(found))
}

const changeOf = (from: number, to: number): number | null => (from === 0 ? null : (to - from) / from)
