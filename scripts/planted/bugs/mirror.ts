import type { Bug, Catcher } from '../bug.ts'

const TOUCH = 'src/protocols/aave-v3/touch.ts'
const changes = (title: string): Catcher => ({ file: 'test/protocols/aave-v3/changes.test.ts', title })
const legacy = (title: string): Catcher => ({ file: 'test/protocols/aave-v3/legacy.test.ts', title })
const DIFFERENTIAL: Catcher = { file: 'test/differential/actions.test.ts', title: 'aave-v3.6, seed 3:' }

/** What the mirror makes of logs and answers; judged by the real contracts. */
export const MIRROR_BUGS: readonly Bug[] = [
  {
    id: 'no-emode-set',
    what: 'UserEModeSet is dropped',
    file: TOUCH,
    changes: [
      [
        'case EVENTS.UserEModeSet:\n      return touchKnown(first, ledger, touched, undefined)',
        'case EVENTS.UserEModeSet:\n      return',
      ],
    ],
    caughtBy: DIFFERENTIAL,
  },
  {
    id: 'no-collateral-disabled',
    what: 'ReserveUsedAsCollateralDisabled is dropped',
    file: TOUCH,
    changes: [['    case EVENTS.ReserveUsedAsCollateralDisabled:\n', '']],
    caughtBy: DIFFERENTIAL,
  },
  {
    id: 'no-receiver',
    what: 'BalanceTransfer touches the sender alone',
    file: TOUCH,
    changes: [['return [first, second]', 'return [first]']],
    caughtBy: DIFFERENTIAL,
  },
  {
    id: 'no-silent-update',
    what: 'LiquidationCall paid in aTokens does not touch the collateral’s reserve',
    file: TOUCH,
    changes: [['if (reserve !== undefined && word(log.data, 3) === 1n) touched.reserves.add(reserve)\n', '']],
    caughtBy: {
      file: 'test/protocols/aave-v3/derive.test.ts',
      title: 'story on ethereum is told of indices that a liquidation in aTokens brings up to date in silence',
    },
  },
  {
    id: 'no-upgrade',
    what: 'Upgraded is dropped: the word of the pool itself, whatever the provider says',
    file: TOUCH,
    changes: [['    case EVENTS.Upgraded:\n      touched.market = true\n', '']],
    caughtBy: { file: 'test/protocols/aave-v3/touch.test.ts', title: 'a new implementation of the pool' },
  },
  {
    id: 'revision-read-once',
    what: 'POOL_REVISION is read at the start and never again',
    file: 'src/protocols/aave-v3/reads.ts',
    changes: [['if (!touched.market && ledger.has(MARKET.reservesCount))', 'if (ledger.has(MARKET.reservesCount))']],
    caughtBy: {
      file: 'test/protocols/aave-v3/upgrade.test.ts',
      title: 'speaks in the chain’s own words while nobody knows the revision',
    },
  },
  {
    id: 'stale-configuration',
    what: 'What governance says has nothing read again',
    file: TOUCH,
    changes: [['TouchedByLogs): void {\n  touched.market = true\n', 'TouchedByLogs): void {\n']],
    caughtBy: changes('a reserve is paused, resumes with a grace period, is frozen, changes its terms'),
  },
  {
    id: 'no-feed',
    what: 'AnswerUpdated of a followed feed has no price read',
    file: TOUCH,
    changes: [['else if (where.aggregators.has(log.address)) touched.prices = true\n', '']],
    caughtBy: changes('reads them at once when a feed speaks, and those of the assets that stand on it'),
  },
  {
    id: 'no-category-change',
    what: 'EModeAssetCategoryChanged is not asked for (until 3.1)',
    file: 'src/protocols/aave-v3/abi.ts',
    changes: [["  'EModeAssetCategoryChanged(address,uint8,uint8)',\n", '']],
    caughtBy: legacy('knows a category’s own price, for those in it only, and an asset moved out of it'),
  },
  {
    id: 'no-stable-debt',
    what: 'Debt at a fixed rate is forgotten (until 3.1)',
    file: 'src/protocols/aave-v3/health.ts',
    changes: [['if (!rules.stableDebt) return 0n', 'if (rules) return 0n']],
    caughtBy: legacy('finds the market and the debts of both kinds'),
  },
  {
    id: 'stable-debt-called',
    what: 'A call is made for debt at a fixed rate',
    file: 'src/protocols/aave-v3/liquidation.ts',
    changes: [["return debt.stable > 0n ? 'stable-debt' : undefined", 'return undefined']],
    caughtBy: legacy('never calls for debt at a fixed rate'),
  },
  {
    id: 'price-by-log',
    what: 'The price of a feed that stands on another is taken from that one’s log instead of the oracle',
    file: 'src/protocols/aave-v3/derive-reserves.ts',
    changes: [['if (!isPlain || ledger.get', 'if (ledger.get']],
    caughtBy: {
      file: 'test/protocols/aave-v3/derive.test.ts',
      title: 'story on ethereum equals what the chain answers, word by word',
    },
  },
  {
    id: 'told-for-ever',
    what: 'What the chain told while no rules were known still stands once they are',
    file: 'src/protocols/aave-v3/index.ts',
    changes: [
      [
        'const held = positions(ledger, account, moment)\n',
        'const told = toldView(ledger, account)\n      if (told) return told\n      const held = positions(ledger, account, moment)\n',
      ],
    ],
    caughtBy: {
      file: 'test/protocols/aave-v3/upgrade.test.ts',
      title: 'is the mirror again at a higher revision that the configuration names to known rules',
      inOrder: true,
    },
  },
]
