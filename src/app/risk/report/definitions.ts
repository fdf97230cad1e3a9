import type { Measure } from '../../../core/risk/measure.ts'
import type { MarketRisk, Told } from './gather.ts'

export interface Definition {
  /** As in `docs/risk.md`. */
  readonly row: number
  readonly name: string
  readonly words: string
  /** What of it this market cannot know, and for want of what. */
  readonly lacks: (risk: MarketRisk) => readonly string[]
}

const of = (...measures: readonly (Measure | undefined)[]): readonly string[] =>
  measures.flatMap((one) => one?.lacks ?? [])
const from = <T>(told: Told<T>, lacks: (answer: T) => readonly string[]): readonly string[] =>
  'refused' in told ? [told.refused] : lacks(told.answer)
const nothing = (): readonly string[] => []

/** One sentence a measure; the page `docs/risk.md` has formulas, sources and limits. */
export const DEFINITIONS: readonly Definition[] = [
  {
    row: 1,
    name: 'liquidation price',
    words:
      'The answer of the group’s feed at which an account’s health passes 1, everything else as it is; found by halving on the feed’s integers.',
    lacks: nothing,
  },
  {
    row: 2,
    name: 'ladder',
    words:
      'Sum over accounts by liquidation price, in three columns: all collateral; seizable in one call; seizable in calls until health is 1. Bad debt: debt that all collateral less the bonus does not repay.',
    lacks: ({ fall }) => from(fall, nothing),
  },
  {
    row: 3,
    name: 'depth',
    words: 'What the mirrored Uniswap V3 pools together buy until the price of the next unit has fallen by so much.',
    lacks: ({ absorption }) => from(absorption, (a) => a.points.flatMap((p) => of(p.depthUsd))),
  },
  {
    row: 4,
    name: 'absorption ratio',
    words: 'Liquidatable over depth at the same fall. Above 1 liquidators cannot leave within it.',
    lacks: ({ absorption }) => from(absorption, (a) => a.points.flatMap((p) => of(p.ratio))),
  },
  {
    row: 5,
    name: 'cascade',
    words:
      'Exact liquidations, the seized collateral sold into the pools, the oracle following by κ, and again until nobody is left. Multiplier: total fall over the exogenous fall. Branching: seized in a round over the round before.',
    lacks: ({ cascade, grid }) => [...from(cascade, (c) => c.lacks), ...from(grid, (g) => g.lacks)],
  },
  {
    row: 6,
    name: 'toxicity',
    words:
      'A liquidation lowers health where (1 + bonus) × threshold is above it; a loss is certain where debt over collateral is above 1/(1 + bonus).',
    lacks: nothing,
  },
  { row: 7, name: 'leverage', words: 'Collateral over collateral less debt, weighted by debt.', lacks: nothing },
  {
    row: 8,
    name: 'concentration',
    words:
      'Share of the largest accounts, Herfindahl and Hirschman’s index, Gini’s coefficient. A cliff: one account with a quarter of a step of 1 %.',
    lacks: nothing,
  },
  {
    row: 9,
    name: 'reserve stress',
    words:
      'Borrowed over supplied, distance to the kink of the rate, and what is idle: less than a seizure takes makes it revert.',
    lacks: ({ overview }) => overview.reserves.flatMap((r) => of(r.kink, r.distanceToKink)),
  },
  {
    row: 10,
    name: 'cohorts',
    words: 'Accounts by debt: under 10k, 100k, 1M, 10M dollars, and above.',
    lacks: ({ cohorts }) => from(cohorts, nothing),
  },
  {
    row: 11,
    name: 'de-risking',
    words:
      'Repaying or supplying that lifts health from below 1.25, and the change of each cohort’s debt in the 72 hours before a fall of 10 %.',
    lacks: ({ cohorts }) => from(cohorts, (c) => c.deRisking.cohorts.flatMap((one) => of(one.protection))),
  },
  {
    row: 12,
    name: 'flows and rotation',
    words:
      'Supplied less withdrawn, borrowed less repaid; over markets, the size of their sum over the sum of their sizes.',
    lacks: ({ overview: { flows } }) => of(flows.netSupplyUsd, flows.netBorrowUsd),
  },
  {
    row: 13,
    name: 'dry powder',
    words:
      'Idle stable coins and what pools would pay, over the ladder at −10 %; change of the stable coins’ supply; distance from the peg.',
    lacks: ({ overview: { dryPowder: p } }) => of(p.supply24h, p.supply7d, p.overLadder10, p.worstPeg),
  },
  {
    row: 14,
    name: 'funding and carry',
    words: 'What longs pay shorts on a perpetual exchange, a year; yield of the collateral less the rate of the debt.',
    lacks: ({ overview: { carry: c } }) => of(c.funding, c.carry, c.underwaterShare),
  },
  {
    row: 15,
    name: 'phase',
    words: 'Calm, build-up, cascade, exhaustion or recovery, by rules with hysteresis over recorded hours.',
    lacks: ({ phase }) => from(phase, (p) => p.lacks),
  },
  {
    row: 16,
    name: 'reset or deeper risk',
    words:
      'The day before a wave against the day after: ladder, leverage, deficits, coverage, depth, the ten largest, utilisation.',
    lacks: ({ phase }) => from(phase, (p) => p.reset?.lacks ?? []),
  },
  {
    row: 17,
    name: 'coverage',
    words:
      'Deficits created and covered, debt above all collateral, and insurance over the deficit of a simulated fall.',
    lacks: ({ overview: { coverage: c } }) => of(c.createdUsd, c.coveredUsd, c.insuranceUsd, c.ratio),
  },
  {
    row: 18,
    name: 'oracle health',
    words:
      'Largest jump between two answers, age over heartbeat, headroom of capped feeds, jumps in the supply of a collateral.',
    lacks: ({ overview }) =>
      overview.oracles.flatMap((o) => of(o.largestJump24h, o.ageOfHeartbeat, o.headroom, o.largestSupplyJump24h)),
  },
  {
    row: 19,
    name: 'latency and competition',
    words: 'Blocks from health below 1 to the call; liquidators and how evenly they share; failed calls.',
    lacks: ({ overview: { competition: k } }) => of(k.liquidators, k.hhi, k.medianLatencyBlocks, k.failed),
  },
  {
    row: 20,
    name: 'comparison of rules',
    words: 'The same positions liquidated under each set of rules that exists here.',
    lacks: ({ compare }) => from(compare, (c) => c.absent.map((name) => `rules of ${name}`)),
  },
  {
    row: 21,
    name: 'planner',
    words:
      'For one account: what to repay or add for a stop price, and the probability of health below 1 within a day. Not in this report: plimsoll risk plan.',
    lacks: nothing,
  },
]
