import { expect } from 'chai'
import * as fc from 'fast-check'
import type { Address } from 'viem'
import type { Book } from '../../../src/core/book.ts'
import { max, WAD } from '../../../src/core/math.ts'
import type { PoolBook } from '../../../src/core/pool-book.ts'
import { type Cascade, cascade, lossOf } from '../../../src/core/risk/cascade.ts'
import { multiplierOf, sum, volumeOf } from '../../../src/core/risk/multiplier.ts'
import { badDebt, whatIf } from '../../../src/core/what-if.ts'
import { type AccountSpec, assetOf, bookOf, HEAD, reserve } from '../../protocols/aave-v3/world.ts'
import { poolsOf, type WidePool } from './pool-stage.ts'

const USD = 10n ** 8n
const ETHER = 10n ** 18n
const [WETH, STAKED, DOLLAR] = [0, 1, 2].map(assetOf) as [Address, Address, Address]

/** Ether at $2,000 and what stands on it at $2,300; dollars with 6 decimals. */
const reserves = [
  reserve({ priceUsd8: 2000n * USD, root: 0xd000n }),
  reserve({ priceUsd8: 2300n * USD, root: 0xd000n, bonusBps: 10_700 }),
  reserve({ decimals: 6 }),
]
const root: Address = `0x${(0xd000).toString(16).padStart(40, '0')}`
const factor = (percent: number) => new Map([[root, (WAD * BigInt(Math.round(percent * 1e4))) / 1_000_000n]])
const owing = (collateral: 0 | 1, ether: number, dollars: number): AccountSpec => ({
  collaterals: [[collateral, BigInt(Math.round(ether * 1e6)) * 10n ** 12n]],
  debts: [[2, BigInt(Math.round(dollars * 1e6))]],
})

/** L = √(x·y): so many ether beside 2,000 times as many dollars. */
const pool = (ether: bigint): WidePool => ({
  assets: [WETH, DOLLAR],
  price: [2000n * 10n ** 6n, ETHER],
  liquidity: BigInt(Math.round(Math.sqrt(Number(ether * ETHER) * Number(ether * 2000n * 10n ** 6n)))),
})
const staked: WidePool = {
  assets: [STAKED, WETH],
  feePips: 100,
  price: [115n, 100n],
  liquidity: 10n ** 24n,
  reach: 20_000,
}

/** Health from just above 1 to 1.5, none of them so small that dust rules forbid a call. */
const anyAccount = fc
  .record({
    kind: fc.constantFrom<0 | 1>(0, 1),
    ether: fc.double({ min: 3, max: 300, noNaN: true }),
    health: fc.double({ min: 1.001, max: 1.5, noNaN: true }),
  })
  .map(({ kind, ether, health }) => owing(kind, ether, (ether * (kind === 0 ? 2000 : 2300) * 0.83) / health))
const anyAccounts = fc.array(anyAccount, { minLength: 1, maxLength: 12 })
const anyFall = fc.integer({ min: 1, max: 40 }).map((fall) => factor(100 - fall))
const anyKappa = fc.constantFrom(0n, WAD / 4n, WAD / 2n, WAD)
const anyPools = fc.bigInt({ min: 50n, max: 20_000n }).map((ether) => poolsOf([pool(ether), staked]))

const run = (book: Book, exchange: PoolBook | undefined, factors: ReadonlyMap<Address, bigint>, kappaWad: bigint) =>
  cascade(book, exchange, { factors, kappaWad })
const callsOf = ({ rounds }: Cascade) => rounds.flatMap(({ calls }) => calls)

