import type { Bug, Catcher } from '../bug.ts'

const RULES = 'src/protocols/aave-v3/rules.ts'
const HEALTH = 'src/protocols/aave-v3/health.ts'
const MOMENT = 'src/protocols/aave-v3/moment.ts'
const SIZE = 'src/protocols/aave-v3/size.ts'

const health = (title: string): Catcher => ({ file: 'test/protocols/aave-v3/health.test.ts', title })
const size = (title: string): Catcher => ({ file: 'test/protocols/aave-v3/size.test.ts', title })
const liquidation = (title: string): Catcher => ({ file: 'test/protocols/aave-v3/liquidation.test.ts', title })
const vectors = (id: string): Catcher => ({
  file: 'test/protocols/aave-v3/vectors.test.ts',
  title: `equals ${id} to the wei in every vector`,
})
const ROUNDINGS = health('floors collateral and ceils debt, twice each')
const CATEGORY_TERMS = health('takes the category terms for what is in its bitmap')

/** The pool's arithmetic and what it refuses. */
export const RULES_BUGS: readonly Bug[] = [
  {
    id: 'debt-floored',
    what: 'In 3.6 a debt’s worth is floored as it was before 3.5',
    file: RULES,
    changes: [['revisions: [10n],', 'revisions: [10n],\n  debtInBase: mulDivFloor,']],
    caughtBy: ROUNDINGS,
  },
  {
    id: 'debt-balance-half-up',
    what: 'In 3.6 a debt’s balance is rounded half up as it was before 3.5',
    file: RULES,
    changes: [['revisions: [10n],', 'revisions: [10n],\n  vTokenBalance: rayMul,']],
    caughtBy: ROUNDINGS,
  },
  {
    id: 'collateral-ceiled',
    what: 'A collateral’s worth is rounded up',
    file: HEALTH,
    changes: [
      [
        'valueBase: (amount * terms.price) / reserve.unit',
        'valueBase: (amount * terms.price + reserve.unit - 1n) / reserve.unit',
      ],
    ],
    caughtBy: ROUNDINGS,
  },
  {
    id: 'two-homes-differ',
    what: 'The quick check of health rounds a collateral’s worth up, the full view floors it',
    file: HEALTH,
    changes: [
      [
        'reserve, rules) * term.price) / reserve.unit',
        'reserve, rules) * term.price + reserve.unit - 1n) / reserve.unit',
      ],
    ],
    caughtBy: {
      file: 'test/protocols/aave-v3/check.test.ts',
      title: 'says of everybody what sizing says, without sizing',
    },
  },
  {
    id: 'debt-needed-half-up',
    what: 'The debt that a capped collateral pays for is rounded half up after 3.4',
    file: RULES,
    changes: [['debtNeeded: percentDivCeil', 'debtNeeded: percentDiv']],
    caughtBy: vectors('aave-v3.6'),
  },
  {
    id: 'fee-half-up',
    what: 'The protocol’s fee is rounded half up in 3.7',
    file: RULES,
    changes: [['protocolFee: percentMulCeil', 'protocolFee: percentMul']],
    caughtBy: vectors('aave-v3.7'),
  },
  {
    id: 'emode-threshold-ignored',
    what: 'In an eMode a collateral keeps the reserve’s own threshold',
    file: MOMENT,
    changes: [
      ["liquidationThreshold: ledger.get(eModeCell(category, 'liquidationThreshold'))", 'liquidationThreshold'],
    ],
    caughtBy: CATEGORY_TERMS,
  },
  {
    id: 'emode-bonus-ignored',
    what: 'In an eMode a collateral keeps the reserve’s own bonus',
    file: MOMENT,
    changes: [["liquidationBonus: ledger.get(eModeCell(category, 'liquidationBonus'))", 'liquidationBonus']],
    caughtBy: CATEGORY_TERMS,
  },
  {
    id: 'emode-for-everything',
    what: 'An eMode’s terms hold for every collateral of the account',
    file: MOMENT,
    changes: [['if (!isIn)\n', 'if (!isIn && category < 0)\n']],
    caughtBy: CATEGORY_TERMS,
  },
  {
    id: 'index-stands-still',
    what: 'Debt does not grow between two updates of its reserve',
    file: MOMENT,
    changes: [['return rayMul(rules.compounded(', 'return index + 0n * rayMul(rules.compounded(']],
    caughtBy: health('accrues from the last update on, and not before it'),
  },
  {
    id: 'close-factor-of-reserve',
    what: 'From 3.3 on the close factor is still taken of the debt in the reserve',
    file: RULES,
    changes: [["closeFactorOf: 'account'", "closeFactorOf: 'reserve'"]],
    caughtBy: size('covers the whole of a debt that is under half of the total'),
  },
  {
    id: 'close-factor-edge',
    what: 'At health 0.95 exactly only half is covered',
    file: SIZE,
    changes: [['input.healthFactor <= CLOSE_FACTOR_HF_THRESHOLD', 'input.healthFactor < CLOSE_FACTOR_HF_THRESHOLD']],
    caughtBy: size('all at health 0.95 exactly'),
  },
  {
    id: 'dust-edge',
    what: 'A leftover of $1,000 exactly counts as dust',
    file: SIZE,
    changes: [['input.debtPrice, input.debtUnit) < leftoverBase', 'input.debtPrice, input.debtUnit) <= leftoverBase']],
    caughtBy: size('which leaves $1,000 exactly'),
  },
  {
    id: 'dust-of-debt-only',
    what: 'The dust rule looks at the debt that is left and not at the collateral',
    file: SIZE,
    changes: [['(collateralLeft * input.collateralPrice) / input.collateralUnit < leftoverBase', 'false']],
    caughtBy: {
      file: 'test/protocols/aave-v3/sizing.test.ts',
      title: 'positions by 3.6 are seized as predicted, to the wei, by every call of ours',
    },
  },
  {
    id: 'grace-edge',
    what: 'The last second of a grace period counts as over',
    file: 'src/protocols/aave-v3/liquidation.ts',
    changes: [['graceUntil >= timestamp', 'graceUntil > timestamp']],
    caughtBy: liquidation('one that ends this very second'),
  },
  {
    id: 'liquidatable-at-one',
    what: 'Health of exactly 1 counts as liquidatable',
    file: 'src/protocols/aave-v3/liquidation.ts',
    changes: [
      ['if (health >= HEALTH_FACTOR_LIQUIDATION_THRESHOLD)', 'if (health > HEALTH_FACTOR_LIQUIDATION_THRESHOLD)'],
    ],
    caughtBy: liquidation('at health 1 exactly too'),
  },
  {
    id: 'sentinel-ignored',
    what: 'An L2’s sentinel that does not consent is not asked',
    file: MOMENT,
    changes: [['sentinelForbids: rules.sentinel && ', 'sentinelForbids: !rules.sentinel && ']],
    caughtBy: liquidation('sentinel false: sequencer-grace'),
  },
]
