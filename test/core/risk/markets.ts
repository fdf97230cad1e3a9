import fc from 'fast-check'
import type { Book } from '../../../src/core/book.ts'
import { RAY } from '../../../src/core/math.ts'
import type { AccountView } from '../../../src/core/protocol.ts'
import {
  type AccountSpec,
  address,
  bookOf,
  type EModeSpec,
  type MarketSpec,
  NOW,
  type ReserveSpec,
  reserve,
} from '../../protocols/aave-v3/world.ts'

const RESERVES = 8
/** Feeds 7, 8 and 9 carry several reserves each. */
export const ROOTS = [7, 8, 9].map(address)

const reserveSpec = (id: number): fc.Arbitrary<ReserveSpec> =>
  fc
    .record({
      decimals: fc.constantFrom(6, 8, 18),
      priceUsd8: fc.double({ min: 6, max: 13, noNaN: true }).map((e) => BigInt(Math.round(10 ** e))),
      liquidityIndex: fc.bigInt({ min: RAY, max: 3n * RAY }),
      variableBorrowIndex: fc.bigInt({ min: RAY, max: 3n * RAY }),
      liquidityRate: fc.bigInt({ min: 0n, max: RAY / 5n }),
      borrowRate: fc.bigInt({ min: 0n, max: RAY / 5n }),
      ltBps: fc.oneof(
        { weight: 1, arbitrary: fc.constant(0) },
        { weight: 9, arbitrary: fc.integer({ min: 4000, max: 9300 }) },
      ),
      bonusBps: fc.oneof(
        { weight: 1, arbitrary: fc.constant(0) },
        { weight: 9, arbitrary: fc.integer({ min: 10_050, max: 11_500 }) },
      ),
      age: fc.bigInt({ min: 0n, max: 10_000_000n }),
    })
    .map(({ age, ...rest }) =>
      reserve({
        ...rest,
        updatedAt: NOW - age,
        root: BigInt(7 + (id % 3)),
        eModeCategory: [1, 0, 2][id % 3] as number,
      }),
    )

/** An amount as its worth: cents to ten millions. */
const cents = fc.double({ min: 3, max: 9, noNaN: true }).map((e) => BigInt(Math.round(10 ** e)))
const side = (maxLength: number) =>
  fc.uniqueArray(fc.tuple(fc.nat(RESERVES - 1), cents), { minLength: 1, maxLength, selector: ([id]) => id })
const account = fc.record({ eMode: fc.constantFrom(0, 0, 1, 2), collaterals: side(6), debts: side(4) })

const scaledOf = (market: readonly ReserveSpec[], [id, worth]: readonly [number, bigint]): [number, bigint] => {
  const { decimals, priceUsd8 } = market[id] as ReserveSpec
  return [id, (worth * 10n ** BigInt(decimals + 6)) / priceUsd8 + 1n]
}

const EMODES: readonly EModeSpec[] = [
  { id: 1, ltvBps: 9000, ltBps: 9300, bonusBps: 10_100, collaterals: [0, 1, 3, 4] },
  { id: 2, ltvBps: 9200, ltBps: 9500, bonusBps: 10_200, collaterals: [1, 2, 5] },
]

/** Any market of the newer rules: shared feeds, two eModes, thresholds and bonuses of 0, rows longer than the sheet's slots. */
export const anyMarket: fc.Arbitrary<MarketSpec> = fc
  .tuple(
    fc.tuple(...Array.from({ length: RESERVES }, (_, id) => reserveSpec(id))),
    fc.array(account, { minLength: 1, maxLength: 8 }),
    fc.constantFrom(7n, 9n, 10n, 11n),
  )
  .map(([reserves, accounts, revision]) => ({
    reserves,
    revision,
    eModes: EMODES,
    accounts: accounts.map(
      ({ eMode, collaterals, debts }): AccountSpec => ({
        eMode,
        collaterals: collaterals.map((one) => scaledOf(reserves, one)),
        debts: debts.map((one) => scaledOf(reserves, one)),
      }),
    ),
  }))

/** Debts scaled so that each account's health is what is asked: most accounts near 1, some below, some far off. */
export function atHealth(spec: MarketSpec, healths: readonly number[], rules = 'auto'): Book {
  const drawn = bookOf(spec, rules)
  const accounts = spec.accounts.map((one, id) => {
    const health = Number(drawn.account(id, NOW)?.healthFactor) / 1e18
    const times = health / (healths[id % healths.length] as number)
    if (!(times > 0 && Number.isFinite(times))) return one
    const millionths = BigInt(Math.max(1, Math.round(times * 1e6)))
    return { ...one, debts: one.debts.map(([at, scaled]) => [at, (scaled * millionths) / 1_000_000n + 1n] as const) }
  })
  return bookOf({ ...spec, accounts }, rules)
}
export const anyHealths = fc.array(fc.double({ min: 0.8, max: 1.8, noNaN: true }), { minLength: 8, maxLength: 8 })

/** What a float sum of the view may be off by, in base units: the contract's rounding of each holding, and 1e-12 of all. */
export function errorOf(view: AccountView): number {
  const grain = [...view.collaterals, ...view.debts].reduce(
    (sum, { priceUsd8, decimals }) => sum + Number(priceUsd8) / 10 ** decimals + 2,
    2,
  )
  return grain + 1e-12 * Number(view.totalCollateralBase + view.totalDebtBase)
}
