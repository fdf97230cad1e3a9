import * as fc from 'fast-check'
import type { Ticks } from '../../../src/protocols/uniswap-v3/stops.ts'
import {
  getSqrtRatioAtTick,
  getTickAtSqrtRatio,
  MAX_SQRT_RATIO,
  MAX_TICK,
  MIN_SQRT_RATIO,
} from '../../../src/protocols/uniswap-v3/tick-math.ts'
import type { Pool } from './walk.ts'

/** Every tier of Uniswap, and its spacing. */
export const TIERS = [
  [100, 1],
  [500, 10],
  [3000, 60],
  [10_000, 200],
] as const

export interface Position {
  readonly lower: number
  readonly upper: number
  readonly liquidity: bigint
}

/** What positions leave at the ticks; one that nets to nothing is there all the same. */
export function ticksOf(positions: readonly Position[]): Ticks {
  const net = new Map<number, bigint>()
  const add = (tick: number, amount: bigint) => net.set(tick, (net.get(tick) ?? 0n) + amount)
  for (const { lower, upper, liquidity } of positions) {
    add(lower, liquidity)
    add(upper, -liquidity)
  }
  const index = [...net.keys()].sort((a, b) => a - b)
  return { index, liquidityNet: index.map((tick) => net.get(tick) as bigint) }
}

/** A number of any size between two powers of two, so that dust is as likely as a fortune. */
export const anySize = (bits: number): fc.Arbitrary<bigint> =>
  fc.integer({ min: 0, max: bits }).chain((n) => fc.bigInt({ min: 1n, max: 1n << BigInt(n) }))

const positionAt = (tickSpacing: number, around: number): fc.Arbitrary<Position> => {
  const most = Math.floor(MAX_TICK / tickSpacing)
  const near = Math.floor(around / tickSpacing)
  const end = fc.oneof(
    fc.integer({ min: -300, max: 300 }).map((n) => Math.max(-most, Math.min(most, near + n))),
    fc.integer({ min: -most, max: most }),
    fc.constantFrom(-most, most),
  )
  return fc
    .tuple(end, end, anySize(90))
    .filter(([a, b]) => a !== b)
    .map(([a, b, liquidity]) => ({
      lower: Math.min(a, b) * tickSpacing,
      upper: Math.max(a, b) * tickSpacing,
      liquidity,
    }))
}

/** A pool of any tier, anywhere, its price sometimes just on a tick, with positions around it and far away. */
export const anyPool: fc.Arbitrary<Pool> = fc
  .tuple(fc.constantFrom(...TIERS), fc.oneof(fc.integer({ min: -3000, max: 3000 }), anyPrice().map(getTickAtSqrtRatio)))
  .chain(([[feePips, tickSpacing], around]) =>
    fc
      .record({
        positions: fc.array(positionAt(tickSpacing, around), { minLength: 1, maxLength: 12 }),
        spot: fc.oneof(
          fc.record({
            sqrtPriceX96: fc.bigInt({ min: getSqrtRatioAtTick(around), max: getSqrtRatioAtTick(around + 1) - 1n }),
            tick: fc.constant(around),
          }),
          fc.integer({ min: -20, max: 20 }).chain((n) => onTick((Math.floor(around / tickSpacing) + n) * tickSpacing)),
        ),
      })
      .map(({ positions, spot }) => ({ feePips, tickSpacing, ticks: ticksOf(positions), ...spot })),
  )

/** Came up onto the tick, or down onto it. */
const onTick = (tick: number) => {
  const at = Math.max(-887_000, Math.min(887_000, tick))
  return fc.constantFrom(at, at - 1).map((now) => ({ sqrtPriceX96: getSqrtRatioAtTick(at), tick: now }))
}

export function anyPrice(): fc.Arbitrary<bigint> {
  return fc
    .integer({ min: 33, max: 159 })
    .chain((bits) => fc.bigInt({ min: 1n << BigInt(bits), max: (1n << BigInt(bits + 1)) - 1n }))
    .filter((price) => price >= MIN_SQRT_RATIO && price < MAX_SQRT_RATIO)
}
