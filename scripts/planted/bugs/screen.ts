import type { Bug, Catcher } from '../bug.ts'

const NEVER_MISSES: Catcher = {
  file: 'test/protocols/aave-v3/screen.test.ts',
  title: 'never misses an account that the exact rules call liquidatable',
}

/** The floats that choose whom to look at: too many is slow, too few is money lost. */
export const SCREEN_BUGS: readonly Bug[] = [
  {
    id: 'bound-without-grain',
    what: 'The bound of the screen leaves out the one wei that every position may be rounded by',
    file: 'src/core/sheet.ts',
    changes: [['error += this.#grain[this.#slots[i] as number] as number', 'error += 0']],
    caughtBy: NEVER_MISSES,
  },
  {
    id: 'overflow-ignored',
    what: 'What an account has beyond four entries is not added',
    file: 'src/core/sheet.ts',
    changes: [['    this.#long.add(this.#up, this.#down, this.credit, this.debit)\n', '']],
    caughtBy: NEVER_MISSES,
  },
  {
    id: 'no-price-is-zero',
    what: 'An asset without a price counts as worth nothing instead of silencing those who hold it',
    file: 'src/protocols/aave-v3/row.ts',
    changes: [['price === NO_PRICE ? Number.NaN', 'price === NO_PRICE ? 0']],
    caughtBy: {
      file: 'test/protocols/aave-v3/screen.test.ts',
      title: 'is silent about an account without a price, and speaks of its neighbours',
    },
  },
  {
    id: 'screen-without-emode',
    what: 'The screen weighs everybody by the reserves’ own thresholds',
    file: 'src/protocols/aave-v3/row.ts',
    changes: [['const terms = moment.terms(category)\n  const lost', 'const terms = moment.terms(0)\n  const lost']],
    caughtBy: { file: 'test/protocols/aave-v3/row.test.ts', title: 'eMode among it, and none without debt' },
  },
  {
    id: 'terms-called-rates',
    what: 'A reserve’s configuration is among what leaves rows alone',
    file: 'src/protocols/aave-v3/cells.ts',
    changes: [
      ['= new Set([\n  RESERVE.liquidityIndex,', '= new Set([\n  RESERVE.configuration,\n  RESERVE.liquidityIndex,'],
    ],
    caughtBy: {
      file: 'test/protocols/aave-v3/row.test.ts',
      title: 'do not depend on any cell that is called rate-only',
    },
  },
]
