import { expect } from 'chai'
import { WAD } from '../../src/core/math.ts'
import type { Holding } from '../../src/core/protocol.ts'
import { badDebt, whatIf } from '../../src/core/what-if.ts'
import { type AccountSpec, address, bookOf, reserve } from '../protocols/aave-v3/world.ts'

const USD = 10n ** 8n
const ETHER = 10n ** 18n

/** Ether at $2,000 and its ratio token at $2,300 on one feed, a dollar on another. */
const reserves = [
  reserve({ priceUsd8: 2000n * USD, root: 7n }),
  reserve({ priceUsd8: 2300n * USD + 1n, root: 7n }),
  reserve({ decimals: 6 }),
]
const owing = (collateral: 0 | 1, dollars: bigint): AccountSpec => ({
  collaterals: [[collateral, 10n * ETHER]],
  debts: [[2, dollars * 10n ** 6n]],
})
const accounts = [owing(0, 15_000n), owing(1, 15_000n), owing(0, 5_000n), owing(0, 19_500n)]
const factor = (percent: bigint) => new Map([[address(7), (WAD * (100n + percent)) / 100n]])

describe('what-if', () => {
  const book = bookOf({ reserves, accounts })
  const suppose = (percent: bigint) =>
    whatIf(book, () => book.protocol.shock(book.ledger, factor(percent))).map(({ view }) => Number(view.address))

  it('finds who becomes liquidatable, the largest debt first, everything on the feed moving', () => {
    expect(suppose(0n)).to.deep.equal([4])
    expect(suppose(-10n)).to.deep.equal([4, 1])
    expect(suppose(-25n)).to.deep.equal([4, 1, 2])
    expect(suppose(-75n)).to.deep.equal([4, 1, 2, 3])
    expect(suppose(18n)).to.deep.equal([])
  })

  it('leaves the book as it was', () => {
    const seen = () => ({
      prices: book.protocol.market(book.ledger).reserves.map(({ priceUsd8 }) => priceUsd8),
      credit: [...book.sheet.credit.subarray(0, 4)],
    })
    book.screen(book.head?.timestamp ?? 0n)
    const before = seen()
    suppose(-50n)
    expect(seen()).to.deep.equal(before)
  })

  it('rounds a shocked price down', () => {
    book.ledger.speculate(2n, () => {
      book.protocol.shock(book.ledger, factor(-10n))
      const prices = book.protocol.market(book.ledger).reserves.map(({ priceUsd8 }) => priceUsd8)
      expect(prices).to.deep.equal([1800n * USD, 2070n * USD, USD])
    })
  })

  it('tells what one call takes of each, fee included, and what nobody can be paid to repay', () => {
    const [worst] = whatIf(book, () => book.protocol.shock(book.ledger, factor(-10n)))
    // 10 ether at 1,800 against 19,500: all of it is seized, and repays 18,000 / 1.05.
    expect(worst?.seizableBase).to.equal(18_000n * USD)
    expect(worst?.badDebtBase).to.equal(19_500n * USD - (18_000n * USD * 10_000n) / 10_500n)
  })

  const collateral = (valueBase: bigint, liquidationBonusBps: bigint): Holding => ({
    asset: address(1),
    symbol: 'A',
    decimals: 0,
    amount: 1n,
    valueBase,
    priceUsd8: valueBase,
    liquidationThresholdBps: 8000n,
    liquidationBonusBps,
    rateRay: 0n,
    root: address(2),
  })
  for (const [what, collaterals, totalDebtBase, expected] of [
    ['no collateral: all of the debt', [], 7n, 7n],
    ['enough: nothing', [collateral(105n, 10_500n)], 100n, 0n],
    ['one unit short', [collateral(105n, 10_500n)], 101n, 1n],
    [
      'each collateral by its own bonus, rounded down',
      [collateral(100n, 10_500n), collateral(100n, 11_000n)],
      200n,
      15n,
    ],
    ['what cannot be seized repays nothing', [collateral(500n, 0n)], 100n, 100n],
  ] as const)
    it(`bad debt with ${what}`, () => expect(badDebt({ collaterals, totalDebtBase })).to.equal(expected))
})
