import { expect } from 'chai'
import type { Address } from 'viem'
import { PoolBook } from '../../../src/core/pool-book.ts'
import type { Log } from '../../../src/core/types.ts'
import { uniswapV3 } from '../../../src/protocols/uniswap-v3/index.ts'
import { address, answer, burn, header, initialize, mint, pageOf, type Storage, ticksOf } from './contract.ts'

const [usdc, weth, dai, here, there] = [1, 2, 3, 0xaa, 0xbb].map(address) as [
  Address,
  Address,
  Address,
  Address,
  Address,
]
const positions = [
  [-6000, 6000, 10n ** 20n],
  [-60, 120, 10n ** 22n],
  [60, 600, 5n ** 20n],
] as const

const storage = (over: Partial<Storage> = {}): Storage => ({
  ...{ token0: usdc, token1: weth, fee: 3000, tickSpacing: 60, tick: 30, ticks: ticksOf(positions) },
  ...over,
})

/** A book of one pool (or none, where nothing is stored), at block 1. */
function open(stored: Storage | undefined, logs: readonly Log[] = []) {
  const pools = new Map<Address, Storage>(stored === undefined ? [] : [[here, stored]])
  const book = new PoolBook('pools', uniswapV3([here]))
  const page = (number: bigint, told: readonly Log[] = [], branch = 0) => {
    const { facts, rounds } = pageOf(header(number, branch), told, (f) => book.reads(f), pools)
    book.apply(facts)
    return rounds
  }
  return { book, pools, page, rounds: page(1n, logs) }
}

const sold = (book: PoolBook, amountIn: bigint) => {
  const [bid] = book.bids(usdc, weth)
  return bid?.sell(amountIn).amountOut
}

