import { WAD } from '../math.ts'

/**
 * Between which values nothing can be said of an account, so that it need not be looked at. All in floats, without any
 * margin: whoever compares floats with them adds his own (`bands.ts`).
 */
export interface Guard {
  /** Health below which a rule may speak. */
  readonly near: number
  /** Health from which on a latch may open. */
  readonly far: number
  /** Debt in base units from which on a rule may speak. */
  readonly most: number
  /** Distance to liquidation, as a fraction, below which a rule may speak. */
  readonly close: number
  /** Distance from which on a latch may open. */
  readonly wide: number
  /** Unix seconds of the chain at which a look is due. */
  readonly due: number
}

/** Nothing can be said, whatever happens. */
export const FREE: Guard = {
  near: -1,
  far: Number.POSITIVE_INFINITY,
  most: Number.POSITIVE_INFINITY,
  close: Number.NEGATIVE_INFINITY,
  wide: Number.POSITIVE_INFINITY,
  due: Number.POSITIVE_INFINITY,
}

/** Health at which a distance is reached where both say the same: δ = 1 − 1 ÷ health. */
export const healthAtDistance = (fraction: number): number =>
  fraction < 1 ? 1 / (1 - fraction) : Number.POSITIVE_INFINITY

/** The bounds on the distance as bounds on health, where the one follows from the other. */
export const asHealth = (guard: Guard): Guard => ({
  ...guard,
  near: guard.close > FREE.close ? Math.max(guard.near, healthAtDistance(guard.close)) : guard.near,
  far: Math.min(guard.far, healthAtDistance(guard.wide)),
  close: FREE.close,
  wide: FREE.wide,
})

export const both = (a: Guard, b: Guard): Guard => ({
  near: Math.max(a.near, b.near),
  far: Math.min(a.far, b.far),
  most: Math.min(a.most, b.most),
  close: Math.max(a.close, b.close),
  wide: Math.min(a.wide, b.wide),
  due: Math.min(a.due, b.due),
})

export const floatOfWad = (wad: bigint): number => Number(wad) / Number(WAD)
