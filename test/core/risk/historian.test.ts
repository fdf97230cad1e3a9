import { expect } from 'chai'
import { Book } from '../../../src/core/book.ts'
import { Historian } from '../../../src/core/risk/historian.ts'
import { marketHoursFrom } from '../../../src/core/risk/hours-from.ts'
import { fakeProtocol, header, page } from '../fake-protocol.ts'

/** A block a second; bins of ten. */
const BIN_S = 10
const parts = { market: 'fake', binS: BIN_S }

function begun(first = 1): { book: Book; historian: Historian } {
  const book = new Book('fake', fakeProtocol)
  const historian = new Historian(parts)
  step(book, historian, first)
  return { book, historian }
}

function step(book: Book, historian: Historian, number: number, branch = 0): void {
  const facts = page(number, [{ account: 1, collateral: BigInt(number), debt: 3n }], branch)
  historian.before(book, facts)
  book.apply(facts)
  historian.after(book, facts, undefined)
}

const told = (historian: Historian) =>
  marketHoursFrom(historian.takeFinished()).map(({ hour, partial, blocks, merged, lost }) => [
    hour,
    partial,
    blocks,
    merged,
    lost,
  ])

describe('historian', () => {
  it('marks the bin in which it began, and says of the others that they are whole', () => {
    const { book, historian } = begun(7)
    for (let number = 8; number <= 30; number++) step(book, historian, number)
    expect(told(historian)).to.deep.equal([
      [0, true, 2, 0, 0],
      [1, false, 10, 0, 0],
      [2, false, 10, 0, 0],
    ])
  })

  it('a page of several blocks counts within a bin; over an edge both bins are not to be judged, and those between are absent', () => {
    const { book, historian } = begun(9)
    for (const number of [10, 11, 16, 17, 20, 41, 50]) step(book, historian, number)
    expect(told(historian)).to.deep.equal([
      [0, true, 0, 0, 0],
      [1, true, 4, 4, 0],
      [2, true, 1, 2, 0],
      [4, true, 1, 20, 0],
    ])
  })

  it('blocks that a recording leaves out held nothing, also over an edge', () => {
    const { book, historian } = begun(9)
    step(book, historian, 10)
    historian.quiet(book, 28n)
    step(book, historian, 29)
    historian.quiet(book, 54n)
    step(book, historian, 55)
    const rows = told(historian)
    expect(rows.map(([hour, partial]) => [hour, partial])).to.deep.equal([
      [0, true],
      [1, false],
      [2, false],
      [3, false],
      [4, false],
    ])
  })

  it('beginning behind a state, judges nothing of the bin that the state ends in, and all of the next', () => {
    for (const at of [7, 9, 10]) {
      const book = new Book('fake', fakeProtocol)
      book.apply(page(at, []))
      const historian = new Historian(parts)
      for (let number = at + 1; number <= 20; number++) step(book, historian, number)
      const own = at === 7 ? [[0, true, 2, 0, 0]] : at === 9 ? [[0, true, 0, 0, 0]] : []
      expect(told(historian)).to.deep.equal([...own, [1, at === 10, at === 10 ? 9 : 10, 0, 0]])
    }
  })

  it('begins with what a recording leaves out behind a state', () => {
    const book = new Book('fake', fakeProtocol)
    book.apply(page(5, []))
    const historian = new Historian(parts)
    historian.quiet(book, 24n)
    for (let number = 25; number <= 30; number++) step(book, historian, number)
    expect(told(historian)).to.deep.equal([
      [0, true, 19, 0, 0],
      [1, false, 0, 0, 0],
      [2, false, 5, 0, 0],
    ])
  })

  it('blocks that the book knows and it does not were not watched', () => {
    const { book, historian } = begun(9)
    for (const number of [10, 11]) step(book, historian, number)
    for (const number of [12, 13]) book.apply(page(number, []))
    for (let number = 14; number <= 20; number++) step(book, historian, number)
    expect(told(historian)).to.deep.equal([
      [0, true, 0, 0, 0],
      [1, true, 8, 0, 2],
    ])
  })

  it('tells that nothing happened in bins without a block, but not for a day', () => {
    const { book, historian } = begun(9)
    const slow = (number: number, seconds: number): void => {
      const facts = { ...page(number, []), block: { ...header(number), timestamp: BigInt(seconds) } }
      historian.before(book, facts)
      book.apply(facts)
    }
    slow(10, 12)
    slow(11, 45)
    expect(told(historian).map(([hour, partial]) => [hour, partial])).to.deep.equal([
      [0, true],
      [1, false],
      [2, false],
      [3, false],
    ])
    slow(12, 10_000)
    expect(told(historian)).to.have.length(25)
  })

  it('forgets the open bin when blocks go that it does not remember', () => {
    const { book, historian } = begun(9)
    for (let number = 10; number <= 25; number++) step(book, historian, number)
    historian.takeFinished()
    historian.rollback(header(3))
    expect(historian.at).to.equal(undefined)
    book.rollback(header(9))
    step(book, historian, 10, 1)
    step(book, historian, 11, 1)
    expect(historian.at).to.deep.equal({ number: 11n, hash: header(11, 1).hash })
  })

  it('does not take up what a historian of other bins left', () => {
    const { book, historian } = begun(9)
    for (let number = 10; number <= 15; number++) step(book, historian, number)
    expect(new Historian({ market: 'fake', binS: 5 }, historian.open()).at).to.equal(undefined)
    expect(new Historian(parts, historian.open()).at?.number).to.equal(15n)
  })
})
