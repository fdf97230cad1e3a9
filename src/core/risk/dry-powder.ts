/** Stable coins that could buy what is sold (row 13). */
import { knownOr, lacking, type Measure } from './measure.ts'

/** In dollars; null: not recorded. */
export interface Powder {
  /** Stable coins in reserves that nobody has borrowed. */
  readonly idleUsd: number | null
  /** What pools pay for the group until its price has fallen by x. */
  readonly buyDepthUsd: number | null
  /** L(x), the ladder at the same x. */
  readonly ladderUsd: number | null
}

/** (Idle + depth) / L(x): under 1, not even all of it would buy what is sold. Lacks the ladder where nothing is to be sold. */
export function dryPowder({ idleUsd, buyDepthUsd, ladderUsd }: Powder): Measure {
  if (idleUsd === null) return lacking('supply', ...(buyDepthUsd === null ? (['depth'] as const) : []))
  if (buyDepthUsd === null) return lacking('depth')
  return knownOr(ladderUsd === null || ladderUsd === 0 ? null : (idleUsd + buyDepthUsd) / ladderUsd, 'ladder')
}

/** Deviations of a stable coin's mean price in a pool: −0.01 is one per cent low. */
export interface Peg {
  readonly fromOne: number
  /** From what the oracle says: what liquidations do not see yet. */
  readonly fromOracle: number
}

export const pegOf = (twapUsd: number, oracleUsd: number): Peg => ({
  fromOne: twapUsd - 1,
  fromOracle: twapUsd / oracleUsd - 1,
})
