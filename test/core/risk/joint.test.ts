import { expect } from 'chai'
import fc from 'fast-check'
import type { Address } from 'viem'
import { WAD } from '../../../src/core/math.ts'
import { jointMap, MOVES_PCT } from '../../../src/core/risk/joint.ts'
import { ladderOf } from '../../../src/core/risk/ladder.ts'
import { portraitOf } from '../../../src/core/risk/portrait.ts'
import { badDebt, whatIf } from '../../../src/core/what-if.ts'
import { anyHealths, anyMarket, atHealth, errorOf, ROOTS } from './markets.ts'

const [FIRST, SECOND] = ROOTS as [Address, Address]
const factor = (pct: number): bigint => (WAD * BigInt(100 + pct)) / 100n

describe('joint map', () => {
  it('has 21 moves from −50 % to +50 %', () => {
    expect(MOVES_PCT.length).to.equal(21)
    expect([MOVES_PCT[0], MOVES_PCT[10], MOVES_PCT[20]]).to.deep.equal([-50, 0, 50])
  })

  it('has in every cell what a what-if at its prices finds', () => {
    let counted = 0
    const cell = fc.nat(MOVES_PCT.length - 1)
    fc.assert(
      fc.property(
        anyMarket,
        anyHealths,
        fc.array(fc.tuple(cell, cell), { minLength: 3, maxLength: 3 }),
        (spec, healths, cells) => {
          const book = atHealth({ ...spec, revision: 10n }, healths)
          const { collateralUsd, badDebtUsd } = jointMap(portraitOf(book), FIRST, SECOND)
          for (const [row, column] of cells) {
            const [x, y] = [MOVES_PCT[row] as number, MOVES_PCT[column] as number]
            const suppose = () =>
              book.protocol.shock(
                book.ledger,
                new Map([
                  [FIRST, factor(x)],
                  [SECOND, factor(y)],
                ]),
              )
            const views = whatIf(book, suppose).map(({ view }) => view)
            const all = book.ledger.speculate(2n, () => {
              suppose()
              return spec.accounts.map((_, account) => book.account(account, book.head?.timestamp ?? 0n))
            })
            // Prices of a few cents are rounded by a millionth of themselves.
            const error = all.reduce(
              (sum, view) =>
                sum + (view ? 4 * errorOf(view) + 4e-6 * Number(view.totalCollateralBase + view.totalDebtBase) : 0),
              1,
            )
            const onTheLine = all.some((view) => view && Math.abs(Number(view.healthFactor - WAD)) < 1e-4 * 1e18)
            if (onTheLine) continue
            counted += views.length
            const [held, lost] = [collateralUsd[row]?.[column] as number, badDebtUsd[row]?.[column] as number]
            expect(held * 1e8).to.be.closeTo(
              views.reduce((sum, view) => sum + Number(view.totalCollateralBase), 0),
              error,
            )
            expect(lost * 1e8).to.be.closeTo(
              views.reduce((sum, view) => sum + Number(badDebt(view)), 0),
              error,
            )
          }
        },
      ),
      { numRuns: 150 },
    )
    expect(counted).to.be.above(200)
  })

  it('is the same map turned when the groups change places, and where nothing moves it is the present', () => {
    fc.assert(
      fc.property(anyMarket, anyHealths, (spec, healths) => {
        const portrait = portraitOf(atHealth({ ...spec, revision: 10n }, healths))
        const [one, other] = [jointMap(portrait, FIRST, SECOND), jointMap(portrait, SECOND, FIRST)]
        for (const row of MOVES_PCT.keys())
          for (const column of MOVES_PCT.keys()) {
            const [a, b] = [one.collateralUsd[row]?.[column] as number, other.collateralUsd[column]?.[row] as number]
            expect(a).to.be.closeTo(b, 1e-9 * (1 + a))
          }
        const { now } = ladderOf(portrait, FIRST, 'fall', 0)
        expect(one.collateralUsd[10]?.[10]).to.be.at.least(now.collateralUsd * (1 - 1e-12))
      }),
      { numRuns: 60 },
    )
  })
})
