/** A market as a whole in three tempers, as the program's answers have it, and the journal entries made of it. */
import type { JournalEntry } from '../../src/core/journal.ts'
import type {
  AbsorptionPoint,
  ConditionAnswer,
  LadderAnswer,
  LadderPoint,
  PhaseAnswer,
  PhaseBrief,
  RiskOverview,
} from '../../src/core/risk/answers.ts'
import { type BriefFigures, briefOf } from '../../src/core/risk/brief.ts'
import { known, lacking, type Source } from '../../src/core/risk/measure.ts'
import { warningSettings } from '../../src/core/risk/warning-thresholds.ts'
import { type Look, lookForWarnings, type RiskData, type WarningLatch } from '../../src/core/risk/warnings.ts'
import { advice, entry, OWNER, USDC, WETH } from './fixtures.ts'

export const ROOT = '0x5f4eC3Df9cbd43714FE2740f5E3616155c5b8419'
const { block } = advice()
const HOUR = Math.floor(block.timestamp / 3_600)

const condition = (
  name: string,
  value: number | null,
  threshold: number | null,
  held: boolean | null,
): ConditionAnswer => ({
  name,
  value,
  threshold,
  held,
})

export const absorption = (
  fallPct: number,
  liquidatableUsd: number,
  depthUsd: number | readonly [Source],
): AbsorptionPoint => {
  const isKnown = typeof depthUsd === 'number'
  return {
    fallPct,
    liquidatableUsd,
    depthUsd: isKnown ? known(depthUsd) : lacking(...depthUsd),
    // As the measure itself says it: there is no ratio to nothing.
    ratio: isKnown ? (depthUsd > 0 ? known(liquidatableUsd / depthUsd) : lacking('depth')) : lacking(...depthUsd),
    largestUsd: isKnown ? known(depthUsd / 8) : lacking(...depthUsd),
  }
}

const CALM: PhaseBrief = {
  phase: 'calm',
  binS: 3600,
  sinceHour: HOUR - 300,
  why: [],
  wouldChange: [
    {
      to: 'cascade',
      missing: [
        condition('liquidated over medians of the week', 12_000, 184_000, false),
        condition('liquidated over a share of the debt', 12_000, 2_480_000, false),
        condition('branching ratio', 0.12, 0.5, false),
        condition('liquidated over medians of the week, hour before', 0, 184_000, false),
      ],
    },
    {
      to: 'cascade',
      missing: [condition('liquidated over medians of the week, violent', 12_000, 920_000, false)],
    },
    {
      to: 'build-up',
      missing: [
        condition('ladder at −5 % over its 90 days', 118_000_000, 161_000_000, false),
        condition('leverage over its 90 days', 1.58, 1.66, false),
      ],
    },
  ],
  lacks: ['funding'],
}

export const CASCADE: PhaseBrief = {
  phase: 'cascade',
  binS: 3600,
  sinceHour: HOUR - 2,
  why: [
    condition('liquidated over medians of the week', 96_400_000, 184_000, true),
    condition('liquidated over a share of the debt', 96_400_000, 2_480_000, true),
    condition('branching ratio', 0.71, 0.5, true),
  ],
  wouldChange: [
    {
      to: 'exhaustion',
      missing: [
        condition('liquidated under a share of the peak for 3 hours', 96_400_000, 19_280_000, false),
        condition('hours without a new low', 0, 3, false),
      ],
    },
  ],
  lacks: [],
}

