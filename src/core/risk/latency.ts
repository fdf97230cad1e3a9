/**
 * How late liquidations come (row 19, first half). Lateness: blocks from the update, or from the first block with health below
 * 1, to the call; 0 is the same block. What a winner's lateness means for our own chance: `../race.ts`.
 */
import { knownOr, type Measure } from './measure.ts'

export interface LiquidationTiming {
  /** Null: tied to no oracle update (interest, a withdrawal, a capped feed, an earlier partial call). */
  readonly latenessBlocks: number | null
  /** Health at the end of the block before, as a float; null: not recorded. */
  readonly healthBefore: number | null
}

export interface Latency {
  readonly liquidations: number
  readonly tied: number
  /** Lower of two. */
  readonly medianBlocks: Measure
  /** Of the tied ones, 0 to 1. */
  readonly withinOneBlock: Measure
  readonly withHealth: number
  readonly belowOneBefore: number
}

export function latencyOf(timings: readonly LiquidationTiming[]): Latency {
  const late = timings.flatMap(({ latenessBlocks }) => latenessBlocks ?? []).sort((a, b) => a - b)
  const health = timings.flatMap(({ healthBefore }) => healthBefore ?? [])
  const within = late.filter((blocks) => blocks <= 1).length
  return {
    liquidations: timings.length,
    tied: late.length,
    medianBlocks: knownOr(late[(late.length - 1) >> 1] ?? null, 'oracleUpdates'),
    withinOneBlock: knownOr(late.length === 0 ? null : within / late.length, 'oracleUpdates'),
    withHealth: health.length,
    belowOneBefore: health.filter((value) => value < 1).length,
  }
}
