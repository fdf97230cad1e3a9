import { expect } from 'chai'
import fc from 'fast-check'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import { ChainState } from '../../src/app/chain-state.ts'
import { createQueries } from '../../src/app/queries.ts'
import type { Queries } from '../../src/core/answers.ts'
import { ACCOUNT_SORTS, type AccountRow, type AccountsQuery } from '../../src/core/answers.ts'
import type { Book } from '../../src/core/book.ts'
import { UsageError } from '../../src/core/errors.ts'
import { RAY, WAD } from '../../src/core/math.ts'
import { type AccountSpec, address, bookOf, NOW, reserve } from '../protocols/aave-v3/world.ts'

const USD = 10n ** 8n
const rates = { liquidityRate: RAY / 50n, borrowRate: RAY / 10n }
const reserves = [
  reserve({ priceUsd8: 2000n * USD, ...rates }),
  reserve({ decimals: 6, ...rates }),
  reserve({ priceUsd8: 60_000n * USD, decimals: 8, ...rates }),
]

function queriesOn(book: Book, over: { nowMs?: () => number; prepare?: (chain: ChainState) => void } = {}): Queries {
  const chain = new ChainState('test', 1, 12)
  chain.books = [book]
  chain.newest = book.head
  over.prepare?.(chain)
  return createQueries({
    chains: [chain],
    markets: new Map([['world', chain]]),
    store: openStore(':memory:'),
    version: '0',
    control: { mode: 'watch', configuredMode: 'dry-run', paused: false },
    rescueTargetWad: (WAD * 3n) / 2n,
    nowMs: over.nowMs ?? (() => 0),
    signer: undefined,
  })
}

const query = (over: Partial<AccountsQuery> = {}): AccountsQuery => ({
  market: undefined,
  belowWad: undefined,
  sort: 'health',
  limit: 100,
  cursor: undefined,
  ...over,
})

/** Every page, one after the other. */
function pages(queries: Queries, of: AccountsQuery): AccountRow[][] {
  const found: AccountRow[][] = []
  for (let cursor: string | undefined; found.length < 200; ) {
    const answer = queries.accounts({ ...of, cursor })
    if (answer === undefined) throw new Error('no such market')
    found.push([...answer.accounts])
    if (answer.next === null) return found
    cursor = answer.next
  }
  throw new Error('paging never ends')
}

/** Few distinct amounts: many ties, which only the address can break. */
const amount = fc.constantFrom(1n, 2n, 5n, 1000n)
const account: fc.Arbitrary<AccountSpec> = fc
  .record({
    ether: amount,
    bitcoin: fc.constantFrom(0n, 1n),
    dollars: fc.constantFrom(0n, 1n, 1000n, 1500n, 60_000n),
    short: fc.boolean(),
  })
  .map(({ ether, bitcoin, dollars, short }) => ({
    collaterals: [[0, ether * 10n ** 18n] as const, [2, bitcoin * 10n ** 8n] as const].filter(
      ([, scaled]) => scaled > 0n,
    ),
    debts: [[1, dollars * 10n ** 6n] as const, [0, short ? 10n ** 17n : 0n] as const].filter(
      ([, scaled]) => scaled > 0n,
    ),
  }))

const VALUES: Readonly<Record<AccountsQuery['sort'], (row: AccountRow) => number>> = {
  health: (row) => Number(row.healthFactor ?? Number.POSITIVE_INFINITY),
  distance: (row) => row.distancePct ?? Number.POSITIVE_INFINITY,
  debt: (row) => -Number(row.debtBase),
  time: (row) => row.timeToLiquidationS ?? Number.POSITIVE_INFINITY,
}

