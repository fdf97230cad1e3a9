import type { Address } from 'viem'

/** Whom a rule speaks of. */
export interface RuleScope {
  /** Unique; names the rule in the journal and its latches in the store. */
  readonly name: string
  /** Undefined: every market, every chain. */
  readonly market: string | undefined
  readonly chain: string | undefined
  /** Lower case; undefined: everybody. */
  readonly accounts: ReadonlySet<Address> | undefined
  readonly minDebtUsd8: bigint
  /** Seconds of the chain in which the same thing is not said again of the same account. */
  readonly cooldownS: number
}

/** Thresholds one below another, each with a latch. */
export interface LadderRule extends RuleScope {
  readonly when: 'ladder'
  /** 18 decimals, highest first. */
  readonly thresholdsWad: readonly bigint[]
  /** Distance to liquidation in basis points, widest first. */
  readonly distancesBps: readonly number[]
  readonly hysteresisWad: bigint
  /** How far above a distance it must climb before that distance may speak again. */
  readonly hysteresisBps: number
}

/** Health fell by `lostWad` within `withinS` seconds of the chain, and is below `healthBelowWad`. */
export interface FallRule extends RuleScope {
  readonly when: 'fall'
  readonly lostWad: bigint
  readonly withinS: number
  readonly healthBelowWad: bigint
}

/** Interest alone brings health to 1 within so many seconds. */
export interface TimeRule extends RuleScope {
  readonly when: 'time'
  readonly withinS: number
}

/** A position of `minDebtUsd8` or more is below a health. */
export interface LargeRule extends RuleScope {
  readonly when: 'large'
  readonly healthBelowWad: bigint
  readonly hysteresisWad: bigint
}

/** A fall of every volatile asset by `fallBps` makes debt of more than `aboveUsd8` liquidatable in one market. */
export interface WaveRule extends RuleScope {
  readonly when: 'wave'
  readonly fallBps: number
  readonly aboveUsd8: bigint
}

export type AlertRule = LadderRule | FallRule | TimeRule | LargeRule | WaveRule
