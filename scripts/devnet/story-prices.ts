import { createRandom } from './random.ts'
import type { ReserveSymbol, RiskParameters } from './risk-parameters.ts'

export type PricedSymbol = Exclude<ReserveSymbol, 'wstETH'>

/** How much of the fall is reached when: a crash in three waves, a bottom, a recovery. */
const fall: readonly (readonly [progress: number, share: number])[] = [
  [0, 0],
  [0.05, 0],
  [0.17, 0.35],
  [0.23, 0.22],
  [0.37, 0.72],
  [0.43, 0.56],
  [0.57, 1],
  [0.63, 0.84],
  [0.7, 0.93],
  [0.84, 0.45],
  [0.94, 0.15],
  [1, 0.06],
]

/** Depth of the fall, jitter from block to block, and the move an oracle writes at, in bps of the chain's own. */
const behaviour: Readonly<Record<PricedSymbol, { depth: number; jitter: number; threshold: number }>> = {
  WETH: { depth: 0.31, jitter: 0.002, threshold: 1 },
  WBTC: { depth: 0.26, jitter: 0.002, threshold: 1 },
  LINK: { depth: 0.35, jitter: 0.003, threshold: 1.5 },
  USDC: { depth: 0.0015, jitter: 0.0001, threshold: 0.1 },
  USDT: { depth: -0.001, jitter: 0.0001, threshold: 0.1 },
  DAI: { depth: 0.002, jitter: 0.0001, threshold: 0.1 },
}

export const pricedSymbols = Object.keys(behaviour) as readonly PricedSymbol[]

/** Share of the fall at a progress in [0, 1]. */
export function fallShare(progress: number): number {
  const after = fall.findIndex(([at]) => at >= progress)
  const [at1, share1] = fall[after] ?? [1, 0]
  const [at0, share0] = fall[Math.max(0, after - 1)] ?? [0, 0]
  return at1 === at0 ? share1 : share0 + ((share1 - share0) * (progress - at0)) / (at1 - at0)
}

/** Prices as the markets see them, for each block of the story. */
export function pricePaths(risk: RiskParameters, blocks: number, seed: number): Record<PricedSymbol, bigint>[] {
  const random = createRandom(seed ^ 0x9e3779b9)
  const noise = new Map<PricedSymbol, number>()
  return Array.from({ length: blocks }, (_, step) => {
    const share = fallShare(blocks === 1 ? 1 : step / (blocks - 1))
    const entries = pricedSymbols.map((symbol) => {
      const { depth, jitter } = behaviour[symbol]
      const wander = 0.8 * (noise.get(symbol) ?? 0) + jitter * random.normal()
      noise.set(symbol, wander)
      const factor = (1 - depth * share) * Math.exp(wander)
      return [symbol, BigInt(Math.round(risk.reserves[symbol].priceUsd8 * factor))]
    })
    return Object.fromEntries(entries)
  })
}

/** Whether an oracle whose last answer was `last` writes the new price. */
export function isReported(symbol: PricedSymbol, last: bigint, next: bigint, deviationBps: number): boolean {
  const moved = next > last ? next - last : last - next
  return Number(moved) * 10_000 >= Number(last) * deviationBps * behaviour[symbol].threshold
}
