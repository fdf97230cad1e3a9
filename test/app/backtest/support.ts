import type { Address, Hex } from 'viem'
import type { RaceView } from '../../../src/app/backtest/race-view.ts'
import { buildReport } from '../../../src/app/backtest/report.ts'
import type { BacktestReport } from '../../../src/app/backtest/report-schema.ts'
import type {
  BacktestRun,
  ExecutedRow,
  HappenedRow,
  OurRow,
  RecordingFacts,
  RefusedRow,
} from '../../../src/app/backtest/run.ts'

export const USD = 10n ** 8n

export const address = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`
export const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`

/** 2025-10-10 21:00:00 UTC, three hours before a new day. */
const START_S = 1_760_130_000n
export const FIRST = 1_000n
const BLOCK_TIME_S = 12n
export const timeOf = (block: bigint): bigint => START_S + (block - FIRST) * BLOCK_TIME_S

export const WETH = { asset: '0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2', symbol: 'WETH', decimals: 18 } as const
export const WBTC = { asset: '0x2260fac5e5542a773aa44fbcfedf7c193bc2c599', symbol: 'WBTC', decimals: 8 } as const
export const USDC = { asset: '0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48', symbol: 'USDC', decimals: 6 } as const

export const collateral = ({ asset, symbol, decimals }: typeof WETH | typeof WBTC | typeof USDC) => ({
  collateralAsset: asset,
  collateralSymbol: symbol,
  collateralDecimals: decimals,
})

export const recording = (bent: Partial<RecordingFacts> = {}): RecordingFacts => ({
  file: 'october.plim',
  chain: 'ethereum',
  chainId: 1,
  blockTimeS: 12,
  markets: ['aave-v3-ethereum'],
  fromBlock: FIRST,
  toBlock: 2_499n,
  fromTimestamp: START_S,
  toTimestamp: timeOf(2_499n),
  pages: 40,
  derivedPages: 25,
  digest: 'sha256:00ff',
  ...bent,
})

/** 1 WETH for 2,000 USDC of debt, flagged three blocks before. */
export function happened(n: number, bent: Partial<HappenedRow> = {}): HappenedRow {
  const block = bent.block ?? FIRST + BigInt(n)
  return {
    market: 'aave-v3-ethereum',
    block,
    timestamp: timeOf(block),
    tx: hash(n),
    logIndex: n,
    user: address(0x1000 + n),
    liquidator: address(0x2000),
    ...collateral(WETH),
    debtAsset: USDC.asset,
    debtSymbol: USDC.symbol,
    debtDecimals: USDC.decimals,
    debtCovered: 2_000_000_000n,
    collateralSeized: 10n ** 18n,
    debtUsd8: 2_000n * USD,
    collateralUsd8: 2_100n * USD,
    leadBlocks: 3,
    missed: null,
    detail: '',
    ...bent,
  }
}

export const missed = (n: number, bent: Partial<HappenedRow> = {}): HappenedRow =>
  happened(n, { leadBlocks: null, missed: 'within-block', detail: 'borrowed in the same block', ...bent })

/** 100 dollars gross for 10 of costs, landing one block late. */
export function ours(n: number, bent: Partial<OurRow> = {}): OurRow {
  const block = bent.block ?? FIRST + BigInt(n)
  return {
    market: 'aave-v3-ethereum',
    block,
    timestamp: timeOf(block),
    user: address(0x1000 + n),
    healthFactor: 990_000_000_000_000_000n,
    ...collateral(WETH),
    debtAsset: USDC.asset,
    debtSymbol: USDC.symbol,
    debtDecimals: USDC.decimals,
    debtToCover: 2_000_000_100n,
    debtCovered: 2_000_000_000n,
    collateralSeized: 10n ** 18n,
    path: '0xabcd',
    minProfit: 15_000_000n,
    debtUsd8: 2_000n * USD,
    grossUsd8: 100n * USD,
    costUsd8: 10n * USD,
    netUsd8: 90n * USD,
    quote: 'recorded',
    latenessBlocks: 1,
    rival: null,
    executed: null,
    ...bent,
  }
}

export const executed = (bent: Partial<ExecutedRow> = {}): ExecutedRow => ({
  status: 'success',
  revert: null,
  plannedProfit: 95_000_000n,
  predictedProfit: 95_000_000n,
  profit: 95_000_000n,
  predictedSeized: 10n ** 18n,
  seized: 10n ** 18n,
  gas: 700_000n,
  gasUsed: 612_345n,
  actual: {
    liquidator: address(0x2000),
    debtCovered: 1_000_000_000n,
    collateralSeized: 5n * 10n ** 17n,
    gasUsed: null,
  },
  ...bent,
})

