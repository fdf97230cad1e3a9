import * as z from 'zod'
import { SCHEMA_VERSION } from '../../core/answers.ts'
import { REFUSAL_REASONS, type RefusalReason } from '../../core/plan.ts'
import { MISS_REASONS, type MissReason } from './run.ts'
import { isPrintable } from './text.ts'

/**
 * The JSON of a backtest: the outside contract, and what every rendering and comparison is made of. Integers of the chain
 * are decimal strings in the smallest unit, dollars are decimal strings with 8 decimals (`"12.50000000"`), times are Unix
 * seconds of the chain, addresses are checksummed.
 */

const integer = z.string().regex(/^-?\d{1,78}$/, 'an integer as a string of digits')
const usd = z.string().regex(/^-?\d{1,78}\.\d{8}$/, 'dollars as a string with 8 decimals')
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, 'an address')
const hash = z.string().regex(/^0x[0-9a-fA-F]{64}$/, 'a transaction hash')
const bytes = z.string().regex(/^0x[0-9a-fA-F]*$/, 'bytes as hex')
const count = z.int().nonnegative()
/** A time that a calendar can say. */
const time = z.int().nonnegative().max(8_640_000_000_000)
/** Token symbols and the like come from the chain: what could steer a terminal never got in, and a forged file may not bring it. */
const words = z.string().refine(isPrintable, 'text without control characters')
const decimals = z.int().min(0).max(255)

const keysOf = <K extends string>(record: Readonly<Record<K, string>>): [K, ...K[]] =>
  Object.keys(record) as [K, ...K[]]
const missReason = z.enum(keysOf<MissReason>(MISS_REASONS))
const refusalReason = z.enum(keysOf<RefusalReason>(REFUSAL_REASONS))

const place = { market: words, block: integer, timestamp: time, user: address }
const pair = {
  collateralAsset: address,
  collateralSymbol: words,
  collateralDecimals: decimals,
  debtAsset: address,
  debtSymbol: words,
  debtDecimals: decimals,
}

const happened = z.object({
  ...place,
  tx: hash,
  logIndex: count,
  liquidator: address,
  ...pair,
  debtCovered: integer,
  collateralSeized: integer,
  debtUsd: usd,
  collateralUsd: usd,
  leadBlocks: count.nullable(),
  missed: missReason.nullable(),
  detail: words,
})

const missed = z.object({ ...place, tx: hash, logIndex: count, reason: missReason, detail: words, debtUsd: usd })

const executed = z.object({
  status: z.enum(['success', 'reverted']),
  revert: words.nullable(),
  plannedProfit: integer,
  predictedProfit: integer,
  profit: integer,
  profitUsd: usd,
  predictedSeized: integer,
  seized: integer,
  gas: integer,
  gasUsed: integer,
  actual: z
    .object({ liquidator: address, debtCovered: integer, collateralSeized: integer, gasUsed: integer.nullable() })
    .nullable(),
})

const ours = z.object({
  ...place,
  healthFactor: integer,
  ...pair,
  debtToCover: integer,
  debtCovered: integer,
  collateralSeized: integer,
  path: bytes,
  minProfit: integer,
  debtUsd: usd,
  grossUsd: usd,
  costUsd: usd,
  netUsd: usd,
  quote: z.enum(['recorded', 'assumed', 'node']),
  latenessBlocks: count,
  chance: z.number().min(0).max(1),
  expectedUsd: usd,
  rival: z.object({ block: integer, tx: hash, liquidator: address }).nullable(),
  executed: executed.nullable(),
})

const refused = z.object({ ...place, reason: refusalReason, detail: words })

const figures = {
  liquidations: count,
  flagged: count,
  missed: count,
  /** Debt covered by the liquidations that happened. */
  debtUsd: usd,
  planned: count,
  netUsd: usd,
  expectedUsd: usd,
}

const execution = z.object({
  executed: count,
  succeeded: count,
  reverted: count,
  /** Executed with exactly the profit that was simulated before. */
  asPredicted: count,
  profitUsd: usd,
})

/** 95 per cent lie between `low` and `high`. */
const spread = z.object({ deviationUsd: usd, lowUsd: usd, highUsd: usd })

export const SIZES = ['under-1k', '1k-10k', '10k-100k', '100k-1m', 'from-1m'] as const

export const reportSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  kind: z.literal('backtest'),
  recording: z.object({
    file: words,
    chain: words,
    chainId: count,
    blockTimeS: z.number().nonnegative(),
    markets: z.array(words),
    fromBlock: integer,
    toBlock: integer,
    fromTimestamp: time,
    toTimestamp: time,
    pages: count,
    derivedPages: count,
    digest: words,
  }),
  parameters: z.object({
    minProfitUsd: usd,
    maxDebtUsd: usd.nullable(),
    slippageBps: count,
    latencyBlocks: count,
  }),
  assumptions: z.array(words),
  blocks: count,
  liquidations: count,
  flagged: count,
  recall: z.number().min(0).max(1).nullable(),
  leadBlocks: z.object({ p50: count.nullable(), p10: count.nullable() }),
  earnings: z.object({
    model: words,
    netUsd: usd,
    expectedUsd: usd,
    expectedLowUsd: usd,
    expectedHighUsd: usd,
    independent: spread,
    correlated: spread,
  }),
  execution: execution.nullable(),
  refusals: z.array(z.object({ reason: refusalReason, count })),
  byDay: z.array(z.object({ day: z.iso.date(), ...figures, refused: count })),
  byMarket: z.array(z.object({ market: words, ...figures })),
  byCollateral: z.array(z.object({ asset: address, symbol: words, ...figures })),
  byDebt: z.array(z.object({ asset: address, symbol: words, ...figures })),
  bySize: z.array(z.object({ size: z.enum(SIZES), ...figures })),
  missed: z.array(missed),
  ours: z.array(ours),
  happened: z.array(happened),
  refused: z.array(refused),
})

export type BacktestReport = z.infer<typeof reportSchema>
export type HappenedEntry = z.infer<typeof happened>
export type MissedEntry = z.infer<typeof missed>
export type OurEntry = z.infer<typeof ours>
export type RefusedEntry = z.infer<typeof refused>
/** What is counted and summed of any part of a backtest. */
export type Figures = z.infer<z.ZodObject<typeof figures>>
export type Size = (typeof SIZES)[number]