export const overview = (over: Partial<RiskOverview> = {}): RiskOverview => ({
  market: 'aave-v3-ethereum',
  chainId: 1,
  block,
  accounts: 41_210,
  collateralUsd: 21_040_000_000,
  debtUsd: 12_410_000_000,
  group: {
    root: ROOT,
    symbol: 'WETH',
    assets: [
      { asset: WETH, symbol: 'WETH' },
      { asset: '0x7f39C581F595B53c5cb19bD0b3f8dA6c935E2Ca0', symbol: 'wstETH' },
    ],
    price: '193120000000',
  },
  leverage: {
    aggregate: 1.58,
    mean: 1.9,
    p50: 1.7,
    p90: 4.2,
    p99: 9.8,
    below: [
      { health: 1.05, share: 0.06 },
      { health: 1.1, share: 0.11 },
      { health: 1.25, share: 0.3 },
    ],
    correlatedShare: 0.41,
  },
  concentration: { debt: null, atRisk10: null },
  cliffs: [],
  toxicity: { accounts: 12, debtUsd: 84_000, lossUsd: 21_000 },
  absorption: [
    absorption(1, 4_100_000, 61_000_000),
    absorption(2, 11_800_000, 118_000_000),
    absorption(5, 58_200_000, 244_000_000),
    absorption(10, 236_000_000, 410_000_000),
    absorption(20, 1_190_000_000, 602_000_000),
  ],
  reserves: [
    reserve({ asset: WETH, symbol: 'WETH', utilisation: 0.921 }),
    reserve({ asset: USDC, symbol: 'USDC', utilisation: 0.874 }),
  ],
  oracles: [oracle('WETH', lacking('oracle')), oracle('wstETH', known(0.0041))],
  coverage: {
    unrealisedUsd: 84_000,
    createdUsd: known(0),
    coveredUsd: known(0),
    insuranceUsd: known(31_000_000),
    ratio: known(1.42),
  },
  dryPowder: {
    idleStableUsd: 1_200_000_000,
    supply24h: lacking('supply'),
    supply7d: lacking('supply'),
    overLadder10: known(5.1),
    worstPeg: known(-0.001),
    pegs: [{ symbol: 'USDT', twapUsd: 0.999, fromOne: -0.001, fromOracle: -0.0012 }],
  },
  carry: { funding: lacking('funding'), carry: lacking('yield'), underwaterShare: lacking('yield') },
  flows: { netSupplyUsd: known(1e6), netBorrowUsd: known(-2e6), hours: 24 },
  competition: {
    liquidators: known(14),
    hhi: known(0.22),
    medianLatencyBlocks: known(1),
    failed: lacking('failedCalls'),
  },
  phase: CALM,
  ...over,
})

export function reserve(over: Partial<RiskOverview['reserves'][number]> = {}): RiskOverview['reserves'][number] {
  return {
    asset: WETH,
    symbol: 'WETH',
    suppliedUsd: 4_000_000_000,
    borrowedUsd: 3_684_000_000,
    utilisation: 0.921,
    kink: known(0.92),
    distanceToKink: known(-0.001),
    idleUsd: 316_000_000,
    borrowRateAnnual: 0.027,
    supplyRateAnnual: 0.021,
    idleAfter10Usd: 80_000_000,
    ...over,
  }
}

export function oracle(
  symbol: string,
  headroom: RiskOverview['oracles'][number]['headroom'],
): RiskOverview['oracles'][number] {
  return {
    root: ROOT,
    symbol,
    price: '193120000000',
    largestJump24h: known(-0.018),
    ageOfHeartbeat: known(0.2),
    headroom,
    headroomDays: lacking('hours'),
    largestSupplyJump24h: known(0.004),
  }
}

const point = (fallPct: number, collateralUsd: number, accounts: number, badDebtUsd = 0): LadderPoint => ({
  fallPct,
  accounts,
  collateralUsd,
  oneCallUsd: collateralUsd * 0.4,
  sequenceUsd: collateralUsd * 0.5,
  debtUsd: collateralUsd * 0.8,
  badDebtUsd,
})
export const POINTS: readonly LadderPoint[] = [
  point(1, 8_200_000, 31),
  point(2, 23_600_000, 96),
  point(5, 118_000_000, 412),
  point(10, 472_000_000, 1_530),
  point(15, 1_150_000_000, 3_206),
  point(20, 2_380_000_000, 5_940, 310_000),
  point(30, 5_820_000_000, 11_870, 21_800_000),
  point(50, 11_900_000_000, 24_400, 1_240_000_000),
]

/** After a fall: more of it near the price. */
export const FALLEN: readonly LadderPoint[] = POINTS.map((one) => ({ ...one, collateralUsd: one.collateralUsd * 2.6 }))

export const ladder = (over: Partial<LadderAnswer> = {}): LadderAnswer => ({
  ...head(),
  group: overview().group,
  side: 'fall',
  now: point(0, 84_000, 12),
  rungs: [],
  points: POINTS,
  accounts: [],
  ...over,
})

export const phaseAnswer = (over: Partial<PhaseAnswer> = {}): PhaseAnswer => ({
  ...head(),
  ...CALM,
  group: overview().group,
  binS: 3_600,
  hours: 2_160,
  changes: [{ hour: HOUR - 300, phase: 'calm' }],
  reset: { verdict: 'healthy reset', healthy: [], deeper: [], lacks: [] },
  ...over,
})