describe('queries of accounts', () => {
  for (const sort of ACCOUNT_SORTS)
    it(`by ${sort}: pages hold every debtor exactly once, in order, whatever their size`, () => {
      fc.assert(
        fc.property(fc.array(account, { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (accounts, limit) => {
          const queries = queriesOn(bookOf({ reserves, accounts }))
          const found = pages(queries, query({ sort, limit }))
          const rows = found.flat()
          const debtors = accounts.flatMap(({ debts }, n) => (debts.length > 0 ? address(n + 1) : []))
          expect(rows.map((row) => row.address.toLowerCase())).to.have.members(debtors)
          expect(found.slice(0, -1).every((one) => one.length === limit)).to.equal(true)
          const values = rows.map(VALUES[sort])
          expect(values).to.deep.equal(values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
        }),
        { numRuns: 60 },
      )
    })

  it('below a health: exactly those whose exact health is below it', () => {
    fc.assert(
      fc.property(fc.array(account, { maxLength: 30 }), fc.bigInt({ min: 0n, max: 3n * WAD }), (accounts, belowWad) => {
        const book = bookOf({ reserves, accounts })
        const rows = pages(queriesOn(book), query({ belowWad, limit: 4 })).flat()
        const expected = accounts.flatMap((_, n) => {
          const view = book.account(n, NOW)
          return view && view.totalDebtBase > 0n && view.healthFactor < belowWad ? view.address : []
        })
        expect(rows.map((row) => row.address.toLowerCase())).to.have.members(expected)
      }),
      { numRuns: 100 },
    )
  })

  it('below a health finds dust as well: one wei of debt counts as a whole base unit', () => {
    const dust = (dollarsWei: bigint, debtWei: bigint): AccountSpec => ({
      collaterals: [[0, dollarsWei]],
      debts: [[1, debtWei]],
    })
    const grain = reserve({ priceUsd8: 100_000n * USD, decimals: 2 })
    const accounts = [dust(0n, 1n), dust(10n ** 9n, 1n), dust(5n * 10n ** 11n, 1n), dust(10n ** 18n, 1n)]
    const cheap = reserve({ priceUsd8: 1n, decimals: 18 })
    for (const owed of [cheap, grain, reserve()])
      for (const belowWad of [WAD / 2n, WAD, 2n * WAD, 100n * WAD]) {
        const book = bookOf({ reserves: [reserve(), owed], accounts })
        const rows = pages(queriesOn(book), query({ belowWad })).flat()
        const expected = accounts.flatMap((_, n) => {
          const view = book.account(n, NOW)
          return view && view.totalDebtBase > 0n && view.healthFactor < belowWad ? view.address : []
        })
        expect(rows.map((row) => row.address.toLowerCase())).to.have.members(expected)
      }
  })

  it('a page goes on where the last ended although the ranking moved', () => {
    const accounts = [10n, 11n, 12n, 13n].map(
      (dollars): AccountSpec => ({
        collaterals: [[0, 10n ** 18n]],
        debts: [[1, dollars * 10n ** 8n]],
      }),
    )
    const first = queriesOn(bookOf({ reserves, accounts })).accounts(query({ limit: 2 }))
    expect(first?.accounts.map((row) => Number(row.address))).to.deep.equal([4, 3])
    const [gone, ...rest] = accounts.toReversed()
    const without = rest.toReversed().concat({ ...(gone as AccountSpec), debts: [] })
    const second = queriesOn(bookOf({ reserves, accounts: without })).accounts(
      query({ limit: 2, cursor: first?.next ?? '' }),
    )
    expect(second?.accounts.map((row) => Number(row.address))).to.deep.equal([2, 1])
    expect(second?.next).to.equal(null)
  })

  for (const [what, cursor] of [
    ['empty', ''],
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('nonsense').toString('base64url')],
    ['another JSON', Buffer.from('{"a":1}').toString('base64url')],
    ['of another shape', Buffer.from('["1",2]').toString('base64url')],
  ] as const)
    it(`a cursor that is ${what} is refused as the reader's mistake`, () => {
      const queries = queriesOn(bookOf({ reserves, accounts: [] }))
      expect(() => queries.accounts(query({ cursor })))
        .to.throw(UsageError)
        .with.property('code', 'BAD_CURSOR')
    })

  it('know only the markets that there are', () => {
    const queries = queriesOn(bookOf({ reserves, accounts: [] }))
    expect(queries.markets()).to.deep.equal(['world'])
    expect(queries.accounts(query({ market: 'other' }))).to.equal(undefined)
    expect(queries.account('other', address(1))).to.equal(undefined)
  })

  it('explain one account: totals, ways out and the best call, or nothing for a stranger', () => {
    const sick: AccountSpec = { collaterals: [[0, 10n ** 18n]], debts: [[1, 1_700_000_000n]] }
    const queries = queriesOn(bookOf({ reserves, accounts: [sick] }))
    const told = queries.account('world', address(1).toUpperCase().replace('0X', '0x'))
    expect(told).to.include({ liquidatable: true, refusal: null, distancePct: 0, timeToLiquidationS: 0 })
    expect(told?.bestLiquidation).to.include({ debtCovered: '1700000000' })
    expect(told?.rescue.options.map(({ kind }) => kind)).to.deep.equal(['repay', 'add', 'sell'])
    expect(queries.account('world', address(2))).to.equal(undefined)
    expect(queries.account('world', 'no address')).to.equal(undefined)
  })

  it('mark every answer of a mirror that is not trusted, whatever the reason, and only then', () => {
    const book = () => bookOf({ reserves, accounts: [{ collaterals: [[0, 10n ** 18n]], debts: [[1, 1_000_000n]] }] })
    const difference = { since: 7n, rereads: 1, searching: false, accounts: [], detail: 'one account' }
    const distrusts: readonly [string, (chain: ChainState) => void][] = [
      ['no rules', ({ quarantined }) => void quarantined.set('world', 'no rules')],
      [
        'the mirror differed from the chain at block 7: one account',
        ({ differences }) => void differences.set('world', difference),
      ],
    ]
    for (const [quarantineReason, prepare] of distrusts) {
      const queries = queriesOn(book(), { prepare })
      expect(queries.accounts(query())).to.include({ quarantined: true })
      expect(queries.account('world', address(1))).to.include({ quarantined: true })
      expect(queries.status().markets[0]).to.include({ quarantined: true, quarantineReason, proven: false, resyncs: 0 })
    }
    const prepare = ({ proven, resyncs }: ChainState): void => {
      resyncs.set('world', 2)
      proven.add('world')
    }
    const trusted = queriesOn(book(), { prepare })
    expect(trusted.accounts(query())).to.not.have.property('quarantined')
    expect(trusted.account('world', address(1))).to.not.have.property('quarantined')
    expect(trusted.status().markets[0]).to.include({
      quarantined: false,
      quarantineReason: null,
      proven: true,
      resyncs: 2,
    })
  })

  it('count the liquidatable, and say how the chain is', () => {
    const sick: AccountSpec = { collaterals: [[0, 10n ** 18n]], debts: [[1, 1_700_000_000n]] }
    const well: AccountSpec = { collaterals: [[0, 10n ** 18n]], debts: [[1, 1_000_000n]] }
    const { markets, chains } = queriesOn(bookOf({ reserves, accounts: [sick, well] })).status()
    expect(markets[0]).to.include({
      revision: 10,
      rules: 'aave-v3.6',
      liquidatable: 1,
      accounts: 2,
      quarantined: false,
    })
    expect(chains[0]).to.include({ name: 'test', lagBlocks: 0, ready: false })
  })
})
