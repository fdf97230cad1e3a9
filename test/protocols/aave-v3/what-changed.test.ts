import { expect } from 'chai'
import type { Seizure } from '../../../src/core/plan.ts'
import type { AccountView } from '../../../src/core/protocol.ts'
import { REVISIONS } from './second-opinion/calls.ts'
import { MOST, type Revision } from './second-opinion/facts.ts'
import { type AccountSpec, bookOf, type EModeSpec, type MarketSpec, NOW, reserve } from './world.ts'

/** Units of one dollar without decimals: an amount is its value, and every rounding shows. */
const unit = (over: Parameters<typeof reserve>[0] = {}) => reserve({ decimals: 0, feeBps: 0, ...over })
const RAY = 10n ** 27n
const USD = 10n ** 8n
const THOUSAND = 10n ** 3n
const YEAR = 31_536_000n

const FIELDS = ['totalCollateralBase', 'totalDebtBase', 'availableBorrowsBase', 'ltv', 'healthFactor'] as const
type Field = (typeof FIELDS)[number]
type Amounts = readonly [debt: bigint, collateral: bigint, fee: bigint]

interface Row {
  readonly what: string
  readonly older: string
  readonly newer: string
  readonly market: Omit<MarketSpec, 'accounts'>
  readonly account: AccountSpec
  /** A word of the account, or what comes of the call on its first collateral and first debt. */
  readonly of: Field | 'call'
  readonly values: readonly [older: Told, newer: Told]
}
type Told = bigint | Amounts | string | undefined

const category = (over: Partial<EModeSpec>): EModeSpec => ({
  id: 1,
  ltvBps: 9000,
  ltBps: 9500,
  bonusBps: 10_200,
  collaterals: [],
  ...over,
})

