import fc from 'fast-check'
import { type AccountSpec, type EModeSpec, type MarketSpec, NOW, type ReserveSpec, reserve } from '../world.ts'
import { type Case, RAY, type Revision, USD, WAD } from './facts.ts'

/** Which means a revision has to surprise with: the others leave its configuration alone. */
export interface Means {
  /** One category a reserve, with a price of its own; debt at a fixed rate. */
  readonly isOld: boolean
  readonly hasGrace: boolean
}
const meansOf = (rules: string): Means => ({
  isOld: ['aave-v3.0', 'aave-v3.1', 'sparklend'].includes(rules),
  hasGrace: rules !== 'aave-v3.0' && rules !== 'sparklend',
})

const bigly = (min: number, max: number): fc.Arbitrary<bigint> =>
  fc.double({ min, max, noNaN: true }).map((e) => BigInt(Math.round(10 ** e)))
/** `one` about once in `n`, else `usual`. */
const seldom = <T>(n: number, one: fc.Arbitrary<T>, usual: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 1, arbitrary: one }, { weight: n - 1, arbitrary: usual })
const seldomly = (n: number): fc.Arbitrary<boolean> => seldom(n, fc.constant(true), fc.constant(false))

const index = fc.oneof(fc.constant(RAY), fc.bigInt({ min: RAY, max: 3n * RAY }))
const rate = fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: RAY }), bigly(20, 28))
const age = fc.oneof(fc.constantFrom(0n, 1n, 2n, 3n, 12n), fc.bigInt({ min: 0n, max: 400_000_000n }))

const reserveArb = (means: Means): fc.Arbitrary<ReserveSpec> =>
  fc
    .record({
      decimals: fc.constantFrom(2, 6, 8, 18),
      priceUsd8: seldom(25, fc.constant(0n), bigly(3, 13)),
      hasPrice: seldomly(60).map((is) => !is),
      ltBps: seldom(8, fc.constant(0), fc.integer({ min: 4000, max: 9700 })),
      ltv: seldom(8, fc.constant(0), fc.integer({ min: 1, max: 1000 })),
      bonusBps: fc.integer({ min: 10_001, max: 11_500 }),
      feeBps: fc.oneof(fc.constantFrom(0, 1000), fc.integer({ min: 1, max: 5000 })),
      paused: seldomly(40),
      inactive: seldomly(60),
      graceUntil: means.hasGrace
        ? seldom(15, fc.constantFrom(NOW - 1n, NOW, NOW + 12n, NOW + 13n), fc.constant(0n))
        : fc.constant(0n),
      available: seldom(15, bigly(0, 20), fc.constant(10n ** 40n)),
      liquidityIndex: index,
      variableBorrowIndex: index,
      liquidityRate: rate,
      borrowRate: rate,
      age,
      eModeCategory: means.isOld ? fc.constantFrom(0, 1, 1, 2) : fc.constant(0),
      // Means something in 3.1 to 3.3 only.
      virtualAccounting: seldomly(30).map((is) => !is),
    })
    .map(({ ltv, inactive, age: seconds, ...one }) =>
      reserve({
        ...one,
        ltvBps: Math.min(one.ltBps, Math.round((one.ltBps * ltv) / 1000)),
        active: !inactive,
        updatedAt: NOW - seconds,
      }),
    )

const eModeArb = (id: number, means: Means, count: number): fc.Arbitrary<EModeSpec> =>
  fc.record({
    id: fc.constant(id),
    ltvBps: fc.integer({ min: 8000, max: 9300 }),
    ltBps: fc.integer({ min: 9300, max: 9800 }),
    bonusBps: fc.integer({ min: 10_050, max: 10_400 }),
    collaterals: means.isOld ? fc.constant<number[]>([]) : fc.subarray([...Array(count).keys()]),
    ltvZero: means.isOld
      ? fc.constant<number[]>([])
      : seldom(3, fc.subarray([...Array(count).keys()]), fc.constant<number[]>([])),
    isolated: means.isOld ? fc.constant(false) : fc.boolean(),
    priceSource: means.isOld ? fc.constantFrom(0n, 0xe001n) : fc.constant(0n),
    priceUsd8: seldom(12, fc.constant(0n), bigly(3, 13)),
    hasPrice: seldomly(15).map((is) => !is),
  })

