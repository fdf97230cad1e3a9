import { expect } from 'chai'
import fc from 'fast-check'
import { type Rates, Sheet, type Slack } from '../../src/core/sheet.ts'
import type { AccountId, Entry } from '../../src/core/types.ts'

const COLUMNS = 10
const NONE: Slack = { relative: 0, absolute: 0 }
/** What the protocols state: see `Slack`. */
const SLACK: Slack = { relative: 16 * 2 ** -52, absolute: 1 }

const rates = (rate: readonly number[], grain: readonly number[] = rate.map(() => 0)): Rates => ({
  rate: Float64Array.from(rate),
  grain: Float64Array.from(grain),
})
const ONES = rates(Array.from({ length: COLUMNS }, () => 1))

const sheetOf = (rows: readonly (readonly [AccountId, readonly Entry[]])[]): Sheet => {
  const sheet = new Sheet()
  for (const [account, row] of rows) sheet.set(account, row)
  return sheet
}

const entries = (...weights: number[]): Entry[] => weights.map((weight, column) => ({ column, weight }))

function flagged(sheet: Sheet, at: Rates, slack: Slack = NONE): AccountId[] {
  const into = new Int32Array(sheet.size)
  return [...into.subarray(0, sheet.screen(at, slack, into))].sort((a, b) => a - b)
}

/** The screen without cleverness. */
function naive(row: readonly Entry[], { rate, grain }: Rates, slack: Slack) {
  let credit = 0
  let debit = 0
  let error = slack.absolute
  for (const { column, weight } of row.filter((entry) => entry.weight !== 0)) {
    const value = weight * (rate[column] as number)
    if (value > 0) credit += value
    else debit -= value
    error += grain[column] as number
  }
  return { credit, debit, flag: debit > 0 && credit - debit <= error + slack.relative * (credit + debit) }
}

