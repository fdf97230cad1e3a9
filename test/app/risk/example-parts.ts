/** Made by hand, after Aave V3 on Ethereum on 2025-10-10, 21:00 UTC: one market as all example answers see it. */

import type {
  AbsorptionPoint,
  Concentration,
  ConditionAnswer,
  GroupAnswer,
  LadderPoint,
  PhaseBrief,
  RiskHead,
  Rung,
} from '../../../src/core/risk/answers.ts'
import { known } from '../../../src/core/risk/measure.ts'

export const MARKET = 'aave-v3-ethereum'
export const WHALE = '0xE5C248D8d3F3871bD0f68E9C4743459C43BB4e4c'
export const HOUR = 488_925
export const binS = 3_600

export const head = (over: Partial<RiskHead> = {}): RiskHead => ({
  market: MARKET,
  chainId: 1,
  block: { number: '23550000', hash: `0x${'5b'.repeat(32)}`, timestamp: HOUR * binS },
  ...over,
})

export const ether = (over: Partial<GroupAnswer> = {}): GroupAnswer => ({
  root: '0x5f4eC3Df9cbd43714FE2740f5E3616155c5b8419',
  symbol: 'WETH',
  assets: [
    { asset: '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2', symbol: 'WETH' },
    { asset: '0x7f39C581F595B53c5cb19bD0b3f8dA6c935E2Ca0', symbol: 'wstETH' },
    { asset: '0xCd5fE23C85820F7B72D0926FC9b05b43E359b7ee', symbol: 'weETH' },
  ],
  price: '381245000000',
  ...over,
})

export const bitcoin = (): GroupAnswer => ({
  root: '0xF4030086522a5bEEa4988F8cA5B36dbC97BeE88c',
  symbol: 'WBTC',
  assets: [{ asset: '0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599', symbol: 'WBTC' }],
  price: '11298700000000',
})

type Sums = Omit<Rung, 'fromPct' | 'toPct' | 'cliff'>

export const NOTHING: Sums = {
  accounts: 0,
  collateralUsd: 0,
  oneCallUsd: 0,
  sequenceUsd: 0,
  debtUsd: 0,
  badDebtUsd: 0,
}

export const NOW: Sums = {
  accounts: 2,
  collateralUsd: 1_840.2,
  oneCallUsd: 1_790.1,
  sequenceUsd: 1_790.1,
  debtUsd: 1_700.4,
  badDebtUsd: 12.5,
}

/** Accounts and millions of dollars of collateral in each per cent of fall; the fourth has a cliff, the ninth nobody. */
const DENSITY: readonly (readonly [accounts: number, millions: number])[] = [
  [6, 0.4],
  [14, 1.3],
  [22, 2.9],
  [31, 14.8],
  [40, 4.1],
  [57, 6.2],
  [61, 7.7],
  [83, 9.3],
  [0, 0],
  [96, 12.9],
  [104, 14.4],
  [120, 16.1],
  [133, 19.5],
  [151, 22.8],
  [149, 21.7],
  [170, 27.4],
  [183, 31.9],
  [201, 36],
  [214, 40.3],
  [230, 44.7],
]

export const RUNGS: readonly Rung[] = DENSITY.map(([accounts, millions], i) => ({
  fromPct: i,
  toPct: i + 1,
  accounts,
  collateralUsd: millions * 1e6,
  oneCallUsd: millions * 0.52e6,
  sequenceUsd: millions * 0.71e6,
  debtUsd: millions * 0.8e6,
  badDebtUsd: i < 12 ? 0 : millions * 1_300,
  cliff: i === 3 ? { address: WHALE, share: 0.713 } : null,
}))

const add = (a: Sums, b: Sums): Sums => ({
  accounts: a.accounts + b.accounts,
  collateralUsd: a.collateralUsd + b.collateralUsd,
  oneCallUsd: a.oneCallUsd + b.oneCallUsd,
  sequenceUsd: a.sequenceUsd + b.sequenceUsd,
  debtUsd: a.debtUsd + b.debtUsd,
  badDebtUsd: a.badDebtUsd + b.badDebtUsd,
})

const sums = ({ fromPct: _from, toPct: _to, cliff: _cliff, ...rest }: Rung): Sums => rest

export const points = (now: Sums, rungs: readonly Rung[]): readonly LadderPoint[] =>
  [1, 2, 5, 10, 15, 20, 30, 50].map((fallPct) => ({
    fallPct,
    ...rungs
      .filter(({ toPct }) => toPct <= fallPct)
      .map(sums)
      .reduce(add, add(NOTHING, now)),
  }))

const DEPTH_MILLIONS: Readonly<Record<number, number>> = { 1: 6.2, 2: 9.4, 5: 19.8, 10: 28.3, 20: 51 }

export const ABSORPTION: readonly AbsorptionPoint[] = points(NOW, RUNGS)
  .filter(({ fallPct }) => fallPct in DEPTH_MILLIONS)
  .map(({ fallPct, sequenceUsd }) => {
    const depthUsd = (DEPTH_MILLIONS[fallPct] ?? 0) * 1e6
    return {
      fallPct,
      liquidatableUsd: sequenceUsd,
      depthUsd: known(depthUsd),
      ratio: known(sequenceUsd / depthUsd),
      largestUsd: known(7_350_000),
    }
  })

export const CONCENTRATION: Concentration = {
  top1: 0.061,
  top5: 0.172,
  top10: 0.243,
  top50: 0.471,
  hhi: 0.0121,
  gini: 0.962,
}

export const condition = (name: string, value: number | null, threshold: number | null): ConditionAnswer => ({
  name,
  value,
  threshold,
  held: value === null || threshold === null ? null : value > threshold,
})

export const PHASE: PhaseBrief = {
  binS,
  phase: 'cascade',
  sinceHour: HOUR - 1,
  why: [
    condition('liquidated over ten medians of the week', 182_400_000, 812_000),
    condition('branching ratio', 0.83, 0.5),
  ],
  wouldChange: [
    {
      to: 'exhaustion',
      missing: [
        {
          name: 'liquidated under a share of the peak for 3 hours',
          value: 182_400_000,
          threshold: 36_480_000,
          held: false,
        },
        { name: 'hours without a new low', value: 0, threshold: 3, held: false },
      ],
    },
  ],
  lacks: ['funding'],
}
