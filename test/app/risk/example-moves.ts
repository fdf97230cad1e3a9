import type { PhaseAnswer, SideBySide, WaveAnswer } from '../../../src/core/risk/answers.ts'
import { known, lacking } from '../../../src/core/risk/measure.ts'
import type {
  CascadeAnswer,
  CascadeGrid,
  CascadeRound,
  CompareAnswer,
  JointAnswer,
  PlanAnswer,
} from '../../../src/core/risk/move-answers.ts'
import { binS, bitcoin, condition, ether, HOUR, head, PHASE, WHALE } from './example-parts.ts'

const base = (dollars: number): string => `${Math.round(dollars * 100)}000000`

const round = (number: number, price: string, calls: number, seizedUsd: number, before?: number): CascadeRound => ({
  round: number,
  price,
  calls,
  seizedBase: base(seizedUsd),
  repaidBase: base(seizedUsd / 1.05),
  soldForBase: base(seizedUsd * 0.97),
  badDebtBase: number === 3 ? base(41_200) : '0',
  branching: before === undefined ? null : seizedUsd / before,
})

const ROUNDS: readonly CascadeRound[] = [
  round(1, '324058250000', 611, 84_211_000),
  round(2, '303911400000', 402, 61_094_000, 84_211_000),
  round(3, '297402100000', 117, 19_870_000, 61_094_000),
  round(4, '295588700000', 12, 1_140_000, 19_870_000),
]

const SHOCKS = [{ asset: 'WETH', factorWad: '850000000000000000' }] as const

export const cascade: CascadeAnswer = {
  ...head(),
  shocks: SHOCKS,
  kappa: 0.5,
  group: ether(),
  rounds: ROUNDS,
  accounts: 1_057,
  calls: 1_142,
  seizedBase: base(166_315_000),
  repaidBase: base(158_395_238.1),
  bonusBase: base(7_919_761.9),
  badDebtBase: base(41_200),
  deficits: [
    {
      asset: '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48',
      symbol: 'USDC',
      valueBase: base(38_700),
      insuranceUsd: known(61_200_000),
    },
    {
      asset: '0xdAC17F958D2ee523a2206206994597C13D831ec7',
      symbol: 'USDT',
      valueBase: base(2_500),
      insuranceUsd: lacking('coverage'),
    },
  ],
  lossBase: base(1_204_300),
  finalPrice: '295521000000',
  multiplier: 1.499,
  branching: 0.604,
  stopped: 'settled',
  left: { accounts: 0, debtBase: '0' },
  unsoldBase: '0',
  lacks: [],
  top: [
    { address: WHALE, seizedBase: base(10_552_400), repaidBase: base(8_442_000), badDebtBase: '0', round: 1 },
    {
      address: '0x28C6c06298d514Db089934071355E5743bf21d60',
      seizedBase: base(3_061_500),
      repaidBase: base(2_915_714.28),
      badDebtBase: base(41_200),
      round: 3,
    },
  ],
}

const KAPPAS = [0, 0.25, 0.5, 1] as const

export const grid: CascadeGrid = {
  ...head(),
  group: ether(),
  cells: [5, 10, 15, 20, 30].flatMap((fallPct) =>
    KAPPAS.map((kappa) => ({
      fallPct,
      kappa,
      multiplier: fallPct === 30 && kappa === 1 ? null : 1 + (fallPct * kappa) / 16,
      seizedBase: base(fallPct * 4.1e6 * (1 + kappa)),
      badDebtBase: base(fallPct > 15 ? fallPct * 9_000 * (1 + kappa) : 0),
      rounds: 1 + Math.round(kappa * 4),
      stopped: fallPct === 30 && kappa === 1 ? ('pools-drained' as const) : ('settled' as const),
    })),
  ),
  critical: KAPPAS.map((kappa) => ({ kappa, fallPct: [null, 61.3, 32.1, 16.4][KAPPAS.indexOf(kappa)] ?? null })),
  lacks: [],
}

