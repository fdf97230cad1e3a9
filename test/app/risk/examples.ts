/** An answer to every question about the wave, made by hand, for whatever shows them; `LACKING` and `EMPTY` are the awkward ones. */
import type { RiskDesk } from '../../../src/core/ports.ts'
import type { RiskQuestion, RiskQuestions } from '../../../src/core/risk/questions.ts'
import { LACKING } from './example-bare.ts'
import { cascade, chains, compare, grid, joint, phase, plan, wave } from './example-moves.ts'
import { NOTHING, points } from './example-parts.ts'
import { absorption, cohorts, ladder, overview } from './example-state.ts'

type Answers = { readonly [Q in RiskQuestion]: RiskQuestions[Q][1] }

export const EXAMPLES: Answers = {
  overview,
  ladder,
  absorption,
  cascade,
  grid,
  joint,
  cohorts,
  phase,
  compare,
  plan,
  wave,
  chains,
}

const nobody = ladder.rungs.map((rung) => ({ ...rung, ...NOTHING, cliff: null }))

/** Nobody with debt. */
export const EMPTY: Answers = {
  ...LACKING,
  overview: {
    ...LACKING.overview,
    accounts: 0,
    collateralUsd: 0,
    debtUsd: 0,
    leverage: {
      aggregate: null,
      mean: null,
      p50: null,
      p90: null,
      p99: null,
      below: [1.05, 1.1, 1.25].map((health) => ({ health, share: 0 })),
      correlatedShare: 0,
    },
    concentration: { debt: null, atRisk10: null },
    cliffs: [],
    toxicity: { accounts: 0, debtUsd: 0, lossUsd: 0 },
    absorption: LACKING.overview.absorption.map((point) => ({ ...point, liquidatableUsd: 0 })),
    coverage: { ...LACKING.overview.coverage, unrealisedUsd: 0 },
  },
  ladder: { ...ladder, now: NOTHING, rungs: nobody, points: points(NOTHING, nobody), accounts: [] },
  absorption: {
    ...LACKING.absorption,
    points: LACKING.absorption.points.map((point) => ({ ...point, liquidatableUsd: 0 })),
  },
  cascade: {
    ...cascade,
    rounds: [],
    accounts: 0,
    calls: 0,
    seizedBase: '0',
    repaidBase: '0',
    bonusBase: '0',
    badDebtBase: '0',
    lossBase: '0',
    multiplier: 1,
    branching: null,
    top: [],
  },
  grid: {
    ...LACKING.grid,
    cells: grid.cells.map((cell) => ({ ...cell, multiplier: 1, seizedBase: '0', badDebtBase: '0', rounds: 0 })),
  },
  joint: {
    ...joint,
    collateralUsd: joint.collateralUsd.map((row) => row.map(() => 0)),
    badDebtUsd: joint.badDebtUsd.map((row) => row.map(() => 0)),
  },
  cohorts: {
    ...LACKING.cohorts,
    cohorts: LACKING.cohorts.cohorts.map((cohort) => ({
      ...cohort,
      accounts: 0,
      debtUsd: 0,
      collateralUsd: 0,
      leverage: null,
      healthMedian: null,
      thinShare: null,
    })),
  },
  compare: {
    ...compare,
    mechanisms: compare.mechanisms.map(({ rules }) => ({
      rules,
      liquidatable: 0,
      seizedBase: '0',
      borrowersLossBase: '0',
      liquidatorsProfitBase: '0',
      badDebtBase: '0',
      calls: 0,
    })),
  },
  plan: { ...LACKING.plan, healthFactor: null },
  chains: {
    ...LACKING.chains,
    markets: LACKING.chains.markets.map((market) => ({
      ...market,
      debtUsd: 0,
      leverage: null,
      ladder5Usd: 0,
      ladder10Usd: 0,
    })),
  },
}

/** Gives the answers as they are and keeps what was asked. */
export function fakeDesk(answers: Answers = EXAMPLES): RiskDesk & { readonly asked: [RiskQuestion, object][] } {
  const asked: [RiskQuestion, object][] = []
  return {
    asked,
    async ask(question, about) {
      asked.push([question, about])
      return answers[question]
    },
  }
}