/** One row each of the table of revisions in docs/exactness.md. The numbers were worked out by hand: the comments say how. */
const ROWS: readonly Row[] = [
  {
    // 1 × 1.5: half up 2, down 1.
    what: 'aToken balance from scaled × index',
    ...{ older: 'aave-v3.4', newer: 'aave-v3.5', of: 'totalCollateralBase' },
    market: { reserves: [unit({ liquidityIndex: (3n * RAY) / 2n })] },
    account: { collaterals: [[0, 1n]], debts: [] },
    values: [2n * USD, 1n * USD],
  },
  {
    // 1 × 1.4: half up 1, up 2.
    what: 'debt balance from scaled × index',
    ...{ older: 'aave-v3.4', newer: 'aave-v3.5', of: 'totalDebtBase' },
    market: { reserves: [unit({ variableBorrowIndex: (7n * RAY) / 5n })] },
    account: { collaterals: [], debts: [[0, 1n]] },
    values: [1n * USD, 2n * USD],
  },
  {
    // 1 unit of 100 at a price of 50: a half; down 0, up 1.
    what: 'debt in base currency',
    ...{ older: 'aave-v3.4', newer: 'aave-v3.5', of: 'totalDebtBase' },
    market: { reserves: [unit({ decimals: 2, priceUsd8: 50n })] },
    account: { collaterals: [], debts: [[0, 1n]] },
    values: [0n, 1n],
  },
  {
    // 1 unit of 100 at a price of 199: 1.99, down in all.
    what: 'collateral in base currency (never changed)',
    ...{ older: 'aave-v3.0', newer: 'aave-v3.7', of: 'totalCollateralBase' },
    market: { reserves: [unit({ decimals: 2, priceUsd8: 199n })] },
    account: { collaterals: [[0, 1n]], debts: [] },
    values: [1n, 1n],
  },
  {
    // Values 1 at 83 % and 2 at 80 %, debt 1. Average 81 %, of 3: 2.43, half up 2. Sum: 2.43.
    what: 'health factor',
    ...{ older: 'aave-v3.4', newer: 'aave-v3.5', of: 'healthFactor' },
    market: {
      reserves: [unit({ priceUsd8: 1n, ltBps: 8300 }), unit({ priceUsd8: 1n, ltBps: 8000 }), unit({ priceUsd8: 1n })],
    },
    account: {
      collaterals: [
        [0, 1n],
        [1, 2n],
      ],
      debts: [[2, 1n]],
    },
    values: [2n * 10n ** 18n, 243n * 10n ** 16n],
  },
  {
    what: 'an enabled asset with a threshold of 0 counts in total collateral',
    ...{ older: 'aave-v3.5', newer: 'aave-v3.6', of: 'totalCollateralBase' },
    market: { reserves: [unit({ ltBps: 0, ltvBps: 0 })] },
    account: { collaterals: [[0, 100n]], debts: [] },
    values: [0n, 100n * USD],
  },
  {
    // Value 2 at an LTV of 80 %: 1.6.
    what: 'what can still be borrowed',
    ...{ older: 'aave-v3.4', newer: 'aave-v3.5', of: 'availableBorrowsBase' },
    market: { reserves: [unit({ priceUsd8: 1n })] },
    account: { collaterals: [[0, 2n]], debts: [] },
    values: [2n, 1n],
  },
  {
    // 100 % a year, for a year. From 3.4: x = 1, so 1/6 = .166…6 (27 digits); ½ + that = .666…6; 1 + 1 + .666…6 = 2.666…6.
    // Until 3.3: 1e27 / year² = 1005510907653 (floored), / year = 31884 (floored): 2 + y(y−1)/2 of the one
    // + y(y−1)(y−2)/6 of the other = 2.666663803…
    what: 'compounded interest',
    ...{ older: 'aave-v3.3', newer: 'aave-v3.4', of: 'totalDebtBase' },
    market: { reserves: [unit({ decimals: 8, priceUsd8: 1n, borrowRate: RAY, updatedAt: NOW - YEAR })] },
    account: { collaterals: [], debts: [[0, 10n ** 35n]] },
    values: [2_666_663_803_286_306_996_604_104_000n, 2_666_666_666_666_666_666_666_666_666n],
  },
  {
    // Debts of 3,000 and 7,000, health 0.97. Half of the reserve's 3,000; or all of it, being less than half of 10,000.
    what: 'what the close factor is taken of',
    ...{ older: 'aave-v3.2', newer: 'aave-v3.3', of: 'call' },
    market: { reserves: [unit({ ltBps: 9700, bonusBps: 10_100 }), unit(), unit()] },
    account: {
      collaterals: [[0, 10n * THOUSAND]],
      debts: [
        [1, 3n * THOUSAND],
        [2, 7n * THOUSAND],
      ],
    },
    values: [
      [1500n, 1515n, 0n],
      [3000n, 3030n, 0n],
    ],
  },
  {
    what: 'under $2,000 all may be closed',
    ...{ older: 'aave-v3.2', newer: 'aave-v3.3', of: 'call' },
    market: { reserves: [unit({ ltBps: 9700, bonusBps: 10_100 }), unit()] },
    account: { collaterals: [[0, 1500n]], debts: [[1, 1500n]] },
    // 1,500 would bring 1,515, but there are 1,500: 1500 / 1.01 = 1485.1.
    values: [
      [750n, 758n, 0n],
      [1485n, 1500n, 0n],
    ],
  },
  {
    // The pool has 1,000 to lend. Of 1,500 that leaves 500, which is dust from 3.3 on: 499 is the most that leaves $1,000.10.
    what: 'no leftover under $1,000',
    ...{ older: 'aave-v3.2', newer: 'aave-v3.3', of: 'call' },
    market: { reserves: [unit({ ltBps: 5000, bonusBps: 10_100 }), unit({ available: 1000n })] },
    account: { collaterals: [[0, 2600n]], debts: [[1, 1500n]] },
    values: [
      [1000n, 1010n, 0n],
      [499n, 504n, 0n],
    ],
  },
  {
    // All of 100: 100 / 1.05 = 95.2.
    what: 'debt needed when the collateral caps',
    ...{ older: 'aave-v3.4', newer: 'aave-v3.5', of: 'call' },
    market: { reserves: [unit(), unit()] },
    account: { collaterals: [[0, 100n]], debts: [[1, 200n]] },
    values: [
      [95n, 100n, 0n],
      [96n, 100n, 0n],
    ],
  },
  {
    // 10 × 1.05 = 10.5.
    what: 'most collateral',
    ...{ older: 'aave-v3.6', newer: 'aave-v3.7', of: 'call' },
    market: { reserves: [unit({ ltBps: 7000 }), unit()] },
    account: { collaterals: [[0, 12n]], debts: [[1, 10n]] },
    values: [
      [10n, 11n, 0n],
      [10n, 10n, 0n],
    ],
  },
  {
    // 10 / 1.05 = 9.52: half up nothing was gained, down 1 was. The fee is all of it here.
    what: 'base of the bonus',
    ...{ older: 'aave-v3.6', newer: 'aave-v3.7', of: 'call' },
    market: { reserves: [unit({ feeBps: 10_000 }), unit()] },
    account: { collaterals: [[0, 10n]], debts: [[1, 20n]] },
    values: [
      [10n, 10n, 0n],
      [10n, 9n, 1n],
    ],
  },
  {
    // 21 / 1.05 = 20, so 1 was gained, and a tenth of it is 0.1.
    what: 'protocol fee',
    ...{ older: 'aave-v3.6', newer: 'aave-v3.7', of: 'call' },
    market: { reserves: [unit({ feeBps: 1000 }), unit()] },
    account: { collaterals: [[0, 21n]], debts: [[1, 50n]] },
    values: [
      [20n, 21n, 0n],
      [20n, 20n, 1n],
    ],
  },
  {
    what: 'the sentinel is asked at health 0.97',
    ...{ older: 'aave-v3.6', newer: 'aave-v3.7', of: 'call' },
    market: { reserves: [unit({ ltBps: 9700, bonusBps: 10_100 }), unit()], sentinelAllows: false },
    account: { collaterals: [[0, 1000n]], debts: [[1, 1000n]] },
    // 1000 / 1.01 = 990.1.
    values: ['sequencer-grace', [991n, 1000n, 0n]],
  },
  {
    what: "a category's own price",
    ...{ older: 'aave-v3.1', newer: 'aave-v3.2', of: 'totalCollateralBase' },
    market: {
      reserves: [unit({ eModeCategory: 1 })],
      eModes: [category({ collaterals: [0], priceSource: 7n, priceUsd8: 3n * USD })],
    },
    account: { eMode: 1, collaterals: [[0, 10n]], debts: [] },
    values: [30n * USD, 10n * USD],
  },
  {
    what: 'debt at a fixed rate',
    ...{ older: 'aave-v3.1', newer: 'aave-v3.2', of: 'totalDebtBase' },
    market: { reserves: [unit()] },
    account: { collaterals: [], debts: [[0, 5n]], stable: [[0, { principal: 4n, rate: 0n, updatedAt: NOW }]] },
    values: [9n * USD, 5n * USD],
  },
  {
    what: 'debt in a reserve without virtual accounting (GHO)',
    ...{ older: 'aave-v3.3', newer: 'aave-v3.4', of: 'totalDebtBase' },
    market: { reserves: [unit({ virtualAccounting: false })] },
    account: { collaterals: [], debts: [[0, 5n]] },
    values: [undefined, 5n * USD],
  },
  {
    what: "a reserve's own LTV of 0 in eMode",
    ...{ older: 'aave-v3.5', newer: 'aave-v3.6', of: 'ltv' },
    market: { reserves: [unit({ ltvBps: 0 })], eModes: [category({ collaterals: [0] })] },
    account: { eMode: 1, collaterals: [[0, 10n]], debts: [] },
    values: [0n, 9000n],
  },
  {
    what: 'a collateral outside of an isolated category',
    ...{ older: 'aave-v3.6', newer: 'aave-v3.7', of: 'ltv' },
    market: { reserves: [unit()], eModes: [category({ isolated: true })] },
    account: { eMode: 1, collaterals: [[0, 10n]], debts: [] },
    values: [8000n, 0n],
  },
  {
    // 3.0's close factor and half-up seizure (95), where 3.5's balances would have it rounded up (96).
    what: 'SparkLend seizes as 3.0 does',
    ...{ older: 'sparklend', newer: 'aave-v3.5', of: 'call' },
    market: { reserves: [unit(), unit()] },
    account: { collaterals: [[0, 100n]], debts: [[1, 200n]] },
    values: [
      [95n, 100n, 0n],
      [96n, 100n, 0n],
    ],
  },
  {
    what: 'SparkLend counts debt as 3.5 does',
    ...{ older: 'aave-v3.0', newer: 'sparklend', of: 'totalDebtBase' },
    market: { reserves: [unit({ variableBorrowIndex: (7n * RAY) / 5n })] },
    account: { collaterals: [], debts: [[0, 1n]] },
    values: [1n * USD, 2n * USD],
  },
]