const MOVES = [-50, -40, -30, -20, -10, -5, 0, 5, 10, 20, 30] as const
const joint2 = (each: (first: number, second: number) => number): readonly (readonly number[])[] =>
  MOVES.map((first) => MOVES.map((second) => each(first, second)))

export const joint: JointAnswer = {
  ...head(),
  groups: [ether(), bitcoin()],
  movesPct: MOVES,
  collateralUsd: joint2((a, b) => Math.max(0, -a) ** 2 * 1.1e6 + Math.max(0, -b) ** 2 * 0.4e6 + Math.max(0, a) * 2e4),
  badDebtUsd: joint2((a, b) => Math.max(0, -a - 25) * 3.1e6 + Math.max(0, -b - 35) * 1.2e6),
}

export const compare: CompareAnswer = {
  ...head(),
  shocks: [{ asset: 'WETH', factorWad: '800000000000000000' }],
  mechanisms: [
    {
      rules: 'aave-v3.6',
      liquidatable: 1_866,
      seizedBase: base(237_104_000),
      borrowersLossBase: base(11_290_600),
      liquidatorsProfitBase: base(10_161_500),
      badDebtBase: base(310_400),
      calls: 1_951,
    },
    {
      rules: 'aave-v3.7',
      liquidatable: 1_866,
      seizedBase: base(198_350_000),
      borrowersLossBase: base(9_445_200),
      liquidatorsProfitBase: base(8_500_700),
      badDebtBase: base(310_400),
      calls: 2_240,
    },
    {
      rules: 'aave-v3.0.2',
      liquidatable: 1_866,
      seizedBase: base(163_211_000),
      borrowersLossBase: base(7_771_900),
      liquidatorsProfitBase: base(6_994_700),
      badDebtBase: base(522_800),
      calls: 1_866,
    },
  ],
  incomparable: [],
  absent: ['Aave V4', 'Compound III', 'Morpho Blue', 'Euler v2'],
}

const USDC = '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48'
const TARGET = '1250000000000000000'
const dollars = (amount: string, worth: number) =>
  ({ asset: USDC, symbol: 'USDC', decimals: 6, amount, valueBase: base(worth) }) as const
const wrapped = (amount: string, worth: number) =>
  ({ asset: ether().assets[0]!.asset, symbol: 'WETH', decimals: 18, amount, valueBase: base(worth) }) as const

export const plan: PlanAnswer = {
  ...head(),
  address: WHALE,
  healthFactor: '1041700000000000000',
  stop: {
    asset: '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2',
    price: '350000000000',
    healthFactor: '956400000000000000',
    targetHealth: '1250000000000000000',
    options: [
      {
        ...dollars('1983201442100', 1_983_201.44),
        ...{ kind: 'repay', repays: null, healthNow: '1361900000000000000', healthAtStop: TARGET, obstacle: null },
      },
      {
        ...wrapped('824119300000000000000', 3_141_914.68),
        ...{
          kind: 'add',
          repays: null,
          healthNow: '1361900000000000000',
          healthAtStop: TARGET,
          obstacle: 'supply-cap',
        },
      },
      {
        ...wrapped('611204000000000000000', 2_330_185.93),
        kind: 'sell',
        repays: dollars('2318535000000', 2_318_535),
        healthNow: '1361900000000000000',
        healthAtStop: TARGET,
        obstacle: null,
      },
    ],
  },
  probability24h: known(0.318),
  returns: 168,
  contributions: [
    {
      root: ether().root,
      symbol: 'WETH',
      share: 0.91,
      holdings: [{ symbol: 'wstETH', side: 'collateral', share: 0.91 }],
    },
    {
      root: bitcoin().root,
      symbol: 'WBTC',
      share: 0.09,
      holdings: [{ symbol: 'WBTC', side: 'collateral', share: 0.09 }],
    },
  ],
  additions: [
    { asset: USDC, symbol: 'USDC', valueBase: base(844_200), probability24h: 0.124 },
    { asset: ether().assets[0]!.asset, symbol: 'WETH', valueBase: base(844_200), probability24h: 0.187 },
  ],
}