describe('the plug of uniswap v3', () => {
  it('reads a pool whole in three rounds, and asks nothing in later pages', () => {
    const { book, page, rounds } = open(storage())
    // What is fixed; the words of a spacing of 60; the ticks, of which two positions share one.
    expect(rounds).to.deep.equal([6, 116, 6])
    expect(book.pools()).to.deep.equal([{ pool: here, assets: [usdc, weth], feePips: 3000 }])
    expect(page(2n, [mint(here, -120, 120, 10n ** 18n)])).to.deep.equal([])
    expect(page(3n)).to.deep.equal([])
  })

  it('takes the reading as it is, not what the logs of its own page have told', () => {
    const { book } = open(storage(), [mint(here, -60, 120, 10n ** 22n)])
    expect(sold(book, 10n ** 18n)).to.equal(sold(open(storage()).book, 10n ** 18n))
  })

  it('equals, after logs, a reading of what they led to, also where a range ends or begins at the price', () => {
    const led = storage({ tick: 60, ticks: ticksOf([...positions, [-300, 60, 10n ** 19n]]) })
    const { book, page } = open(storage({ tick: 60, ticks: ticksOf(positions.slice(0, 1)) }))
    const [, second, third] = positions
    page(2n, [mint(here, ...second), mint(here, ...third), mint(here, -300, 0, 77n), mint(here, -300, 60, 10n ** 19n)])
    page(3n, [burn(here, -300, 0, 70n), burn(here, -60, 120, 0n), burn(here, -300, 0, 7n)])
    const calls = book.exchange.audit.calls(book.ledger, here)
    const answers = calls.map((call) => ({ ...call, result: answer(led, call) }))
    expect(calls).to.have.length(6 + 116 + 7)
    expect(book.exchange.audit.compare(book.ledger, answers)).to.deep.equal([])
  })

  it('keeps a tick that nets to nothing: a swap rounds there', () => {
    const both = [
      [-600, 0, 10n ** 20n],
      [0, 600, 10n ** 20n],
    ] as const
    const { book, page } = open(storage({ ticks: ticksOf(both) }))
    expect(book.bids(usdc, weth)[0]?.sell(10n ** 18n).ticksCrossed).to.equal(1)
    page(2n, [burn(here, -600, 0, 10n ** 20n), burn(here, 0, 600, 10n ** 20n), mint(here, -600, 600, 10n ** 20n)])
    expect(book.bids(usdc, weth)[0]?.sell(10n ** 18n).ticksCrossed).to.equal(0)
  })

  it('names what differs from the chain, by field', () => {
    const { book } = open(storage())
    const chain = storage({ tick: 31, ticks: ticksOf([[-60, 120, 10n ** 22n]]) })
    const calls = book.exchange.audit.calls(book.ledger, here)
    const fields = (pool: Storage) =>
      book.exchange.audit
        .compare(
          book.ledger,
          calls.map((call) => ({ ...call, result: answer(pool, call) })),
        )
        .map(({ field }) => field)
    expect(fields(storage())).to.deep.equal([])
    expect(fields(chain)).to.include.members(['slot0.sqrtPriceX96', 'slot0.tick', 'liquidity', 'tickBitmap(0)'])
    expect(fields(chain)).to.include.members(['ticks(600).liquidityNet', 'ticks(600).liquidityGross'])
    const [first] = calls
    if (first === undefined) throw new Error('no calls')
    const gone = book.exchange.audit.compare(book.ledger, [{ ...first, result: '0x' }])
    expect(gone).to.deep.equal([{ address: here, field: first.data, ours: 'known', chain: 'unknown' }])
  })

  it('is silent about an address where no pool is, and asks again once it says something', () => {
    const { book, pools, page, rounds } = open(undefined)
    expect(rounds).to.deep.equal([6])
    expect(page(2n)).to.deep.equal([])
    expect(book.pools()).to.deep.equal([])
    expect(book.exchange.audit.calls(book.ledger, here)).to.deep.equal([])
    pools.set(here, storage())
    expect(page(3n)).to.deep.equal([])
    expect(page(4n, [initialize(here, 30)])).to.deep.equal([6, 116, 6])
    expect(book.pools()).to.have.length(1)
  })

  it('follows a pool from before it has a price', () => {
    const { book, page } = open(storage({ tick: 0, sqrtPriceX96: 0n, ticks: new Map() }))
    expect([book.pools(), book.bids(usdc, weth)]).to.deep.equal([[], []])
    page(2n, [initialize(here, 30), ...positions.map(([lower, upper, amount]) => mint(here, lower, upper, amount))])
    expect(sold(book, 10n ** 18n)).to.equal(sold(open(storage()).book, 10n ** 18n))
  })

  it('sells either asset of its pair, and no other', () => {
    const { book } = open(storage())
    const [down, up] = [book.bids(usdc, weth), book.bids(weth, usdc)]
    expect([down.length, up.length]).to.deep.equal([1, 1])
    expect([book.bids(usdc, dai), book.bids(dai, weth), book.bids(usdc, usdc)]).to.deep.equal([[], [], []])
    // Once there and back costs the fee twice, and a little.
    const got = down[0]?.sell(10n ** 18n).amountOut ?? 0n
    const back = up[0]?.sell(got).amountOut ?? 0n
    expect(Number(back) / 1e18).to.be.closeTo(0.997 ** 2, 0.001)
  })

  it('leaves alone what is said of others', () => {
    const { book, page } = open(storage())
    const before = sold(book, 10n ** 18n)
    page(2n, [mint(there, -60, 120, 10n ** 22n), initialize(there, 5)])
    const foreign = { to: there, data: '0x3850c7bd', result: '0x' } as const
    const unknown = { to: here, data: '0x12345678', result: '0x' } as const
    book.apply({ block: header(3n), logs: [], reads: [foreign, unknown] })
    expect(sold(book, 10n ** 18n)).to.equal(before)
    expect(book.exchange.audit.compare(book.ledger, [foreign, unknown])).to.deep.equal([])
  })

  for (const [what, lower, upper] of [
    ['new ticks', -120, 180],
    ['the amounts at old ticks', -60, 120],
  ] as const)
    it(`forgets a branch that is gone with ${what}, also where the new one changes the same`, () => {
      const { book, page } = open(storage())
      const before = sold(book, 10n ** 18n)
      page(2n, [mint(here, lower, upper, 10n ** 24n)])
      const then = sold(book, 10n ** 18n)
      expect(then).to.not.equal(before)
      book.rollback(header(1n))
      expect(sold(book, 10n ** 18n)).to.equal(before)
      page(2n, [mint(here, lower, upper, 10n ** 20n)], 1)
      const now = sold(book, 10n ** 18n)
      expect(now).to.not.equal(then)
      expect(now).to.not.equal(before)
    })

  it('undoes its first reading, too', () => {
    const { book, page } = open(storage())
    book.rollback(header(0n))
    expect(book.pools()).to.deep.equal([])
    expect(page(1n, [], 1)).to.deep.equal([6, 116, 6])
  })

  it('is restored from a checkpoint, whatever came after that block', () => {
    const { book, page } = open(storage())
    const before = sold(book, 10n ** 18n)
    page(2n, [mint(here, -120, 180, 10n ** 24n)])
    const checkpoint = book.checkpoint(header(1n))
    const again = new PoolBook('pools', uniswapV3([here]))
    again.restore(checkpoint)
    expect(again.head).to.deep.equal(header(1n))
    expect(sold(again, 10n ** 18n)).to.equal(before)
    expect(again.reads({ block: header(2n), logs: [], reads: [] })).to.deep.equal([])
  })

  it('forgets the undo of what is final', () => {
    const { book, page } = open(storage())
    page(2n, [mint(here, -120, 180, 10n ** 24n)])
    const then = sold(book, 10n ** 18n)
    book.finalize(2n)
    book.rollback(header(1n))
    expect(sold(book, 10n ** 18n)).to.equal(then)
  })

  it('holds so many pools and no more', () => {
    expect(() => uniswapV3(Array.from({ length: 1025 }, (_, n) => address(n + 1)))).to.throw(RangeError, '1024')
  })
})
