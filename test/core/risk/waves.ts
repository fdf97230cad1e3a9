import type { Hour } from '../../../src/core/risk/hour.ts'
import type { Phase } from '../../../src/core/risk/phase-ways.ts'
import { hourAt } from './hours.ts'

/** An hour and the phase it was made in. */
export interface TrueHour {
  readonly hour: Hour
  readonly phase: Phase
}

/** How a phase is made; arrays go from its first to its last hour. */
interface Recipe {
  readonly phase: Phase
  readonly hours: readonly [min: number, max: number]
  /** Liquidations an hour that nothing set off, and how many each of them sets off. */
  readonly rate: number
  readonly branching: number
  readonly drift: number
  readonly sigma: number
  readonly ladderUsd: readonly [number, number]
  readonly leverage: readonly [number, number]
  readonly funding: readonly [number, number]
  readonly depthUsd: readonly [number, number]
  readonly netFlowUsd: number
}

/** More than the 30 days that the detector asks for. */
export const CALM_HOURS = 34 * 24

const WAVE: readonly Recipe[] = [
  {
    ...{ phase: 'calm', hours: [CALM_HOURS, CALM_HOURS + 48], rate: 0.3, branching: 0.2, drift: 0, sigma: 0.003 },
    ...{
      ladderUsd: [50e6, 50e6],
      leverage: [1.6, 1.6],
      funding: [0.05, 0.05],
      depthUsd: [100e6, 100e6],
      netFlowUsd: 0,
    },
  },
  {
    ...{ phase: 'build-up', hours: [48, 120], rate: 0.4, branching: 0.3, drift: 0.0004, sigma: 0.003 },
    ...{
      ladderUsd: [60e6, 150e6],
      leverage: [1.65, 1.95],
      funding: [0.1, 0.4],
      depthUsd: [100e6, 80e6],
      netFlowUsd: 1e6,
    },
  },
  {
    ...{ phase: 'cascade', hours: [3, 12], rate: 60, branching: 0.8, drift: -0.025, sigma: 0.008 },
    ...{
      ladderUsd: [150e6, 60e6],
      leverage: [1.95, 1.5],
      funding: [0.3, -0.2],
      depthUsd: [60e6, 30e6],
      netFlowUsd: -20e6,
    },
  },
  {
    ...{ phase: 'exhaustion', hours: [12, 36], rate: 0.6, branching: 0.3, drift: 0.001, sigma: 0.004 },
    ...{ ladderUsd: [30e6, 20e6], leverage: [1.45, 1.4], funding: [-0.2, 0], depthUsd: [40e6, 60e6], netFlowUsd: -2e6 },
  },
  {
    ...{ phase: 'recovery', hours: [96, 96], rate: 0.3, branching: 0.2, drift: 0.0005, sigma: 0.002 },
    ...{ ladderUsd: [20e6, 30e6], leverage: [1.4, 1.45], funding: [0, 0.04], depthUsd: [90e6, 100e6], netFlowUsd: 4e6 },
  },
  {
    ...{ phase: 'calm', hours: [72, 72], rate: 0.3, branching: 0.2, drift: 0, sigma: 0.0025 },
    ...{
      ladderUsd: [35e6, 40e6],
      leverage: [1.5, 1.55],
      funding: [0.04, 0.05],
      depthUsd: [100e6, 100e6],
      netFlowUsd: 0,
    },
  },
]

/**
 * One wave with known phases. Liquidations are a Hawkes process in hours: Poisson with the rate plus what the two hours
 * before set off. The price of calm and build-up keeps close to 2,000.
 */
export function wave(seed: number): readonly TrueHour[] {
  const random = generator(seed)
  const made: TrueHour[] = []
  let [price, before, twoBefore] = [2000, 0, 0]
  for (const recipe of WAVE) {
    const [min, max] = recipe.hours
    const length = min + Math.floor(random() * (max - min + 1))
    for (let i = 0; i < length; i++) {
      const pull = made.length < CALM_HOURS ? 0.05 * Math.log(2000 / price) : 0
      const opened = price
      price *= Math.exp(recipe.drift + pull + recipe.sigma * normal(random))
      const count = poisson(recipe.rate + recipe.branching * (0.7 * before + 0.3 * twoBefore), random)
      ;[before, twoBefore] = [count, before]
      made.push({ phase: recipe.phase, hour: hourOf(recipe, made.length, i / length, [opened, price], count, random) })
    }
  }
  return made
}

function hourOf(
  recipe: Recipe,
  hour: number,
  at: number,
  [opened, price]: readonly [number, number],
  count: number,
  random: () => number,
): Hour {
  const between = ([from, to]: readonly [number, number], noise: number): number =>
    (from + (to - from) * at) * (1 + noise * (random() - 0.5))
  return hourAt(1000 + hour, {
    liquidations: count,
    liquidatedUsd: count * 50_000 * (0.5 + random()),
    oraclePriceUsd: price,
    oracleLowUsd: Math.min(opened, price),
    ladder5Usd: between(recipe.ladderUsd, 0.2),
    leverage: between(recipe.leverage, 0.04),
    fundingAnnual: between(recipe.funding, 0.2) + 0.02 * (random() - 0.5),
    depthUsd: between(recipe.depthUsd, 0.1),
    netFlowUsd: recipe.netFlowUsd,
  })
}

/** mulberry32. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Box and Muller. */
const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** Knuth's product of uniforms; the normal distribution where that would be long. */
function poisson(rate: number, random: () => number): number {
  if (rate > 50) return Math.max(0, Math.round(rate + Math.sqrt(rate) * normal(random)))
  const limit = Math.exp(-rate)
  let count = 0
  for (let product = random(); product > limit; product *= random()) count++
  return count
}
