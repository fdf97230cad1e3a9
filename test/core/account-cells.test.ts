import { expect } from 'chai'
import fc from 'fast-check'
import { AccountCells } from '../../src/core/account-cells.ts'

const ACCOUNTS = 6
const KEYS = 20
const MOST = 2n ** 256n - 1n

const value = fc.tuple(fc.nat(256), fc.bigInt({ min: 0n, max: MOST })).map(([bits, noise]) => noise >> BigInt(bits))
const step = fc.record({
  account: fc.nat(ACCOUNTS - 1),
  key: fc.nat(KEYS - 1),
  to: fc.option(value, { nil: undefined }),
})

describe('AccountCells', () => {
  it('is a Map of Maps, through any growing, shrinking and moving of rows', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const cells = new AccountCells()
        const model = Array.from({ length: ACCOUNTS }, () => new Map<number, bigint>())
        for (const { account, key, to } of steps)
          if (to === undefined) {
            cells.delete(account, key)
            model[account]?.delete(key)
          } else {
            cells.set(account, key, to)
            model[account]?.set(key, to)
          }
        model.forEach((known, account) => {
          expect(new Map(cells.of(account))).to.deep.equal(known)
          for (let key = 0; key < KEYS; key++) {
            expect(cells.get(account, key)).to.equal(known.get(key))
            expect(cells.has(account, key)).to.equal(known.has(key))
          }
        })
      }),
      { numRuns: 500 },
    )
  })

  it('takes the highest key and the highest value', () => {
    const cells = new AccountCells()
    cells.set(1_000_000, 65_535, MOST)
    expect(cells.get(1_000_000, 65_535)).to.equal(MOST)
    expect(cells.get(999_999, 65_535)).to.equal(undefined)
    expect(cells.get(2_000_000, 65_535)).to.equal(undefined)
    expect(cells.bound).to.be.above(1_000_000)
  })

  it('refuses what it could not give back, and keeps what it had', () => {
    const cells = new AccountCells()
    cells.set(0, 1, 7n)
    for (const [key, wrong] of [
      [1, -1n],
      [1, MOST + 1n],
      [65_536, 1n],
      [-1, 1n],
    ] as const)
      expect(() => cells.set(0, key, wrong), `${key} = ${wrong}`).to.throw(RangeError)
    expect([...cells.of(0)]).to.deep.equal([[1, 7n]])
  })

  it('refuses more cells than a row can count', () => {
    const cells = new AccountCells()
    expect(() => {
      for (let key = 0; key < 65_536; key++) cells.set(0, key, MOST)
    }).to.throw(RangeError)
    expect(cells.get(0, 0)).to.equal(MOST)
  })
})
