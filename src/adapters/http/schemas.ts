/** The answers once more, as schemas that can be published. `satisfies` keeps them and `core/answers.ts` from drifting apart. */
import { z } from 'zod'
import type { Accounts, Advice, Explanation, RescueAnswer, RescueOption, Status } from '../../core/answers.ts'
import type { JournalEntry, JournalKind } from '../../core/journal.ts'
import { RESCUE_OBSTACLES, RESCUE_STEPS, type RescueObstacle } from '../../core/rescue.ts'
import { ControlResult } from './control.ts'
import {
  RiskCascade,
  RiskChains,
  RiskCompare,
  RiskGrid,
  RiskJoint,
  RiskPhase,
  RiskPlan,
  RiskWave,
} from './risk-move-schemas.ts'
import { RiskAbsorption, RiskCohorts, RiskLadder, RiskOverviewAnswer } from './risk-schemas.ts'
import { address, block, count, integer, quarantined, schemaVersion } from './schema-parts.ts'

export const JOURNAL_KINDS = [
  'rollback',
  'alert',
  'refusal',
  'plan',
  'sent',
  'replaced',
  'confirmed',
  'lost',
  'reorged',
  'audit',
  'breaker',
  'control',
  'summary',
  'risk',
  'brief',
] as const satisfies readonly JournalKind[]

const price = z.object({ asset: address, price: integer.describe('Base currency, 8 decimals') })

const chain = z.object({
  name: z.string(),
  chainId: z.int(),
  head: block.nullable(),
  lagBlocks: z.number(),
  ready: z.boolean(),
  rpc: z.object({ total: count, perBlockP50: z.number(), perBlockMax: z.number() }),
})
const market = z.object({
  market: z.string(),
  chainId: z.int(),
  revision: z.int(),
  rules: z.string().nullable(),
  accounts: count,
  liquidatable: count,
  quarantined: z.boolean(),
  quarantineReason: z.string().nullable(),
  proven: z.boolean().describe('Compared with the chain and equal; before that nothing is sent'),
  resyncs: count.describe('Times it was read anew because it differed from the chain, since the start'),
  audit: z.object({ block: integer, checked: count, mismatched: count }).nullable(),
})
const Health = z.object({
  schemaVersion,
  ok: z.boolean(),
  failed: z.array(z.string()).describe('Names of the checks that failed'),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
})
const StatusAnswer = z.object({
  schemaVersion,
  version: z.string(),
  mode: z.string().describe('In force: people may lower it'),
  configuredMode: z.string().describe('The most that configuration and flag allow'),
  paused: z.boolean(),
  chains: z.array(chain),
  markets: z.array(market),
}) satisfies z.ZodType<Status>

const accountRow = z.object({
  market: z.string(),
  chainId: z.int(),
  address,
  eMode: count,
  collateralBase: integer.describe('Base currency, 8 decimals'),
  debtBase: integer.describe('Base currency, 8 decimals'),
  healthFactor: integer.nullable().describe('18 decimals; null without debt'),
  liquidatable: z.boolean(),
  distancePct: z.number().nullable().describe('Fall of the driving collateral that brings health to 1, in per cent'),
  liquidationPrice: price.nullable(),
  timeToLiquidationS: z.number().nullable().describe('Until interest alone brings health to 1'),
  source: z.enum(['mirror', 'chain']),
  asOfBlock: z.string().optional(),
})
const AccountsAnswer = z.object({
  schemaVersion,
  quarantined,
  market: z.string(),
  block,
  next: z.string().nullable().describe('Value of `cursor` for the next page'),
  accounts: z.array(accountRow),
}) satisfies z.ZodType<Accounts>