export const phase: PhaseAnswer = {
  ...head(),
  ...PHASE,
  group: ether(),
  hours: 2_160,
  changes: [
    { hour: HOUR - 206, phase: 'build-up' },
    { hour: HOUR - 1, phase: 'cascade' },
  ],
  reset: {
    verdict: 'unclear',
    healthy: [
      condition('ladder at −10 % after over before', null, 0.7),
      condition('deficit over liquidated', 0.0021, 0.005),
    ],
    deeper: [condition('least utilisation after', 0.915, 0.99)],
    lacks: ['ladder'],
  },
}

export const wave: WaveAnswer = {
  ...head(),
  group: ether(),
  binS,
  phases: [
    {
      phase: 'build-up',
      fromHour: HOUR - 206,
      hours: 205,
      fallPct: 4.2,
      liquidatableUsd: 188_000_000,
      liquidatedUsd: 3_140_000,
      calls: 211,
      depthUsd: 31_400_000,
      deficitUsd: 0,
    },
    {
      phase: 'cascade',
      fromHour: HOUR - 1,
      hours: 2,
      fallPct: 18.7,
      liquidatableUsd: 204_000_000,
      liquidatedUsd: 182_400_000,
      calls: 2_904,
      depthUsd: 19_800_000,
      deficitUsd: 214_300,
    },
    {
      phase: 'exhaustion',
      fromHour: HOUR + 1,
      hours: 9,
      fallPct: 0,
      liquidatableUsd: 71_200_000,
      liquidatedUsd: 4_020_000,
      calls: 96,
      depthUsd: null,
      deficitUsd: null,
    },
  ],
  multiplier: 1.31,
  caught: [
    { cohort: '< 10k', accounts: 1_408, seizedUsd: 2_480_000, lossUsd: 131_200 },
    { cohort: '1–10M', accounts: 61, seizedUsd: 94_310_000, lossUsd: 4_420_000 },
  ],
  insurance: { deficitUsd: 214_300, paidUsd: known(180_000), shortfallUsd: known(34_300) },
}

export const chains: SideBySide = {
  markets: [
    {
      ...head(),
      debtUsd: 19_244_100_000,
      leverage: 2.52,
      ladder5Usd: 16_700_000,
      ladder10Usd: 42_400_000,
      absorption10: known(1.5),
      phase: 'cascade',
      netSupplyUsd: known(-81_300_000),
      netBorrowUsd: known(-192_800_000),
      stableIssued24hUsd: known(38_200_000),
    },
    {
      ...head({ market: 'aave-v3-arbitrum', chainId: 42_161 }),
      debtUsd: 812_400_000,
      leverage: 1.87,
      ladder5Usd: 2_310_000,
      ladder10Usd: 9_020_000,
      absorption10: known(0.62),
      phase: 'build-up',
      netSupplyUsd: known(22_100_000),
      netBorrowUsd: known(3_900_000),
      stableIssued24hUsd: known(-6_100_000),
    },
    {
      ...head({ market: 'aave-v3-optimism', chainId: 10 }),
      debtUsd: 121_700_000,
      leverage: 1.71,
      ladder5Usd: 140_000,
      ladder10Usd: 1_480_000,
      absorption10: lacking('depth'),
      phase: null,
      netSupplyUsd: lacking('hours'),
      netBorrowUsd: lacking('hours'),
      stableIssued24hUsd: lacking('hours'),
    },
  ],
  missing: [],
  rotationShare: known(0.573),
  assets: [
    {
      symbol: 'USDC',
      netSupplyUsd: -41_200_000,
      netBorrowUsd: -160_000_000,
      rotationShare: 0.52,
      chains: [
        { chainId: 1, netSupplyUsd: -62_000_000, netBorrowUsd: -161_000_000 },
        { chainId: 42_161, netSupplyUsd: 20_800_000, netBorrowUsd: 1_000_000 },
      ],
    },
    {
      symbol: 'WETH',
      netSupplyUsd: -18_000_000,
      netBorrowUsd: -28_900_000,
      rotationShare: null,
      chains: [{ chainId: 1, netSupplyUsd: -18_000_000, netBorrowUsd: -28_900_000 }],
    },
  ],
}
