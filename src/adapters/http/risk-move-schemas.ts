/** Answers to suppositions and of the history of the wave, as published schemas. */
import { z } from 'zod'
import type { PhaseAnswer, SideBySide, WaveAnswer } from '../../core/risk/answers.ts'
import type {
  CascadeAnswer,
  CascadeGrid,
  CompareAnswer,
  JointAnswer,
  PlanAnswer,
  PlanContribution,
  PlanOption,
} from '../../core/risk/move-answers.ts'
import { base, binS, condition, group, lacks, measure, phase, phaseBrief, riskHead, unknown } from './risk-schemas.ts'
import { address, block, count, integer, quarantined, schemaVersion } from './schema-parts.ts'

const shocks = z.array(z.object({ asset: z.string(), factorWad: integer.describe('18 decimals') }))
const matrix = z.array(z.array(z.number()))
const stopped = z.enum(['settled', 'refused', 'pools-drained', 'rounds'])

export const RiskCascade = z.object({
  ...riskHead,
  shocks,
  kappa: z.number(),
  group,
  rounds: z.array(
    z.object({
      round: count,
      price: integer,
      calls: count,
      seizedBase: base,
      repaidBase: base,
      soldForBase: base,
      badDebtBase: base,
      branching: unknown,
    }),
  ),
  accounts: count,
  calls: count,
  seizedBase: base,
  repaidBase: base,
  bonusBase: base,
  badDebtBase: base,
  deficits: z.array(z.object({ asset: address, symbol: z.string(), valueBase: base, insuranceUsd: measure })),
  lossBase: base,
  finalPrice: integer,
  multiplier: unknown.describe('Total fall over the fall that was supposed'),
  branching: unknown,
  stopped,
  left: z.object({ accounts: count, debtBase: base }),
  unsoldBase: base,
  lacks,
  top: z.array(z.object({ address, seizedBase: base, repaidBase: base, badDebtBase: base, round: count })),
}) satisfies z.ZodType<CascadeAnswer>

export const RiskGrid = z.object({
  ...riskHead,
  group,
  cells: z.array(
    z.object({
      fallPct: z.number(),
      kappa: z.number(),
      multiplier: unknown,
      seizedBase: base,
      badDebtBase: base,
      rounds: count,
      stopped,
    }),
  ),
  critical: z.array(z.object({ kappa: z.number(), fallPct: unknown })),
  lacks,
}) satisfies z.ZodType<CascadeGrid>

export const RiskJoint = z.object({
  ...riskHead,
  groups: z.tuple([group, group]),
  movesPct: z.array(z.number()),
  collateralUsd: matrix.describe('Rows by the first group, columns by the second'),
  badDebtUsd: matrix,
}) satisfies z.ZodType<JointAnswer>

export const RiskPhase = z.object({
  ...riskHead,
  ...phaseBrief.shape,
  group,
  hours: count,
  changes: z.array(z.object({ hour: z.int(), phase })),
  reset: z.object({ verdict: z.string(), healthy: z.array(condition), deeper: z.array(condition), lacks }).nullable(),
}) satisfies z.ZodType<PhaseAnswer>

export const RiskCompare = z.object({
  ...riskHead,
  shocks,
  mechanisms: z.array(
    z.object({
      rules: z.string(),
      liquidatable: count,
      seizedBase: base,
      borrowersLossBase: base,
      liquidatorsProfitBase: base,
      badDebtBase: base,
      calls: count,
    }),
  ),
  incomparable: z.array(z.string()).describe('Rule sets to which this market means something else'),
  absent: z.array(z.string()),
}) satisfies z.ZodType<CompareAnswer>

const portion = z.object({ asset: address, symbol: z.string(), decimals: count, amount: integer, valueBase: base })
const way = portion.extend({
  kind: z.enum(['repay', 'add', 'sell']),
  repays: portion.nullable().describe('Of `sell`'),
  healthNow: integer.describe('Once it is taken, at present prices'),
  healthAtStop: integer,
  obstacle: z.string().nullable().describe('Why it cannot be taken as it stands'),
}) satisfies z.ZodType<PlanOption>
const contribution = z.object({
  root: address,
  symbol: z.string(),
  share: z.number(),
  holdings: z.array(z.object({ symbol: z.string(), side: z.enum(['collateral', 'debt']), share: z.number() })),
}) satisfies z.ZodType<PlanContribution>
export const RiskPlan = z.object({
  ...riskHead,
  address,
  healthFactor: integer.nullable().describe('18 decimals; null without debt'),
  stop: z
    .object({
      asset: address,
      price: integer,
      healthFactor: integer.nullable(),
      targetHealth: integer,
      options: z.array(way),
    })
    .nullable(),
  probability24h: measure,
  returns: count.describe('Hours that the covariance is made of'),
  contributions: z.array(contribution).describe('Parts in the variance of the margin; a hedge is negative'),
  additions: z
    .array(z.object({ asset: address, symbol: z.string(), valueBase: base, probability24h: z.number() }))
    .describe('The probability with a tenth of the debt added as another collateral'),
}) satisfies z.ZodType<PlanAnswer>

export const RiskChains = z.object({
  schemaVersion,
  markets: z.array(
    z.object({
      ...{ quarantined, market: z.string(), chainId: z.int(), block },
      debtUsd: z.number(),
      leverage: unknown,
      ladder5Usd: z.number(),
      ladder10Usd: z.number(),
      absorption10: measure,
      phase: phase.nullable(),
      netSupplyUsd: measure,
      netBorrowUsd: measure,
      stableIssued24hUsd: measure,
    }),
  ),
  missing: z
    .array(z.string())
    .describe('Markets that cannot be measured now: not read yet, or the rules of their pool are not known'),
  rotationShare: measure,
  assets: z.array(
    z.object({
      symbol: z.string(),
      netSupplyUsd: z.number(),
      netBorrowUsd: z.number(),
      rotationShare: unknown.describe('|Σ net| / Σ |net| of net supply over chains'),
      chains: z.array(z.object({ chainId: count, netSupplyUsd: z.number(), netBorrowUsd: z.number() })),
    }),
  ),
}) satisfies z.ZodType<SideBySide>

export const RiskWave = z.object({
  ...riskHead,
  group,
  binS,
  phases: z.array(
    z.object({
      phase,
      fromHour: z.int(),
      hours: z.number(),
      fallPct: z.number(),
      liquidatableUsd: unknown,
      liquidatedUsd: z.number(),
      calls: count,
      depthUsd: unknown,
      deficitUsd: unknown,
    }),
  ),
  multiplier: unknown,
  caught: z.array(z.object({ cohort: z.string(), accounts: count, seizedUsd: z.number(), lossUsd: z.number() })),
  insurance: z.object({ deficitUsd: z.number(), paidUsd: measure, shortfallUsd: measure }),
}) satisfies z.ZodType<WaveAnswer>
