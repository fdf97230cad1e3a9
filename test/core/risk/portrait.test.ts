import { expect } from 'chai'
import fc from 'fast-check'
import { PERCENTAGE_FACTOR } from '../../../src/core/math.ts'
import type { AccountView, Holding } from '../../../src/core/protocol.ts'
import { Holdings } from '../../../src/core/risk/holdings.ts'
import { jointMap } from '../../../src/core/risk/joint.ts'
import { ladderOf } from '../../../src/core/risk/ladder.ts'
import { collateralOf, portraitOf, repayableOf, slopeOf } from '../../../src/core/risk/portrait.ts'
import { toldCell } from '../../../src/protocols/aave-v3/cells.ts'
import { bookOf, NOW, reserve } from '../../protocols/aave-v3/world.ts'
import { anyMarket, errorOf, ROOTS } from './markets.ts'

const sum = (holdings: readonly Holding[], of: (one: Holding) => bigint): number =>
  Number(holdings.reduce((total, one) => total + of(one), 0n))
const weighted = ({ valueBase, liquidationThresholdBps }: Holding): bigint => valueBase * liquidationThresholdBps

/** The same from the contract's integers. */
const exactly = (view: AccountView) => ({
  credit: sum(view.collaterals, weighted) / 1e4,
  debit: Number(view.totalDebtBase),
  collateral: Number(view.totalCollateralBase),
  repayable: sum(view.collaterals, ({ valueBase, liquidationBonusBps }) =>
    liquidationBonusBps === 0n ? 0n : (valueBase * PERCENTAGE_FACTOR) / liquidationBonusBps,
  ),
  slopes: ROOTS.map(
    (root) =>
      sum(
        view.collaterals.filter((one) => one.root === root),
        weighted,
      ) /
        1e4 -
      sum(
        view.debts.filter((one) => one.root === root),
        ({ valueBase }) => valueBase,
      ),
  ),
})

describe('portrait of a book', () => {
  it('is every sum of every account as the contract has it, up to its rounding', () => {
    fc.assert(
      fc.property(anyMarket, (spec) => {
        const book = bookOf(spec)
        const portrait = portraitOf(book)
        const [collateral, repayable] = [collateralOf(portrait), repayableOf(portrait)]
        const slopes = ROOTS.map((root) => slopeOf(portrait, root))
        for (const account of spec.accounts.keys()) {
          const view = book.account(account, NOW) as AccountView
          const [ours, theirs] = [
            {
              credit: portrait.credit[account],
              debit: portrait.debit[account],
              collateral: collateral[account],
              repayable: repayable[account],
              slopes: slopes.map((slope) => slope[account]),
            },
            exactly(view),
          ]
          // Until 3.4 an average threshold was floored, and rows of several collaterals carry a basis point less.
          const floored = spec.revision === 7n ? Number(view.totalCollateralBase) * 3e-4 : 0
          const error = errorOf(view) + floored
          for (const key of ['credit', 'debit', 'collateral', 'repayable'] as const)
            expect(ours[key], `${key} of ${account}`).to.be.closeTo(theirs[key], error)
          for (const [i, slope] of theirs.slopes.entries())
            expect(ours.slopes[i], `slope of ${account}`).to.be.closeTo(slope, error)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('takes an account apart into what the contract lists, moved or not', () => {
    fc.assert(
      fc.property(anyMarket, fc.double({ min: 0.3, max: 2, noNaN: true }), (spec, factor) => {
        const book = bookOf({ ...spec, revision: 10n })
        const portrait = portraitOf(book)
        const holdings = new Holdings(portrait)
        for (const account of spec.accounts.keys()) {
          const view = book.account(account, NOW) as AccountView
          holdings.read(account, portrait.moves(ROOTS[0] as `0x${string}`), factor)
          const moved = (one: Holding): number => Number(one.valueBase) * (one.root === ROOTS[0] ? factor : 1)
          const total = (all: readonly Holding[]): number => all.reduce((so, one) => so + moved(one), 0)
          const { collateral, debt } = holdings.sums()
          expect([holdings.collaterals, holdings.count]).to.deep.equal([
            view.collaterals.length,
            view.collaterals.length + view.debts.length,
          ])
          expect(collateral).to.be.closeTo(total(view.collaterals), 2 * errorOf(view))
          expect(debt).to.be.closeTo(total(view.debts), 2 * errorOf(view))
          for (const [i, { asset, liquidationThresholdBps, liquidationBonusBps }] of view.collaterals.entries()) {
            const at = [...Array(holdings.collaterals).keys()].find(
              (j) => portrait.reserves[holdings.reserve(j)]?.asset === asset,
            )
            expect(at, `collateral ${i}`).not.to.equal(undefined)
            expect(holdings.threshold(at as number)).to.be.closeTo(Number(liquidationThresholdBps) / 1e4, 1e-12)
            expect(holdings.bonus(at as number)).to.equal(Number(liquidationBonusBps) / 1e4)
          }
        }
      }),
      { numRuns: 100 },
    )
  })

  it('says nothing of whoever has something without a price, and nothing is 0 of whoever owes nothing', () => {
    const reserves = [reserve(), reserve({ hasPrice: false }), reserve({ ltBps: 0, hasPrice: false }), reserve()]
    const book = bookOf({
      reserves,
      accounts: [
        { collaterals: [[0, 9n * 10n ** 18n]], debts: [[1, 10n ** 18n]] },
        {
          collaterals: [
            [0, 9n * 10n ** 18n],
            [2, 1n],
          ],
          debts: [[3, 10n ** 18n]],
        },
        { collaterals: [[0, 9n * 10n ** 18n]], debts: [] },
        { collaterals: [[0, 9n * 10n ** 18n]], debts: [[3, 10n ** 18n]] },
      ],
    })
    const portrait = portraitOf(book)
    const known = [0, 1, 2, 3].map((account) => (portrait.credit[account] ?? 0) - (portrait.debit[account] ?? 0) >= 0)
    expect(known).to.deep.equal([false, false, true, true])
    expect([portrait.credit[2], portrait.debit[2], collateralOf(portrait)[2]]).to.deep.equal([0, 0, 0])
    expect(collateralOf(portrait)[3]).to.equal(9e8)
  })

  it('of a pool whose rules nobody knows has the totals that the chain told', () => {
    const book = bookOf({ reserves: [reserve()], accounts: [{ collaterals: [], debts: [] }], revision: 99n })
    const told = { totalCollateralBase: 900n, totalDebtBase: 600n, healthFactor: 12n * 10n ** 17n } as const
    book.ledger.begin(2n)
    for (const field of ['totalCollateralBase', 'totalDebtBase', 'healthFactor'] as const)
      book.ledger.set(toldCell(0, field), told[field])
    book.sheet.set(0, book.protocol.row(book.ledger, 0))
    const portrait = portraitOf(book)
    expect([portrait.credit[0], portrait.debit[0], collateralOf(portrait)[0]]).to.deep.equal([720, 600, 900])
    expect(() => ladderOf(portrait, ROOTS[0] as `0x${string}`, 'fall', 0)).to.throw('revision 99')
    expect(() => jointMap(portrait, ROOTS[0] as `0x${string}`, ROOTS[1] as `0x${string}`)).to.throw('revision 99')
  })
})
