import { expect } from 'chai'
import fc from 'fast-check'
import { RAY, WAD } from '../../../src/core/math.ts'
import type { Rescue } from '../../../src/core/protocol.ts'
import { type AccountSpec, assetOf, bookOf, NOW, type ReserveSpec, reserve } from './world.ts'

const USD = 10n ** 8n
const ETHER = 10n ** 18n
const TARGET = (WAD * 3n) / 2n

const decimals = fc.constantFrom(6, 8, 18)
const price = fc.double({ min: 6, max: 13, noNaN: true }).map((e) => BigInt(Math.round(10 ** e)))
const index = fc.bigInt({ min: RAY, max: 2n * RAY })
const reserves: fc.Arbitrary<ReserveSpec[]> = fc.array(
  fc
    .record({ decimals, priceUsd8: price, liquidityIndex: index, variableBorrowIndex: index })
    .map((some) => reserve(some)),
  { minLength: 4, maxLength: 4 },
)
/** Dollars (8 decimals) on each side: two collaterals, two debts. */
const worth = fc.double({ min: 8, max: 15, noNaN: true }).map((e) => BigInt(Math.round(10 ** e)))
const target = fc.bigInt({ min: WAD + WAD / 100n, max: 3n * WAD })

const scaledOf = (r: ReserveSpec, base: bigint): bigint => (base * 10n ** BigInt(r.decimals)) / r.priceUsd8 + 1n

/** The account after the pool has booked the advice: repayments burn the floor, supplies mint the floor (3.5 on). */
function after(market: readonly ReserveSpec[], account: AccountSpec, kind: Rescue['kind'], id: number, amount: bigint) {
  const book = (side: AccountSpec['debts'], by: (scaled: bigint, r: ReserveSpec) => bigint): AccountSpec['debts'] =>
    side.map(([at, scaled]) => (at === id ? [at, by(scaled, market[at] ?? reserve())] : [at, scaled]))
  const owed = (scaled: bigint, r: ReserveSpec): bigint => (scaled * r.variableBorrowIndex + RAY - 1n) / RAY
  const repaid = (scaled: bigint, r: ReserveSpec): bigint =>
    amount >= owed(scaled, r) ? 0n : scaled - (amount * RAY) / r.variableBorrowIndex
  const spec: AccountSpec =
    kind === 'repay'
      ? { ...account, debts: book(account.debts, repaid).filter(([, scaled]) => scaled > 0n) }
      : {
          ...account,
          collaterals: book(account.collaterals, (scaled, r) => scaled + (amount * RAY) / r.liquidityIndex),
        }
  return bookOf({ reserves: market, accounts: [spec] }).account(0, NOW)?.healthFactor ?? 0n
}

const idOf = (asset: string): number => [0, 1, 2, 3].find((id) => assetOf(id) === asset) ?? -1

describe('Aave V3 rescue', () => {
  it('brings health to the target in integers, and a few steps less would not', () => {
    let options = 0
    fc.assert(
      fc.property(reserves, fc.tuple(worth, worth, worth, worth), target, (market, [a, b, c, d], wanted) => {
        const scaled = (id: number, base: bigint) => [id, scaledOf(market[id] ?? reserve(), base)] as const
        const account = { collaterals: [scaled(0, a), scaled(1, b)], debts: [scaled(2, c), scaled(3, d)] }
        const { protocol, ledger } = bookOf({ reserves: market, accounts: [account] })
        for (const { kind, asset, amount, healthFactor } of protocol.rescue(ledger, 0, NOW, wanted)) {
          options++
          const id = idOf(asset)
          const reached = after(market, account, kind, id, amount)
          expect(reached, `${kind} ${id}`).to.equal(healthFactor)
          expect(reached >= wanted, `${kind} ${id} reaches`).to.equal(true)
          // The closed form starts at most one step high, from the rounding of the value it reads.
          const less = amount - 2n * stepOf(market[id] ?? reserve()) - 2n
          if (less > 0n) expect(after(market, account, kind, id, less) < wanted, `${kind} ${id} least`).to.equal(true)
        }
      }),
      { numRuns: 3000 },
    )
    expect(options).to.be.above(3000)
  })

  const market = [reserve({ priceUsd8: 2000n * USD }), reserve({ decimals: 6 }), reserve()]
  const account: AccountSpec = { collaterals: [[0, ETHER]], debts: [[1, 1_500_000_000n]] }
  const advise = (over: readonly ReserveSpec[] = market, one = account) => {
    const { protocol, ledger } = bookOf({ reserves: over, accounts: [one] })
    return protocol
      .rescue(ledger, 0, NOW, TARGET)
      .map(({ kind, asset, amount }) => [kind, idOf(asset), amount] as const)
  }

  it('advises the closed forms: repay D − A/T, add (T·D − A)/LT', () => {
    // A = 1660, D = 1500, T = 1.5
    const [repay, add] = advise()
    expect(repay).to.deep.equal(['repay', 1, 393_333_334n])
    expect(add?.slice(0, 2)).to.deep.equal(['add', 0])
    expect(Number(add?.[2]) / 1e18).to.be.closeTo((2250 - 1660) / 0.83 / 2000, 1e-9)
  })

  it('has nothing to say to the healthy, to those without debt, and where no amount would do', () => {
    expect(advise(market, { ...account, debts: [[1, 1_000_000_000n]] })).to.deep.equal([])
    expect(advise(market, { ...account, debts: [] })).to.deep.equal([])
    const twoDebts: AccountSpec = {
      collaterals: [],
      debts: [
        [1, 1_500_000_000n],
        [2, ETHER],
      ],
    }
    expect(advise(market, twoDebts)).to.deep.equal([])
  })

  it('never advises to repay more than is owed', () => {
    const hopeless: AccountSpec = { collaterals: [], debts: [[1, 1_500_000_001n]] }
    expect(advise(market, hopeless)).to.deep.equal([['repay', 1, 1_500_000_001n]])
  })

  for (const [what, changed, expected] of [
    ['a paused debt cannot be repaid', { paused: true }, ['add']],
    ['an inactive one neither', { active: false }, ['add']],
    ['a frozen one can', { frozen: true }, ['repay', 'add']],
  ] as const)
    it(what, () => {
      const debt = reserve({ decimals: 6, ...changed })
      expect(advise([market[0] ?? reserve(), debt]).map(([kind]) => kind)).to.deep.equal(expected)
    })

  for (const changed of [{ paused: true }, { frozen: true }, { active: false }, { ltBps: 0 }] as const)
    it(`nothing is added to a collateral with ${JSON.stringify(changed)}`, () => {
      const kinds = advise([reserve({ priceUsd8: 2000n * USD, ...changed }), reserve({ decimals: 6 })])
      expect(kinds.map(([kind]) => kind)).to.deep.equal(['repay'])
    })
})

/** One base unit of value in the asset, at least one smallest unit. */
const stepOf = ({ decimals, priceUsd8 }: ReserveSpec): bigint => {
  const step = (10n ** BigInt(decimals) + priceUsd8 - 1n) / priceUsd8
  return step > 0n ? step : 1n
}
