import { expect } from 'chai'
import fc from 'fast-check'
import type { Address } from 'viem'
import type { Book } from '../../../src/core/book.ts'
import { WAD } from '../../../src/core/math.ts'
import { type Group, groupsOf } from '../../../src/core/risk/groups.ts'
import { ladderOf, type Side } from '../../../src/core/risk/ladder.ts'
import { liquidationPrice } from '../../../src/core/risk/liquidation-price.ts'
import { portraitOf } from '../../../src/core/risk/portrait.ts'
import { type AccountSpec, assetOf, bookOf, NOW, reserve } from '../../protocols/aave-v3/world.ts'
import { anyHealths, anyMarket, atHealth, ROOTS } from './markets.ts'

const ROOT = ROOTS[0] as Address
const USD = 10n ** 8n
const ETHER = 10n ** 18n

const groupOf = (book: Book): Group =>
  groupsOf(book.protocol.market(book.ledger).reserves).find(({ root }) => root === ROOT) as Group

/** Health if the feed answered so. Undefined: without debt, or not known. */
function healthAt(book: Book, price: bigint, account: number): bigint | undefined {
  const { priceUsd8 } = groupOf(book)
  return book.ledger.speculate(2n, () => {
    book.protocol.shock(book.ledger, new Map([[ROOT, (price * WAD + priceUsd8 - 1n) / priceUsd8]]))
    return book.protocol.standing(book.ledger, account, NOW)?.healthFactor
  })
}

describe('exact price of liquidation', () => {
  for (const rules of ['auto', 'aave-v3.0', 'aave-v3.1', 'aave-v3.3', 'sparklend'])
    it(`is the line in integers: below 1 there, not below 1 one unit on, whatever the guess (${rules})`, () => {
      let found = 0
      fc.assert(
        fc.property(
          anyMarket,
          anyHealths,
          fc.constantFrom<Side>('fall', 'rise'),
          fc.bigInt({ min: 0n, max: 10n ** 15n }),
          (spec, healths, side, guess) => {
            const book = atHealth(spec, healths, rules)
            for (const account of spec.accounts.keys()) {
              const price = liquidationPrice(book, groupOf(book), { account, side, guess })
              if (price === null) continue
              found++
              const beyond = side === 'fall' ? price + 1n : price - 1n
              expect((healthAt(book, price, account) as bigint) < WAD, `at ${price}`).to.equal(true)
              expect((healthAt(book, beyond, account) as bigint) < WAD, `at ${beyond}`).to.equal(false)
            }
          },
        ),
        { numRuns: 40 },
      )
      expect(found).to.be.above(20)
    })

  /** Ether at $2,000 on the feed, a ratio token at $2,300, a dollar; eMode 1 for both ethers. */
  const market = (accounts: readonly AccountSpec[]): Book =>
    bookOf({
      reserves: [
        reserve({ priceUsd8: 2000n * USD, ltBps: 8000, root: 7n }),
        reserve({ priceUsd8: 2300n * USD, ltBps: 8000, root: 7n }),
        reserve({ decimals: 6, ltBps: 7500 }),
      ],
      eModes: [{ id: 1, ltvBps: 9000, ltBps: 9300, bonusBps: 10_100, collaterals: [0, 1] }],
      accounts,
    })
  const ether = (amount: bigint) => [0, amount * ETHER] as const
  const dollars = (amount: bigint) => [2, amount * 10n ** 6n] as const
  for (const [what, account, side, expected] of [
    // Health is below 1 where 8 · price < 12,000.
    ['a long', { collaterals: [ether(10n)], debts: [dollars(12_000n)] }, 'fall', 1500n * USD - 1n],
    [
      'one that eMode carries',
      { eMode: 1, collaterals: [ether(10n)], debts: [dollars(9_300n)] },
      'fall',
      1000n * USD - 1n,
    ],
    [
      'one whose debt is partly in the same asset',
      { collaterals: [ether(10n)], debts: [ether(2n), dollars(9_000n)] },
      'fall',
      1500n * USD - 1n,
    ],
    ['one under water', { collaterals: [ether(10n)], debts: [dollars(24_000n)] }, 'fall', 3000n * USD - 1n],
    ['a short', { collaterals: [dollars(16_000n)], debts: [ether(5n)] }, 'rise', 2400n * USD + 1n],
    ['a short under water', { collaterals: [dollars(8_000n)], debts: [ether(5n)] }, 'rise', 1200n * USD + 1n],
    ['a loop, which no price of the feed reaches', { collaterals: [ether(10n)], debts: [ether(7n)] }, 'fall', null],
    ['a loop under water, which none frees', { collaterals: [ether(10n)], debts: [ether(9n)] }, 'fall', null],
    ['one that has nothing of the group', { collaterals: [dollars(100n)], debts: [dollars(50n)] }, 'fall', null],
    ['one without debt', { collaterals: [ether(1n)], debts: [] }, 'fall', null],
  ] as const)
    it(`of ${what} is ${expected}`, () => {
      const book = market([account])
      for (const guess of [1n, 2000n * USD, 10n ** 14n])
        expect(liquidationPrice(book, groupOf(book), { account: 0, side, guess })).to.equal(expected)
    })

  it('moves the price of a category with the asset that stands for it, as the float line does', () => {
    const book = bookOf(
      {
        reserves: [
          reserve({ priceUsd8: 2000n * USD, root: 7n }),
          reserve({ priceUsd8: 1n, root: 8n, eModeCategory: 1 }),
          reserve({ decimals: 6 }),
        ],
        eModes: [
          {
            ...{ id: 1, ltvBps: 7000, ltBps: 8000, bonusBps: 10_100, collaterals: [] },
            ...{ priceSource: BigInt(assetOf(0)), priceUsd8: 2000n * USD },
          },
        ],
        accounts: [{ eMode: 1, collaterals: [[1, 10n * ETHER]], debts: [[2, 12_000n * 10n ** 6n]] }],
      },
      'aave-v3.1',
    )
    const about = { account: 0, side: 'fall', guess: 1n } as const
    expect(liquidationPrice(book, groupOf(book), about)).to.equal(1500n * USD - 1n)
    const { largest } = ladderOf(portraitOf(book), ROOT, 'fall', 1)
    expect(largest[0]?.factor).to.be.closeTo(0.75, 1e-9)
  })

  it('leaves the book as it was, and says nothing where a price is missing', () => {
    const book = market([{ collaterals: [ether(10n)], debts: [dollars(12_000n)] }])
    const before = healthAt(book, 2000n * USD, 0)
    const about = { account: 0, side: 'fall', guess: 1n } as const
    liquidationPrice(book, groupOf(book), about)
    expect(book.protocol.standing(book.ledger, 0, NOW)?.healthFactor).to.equal(before)
    expect(liquidationPrice(book, { ...groupOf(book), priceUsd8: 0n }, about)).to.equal(null)
    const silent = bookOf({
      reserves: [reserve({ root: 7n }), reserve({ hasPrice: false })],
      accounts: [{ collaterals: [[0, ETHER]], debts: [[1, 1n]] }],
    })
    expect(liquidationPrice(silent, groupOf(silent), about)).to.equal(null)
  })
})
