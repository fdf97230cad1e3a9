export interface Threshold {
  readonly value: number
  readonly unit: 'hours' | 'quantile' | 'share' | 'times'
  readonly why: string
}

/**
 * All thresholds of the phase detector: the one table. "Proposed" is row 15 of the measures; "tuned" was changed on October
 * 2025 and on nothing else. Frozen on 2026-11-26, before February 2026 was looked at: results in `docs/phases.md`.
 */
export const PHASE_THRESHOLDS = {
  medianHours: {
    value: 168,
    unit: 'hours',
    why: 'proposed: a week holds every hour of the day and every day of the week',
  },
  medianMinHours: { value: 72, unit: 'hours', why: 'three days of watching before anything is called unusual' },
  quantileHours: {
    value: 2160,
    unit: 'hours',
    why: 'proposed: 90 days, a quarter of a year of the market as it is now',
  },
  quantileMinHours: { value: 720, unit: 'hours', why: 'a ninth decile of less than 30 days is one or two episodes' },
  buildUpQuantile: { value: 0.9, unit: 'quantile', why: 'proposed, for the ladder at −5 % and for leverage' },
  buildUpFundingQuantile: {
    value: 0.75,
    unit: 'quantile',
    why: 'proposed: crowded, not extreme, since another measure is high too',
  },
  buildUpOverQuantile: {
    value: 0.75,
    unit: 'quantile',
    why: 'lower than what began it, so that one hour more or less does not flap',
  },
  buildUpHours: {
    value: 6,
    unit: 'hours',
    why: 'tuned on generated waves: single hours of a noisy but calm market are over two quantiles at once in one of twenty; the mean of six is not',
  },
  cascadeMedians: { value: 10, unit: 'times', why: 'proposed: times the median hour of the week' },
  cascadeDebtShare: {
    value: 0.0002,
    unit: 'share',
    why: 'tuned from 1 bp: the median hour is often nothing, and ten times nothing is nothing. 2 bp of all debt an hour is about a tenth of what the published 180 to 250 million of 2025-10-10 were per hour on a market of ten to thirty billion',
  },
  cascadeBranching: { value: 0.5, unit: 'share', why: 'proposed: every second liquidation set off by another' },
  branchingHours: {
    value: 24,
    unit: 'hours',
    why: 'bins must be many and the window longer than what a liquidation sets off',
  },
  violentFactor: {
    value: 5,
    unit: 'times',
    why: 'tuned: of the median and debt thresholds, for a single hour. Two hours in a row cost one hour of delay, and in October the first hour was already larger than most whole cascades',
  },
  againShare: {
    value: 0.5,
    unit: 'share',
    why: 'of the largest hour of the last day: above the 0.2 that called the wave over, so an aftershock is not a new wave',
  },
  againHours: { value: 24, unit: 'hours', why: 'after a day a new wave is measured by itself' },
  quietShare: { value: 0.2, unit: 'share', why: 'proposed: of the peak hour' },
  exhaustionHours: {
    value: 3,
    unit: 'hours',
    why: 'tuned from 2: on 2025-10-10 the first leg (15:00) paused for two hours before the large one (21:00); an all-clear between them would have been the worst moment for one',
  },
  exhaustionMaxHours: {
    value: 336,
    unit: 'hours',
    why: 'a wave that has not recovered in two weeks is the market as it is',
  },
  recoveryHours: { value: 6, unit: 'hours', why: 'proposed' },
  recoveryFundingQuantile: {
    value: 0.9,
    unit: 'quantile',
    why: '"normal" funding: not among the highest tenth of 90 days',
  },
  volatilityHalfLifeHours: {
    value: 6,
    unit: 'hours',
    why: 'tuned from 12 and 24: with these the rebound itself kept volatility high until 2025-10-15 and 16; with 6 ETH recovers on 10-12, when the low had held for 35 hours, and never goes below it in that wave',
  },
  recoveryVolatilityQuantile: { value: 0.75, unit: 'quantile', why: 'proposed' },
  recoveryDepthShare: { value: 0.8, unit: 'share', why: 'proposed: of the median depth of the week before the wave' },
  calmHours: { value: 48, unit: 'hours', why: 'aftershocks of a wave belong to it for two days' },
  dwellHours: {
    value: 2,
    unit: 'hours',
    why: 'no phase but a cascade begins before the present one has lasted this long',
  },
} as const satisfies Readonly<Record<string, Threshold>>
