import { expect } from 'chai'
import fc from 'fast-check'
import type { Address } from 'viem'
import type { Book } from '../../../src/core/book.ts'
import { WAD } from '../../../src/core/math.ts'
import type { AccountView } from '../../../src/core/protocol.ts'
import type { RungSums } from '../../../src/core/risk/answers.ts'
import type { Group } from '../../../src/core/risk/groups.ts'
import { ladderOf, POINTS_PCT, type Side } from '../../../src/core/risk/ladder.ts'
import { liquidationPrice } from '../../../src/core/risk/liquidation-price.ts'
import { portraitOf, slopeOf } from '../../../src/core/risk/portrait.ts'
import { badDebt } from '../../../src/core/what-if.ts'
import { type AccountSpec, assetOf, bookOf, NOW, reserve } from '../../protocols/aave-v3/world.ts'
import { anyHealths, anyMarket, atHealth, errorOf, ROOTS } from './markets.ts'

const ROOT = ROOTS[0] as Address
const USD = 10n ** 8n
const ETHER = 10n ** 18n
const MILLION = 1_000_000n

/** Ether at $2,000 on feed 7, a ratio of it, and a dollar. */
const reserves = [
  reserve({ priceUsd8: 2000n * USD, ltBps: 8000, root: 7n }),
  reserve({ priceUsd8: 2300n * USD, ltBps: 8000, root: 7n }),
  reserve({ decimals: 6, ltBps: 7500 }),
]
const owing = (ether: bigint, dollars: bigint, collateral: 0 | 1 = 0): AccountSpec => ({
  collaterals: [[collateral, ether * ETHER]],
  debts: [[2, dollars * MILLION]],
})
const ladder = (accounts: readonly AccountSpec[], side: Side = 'fall', more: object = {}) =>
  ladderOf(portraitOf(bookOf({ reserves, accounts, ...more })), ROOT, side, 10)

