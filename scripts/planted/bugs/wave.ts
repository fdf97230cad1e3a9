import type { Bug, Catcher } from '../bug.ts'

const SUMS: Catcher = {
  file: 'test/core/risk/portrait.test.ts',
  title: 'is every sum of every account as the contract has it',
}

/** Measures of a wave: a plausible figure that is wrong misleads for weeks. */
export const WAVE_BUGS: readonly Bug[] = [
  {
    id: 'collateral-by-its-weight',
    what: 'Collateral of the ladder is what its threshold leaves of it',
    file: 'src/protocols/aave-v3/row-terms.ts',
    changes: [['threshold === 0 ? 0 : value / threshold', 'value']],
    caughtBy: SUMS,
  },
  {
    id: 'emode-bonus-forgotten',
    what: 'Bad debt is counted with the reserves’ own bonuses in eMode too',
    file: 'src/protocols/aave-v3/row-terms.ts',
    changes: [['Number(terms.liquidationBonus)', 'Number(reserve.liquidationBonus)']],
    caughtBy: SUMS,
  },
  {
    id: 'same-asset-debt-not-netted',
    what: 'Debt in the group’s own assets does not count against its collateral',
    file: 'src/core/risk/portrait.ts',
    changes: [['(column) => -worth(column)', '() => 0']],
    caughtBy: {
      file: 'test/core/risk/ladder.test.ts',
      title: 'a debt in the same asset counts against its collateral',
    },
  },
  {
    id: 'under-water-dropped',
    what: 'Whoever is below 1 already stands in no ladder',
    file: 'src/core/risk/ladder.ts',
    changes: [['if (pct <= MOST_PCT)', 'if (pct >= 0 && pct <= MOST_PCT)']],
    caughtBy: { file: 'test/core/risk/ladder.test.ts', title: 'puts each account on the rung of its price' },
  },
  {
    id: 'values-of-today',
    what: 'A ladder has collateral at today’s prices, not at those at which it is reached',
    file: 'src/core/risk/ladder.ts',
    changes: [['health < 1 ? 1 : 1 - (sign * pct) / 100', '1']],
    caughtBy: { file: 'test/core/risk/ladder.test.ts', title: 'at its exact price' },
  },
  {
    id: 'dust-left-in-floats',
    what: 'Calls in floats leave leftovers that the pool refuses',
    file: 'src/core/risk/calls.ts',
    changes: [['if (leftover === 0 ||', 'if (leftover >= 0 ||']],
    caughtBy: { file: 'test/core/risk/calls.test.ts', title: 'so much that $1,000 of the debt are left' },
  },
  {
    id: 'price-one-off',
    what: 'The exact price of liquidation is the first one at which nothing happens',
    file: 'src/core/risk/liquidation-price.ts',
    changes: [['return first ? near : far', 'return first ? far : near']],
    caughtBy: { file: 'test/core/risk/liquidation-price.test.ts', title: 'whatever the guess (auto)' },
  },
  {
    id: 'joint-turned',
    what: 'A joint map counts the wrong end of each row',
    file: 'src/core/risk/joint.ts',
    changes: [['if (pull > 0) while', 'if (pull < 0) while']],
    caughtBy: { file: 'test/core/risk/joint.test.ts', title: 'has in every cell what a what-if at its prices finds' },
  },
]