const weight = fc.oneof(
  fc.constant(0),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0),
  fc.integer({ min: -3, max: 3 }),
)
const row = fc.array(fc.record({ column: fc.nat(COLUMNS - 1), weight }), { maxLength: 12 })
const rate = fc.oneof(
  { weight: 9, arbitrary: fc.double({ min: 0, max: 1e9, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
)
const columns = (of: fc.Arbitrary<number>) => fc.array(of, { minLength: COLUMNS, maxLength: COLUMNS })

describe('Sheet', () => {
  it('after any changes of rows is a naive sum of each last row, overflow and all', () => {
    const changes = fc.array(fc.tuple(fc.nat(30), row), { maxLength: 60 })
    const grain = fc.double({ min: 0, max: 1e3, noNaN: true })
    fc.assert(
      fc.property(changes, columns(rate), columns(grain), (rows, values, grains) => {
        const at = rates(values, grains)
        const sheet = sheetOf(rows)
        const last = new Map(rows)
        const found = flagged(sheet, at, SLACK)
        for (let account = 0; account < sheet.size; account++) {
          const { credit, debit, flag } = naive(last.get(account) ?? [], at, SLACK)
          expect(found.includes(account), `flag of ${account}`).to.equal(flag)
          if (!Number.isNaN(debit)) expect(sheet.credit[account]).to.equal(credit)
          if (!Number.isNaN(debit)) expect(sheet.debit[account]).to.equal(debit)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('after any changes gives any other sum of its rows, the sums of its columns, and the rows themselves', () => {
    const changes = fc.array(fc.tuple(fc.nat(30), row), { maxLength: 60 })
    const times = columns(fc.integer({ min: -1000, max: 1000 }))
    fc.assert(
      fc.property(changes, times, times, (rows, collateral, debt) => {
        const sheet = sheetOf(rows)
        const last = new Map(rows)
        const [into, read] = [
          new Float64Array(sheet.size),
          { columns: new Int32Array(40), weights: new Float64Array(40) },
        ]
        sheet.sum(Float64Array.from(collateral), Float64Array.from(debt), into)
        const totals = sheet.totals(COLUMNS)
        const expected = { collateral: new Float64Array(COLUMNS), debt: new Float64Array(COLUMNS) }
        for (let account = 0; account < sheet.size; account++) {
          const entries = (last.get(account) ?? []).filter(({ weight }) => weight !== 0)
          let [sum, size] = [0, 1]
          for (const { column, weight } of entries) {
            const side = weight > 0 ? 'collateral' : 'debt'
            sum += Math.abs(weight) * ((side === 'debt' ? debt : collateral)[column] as number)
            size += Math.abs(weight) * 1000
            expected[side][column] = (expected[side][column] as number) + Math.abs(weight)
          }
          expect(into[account]).to.be.closeTo(sum, 1e-12 * size)
          const count = sheet.read(account, read.columns, read.weights)
          const found = Array.from({ length: count }, (_, i) => ({ column: read.columns[i], weight: read.weights[i] }))
          expect(found).to.deep.equal(entries)
        }
        for (const side of ['collateral', 'debt'] as const)
          for (let column = 0; column < COLUMNS; column++)
            expect(totals[side][column]).to.be.closeTo(expected[side][column] as number, 1e-6)
      }),
      { numRuns: 200 },
    )
  })

  it('keeps what it holds while it grows', () => {
    const rows = Array.from({ length: 5000 }, (_, i) => [i, entries(i + 1, -1, 0, 0, -i)] as const)
    const sheet = new Sheet()
    for (const [account, entry] of rows) {
      sheet.set(account, entry)
      if (account % 1000 === 0) sheet.screen(ONES, NONE, new Int32Array(sheet.size))
    }
    sheet.screen(ONES, NONE, new Int32Array(sheet.size))
    for (const [account] of rows)
      expect([sheet.credit[account], sheet.debit[account]]).to.deep.equal([account + 1, account + 1])
  })

  it('leaves rows never set empty, and forgets the overflow of a row that became short', () => {
    const sheet = sheetOf([[3, entries(1, 1, 1, 1, -100)]])
    expect(sheet.size).to.equal(4)
    expect(flagged(sheet, ONES)).to.deep.equal([3])
    sheet.set(3, entries(1, -1e-9))
    expect(flagged(sheet, ONES)).to.deep.equal([])
    sheet.set(3, [])
    expect(flagged(sheet, ONES)).to.deep.equal([])
  })

  it('flags who has debt and no margin, and never who has no debt', () => {
    const margins = [entries(2, -1), entries(1, -1), entries(1, -2), entries(0, -1), entries(1, 0), entries(0, 0), []]
    expect(flagged(sheetOf([...margins.entries()]), ONES)).to.deep.equal([1, 2, 3])
  })

  describe('a column without a price', () => {
    const at = rates([Number.NaN, 1, 1, 1, 1, 1], [1, 0, 0, 0, 0, 0])
    const debt = (first: Entry, ...rest: Entry[]): Entry[] => [first, { column: 1, weight: -5 }, ...rest]
    const zero: Entry = { column: 0, weight: 0 }
    const filler: Entry[] = [2, 3, 4].map((column) => ({ column, weight: 1e-3 }))

    for (const [what, row, silent] of [
      ['as collateral', debt({ column: 0, weight: 1 }), true],
      ['as debt', debt({ column: 0, weight: -1 }), true],
      ['as collateral in the overflow', debt(...(filler as [Entry]), { column: 0, weight: 1 }), true],
      ['as debt in the overflow', debt(...(filler as [Entry]), { column: 0, weight: -1 }), true],
      ['with weight 0', debt(zero), false],
      ['with weight 0 in the overflow', debt(...(filler as [Entry]), zero), false],
      ['with weight 0 before an overflow', debt(zero, ...filler, { column: 5, weight: -1 }), false],
      ['with weight 0 and no grain', debt(zero, ...filler, { column: 5, weight: -1 }), false],
    ] as const)
      it(`${what} ${silent ? 'silences' : 'does not silence'} the row`, () => {
        const grainless = what.endsWith('no grain') ? rates([...at.rate], [Number.NaN, 0, 0, 0, 0, 0]) : at
        expect(flagged(sheetOf([[0, row]]), grainless)).to.deep.equal(silent ? [] : [0])
      })
  })

  it('never misses an account whose exact margin is below zero, and flags hardly anybody else', () => {
    fc.assert(
      fc.property(market(), fc.array(position(), { minLength: 1, maxLength: 20 }), (assets, positions) => {
        const at = rates(
          assets.map(({ price }) => Number(price)),
          assets.map(({ price, unit }) => Number(price) / Number(unit) + 1),
        )
        const books = positions.map((one) => atTheEdge(one, assets))
        const found = new Set(flagged(sheetOf([...books.map((book) => rowOf(book, assets)).entries()]), at, SLACK))
        books.forEach((book, account) => {
          const { margin, debt, error } = exact(book, assets)
          if (debt > 0n && margin < 0n) expect(found.has(account), `margin ${margin}`).to.equal(true)
          if (Number(margin) > 2 * error + 1e-9 * Number(debt)) expect(found.has(account)).to.equal(false)
        })
      }),
      { numRuns: 1000 },
    )
  })
})

/** price: base units (8 decimals) of one whole token; unit: smallest units in one. */
interface Asset {
  readonly price: bigint
  readonly unit: bigint
}
/** Smallest units of an asset: above 0 collateral, below 0 debt. */
type Position = readonly (readonly [asset: number, amount: bigint])[]

const market = (): fc.Arbitrary<Asset[]> =>
  fc.array(
    fc.record({
      price: fc.bigInt({ min: 1n, max: 10n ** 14n }),
      unit: fc.constantFrom(6n, 8n, 18n).map((decimals) => 10n ** decimals),
    }),
    { minLength: COLUMNS, maxLength: COLUMNS },
  )

/** From 1 wei to a fortune, 1 to 9 assets. */
const position = (): fc.Arbitrary<Position> =>
  fc.array(
    fc.tuple(
      fc.nat(COLUMNS - 1),
      fc
        .tuple(fc.integer({ min: 0, max: 90 }), fc.boolean(), fc.bigInt({ min: 0n, max: 2n ** 90n }))
        .map(([bits, debt, noise]) => {
          const amount = (1n << BigInt(bits)) + (noise & ((1n << BigInt(bits)) - 1n))
          return debt ? -amount : amount
        }),
    ),
    { minLength: 1, maxLength: 9 },
  )

/** As Aave values them: collateral floored, debt ceiled. */
const worth = (amount: bigint, { price, unit }: Asset): bigint =>
  amount > 0n ? (amount * price) / unit : -((-amount * price + unit - 1n) / unit)

function exact(book: Position, assets: readonly Asset[]): { margin: bigint; debt: bigint; error: number } {
  let margin = 0n
  let debt = 0n
  let error = SLACK.absolute
  for (const [asset, amount] of book) {
    const { price, unit } = assets[asset] as Asset
    const value = worth(amount, { price, unit })
    margin += value
    if (value < 0n) debt -= value
    error += Number(price) / Number(unit) + 1
  }
  return { margin, debt, error }
}

/** The position with one more entry, which puts its margin next to zero: where a float may err. */
function atTheEdge(book: Position, assets: readonly Asset[]): Position {
  const { margin } = exact(book, assets)
  const { price, unit } = assets[0] as Asset
  const amount = (-margin * unit) / price
  const nudge = BigInt((book.length % 3) - 1)
  return amount + nudge === 0n ? book : [...book, [0, amount + nudge]]
}

const rowOf = (book: Position, assets: readonly Asset[]): Entry[] =>
  book.map(([column, amount]) => ({ column, weight: Number(amount) / Number((assets[column] as Asset).unit) }))