/** Dollars: log-uniform from dust to whales, and close to the pool's limits. */
const worth = fc.oneof(
  bigly(0, 16),
  fc
    .tuple(fc.constantFrom(1000n, 2000n, 4000n), fc.bigInt({ min: -3n * USD, max: 3n * USD }))
    .map(([dollars, off]) => dollars * USD + off),
)
/** Where health shall be: mostly just under the line, and at the edges of the rules. */
const target = fc.oneof(
  fc.bigInt({ min: (WAD * 90n) / 100n, max: (WAD * 102n) / 100n }),
  fc.bigInt({ min: -1000n, max: 1000n }).map((off) => (WAD * 95n) / 100n + off),
  fc.bigInt({ min: -1000n, max: 1000n }).map((off) => WAD + off),
  fc.bigInt({ min: WAD / 10n, max: 2n * WAD }),
)

const accountArb = (means: Means, reserves: readonly ReserveSpec[]): fc.Arbitrary<AccountSpec> => {
  const ids = [...reserves.keys()]
  const scaled = (
    id: number,
    base: bigint,
    side: 'liquidityIndex' | 'variableBorrowIndex',
  ): readonly [number, bigint] => {
    const r = reserves[id] as ReserveSpec
    return [id, (base * 10n ** BigInt(r.decimals) * RAY) / ((r.priceUsd8 || USD) * r[side])]
  }
  const some = (side: 'liquidityIndex' | 'variableBorrowIndex', minLength: number) =>
    fc
      .tuple(
        fc.subarray(ids, { minLength, maxLength: Math.min(3, ids.length) }),
        fc.array(worth, { minLength: 3, maxLength: 3 }),
      )
      .map(([picked, worths]) => picked.map((id, n) => scaled(id, worths[n] as bigint, side)))
  const stable: fc.Arbitrary<NonNullable<AccountSpec['stable']>> = fc
    .record({ at: fc.constantFrom(...ids), principal: bigly(0, 20), rate, seconds: age })
    .map(({ at, seconds, ...debt }) => [[at, { ...debt, updatedAt: NOW - seconds }] as const])
  const none = fc.constant<NonNullable<AccountSpec['stable']>>([])
  return fc.record({
    eMode: fc.constantFrom(0, 1, 2),
    collaterals: seldom(30, some('liquidityIndex', 0), some('liquidityIndex', 1)),
    debts: seldom(30, some('variableBorrowIndex', 0), some('variableBorrowIndex', 1)),
    stable: means.isOld ? seldom(10, stable, none) : none,
  })
}

/** A market and an account in it, at a moment. */
export const cases = (rules: string, revision: Revision): fc.Arbitrary<Case> => {
  const means = meansOf(rules)
  return fc
    .array(reserveArb(means), { minLength: 2, maxLength: 4 })
    .chain((reserves) =>
      fc.record({
        reserves: fc.constant(reserves),
        eModes: fc.tuple(eModeArb(1, means, reserves.length), eModeArb(2, means, reserves.length)),
        account: accountArb(means, reserves),
        sentinelAllows: fc.constantFrom(undefined, undefined, true, false),
        later: fc.constantFrom(0n, 0n, 1n, 12n, 86_400n),
        target,
      }),
    )
    .map(({ account, later, target: health, sentinelAllows, ...rest }) => {
      const sentinel = sentinelAllows === undefined ? {} : { sentinelAllows }
      const market: MarketSpec = { ...rest, ...sentinel, accounts: [account] }
      return placed({ market, account, now: NOW + later }, revision, health)
    })
}

/** The same account with its debts stretched so that health is about `health`. */
function placed(one: Case, revision: Revision, health: bigint): Case {
  const said = revision.account(one)
  if (typeof said === 'string' || said.totalDebtBase === 0n || said.healthFactor > 10n ** 40n) return one
  const debts = one.account.debts.map(([id, scaled]) => [id, (scaled * said.healthFactor) / health] as const)
  const account = { ...one.account, debts }
  return { ...one, account, market: { ...one.market, accounts: [account] } }
}
