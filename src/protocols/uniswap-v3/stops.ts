import { getSqrtRatioAtTick, MAX_SQRT_RATIO, MAX_TICK, MIN_SQRT_RATIO, MIN_TICK } from './tick-math.ts'

/** Initialised ticks, ascending, with what liquidity gains when the price rises through each. */
export interface Ticks {
  readonly index: readonly number[]
  readonly liquidityNet: readonly bigint[]
}

/** Where a swap may come to a stop. */
export interface Stop {
  readonly tick: number
  readonly sqrtPriceX96: bigint
  /** Undefined: not initialised, only the end of a word of the bitmap. */
  readonly liquidityNet: bigint | undefined
}

/** Ticks in one word of the pool's bitmap. */
const WORD = 256

/**
 * Every tick at which `UniswapV3Pool.swap` stops, in walking order: `TickBitmap.nextInitializedTickWithinOneWord` looks no
 * further than its word, so a swap stops at the end of each, and rounds there. The last one is no tick but the price limit
 * that the quoter sets when it is given none: nothing is beyond it.
 */
export function stopsOf(zeroForOne: boolean, tickSpacing: number, ticks: Ticks): Stop[] {
  const stops = merged(wordEnds(zeroForOne, tickSpacing), ticks).map(({ tick, liquidityNet }) => ({
    tick,
    sqrtPriceX96: sqrtRatioOf(tick),
    liquidityNet,
  }))
  const limit = zeroForOne
    ? { tick: MIN_TICK, sqrtPriceX96: MIN_SQRT_RATIO + 1n, liquidityNet: undefined }
    : { tick: MAX_TICK, sqrtPriceX96: MAX_SQRT_RATIO - 1n, liquidityNet: undefined }
  return [...(zeroForOne ? stops.reverse() : stops), limit]
}

/** Ascending; downwards a word ends at its first tick, upwards at its last. */
function wordEnds(zeroForOne: boolean, tickSpacing: number): number[] {
  const width = WORD * tickSpacing
  const last = zeroForOne ? 0 : width - tickSpacing
  const ends: number[] = []
  for (let tick = Math.floor(MIN_TICK / width) * width + last; tick < MAX_TICK; tick += width)
    if (tick > MIN_TICK) ends.push(tick)
  return ends
}

/** Both ascending; a tick that is initialised wins. Those at the very ends lie beyond the price limit. */
function merged(ends: readonly number[], { index, liquidityNet }: Ticks): Omit<Stop, 'sqrtPriceX96'>[] {
  const all: Omit<Stop, 'sqrtPriceX96'>[] = []
  let at = 0
  const until = (end: number): void => {
    for (; at < index.length && (index[at] as number) < end; at++)
      if ((index[at] as number) > MIN_TICK) all.push({ tick: index[at] as number, liquidityNet: liquidityNet[at] })
  }
  for (const end of ends) {
    until(end)
    if (index[at] === end) all.push({ tick: end, liquidityNet: liquidityNet[at++] })
    else all.push({ tick: end, liquidityNet: undefined })
  }
  until(MAX_TICK)
  return all
}

/** Ratios of ticks at which some pool stops: some thousands, asked for again with every change of liquidity. */
const ratios = new Map<number, bigint>()

function sqrtRatioOf(tick: number): bigint {
  const known = ratios.get(tick)
  if (known !== undefined) return known
  const ratio = getSqrtRatioAtTick(tick)
  ratios.set(tick, ratio)
  return ratio
}
