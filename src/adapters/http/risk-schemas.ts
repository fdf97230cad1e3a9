/** Answers about the wave as published schemas; `satisfies` keeps them and `core/risk/answers.ts` from drifting apart. */
import { z } from 'zod'
import type {
  AbsorptionAnswer,
  AbsorptionPoint,
  CohortsAnswer,
  Concentration,
  ConditionAnswer,
  GroupAnswer,
  LadderAnswer,
  OracleAnswer,
  PhaseBrief,
  ReserveStress,
  RiskOverview,
} from '../../core/risk/answers.ts'
import { type Measure, SOURCES } from '../../core/risk/measure.ts'
import { PHASES } from '../../core/risk/phase-ways.ts'
import { address, block, count, integer, quarantined, schemaVersion } from './schema-parts.ts'

export const riskHead = { schemaVersion, quarantined, market: z.string(), chainId: z.int(), block }
export const unknown = z.number().nullable()
export const base = integer.describe('Base currency, 8 decimals')
export const phase = z.enum(PHASES)
export const binS = z.number().describe('Seconds an hour of this answer: 3600 but for rehearsals')
const source = z.enum(SOURCES)
/** A value, or what is missing to know it. */
export const measure = z
  .union([
    z.object({ value: z.number(), lacks: z.tuple([]) }),
    z.object({ value: z.null(), lacks: z.tuple([source]).rest(source) }),
  ])
  .describe('`value` is null where `lacks` names what is missing') satisfies z.ZodType<Measure>
export const lacks = z.array(z.string()).describe('Sources that are missing')

export const group = z.object({
  root: address,
  symbol: z.string(),
  assets: z.array(z.object({ asset: address, symbol: z.string() })),
  price: integer.describe('Of `symbol`, 8 decimals'),
}) satisfies z.ZodType<GroupAnswer>

const sums = {
  accounts: count,
  collateralUsd: z.number(),
  oneCallUsd: z.number().describe('Seizable in one call each'),
  sequenceUsd: z.number().describe('Seizable in calls until health is 1 again'),
  debtUsd: z.number(),
  badDebtUsd: z.number(),
}
const cliff = z.object({ address, share: z.number() })
export const RiskLadder = z.object({
  ...riskHead,
  group,
  side: z.enum(['fall', 'rise']),
  now: z.object(sums),
  rungs: z.array(z.object({ fromPct: z.number(), toPct: z.number(), ...sums, cliff: cliff.nullable() })),
  points: z.array(z.object({ fallPct: z.number(), ...sums })).describe('Cumulated'),
  accounts: z.array(
    z.object({
      address,
      collateralBase: base,
      debtBase: base,
      healthFactor: integer.nullable().describe('18 decimals'),
      price: integer.nullable().describe('Answer of the feed at which health is below 1, 8 decimals; null: never'),
      distancePct: unknown,
    }),
  ),
}) satisfies z.ZodType<LadderAnswer>

const absorptionPoint = z.object({
  fallPct: z.number(),
  liquidatableUsd: z.number(),
  depthUsd: measure,
  ratio: measure,
  largestUsd: measure,
}) satisfies z.ZodType<AbsorptionPoint>
export const RiskAbsorption = z.object({
  ...riskHead,
  group,
  pools: z.array(z.object({ pool: address, pair: z.string(), feePips: count })),
  points: z.array(absorptionPoint),
}) satisfies z.ZodType<AbsorptionAnswer>

export const RiskCohorts = z.object({
  ...riskHead,
  cohorts: z.array(
    z.object({
      cohort: z.string(),
      accounts: count,
      contracts: count.nullable(),
      debtUsd: z.number(),
      collateralUsd: z.number(),
      leverage: unknown,
      healthMedian: unknown,
      thinShare: unknown.describe('Debt in positions with health below 1.1, of all of the cohort'),
      seizedUsd: unknown,
      lossUsd: unknown,
      liquidatedShare: unknown,
    }),
  ),
  deRisking: z.object({
    binS,
    fallHour: unknown,
    cohorts: z.array(z.object({ cohort: z.string(), debtChange: unknown, protection: measure })),
  }),
}) satisfies z.ZodType<CohortsAnswer>

export const condition = z.object({
  name: z.string(),
  value: unknown,
  threshold: unknown,
  held: z.boolean().nullable(),
}) satisfies z.ZodType<ConditionAnswer>
export const phaseBrief = z.object({
  binS,
  phase: phase.nullable(),
  sinceHour: unknown,
  why: z.array(condition),
  wouldChange: z.array(z.object({ to: phase, missing: z.array(condition) })),
  lacks,
}) satisfies z.ZodType<PhaseBrief>

const reserve = z.object({
  asset: address,
  symbol: z.string(),
  suppliedUsd: unknown,
  borrowedUsd: unknown,
  utilisation: unknown,
  kink: measure,
  distanceToKink: measure,
  idleUsd: z.number(),
  borrowRateAnnual: z.number(),
  supplyRateAnnual: z.number(),
  idleAfter10Usd: unknown,
}) satisfies z.ZodType<ReserveStress>
const oracle = z.object({
  root: address,
  symbol: z.string(),
  price: integer,
  largestJump24h: measure,
  ageOfHeartbeat: measure,
  headroom: measure,
  headroomDays: measure,
  largestSupplyJump24h: measure,
}) satisfies z.ZodType<OracleAnswer>
const concentration = z.object({
  top1: z.number(),
  top5: z.number(),
  top10: z.number(),
  top50: z.number(),
  hhi: z.number(),
  gini: z.number(),
}) satisfies z.ZodType<Concentration>
const fields = <const K extends string>(...names: readonly K[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, measure])) as Record<K, typeof measure>)

export const RiskOverviewAnswer = z.object({
  ...riskHead,
  accounts: count,
  collateralUsd: z.number(),
  debtUsd: z.number(),
  group,
  leverage: z.object({
    aggregate: unknown,
    mean: unknown,
    p50: unknown,
    p90: unknown,
    p99: unknown,
    below: z.array(z.object({ health: z.number(), share: z.number() })),
    correlatedShare: z.number(),
  }),
  concentration: z.object({ debt: concentration.nullable(), atRisk10: concentration.nullable() }),
  cliffs: z.array(
    z.object({ fromPct: z.number(), toPct: z.number(), address, share: z.number(), collateralUsd: z.number() }),
  ),
  toxicity: z.object({ accounts: count, debtUsd: z.number(), lossUsd: z.number() }),
  absorption: z.array(absorptionPoint),
  reserves: z.array(reserve),
  oracles: z.array(oracle),
  coverage: fields('createdUsd', 'coveredUsd', 'insuranceUsd', 'ratio').extend({ unrealisedUsd: z.number() }),
  dryPowder: fields('supply24h', 'supply7d', 'overLadder10', 'worstPeg').extend({
    idleStableUsd: z.number(),
    pegs: z.array(z.object({ symbol: z.string(), twapUsd: z.number(), fromOne: z.number(), fromOracle: z.number() })),
  }),
  carry: fields('funding', 'carry', 'underwaterShare'),
  flows: fields('netSupplyUsd', 'netBorrowUsd').extend({ hours: z.number() }),
  competition: fields('liquidators', 'hhi', 'medianLatencyBlocks', 'failed'),
  phase: phaseBrief,
}) satisfies z.ZodType<RiskOverview>
