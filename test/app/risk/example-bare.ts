/** The same questions where sources are missing: no pools, no history, no insurance, nobody asked who is a contract. */
import { lacking } from '../../../src/core/risk/measure.ts'
import type { RiskQuestion, RiskQuestions } from '../../../src/core/risk/questions.ts'
import { cascade, chains, compare, grid, joint, phase, plan, wave } from './example-moves.ts'
import { absorption, cohorts, ladder, overview } from './example-state.ts'

type Answers = { readonly [Q in RiskQuestion]: RiskQuestions[Q][1] }

const depthless = absorption.points.map((point) => ({
  ...point,
  depthUsd: lacking('depth'),
  ratio: lacking('depth'),
  largestUsd: lacking('depth'),
}))
const noPhase = { binS: phase.binS, phase: null, sinceHour: null, why: [], wouldChange: [], lacks: ['hours'] } as const

/** A market just started, with nothing but its book. */
export const LACKING: Answers = {
  overview: {
    ...overview,
    absorption: depthless,
    oracles: overview.oracles.map((oracle) => ({
      ...oracle,
      largestJump24h: lacking('hours'),
      ageOfHeartbeat: lacking('heartbeat'),
      headroom: lacking('oracle'),
      headroomDays: lacking('hours'),
      largestSupplyJump24h: lacking('supply'),
    })),
    coverage: {
      unrealisedUsd: 18_640,
      createdUsd: lacking('events'),
      coveredUsd: lacking('events'),
      insuranceUsd: lacking('coverage'),
      ratio: lacking('coverage'),
    },
    dryPowder: {
      idleStableUsd: 2_218_000_000,
      supply24h: lacking('hours'),
      supply7d: lacking('hours'),
      overLadder10: lacking('depth'),
      worstPeg: lacking('twap'),
      pegs: [],
    },
    carry: { funding: lacking('funding'), carry: lacking('yield'), underwaterShare: lacking('yield') },
    flows: { netSupplyUsd: lacking('events'), netBorrowUsd: lacking('events'), hours: 0 },
    competition: {
      liquidators: lacking('events'),
      hhi: lacking('events'),
      medianLatencyBlocks: lacking('events'),
      failed: lacking('failedCalls'),
    },
    phase: noPhase,
  },
  ladder,
  absorption: { ...absorption, pools: [], points: depthless },
  cascade: {
    ...cascade,
    rounds: cascade.rounds.slice(0, 1),
    multiplier: 1,
    branching: null,
    kappa: 0,
    unsoldBase: cascade.seizedBase,
    lacks: ['depth'],
  },
  grid: {
    ...grid,
    cells: grid.cells.filter(({ kappa }) => kappa === 0),
    critical: [{ kappa: 0, fallPct: null }],
    lacks: ['depth'],
  },
  joint,
  cohorts: {
    ...cohorts,
    cohorts: cohorts.cohorts.map((cohort) => ({
      ...cohort,
      contracts: null,
      seizedUsd: null,
      lossUsd: null,
      liquidatedShare: null,
    })),
    deRisking: {
      binS: phase.binS,
      fallHour: null,
      cohorts: cohorts.deRisking.cohorts.map(({ cohort }) => ({
        cohort,
        debtChange: null,
        protection: lacking('events'),
      })),
    },
  },
  phase: { ...phase, ...noPhase, hours: 12, changes: [], reset: null },
  compare,
  plan: { ...plan, stop: null, probability24h: lacking('hours'), returns: 12, contributions: [], additions: [] },
  wave: {
    ...wave,
    phases: [],
    multiplier: null,
    caught: [],
    insurance: { deficitUsd: 0, paidUsd: lacking('events'), shortfallUsd: lacking('events') },
  },
  chains: {
    markets: chains.markets.map((market) => ({
      ...market,
      absorption10: lacking('depth'),
      phase: null,
      netSupplyUsd: lacking('events'),
      netBorrowUsd: lacking('events'),
      stableIssued24hUsd: lacking('supply'),
    })),
    missing: [],
    rotationShare: lacking('events'),
    assets: [],
  },
}