const amounts = (seizure: Seizure | undefined): Amounts | undefined =>
  seizure && [seizure.debtCovered, seizure.collateralSeized, seizure.protocolFee]

/** What the product says. */
function told({ market, account, of }: Row, rules: string): Told {
  const book = bookOf({ ...market, accounts: [account] }, rules)
  if (of !== 'call') return (book.account(0, NOW) as AccountView | undefined)?.[of]
  const candidate = book.protocol.inspect(book.ledger, 0, NOW)
  const onFirst = candidate?.seizures.find((s) => s.firstCover === 0n && s.debtAsset.endsWith('a001'))
  return amounts(onFirst) ?? candidate?.forbidden
}

/** What the second opinion says of the very same call, where there is one. */
function secondly({ market, account, of }: Row, { account: say, call }: Revision, values: Told): Told {
  const one = { market: { ...market, accounts: [account] }, account, now: NOW }
  if (of !== 'call') {
    const said = say(one)
    return typeof said === 'string' ? undefined : said[of]
  }
  const out = call(one, 0, 1, Array.isArray(values) ? (values[0] as bigint) : MOST)
  return typeof out === 'string' ? out : [out.debt, out.collateral, out.fee]
}
const SAME: Record<string, string> = { 'sequencer-grace': 'sentinel' }

describe('What changed the numbers, from revision to revision', () => {
  for (const row of ROWS)
    it(`${row.what}: ${row.older} and ${row.newer}`, () => {
      for (const [rules, value] of [
        [row.older, row.values[0]],
        [row.newer, row.values[1]],
      ] as const) {
        expect(told(row, rules), rules).to.deep.equal(value)
        const other = secondly(row, REVISIONS.get(rules) as Revision, value)
        expect(other, `second opinion on ${rules}`).to.deep.equal(typeof value === 'string' ? SAME[value] : value)
      }
    })
})
