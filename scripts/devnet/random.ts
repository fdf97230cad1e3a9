/** A seeded generator: the same seed gives the same market, block by block. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  between(low: number, high: number): number
  /** Whole number in [low, high]. */
  int(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  pickWeighted<T>(items: readonly (readonly [T, number])[]): T
  normal(): number
  /** exp(N(ln median, sigma)). */
  logNormal(median: number, sigma: number): number
}

/** mulberry32: 32 bits of state are plenty for a story, and it is ten lines. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function createRandom(seed: number): Random {
  const next = mulberry32(seed)
  const between = (low: number, high: number) => low + (high - low) * next()
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  // 1 - next() is in (0, 1]: the logarithm stays finite.
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  return {
    next,
    between,
    int,
    normal,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[int(0, items.length - 1)]
      if (item === undefined) throw new RangeError('Nothing to pick from: the list is empty')
      return item
    },
    pickWeighted: (items) => pickWeighted(items, next()),
    logNormal: (median, sigma) => median * Math.exp(sigma * normal()),
  }
}

/** `draw` is uniform in [0, 1). */
function pickWeighted<T>(items: readonly (readonly [T, number])[], draw: number): T {
  let rest = draw * items.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [item, weight] of items) {
    rest -= weight
    if (rest < 0) return item
  }
  throw new RangeError('Nothing to pick from: no item has a weight')
}
