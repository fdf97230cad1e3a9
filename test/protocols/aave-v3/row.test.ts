import { expect } from 'chai'
import fc from 'fast-check'
import { isRateOnly, reserveCell } from '../../../src/protocols/aave-v3/cells.ts'
import { bookOf, reserve } from './world.ts'

const MARKET = {
  reserves: [reserve(), reserve({ decimals: 6 }), reserve({ ltBps: 0 })],
  eModes: [{ id: 1, ltvBps: 9000, ltBps: 9300, bonusBps: 10_100, collaterals: [0] }],
  accounts: [
    {
      collaterals: [
        [0, 5n],
        [2, 7n],
      ],
      debts: [[1, 3n]],
    },
    {
      eMode: 1,
      collaterals: [
        [0, 5n],
        [1, 9n],
      ],
      debts: [
        [0, 3n],
        [2, 1n],
      ],
    },
    { collaterals: [[0, 5n]], debts: [] },
  ],
} as const

/** Where columns of their own begin: collateral without a threshold, then the parts of each reserve in a category. */
const BARE = 3 * 128
const MEMBERS = 4 * 128 + 3

const rowsOf = (book: ReturnType<typeof bookOf>) =>
  MARKET.accounts.map((_, account) => book.protocol.row(book.ledger, account))

describe('Aave V3 rows', () => {
  it('are whole scaled units: + collateral × threshold, − debt, eMode among it, and none without debt', () => {
    expect(rowsOf(bookOf(MARKET))).to.deep.equal([
      [
        { column: 0, weight: (5 / 1e18) * 0.83 },
        { column: 3, weight: -3 / 1e6 },
        { column: BARE + 2, weight: 7 / 1e18 },
      ],
      [
        { column: MEMBERS, weight: (5 / 1e18) * 0.93 },
        { column: MEMBERS + 1, weight: -3 / 1e18 },
        { column: 2, weight: (9 / 1e6) * 0.83 },
        { column: 5, weight: -1 / 1e18 },
      ],
      [],
    ])
  })

  it('do not depend on any cell that is called rate-only', () => {
    const inUse = reserveCell(MARKET.reserves.length, 'asset')
    const rateOnly = Array.from({ length: inUse }, (_, cell) => cell).filter(isRateOnly)
    expect(rateOnly).to.have.length.above(20)
    const value = fc.bigInt({ min: 0n, max: 2n ** 200n })
    fc.assert(
      fc.property(fc.array(value, { minLength: rateOnly.length, maxLength: rateOnly.length }), (values) => {
        const book = bookOf(MARKET)
        const before = rowsOf(book)
        book.ledger.begin(2n)
        for (const [i, cell] of rateOnly.entries()) book.ledger.set(cell, values[i] as bigint)
        expect(rowsOf(book)).to.deep.equal(before)
      }),
    )
  })

  it('are made from the market as it is now: a threshold that changed, and one that was undone', () => {
    const book = bookOf(MARKET)
    const before = rowsOf(book)
    book.ledger.speculate(2n, () => {
      const cell = reserveCell(0, 'configuration')
      book.ledger.set(cell, book.ledger.get(cell) & ~(0xffffn << 16n))
      expect(rowsOf(book)[0]).to.deep.equal([
        { column: BARE, weight: 5 / 1e18 },
        { column: 3, weight: -3 / 1e6 },
        { column: BARE + 2, weight: 7 / 1e18 },
      ])
    })
    expect(rowsOf(book)).to.deep.equal(before)
  })
})