export function refused(n: number, bent: Partial<RefusedRow> = {}): RefusedRow {
  const block = bent.block ?? FIRST + BigInt(n)
  return {
    market: 'aave-v3-ethereum',
    block,
    timestamp: timeOf(block),
    user: address(0x3000 + n),
    reason: 'unprofitable',
    detail: 'net 1, costs 2 (USD, 8 decimals)',
    ...bent,
  }
}

export const run = (bent: Partial<BacktestRun> = {}): BacktestRun => ({
  recording: recording(),
  parameters: { minProfitUsd8: 5n * USD, maxDebtUsd8: null, slippageBps: 50, latencyBlocks: 1 },
  blocks: 1_500,
  happened: [],
  ours: [],
  refused: [],
  assumptions: ['Quotes of pools without a recorded quote are assumed at 50 bps.'],
  ...bent,
})

/** Easy to reckon with: of 100 winners 40 came in the update's block, 20 in the next, 40 later. All independent, no ties won. */
export const RACE: RaceView = {
  name: 'a test table',
  model: {
    blockTimeS: 12,
    buckets: [
      { fromBlocks: 0, toBlocks: 0, count: 40 },
      { fromBlocks: 1, toBlocks: 1, count: 20 },
      { fromBlocks: 2, toBlocks: 41, count: 40 },
    ],
    designEffect: 1,
    tieSharePpm: 0n,
  },
}

export const report = (bent: Partial<BacktestRun> = {}): BacktestReport => buildReport(run(bent), RACE)

/** One of everything, over midnight: enough for a person to look at. */
export function busyRun(): BacktestRun {
  const blockOf = (n: number): bigint => FIRST + BigInt((n * n * 7 + n * 31) % 1_490)
  const leads = [0, 0, 1, 1, 2, 3, 3, 5, 8, 13, 21, 55, 144, 2]
  const all = Array.from({ length: 60 }, (_, n) => {
    const size = 10n ** BigInt(n % 5) * 230n * USD
    const bent = { block: blockOf(n), debtUsd8: size, collateralUsd8: size, ...(n % 3 === 0 ? collateral(WBTC) : {}) }
    return n % 11 === 7 ? missed(n, bent) : happened(n, { ...bent, leadBlocks: leads[n % leads.length] ?? 0 })
  })
  const plans = all
    .filter((_, n) => n % 2 === 0)
    .map((row, n) => {
      const net = row.debtUsd8 / 40n
      const rival = n % 3 === 0 ? { block: row.block + 2n, tx: row.tx, liquidator: row.liquidator } : null
      const fate =
        n % 4 === 0
          ? executed()
          : n % 9 === 1
            ? executed({ status: 'reverted', revert: 'HealthFactorNotBelowThreshold()', profit: 0n })
            : null
      const { collateralAsset, collateralSymbol, collateralDecimals, debtUsd8, block, user } = row
      const pair = { collateralAsset, collateralSymbol, collateralDecimals }
      return ours(n, {
        ...pair,
        user,
        block,
        debtUsd8,
        grossUsd8: net + 9n * USD,
        costUsd8: 9n * USD,
        netUsd8: net,
        latenessBlocks: n % 3,
        rival,
        executed: fate,
      })
    })
  const reasons = [
    'unprofitable',
    'unprofitable',
    'unprofitable',
    'no-route',
    'must-not-leave-dust',
    'debt-too-large',
  ] as const
  const no = Array.from({ length: 34 }, (_, n) =>
    refused(n, { block: blockOf(n + 70), reason: reasons[n % 6] ?? 'no-route' }),
  )
  return run({ happened: all, ours: plans, refused: no })
}

/** Small enough to reckon by hand: two flagged, one missed on the next day, two plans, one of them executed. */
export const smallRun = (): BacktestRun =>
  run({
    recording: recording({ toBlock: 2_000n, toTimestamp: timeOf(2_000n) }),
    blocks: 1_001,
    happened: [
      happened(1),
      happened(2, { ...collateral(WBTC), collateralSeized: 2_000_000n, leadBlocks: 0 }),
      missed(3, { block: 1_990n, debtUsd8: 1_000n * USD }),
    ],
    ours: [
      ours(1, { executed: executed(), rival: { block: 1_002n, tx: hash(1), liquidator: address(0x2000) } }),
      ours(5, { latenessBlocks: 0, debtUsd8: 999n * USD }),
    ],
    refused: [refused(7, { user: address(0xa) })],
  })