const holding = z.object({
  asset: address,
  symbol: z.string(),
  decimals: count,
  amount: integer,
  valueBase: integer,
  price: integer,
  liquidationThresholdBps: count,
  liquidationBonusBps: count,
})
const seizure = z.object({
  collateralAsset: address,
  debtAsset: address,
  debtToCover: integer,
  firstCover: integer,
  debtCovered: integer,
  collateralSeized: integer,
  protocolFee: integer,
  grossBase: integer,
})
const obstacles = Object.keys(RESCUE_OBSTACLES) as [RescueObstacle, ...RescueObstacle[]]
const portion = { asset: address, symbol: z.string(), decimals: count, amount: integer }
const rescue = z.object({
  kind: z.enum(['repay', 'add', 'sell']),
  ...portion,
  valueBase: integer,
  healthFactor: integer.describe('The health it leaves, 18 decimals'),
  repays: z.object(portion).nullable().describe('Of `sell`: what is repaid, and the least that the sale brings'),
  costBase: integer.describe('What is lost beside the amount itself, gas left out'),
  obstacle: z.enum(obstacles).nullable().describe('Why it cannot be taken as it stands'),
}) satisfies z.ZodType<RescueAnswer>
const rescueOption = rescue.extend({
  inWallet: integer.nullable().describe('What the wallet holds of the asset; null where it is not needed'),
  calls: z
    .array(z.object({ to: address, data: z.string(), what: z.enum(RESCUE_STEPS) }))
    .describe("From the owner's own address, in order; empty when there is an obstacle"),
}) satisfies z.ZodType<RescueOption>
const AdviceAnswer = z.object({
  schemaVersion,
  quarantined,
  row: accountRow,
  block,
  timestamp: z.int().describe('Chain time for which amounts and healths hold to the wei'),
  targetHealth: integer,
  options: z.array(rescueOption).describe('Those without an obstacle first, then by cost, then by value'),
  liquidation: z
    .object({
      collateralAsset: address,
      symbol: z.string(),
      debtBase: integer,
      seizedBase: integer,
      costBase: integer.describe('What is taken beyond the debt that is covered'),
    })
    .nullable(),
  explorerUrl: z.string().nullable(),
}) satisfies z.ZodType<Advice>
const AccountAnswer = accountRow.extend({
  schemaVersion,
  quarantined,
  block,
  totalCollateralBase: integer,
  totalDebtBase: integer,
  availableBorrowsBase: integer,
  currentLiquidationThreshold: integer,
  ltv: integer,
  collaterals: z.array(holding),
  debts: z.array(holding),
  liquidationPrices: z.array(price),
  bestLiquidation: seizure.nullable(),
  refusal: z.string().nullable(),
  rescue: z.object({ targetHealth: integer, options: z.array(rescue) }),
}) satisfies z.ZodType<Explanation>

const Entry = z.object({
  seq: count,
  chainId: z.int(),
  market: z.string().describe('Empty for what concerns the whole chain'),
  block: integer,
  kind: z.enum(JOURNAL_KINDS),
  data: z.record(z.string(), z.unknown()),
}) satisfies z.ZodType<JournalEntry>
const JournalAnswer = z.object({
  schemaVersion,
  entries: z.array(Entry),
  next: count.nullable().describe('Value of `after` for the next page; null when this is the last one for now'),
})
const ErrorAnswer = z.object({
  schemaVersion,
  error: z.object({ code: z.string(), what: z.string(), why: z.string(), fix: z.string() }),
})

export const ANSWERS = {
  Health,
  Status: StatusAnswer,
  Accounts: AccountsAnswer,
  Account: AccountAnswer,
  Advice: AdviceAnswer,
  Journal: JournalAnswer,
  Entry,
  Control: ControlResult,
  RiskOverview: RiskOverviewAnswer,
  RiskLadder,
  RiskAbsorption,
  RiskCascade,
  RiskGrid,
  RiskJoint,
  RiskCohorts,
  RiskPhase,
  RiskCompare,
  RiskPlan,
  RiskChains,
  RiskWave,
  Error: ErrorAnswer,
}
export type AnswerName = keyof typeof ANSWERS