const head = () => ({ market: 'aave-v3-ethereum', chainId: 1, block })

/** A market that falls: everything that can be warned of. */
export const stormy = (over: Partial<RiskOverview> = {}): RiskOverview =>
  overview({
    debtUsd: 11_620_000_000,
    leverage: { ...overview().leverage, aggregate: 1.71 },
    cliffs: [{ fromPct: 3, toPct: 4, address: OWNER, share: 0.4213, collateralUsd: 25_300_000 }],
    absorption: [absorption(5, 182_000_000, 171_000_000), absorption(10, 604_000_000, 288_000_000)],
    reserves: [
      reserve({ asset: WETH, symbol: 'WETH', utilisation: 0.943 }),
      reserve({ asset: USDC, symbol: 'USDC', utilisation: 0.9942, borrowedUsd: 2_950_000_000, idleUsd: 17_200_000 }),
    ],
    oracles: [oracle('WETH', lacking('oracle')), oracle('wstETH', known(0.00042))],
    coverage: { ...overview().coverage, ratio: known(0.62) },
    phase: CASCADE,
    ...over,
  })

/** As the program journals it: calm, then a storm, then calm again or nothing to be seen for hours. */
export function warnings(state: RiskData['state']): readonly JournalEntry[] {
  const ends = [0, 7_200].map((waitS) => later(waitS, state === 'unknown' ? BLIND : {}))
  const story = [overview(), stormy(), ...(state === 'on' ? [] : ends)]
  let latches: Latches = new Map()
  let said: readonly RiskData[] = []
  for (const seen of story) {
    const look = lookForWarnings(seen, latches, warningSettings())
    latches = kept(look, latches)
    said = [...said, ...look.said]
  }
  return said.filter((data) => data.state === state).map((data) => entry('risk', { ...data }))
}

/** Every measure lacks its source. */
export const BLIND: Partial<RiskOverview> = {
  absorption: [1, 2, 5, 10, 20].map((fallPct) => absorption(fallPct, 604_000_000, ['depth'])),
  reserves: [],
  oracles: [oracle('WETH', lacking('oracle')), oracle('wstETH', lacking('oracle'))],
  coverage: {
    unrealisedUsd: 0,
    createdUsd: lacking('events'),
    coveredUsd: lacking('events'),
    insuranceUsd: lacking('coverage'),
    ratio: lacking('coverage'),
  },
  leverage: { ...overview().leverage, aggregate: null },
  phase: { binS: 3_600, phase: null, sinceHour: null, why: [], wouldChange: [], lacks: ['hours', 'funding'] },
}

const later = (waitS: number, over: Partial<RiskOverview> = {}): RiskOverview =>
  overview({ block: { ...block, timestamp: block.timestamp + 3_600 + waitS }, ...over })

type Latches = ReadonlyMap<string, WarningLatch>

/** Latches after a look. */
export function kept({ changes }: Look, before: Latches = new Map()): Latches {
  const after = new Map(before)
  for (const [key, latch] of changes)
    if (latch === undefined) after.delete(key)
    else after.set(key, latch)
  return after
}

export const riskEntry = (type: RiskData['type'], state: RiskData['state'] = 'on'): JournalEntry => {
  const found = warnings(state).find(({ data }) => data['type'] === type)
  if (found === undefined) throw new Error(`no warning ${type} ${state}`)
  return found
}

/** Of the morning before. */
export const YESTERDAY: BriefFigures = {
  block: '21522950',
  timestamp: block.timestamp - 86_400,
  root: ROOT,
  group: 'WETH',
  debtUsd: 12_260_000_000,
  leverage: 1.55,
  ladder5Usd: 104_000_000,
  ladder10Usd: 472_000_000,
  utilisation: { symbol: 'WETH', value: 0.909 },
  phase: 'calm',
}

export const briefEntry = (
  about: Partial<Parameters<typeof briefOf>[0]> = {},
  over: Partial<JournalEntry> = {},
): JournalEntry =>
  entry(
    'brief',
    { ...briefOf({ day: '2026-11-26', overview: overview(), ladder: POINTS, before: YESTERDAY, ...about }) },
    over,
  )
