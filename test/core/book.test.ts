import { expect } from 'chai'
import fc from 'fast-check'
import { Book } from '../../src/core/book.ts'
import { address, type Change, fakeProtocol, header, page } from './fake-protocol.ts'

const amount = fc.bigInt({ min: 0n, max: 1000n })
const change: fc.Arbitrary<Change> = fc.record({ account: fc.nat(12), collateral: amount, debt: amount })
const branch = fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 8 })

const book = (): Book => new Book('fake', fakeProtocol)

function applyAll(to: Book, pages: readonly (readonly Change[])[], from: number, branchNumber = 0): void {
  for (const [i, changes] of pages.entries()) to.apply(page(from + i, changes, branchNumber))
}

/** Everything that anybody can see of a book, whatever the numbers of its accounts. */
function visible(of: Book) {
  const flagged = [...of.screen(0n)].map((account) => of.ledger.address(account)).sort()
  const healthOf = (account: number) => (of.sheet.credit[account] as number) / (of.sheet.debit[account] as number)
  const views = [...Array(of.ledger.size).keys()]
    .map((account) => of.account(account, 0n))
    .filter((view) => view !== undefined && (view.totalDebtBase > 0n || view.totalCollateralBase > 0n))
    .sort((a, b) => ((a?.address ?? '') < (b?.address ?? '') ? -1 : 1))
  return {
    head: of.head?.hash,
    flagged,
    debtors: of.debtors,
    ranked: of.ranked(100).map(healthOf),
    liquidatable: of.liquidatable(0n).map(({ healthFactor, totalDebtBase }) => [healthFactor, totalDebtBase]),
    views,
  }
}

describe('Book', () => {
  it('after a rollback is as if the lost branch had never been', () => {
    fc.assert(
      fc.property(branch, branch, branch, (common, lost, kept) => {
        const [straight, turned] = [book(), book()]
        applyAll(straight, common, 1)
        applyAll(turned, common, 1)
        applyAll(turned, lost, common.length + 1, 1)
        if (common.length > 0) {
          turned.rollback(header(common.length))
          expect(visible(turned)).to.deep.equal(visible(straight))
        } else turned.rollback(header(0))
        applyAll(straight, kept, common.length + 1, 2)
        applyAll(turned, kept, common.length + 1, 2)
        if (common.length + kept.length > 0) expect(visible(turned)).to.deep.equal(visible(straight))
      }),
      { numRuns: 500 },
    )
  })

  it('restored from a checkpoint of any block, and told the rest, is the same book', () => {
    fc.assert(
      fc.property(branch, branch, (before, after) => {
        const [whole, early, late] = [book(), book(), book()]
        applyAll(whole, before, 1)
        early.restore(whole.checkpoint(header(before.length)))
        applyAll(whole, after, before.length + 1)
        // The same block, told when the book has gone on.
        late.restore(whole.checkpoint(header(before.length)))
        for (const again of [early, late]) {
          applyAll(again, after, before.length + 1)
          if (after.length > 0) expect(visible(again)).to.deep.equal(visible(whole))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('cannot be rolled back behind what is final, and still can in front of it', () => {
    const one = book()
    for (let block = 1; block <= 10; block++)
      one.apply(page(block, [{ account: 1, collateral: BigInt(block), debt: 5n }]))
    one.finalize(6n)
    one.rollback(header(8))
    expect(one.account(0, 0n)?.totalDebtBase).to.equal(5n)
    expect(one.ledger.get(1)).to.equal(8n)
    one.rollback(header(1))
    expect(one.ledger.get(1)).to.equal(6n)
  })

  it('a rollback makes only the rows again whose cells it changed, unless it changed what shapes all of them', () => {
    const rebuilt: number[] = []
    const shaping = { now: false }
    const one = new Book('fake', {
      ...fakeProtocol,
      isRateOnly: (cell) => !shaping.now && fakeProtocol.isRateOnly(cell),
      row: (ledger, account) => {
        rebuilt.push(account)
        return fakeProtocol.row(ledger, account)
      },
    })
    const owing = (account: number, debt: bigint): Change => ({ account, collateral: 10n, debt })
    one.apply(page(1, [{ account: 0, collateral: 1n, debt: 0n }, owing(1, 1n), owing(2, 2n), owing(3, 3n)]))
    const price: Change = { account: 0, collateral: 2n, debt: 0n }
    const turn = (): number[] => {
      one.apply(page(2, [price, owing(2, 9n)]))
      rebuilt.length = 0
      one.rollback(header(1))
      return [...rebuilt]
    }
    expect(turn()).to.deep.equal([1])
    shaping.now = true
    expect(turn()).to.deep.equal([0, 1, 2])
  })

  it('sizes nobody to say who is unhealthy or how many', () => {
    const one = new Book('fake', {
      ...fakeProtocol,
      inspect: () => {
        throw new Error('sized')
      },
    })
    const people = [50n, 90n, 10n, 70n].map((debt, i) => ({ account: i + 1, collateral: 40n, debt }))
    one.apply(page(1, [{ account: 0, collateral: 1n, debt: 0n }, ...people]))
    expect(one.unhealthy(0n).map(({ gainBase }) => gainBase)).to.deep.equal([90, 70, 50])
    expect(() => one.liquidatable(0n)).to.throw('sized')
  })

  it('asking what to read changes nothing', () => {
    const one = book()
    one.apply(
      page(1, [
        { account: 0, collateral: 2n, debt: 0n },
        { account: 1, collateral: 1n, debt: 5n },
      ]),
    )
    const before = visible(one)
    one.reads(
      page(2, [
        { account: 1, collateral: 9n, debt: 1n },
        { account: 2, collateral: 0n, debt: 9n },
      ]),
    )
    expect(visible(one)).to.deep.equal(before)
  })

  it('ranks by health, lowest first, with a limit and a bound, and leaves out those without debt', () => {
    const one = book()
    const debts = [10n, 40n, 20n, 0n, 30n]
    const people = debts.map((debt, i) => ({ account: i + 1, collateral: 30n, debt }))
    one.apply(page(1, [{ account: 0, collateral: 1n, debt: 0n }, ...people]))
    one.screen(0n)
    const names = (accounts: number[]) => accounts.map((account) => one.ledger.address(account))
    expect(names(one.ranked(10))).to.deep.equal([2, 5, 3, 1].map(address))
    expect(names(one.ranked(2))).to.deep.equal([2, 5].map(address))
    expect(names(one.ranked(10, 1.5))).to.deep.equal([2, 5].map(address))
    expect(one.debtors).to.equal(4)
  })

  it('names the liquidatable, largest gain first', () => {
    const one = book()
    const people = [50n, 90n, 10n, 70n].map((debt, i) => ({ account: i + 1, collateral: 40n, debt }))
    one.apply(page(1, [{ account: 0, collateral: 1n, debt: 0n }, ...people]))
    expect(one.liquidatable(0n).map(({ borrower }) => borrower)).to.deep.equal([2, 4, 1].map(address))
  })
})
