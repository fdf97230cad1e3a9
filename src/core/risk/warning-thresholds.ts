/**
 * When a warning about a market turns on and when it turns off again: the one table. Between the two nothing is said. What an
 * operator may choose (`risk.warnings`) is where it turns on; where it turns off moves along.
 */

export const WARNING_TYPES = ['phase', 'cliff', 'absorption', 'capped-feed', 'utilisation', 'coverage'] as const
export type WarningType = (typeof WARNING_TYPES)[number]

export interface Band {
  readonly enter: number
  readonly leave: number
}

interface WarningThreshold extends Band {
  readonly unit: 'share' | 'per cent' | 'times' | 'dollars'
  readonly why: string
}

export const WARNING_THRESHOLDS = {
  cliffShare: {
    enter: 0.25,
    leave: 0.2,
    unit: 'share',
    why: 'the definition of a cliff: one account with a quarter of what lies in one per cent of fall',
  },
  cliffWithinPct: {
    enter: 10,
    leave: 12,
    unit: 'per cent',
    why: 'a fall of a tenth is an ordinary bad day; what lies two points further is told when it comes nearer',
  },
  cliffUsd: {
    enter: 1_000_000,
    leave: 800_000,
    unit: 'dollars',
    why: 'a quarter of nearly nothing is a cliff, too, and no news',
  },
  absorptionWithinPct: {
    enter: 10,
    leave: 10,
    unit: 'per cent',
    why: 'asked at fixed falls, so there is nothing to wander',
  },
  absorptionRatio: {
    enter: 1,
    leave: 0.8,
    unit: 'times',
    why: 'above 1 more must be sold than pools take; depth moves by a tenth from block to block',
  },
  absorptionUsd: {
    enter: 1_000_000,
    leave: 800_000,
    unit: 'dollars',
    why: 'close to the price both sides are small and their ratio says nothing',
  },
  headroom: {
    enter: 0.001,
    leave: 0.002,
    unit: 'share',
    why: 'at 3 % a year a tenth of a per cent is twelve days of growth: time to act before the feed is cut',
  },
  utilisation: {
    enter: 0.99,
    leave: 0.97,
    unit: 'share',
    why: 'pinned: nobody withdraws, and what is seized cannot be paid out; each repayment moves it a little',
  },
  utilisationUsd: {
    enter: 100_000,
    leave: 80_000,
    unit: 'dollars',
    why: 'a reserve with next to nothing in it is pinned by anybody',
  },
  coverage: {
    enter: 1,
    leave: 1.1,
    unit: 'times',
    why: 'below 1 the insurance pays less than a fall of 20 % would leave unpaid',
  },
} as const satisfies Readonly<Record<string, WarningThreshold>>

export type WarningName = keyof typeof WARNING_THRESHOLDS
export type WarningSettings = Readonly<Record<WarningName, Band>>

/** Seconds of the chain. */
export const WARNING_PATIENCE_S = {
  /** A cliff is seen or not, without a value between: so long it must be away. Its neighbours in the rung come and go. */
  cliffGone: 3_600,
  /** A source may be missing for a while; that what was on cannot be seen any more is told after this. */
  unknown: 3_600,
} as const

/** Turning on where told, off as far from it as in the table. */
export function warningSettings(
  enters: Readonly<Partial<Record<WarningName, number | undefined>>> = {},
): WarningSettings {
  const settings = Object.entries(WARNING_THRESHOLDS).map(
    ([name, threshold]) => [name, bandFrom(threshold, enters[name as WarningName] ?? threshold.enter)] as const,
  )
  return Object.fromEntries(settings) as WarningSettings
}

function bandFrom({ enter, leave, unit }: WarningThreshold, wanted: number): Band {
  const scaled = unit === 'dollars' || unit === 'times'
  return { enter: wanted, leave: scaled ? wanted * (leave / enter) : wanted + (leave - enter) }
}