describe('ladder of a group', () => {
  it('puts each account on the rung of its price, with its values there', () => {
    // λ of 10 ether: debt / 16,000.
    const { now, rungs, largest } = ladder([
      owing(10n, 15_200n),
      owing(10n, 14_000n),
      owing(10n, 16_001n),
      owing(1n, 1n),
    ])
    expect(largest.map(({ account, factor }) => [account, Number(factor.toFixed(6))])).to.deep.equal([
      [2, 1.000063],
      [0, 0.95],
      [1, 0.875],
    ])
    expect(rungs.filter(({ accounts }) => accounts > 0).map(({ fromPct, toPct }) => [fromPct, toPct])).to.deep.equal([
      [4, 5],
      [12, 13],
    ])
    const rung = rungs[4] as RungSums
    // Half of the debt, each dollar of it with 5 %; $7,980 bring health to 1.14: the sequence is one call.
    expect(rung.collateralUsd).to.be.closeTo(19_000, 1e-6)
    expect(rung.debtUsd).to.equal(15_200)
    expect(rung.oneCallUsd).to.be.closeTo(7_980, 1e-6)
    expect(rung.sequenceUsd).to.equal(rung.oneCallUsd)
    expect([now.accounts, now.collateralUsd, rung.badDebtUsd]).to.deep.equal([1, 20_000, 0])
  })

  it('of a fall has those long of the group, of a rise those who owe it; a debt in the same asset counts against its collateral', () => {
    const short: AccountSpec = { collaterals: [[2, 16_000n * MILLION]], debts: [[0, 5n * ETHER]] }
    // A loop: 10 of the ratio token against 9 ether. No move of ether reaches it.
    const loop: AccountSpec = { collaterals: [[1, 10n * ETHER]], debts: [[0, 9n * ETHER]] }
    const netted: AccountSpec = {
      collaterals: [[0, 10n * ETHER]],
      debts: [
        [0, 4n * ETHER],
        [2, 7_600n * MILLION],
      ],
    }
    const all = [short, loop, netted, owing(10n, 15_200n)]
    const pcts = (side: Side) =>
      ladder(all, side).rungs.flatMap(({ toPct, accounts }) => (accounts > 0 ? [[toPct, accounts]] : []))
    // netted: (7,600) / (16,000 − 8,000) = 0.95.
    expect(pcts('fall')).to.deep.equal([[5, 2]])
    // short: 12,000 / 10,000.
    expect(pcts('rise')).to.deep.equal([[20, 1]])
  })

  it('names a cliff: an account with a quarter of a rung, and none with less', () => {
    const five = Array.from({ length: 5 }, () => owing(10n, 15_200n))
    expect(ladder(five).rungs[4]?.cliff).to.equal(undefined)
    expect(ladder(five.slice(1)).rungs[4]?.cliff).to.deep.equal({ account: 0, share: 0.25 })
    const { cliff } = ladder([...five, owing(100n, 152_000n)]).rungs[4] as { cliff: { account: number; share: number } }
    expect([cliff.account, Number(cliff.share.toFixed(9))]).to.deep.equal([5, Number((100 / 150).toFixed(9))])
  })

  it('tells what is near: each collateral reached within 10 %, and what calls take from each reserve', () => {
    const { near } = ladder([owing(10n, 15_200n), owing(5n, 7_600n, 1), owing(10n, 12_000n)])
    // λ of 5 ratio tokens: 7,600 / 9,200.
    expect([...near.collateralBase]).to.have.length(1)
    // $7,980 at 1,900: 4.2 ether.
    expect(near.seizedBase[0]).to.be.closeTo(8_400e8, 1)
    expect([near.seizedBase[1], near.seizedBase[2]]).to.deep.equal([0, 0])
  })

  it('holds what calls take against what lies in the reserve in one price: more is taken than there is where the pool reverts', () => {
    // 4.2 ether are seized at 1,900.
    for (const [milliether, isPaid] of [
      [4_150n, false],
      [4_250n, true],
    ] as const) {
      const available = (milliether * ETHER) / 1000n
      const [ether, ...others] = reserves
      const market = [reserve({ ...ether, available }), ...others]
      const book = bookOf({ reserves: market, accounts: [owing(10n, 15_200n)] })
      const { near } = ladderOf(portraitOf(book), ROOT, 'fall', 0)
      expect(near.seizedBase[0] as number).to.be.closeTo(4.2 * 2000e8, 1)
      expect(Number(available) / 1e18 > (near.seizedBase[0] as number) / 2000e8).to.equal(isPaid)
      const done = book.ledger.speculate(2n, () => {
        book.protocol.shock(book.ledger, new Map([[ROOT, (WAD * 9_499n) / 10_000n]]))
        const [borrower, collateralAsset, debtAsset] = [book.ledger.address(0), assetOf(0), assetOf(2)]
        const asked = { borrower, collateralAsset, debtAsset, debtToCover: 7_600n * MILLION, firstCover: 0n }
        return book.protocol.liquidate(book.ledger, asked, NOW)
      })
      expect(done !== undefined).to.equal(isPaid)
    }
  })

  /** What is wrong with sums that cannot be. */
  const ordered = ({ oneCallUsd, sequenceUsd, collateralUsd, badDebtUsd, debtUsd }: RungSums) =>
    0 <= oneCallUsd &&
    oneCallUsd <= sequenceUsd * (1 + 1e-12) &&
    sequenceUsd <= collateralUsd * (1 + 1e-12) &&
    0 <= badDebtUsd &&
    badDebtUsd <= debtUsd * (1 + 1e-12)

  it('keeps its columns in order, and only grows with the fall', () => {
    fc.assert(
      fc.property(anyMarket, anyHealths, fc.constantFrom<Side>('fall', 'rise'), (spec, healths, side) => {
        const { now, rungs, points } = ladderOf(portraitOf(atHealth(spec, healths)), ROOT, side, 3)
        for (const one of [now, ...rungs, ...points]) expect(ordered(one), JSON.stringify(one)).to.equal(true)
        for (const [i, point] of points.entries())
          for (const key of Object.keys(now) as (keyof RungSums)[])
            expect(point[key]).to.be.at.least((points[i - 1] ?? now)[key])
        expect(points.at(-1)?.accounts).to.equal(rungs.reduce((sum, { accounts }) => sum + accounts, now.accounts))
      }),
      { numRuns: 150 },
    )
  })

  it('reaches exactly those whom the exact rules find at that price, and no sum is another', () => {
    let reached = 0
    fc.assert(
      fc.property(anyMarket, anyHealths, fc.constantFrom<Side>('fall', 'rise'), (spec, healths, side) => {
        const book = atHealth({ ...spec, revision: 10n }, healths)
        const portrait = portraitOf(book)
        const slope = slopeOf(portrait, ROOT)
        const { points } = ladderOf(portrait, ROOT, side, 0)
        for (const pct of POINTS_PCT) {
          const factor = side === 'fall' ? 1 - pct / 100 : 1 + pct / 100
          const found = spec.accounts.flatMap((_, account) => {
            const pull = (slope[account] ?? 0) * (side === 'fall' ? 1 : -1)
            if (!(pull > 0)) return []
            const now = book.account(account, NOW) as AccountView
            const then = viewAt(book, BigInt(Math.round(factor * 1e6)) * 10n ** 12n, account)
            const isUnder = then.healthFactor < WAD
            const margin = (portrait.credit[account] ?? 0) - (portrait.debit[account] ?? 0) - (pull * pct) / 100
            // Within the slack either is right, and the test says nothing.
            if (Math.abs(margin) <= 2 * (errorOf(now) + errorOf(then))) return [undefined]
            return isUnder || now.healthFactor < WAD ? [account] : []
          })
          if (found.includes(undefined)) continue
          reached += found.length
          const point = points.find(({ fallPct }) => fallPct === pct)
          expect(point?.accounts, `${side} of ${pct}`).to.equal(found.length)
        }
      }),
      { numRuns: 150 },
    )
    expect(reached).to.be.above(300)
  })

  it('has of each account the values that the contract has at its exact price', () => {
    let seen = 0
    fc.assert(
      fc.property(anyMarket, anyHealths, fc.constantFrom<Side>('fall', 'rise'), (spec, healths, side) => {
        for (const [i, one] of spec.accounts.entries()) {
          const book = atHealth({ ...spec, revision: 10n, accounts: [one] }, healths.slice(i))
          const portrait = portraitOf(book)
          const { now, points, largest } = ladderOf(portrait, ROOT, side, 1)
          const [found] = largest
          const sums = points.at(-1) as RungSums
          if (found === undefined || now.accounts > 0) continue
          const group = portrait.groups.find(({ root }) => root === ROOT) as Group
          const guess = BigInt(Math.round(Number(group.priceUsd8) * found.factor))
          const price = liquidationPrice(book, group, { account: 0, side, guess })
          if (price === null) continue
          seen++
          const view = viewAt(book, (price * WAD + group.priceUsd8 - 1n) / group.priceUsd8, 0)
          // Every price of the group is rounded down to its unit; the exact price is one answer, λ lies up to one beyond.
          const unit = group.reserves.reduce((sum, { priceUsd8 }) => sum + 4 / Number(priceUsd8), 0)
          const rounded = errorOf(view) + unit * Number(view.totalCollateralBase + view.totalDebtBase)
          const off = rounded / Math.abs(slopeOf(portrait, ROOT)[0] as number)
          const error = 2 * rounded + Number(view.totalCollateralBase + view.totalDebtBase) * off
          expect(found.factor).to.be.closeTo(Number(price) / Number(group.priceUsd8), unit + 2 * off)
          expect(sums.collateralUsd * 1e8).to.be.closeTo(Number(view.totalCollateralBase), error)
          expect(sums.debtUsd * 1e8).to.be.closeTo(Number(view.totalDebtBase), error)
          expect(sums.badDebtUsd * 1e8).to.be.closeTo(Number(badDebt(view)), 2 * error)
        }
      }),
      { numRuns: 300 },
    )
    expect(seen).to.be.above(50)
  })
})

/** The account with the feed's prices times a factor (18 decimals). */
const viewAt = (book: Book, factorWad: bigint, account: number): AccountView =>
  book.ledger.speculate(2n, () => {
    book.protocol.shock(book.ledger, new Map([[ROOT, factorWad]]))
    return book.account(account, NOW) as AccountView
  })