describe('a cascade', () => {
  it('of one account in one wide pool is the formula of a constant product', () => {
    // 10 ether at 1,800 bear 14,940: health 0.9703, half of 15,397 is repaid for 1.05 times as much in ether.
    const book = bookOf({ reserves, accounts: [owing(0, 10, 15_397)] })
    const told = run(book, poolsOf([pool(1000n)]), factor(90), WAD)
    const [call] = callsOf(told)
    const repaid = 15_397 / 2
    const seized = (repaid * 1.05) / 1800
    const fee = (seized - seized / 1.05) * 0.1
    expect(Number(call?.done.debtCovered) / 1e6).to.be.closeTo(repaid, 1e-5)
    expect(Number(call?.done.collateralSeized) / 1e18).to.be.closeTo(seized - fee, 1e-9)
    // Arbitrage has brought the pool to 1,800: 1,000/√0.9 ether beside 2,000,000·√0.9 dollars; 0.3 % is the fee.
    const [x, y] = [1000 / Math.sqrt(0.9), 2_000_000 * Math.sqrt(0.9)]
    const net = (seized - fee) * 0.997
    expect(Number(call?.sale?.received) / 1e6).to.be.closeTo((y * net) / (x + net), 1e-3)
    const fallen = 1 - (x / (x + net)) ** 2
    expect(Number(told.rounds[1]?.prices.get(root) ?? told.finalPrices.get(root)) / 1e8).to.be.closeTo(
      1800 * (1 - fallen),
      1e-5,
    )
    expect(multiplierOf(told, root)).to.be.above(1)
  })

  it('moves what stands on the feed with it, and follows it by κ', () => {
    const book = bookOf({ reserves, accounts: [owing(1, 10, 18_600)] })
    const [none, half, all] = [0n, WAD / 2n, WAD].map((kappa) =>
      run(book, poolsOf([pool(500n), staked]), factor(95), kappa),
    ) as [Cascade, Cascade, Cascade]
    expect(none.finalPrices.get(root)).to.equal(1900n * USD)
    const first = ({ rounds, finalPrices }: Cascade) => Number(rounds[1]?.prices.get(root) ?? finalPrices.get(root))
    expect((1900e8 - first(half)) / (1900e8 - first(all))).to.be.closeTo(0.5, 1e-6)
    expect(callsOf(all)[0]?.sale?.trades.map(({ assetIn }) => assetIn)).to.deep.equal([STAKED, WETH])
  })

  it('with κ = 0 begins as what-if says it does, to the unit', () => {
    fc.assert(
      fc.property(anyAccounts, anyFall, anyPools, (accounts, factors, pools) => {
        const book = bookOf({ reserves, accounts })
        const supposed = whatIf(book, () => book.protocol.shock(book.ledger, factors))
        for (const exchange of [undefined, pools]) {
          const [first] = run(book, exchange, factors, 0n).rounds
          expect(first ? volumeOf(first) : 0n).to.equal(sum(supposed, ({ seizableBase }) => seizableBase))
          expect(first?.liquidatable ?? 0).to.equal(supposed.length)
        }
      }),
    )
  })

  it('with κ = 0 makes the same calls whatever the pools are, at the same prices', () => {
    fc.assert(
      fc.property(anyAccounts, anyFall, anyPools, (accounts, factors, pools) => {
        const book = bookOf({ reserves, accounts })
        const [dry, wet] = [run(book, undefined, factors, 0n), run(book, pools, factors, 0n)]
        expect(callsOf(wet).map(({ done }) => done)).to.deep.equal(callsOf(dry).map(({ done }) => done))
        expect(wet.finalPrices).to.deep.equal(dry.finalPrices)
        for (const { unsoldBase, receivedBase, soldForBase } of callsOf(dry))
          expect([unsoldBase, soldForBase]).to.deep.equal([receivedBase, 0n])
      }),
    )
  })

  it('comes to an end, falls no less than the shock, calls everybody once a round, and leaves the book as it was', () => {
    fc.assert(
      fc.property(anyAccounts, anyFall, anyKappa, anyPools, (accounts, factors, kappa, pools) => {
        const book = bookOf({ reserves, accounts })
        book.screen(HEAD.timestamp)
        const cells = () => [
          new Map(book.ledger.market()),
          ...accounts.map((_, id) => new Map(book.ledger.cellsOf(id))),
        ]
        const before = [cells(), [...book.sheet.credit]]
        const told = run(book, pools, factors, kappa)
        expect([cells(), [...book.sheet.credit]]).to.deep.equal(before)
        expect(told.stopped).to.be.oneOf(['settled', 'refused', 'pools-drained'])
        if (told.stopped === 'settled') expect(told.left.accounts).to.equal(0)
        const prices = [...told.rounds.map(({ prices: at }) => at.get(root) ?? 0n), told.finalPrices.get(root) ?? 0n]
        for (const [i, price] of prices.entries()) expect(price <= (prices[i - 1] ?? price)).to.equal(true)
        for (const { calls } of told.rounds)
          expect(new Set(calls.map(({ account }) => account)).size).to.equal(calls.length)
        expect(multiplierOf(told, root) ?? 1).to.be.at.least(1)
      }),
    )
  })

  it('never falls further for a smaller part that is passed through', () => {
    fc.assert(
      fc.property(anyAccounts, anyFall, anyPools, (accounts, factors, pools) => {
        const book = bookOf({ reserves, accounts })
        const firsts = [0n, WAD / 4n, WAD / 2n, WAD].map((kappa) => {
          const { rounds, finalPrices } = run(book, pools, factors, kappa)
          return rounds[1]?.prices.get(root) ?? finalPrices.get(root) ?? 0n
        })
        for (const [i, price] of firsts.entries()) expect(price <= (firsts[i - 1] ?? price)).to.equal(true)
      }),
    )
  })

  it('writes off what no collateral backs: at one price as much as what-if calls bad debt, but for rounding', () => {
    fc.assert(
      fc.property(anyAccounts, fc.integer({ min: 20, max: 60 }), (accounts, fall) => {
        const book = bookOf({ reserves, accounts })
        const factors = factor(100 - fall)
        const supposed = whatIf(book, () => book.protocol.shock(book.ledger, factors))
        const under = supposed.filter(({ badDebtBase }) => badDebtBase > 0n)
        const written = new Map<number, bigint>()
        for (const { account, badDebtBase } of callsOf(run(book, undefined, factors, 0n)))
          written.set(account, (written.get(account) ?? 0n) + badDebtBase)
        for (const { candidate, badDebtBase } of under) {
          const off = (written.get(candidate.account) ?? 0n) - badDebtBase
          // One unit of a dollar with 6 decimals is 100 of these, twice a call.
          expect(max(off, -off) <= 400n, `${off}`).to.equal(true)
        }
      }),
    )
  })

  it('leaves with the account what older rules do not burn, and counts it once', () => {
    const accounts = [owing(0, 10, 16_500)]
    const [old, now] = [5n, 10n].map((revision) =>
      run(bookOf({ reserves, accounts, revision }), undefined, factor(70), 0n),
    ) as [Cascade, Cascade]
    const bad = (told: Cascade) => sum(callsOf(told), ({ badDebtBase }) => badDebtBase)
    const expected = badDebt({
      totalDebtBase: 16_500n * USD,
      collaterals: [{ valueBase: 14_000n * USD, liquidationBonusBps: 10_500n }] as never,
    })
    expect(Number(bad(now) - expected)).to.be.closeTo(0, 400)
    expect(Number(bad(old) - expected)).to.be.closeTo(0, 400)
    expect(callsOf(now)[0]?.done.deficits).to.have.length(1)
    expect(callsOf(old)[0]?.done.deficits).to.have.length(0)
    expect([old.stopped, old.left.accounts, now.stopped]).to.deep.equal(['refused', 1, 'settled'])
  })

  it('says what liquidators lose where the pool pays less than the debt', () => {
    const book = bookOf({ reserves, accounts: [owing(0, 100, 160_000)] })
    const [deep, thin] = [100_000n, 100n].map((ether) => callsOf(run(book, poolsOf([pool(ether)]), factor(90), 0n)))
    expect(sum(deep ?? [], lossOf)).to.equal(0n)
    expect(sum(thin ?? [], lossOf) > 0n).to.equal(true)
  })

  it('takes prices up with who owes ether, and stops where the market lets nobody call', () => {
    const short: AccountSpec = { collaterals: [[2, 10_000n * 10n ** 6n]], debts: [[0, (41n * ETHER) / 10n]] }
    const rising = run(bookOf({ reserves, accounts: [short] }), poolsOf([pool(1000n)]), factor(103), WAD)
    expect(callsOf(rising)).not.to.have.length(0)
    expect((rising.rounds[1]?.prices ?? rising.finalPrices).get(root)).to.satisfy(
      (price: bigint) => price > 2060n * USD,
    )
    const paused = [reserve({ ...reserves[0], paused: true }), ...reserves.slice(1)]
    const refused = run(bookOf({ reserves: paused, accounts: [owing(0, 10, 16_000)] }), undefined, factor(90), 0n)
    expect([refused.stopped, refused.rounds.length, refused.left]).to.deep.equal([
      'refused',
      0,
      { accounts: 1, debtBase: 16_000n * USD },
    ])
  })

  it('stops where the pool that the feed follows takes no more, and after so many rounds', () => {
    const accounts = Array.from({ length: 8 }, (_, n) => owing(0, 100, 160_000 - n * 4000))
    const book = bookOf({ reserves, accounts })
    const drained = run(book, poolsOf([{ ...pool(100n), reach: 3000 }]), factor(90), WAD)
    expect(drained.stopped).to.equal('pools-drained')
    expect(sum(callsOf(drained), ({ unsoldBase }) => unsoldBase) > 0n).to.equal(true)
    const options = { factors: factor(90), kappaWad: WAD, mostRounds: 1 }
    expect(cascade(book, poolsOf([pool(2000n)]), options).stopped).to.equal('rounds')
  })

  it('needs a first page', () => {
    const book = bookOf({ reserves, accounts: [] })
    book.head = undefined
    expect(() => run(book, undefined, factor(90), 0n)).to.throw(RangeError, 'before its first page')
  })
})
