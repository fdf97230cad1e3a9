import { expect } from 'chai'
import { getAddress } from 'viem'
import { planAnswer } from '../../../src/app/risk/plan.ts'
import type { RiskWorld } from '../../../src/app/risk/world.ts'
import type { Book } from '../../../src/core/book.ts'
import { UsageError } from '../../../src/core/errors.ts'
import { WAD } from '../../../src/core/math.ts'
import { Codes } from '../../../src/core/risk/codes.ts'
import type { Hour } from '../../../src/core/risk/hour.ts'
import { hourAt } from '../../core/risk/hours.ts'
import { type AccountSpec, assetOf, bookOf, HEAD, NOW, reserve } from '../../protocols/aave-v3/world.ts'

const USD = 10n ** 8n
const ETHER = 10n ** 18n
/** R0 at 2,000 dollars, R1 a dollar of 6 decimals, R2 at 50,000, R3 on the feed of R0 at 2,400, R4 frozen. */
const RESERVES = [
  reserve({ priceUsd8: 2000n * USD }),
  reserve({ decimals: 6 }),
  reserve({ priceUsd8: 50_000n * USD, decimals: 8, ltBps: 7800 }),
  reserve({ priceUsd8: 2400n * USD, root: 0xd000n, ltBps: 8000 }),
  reserve({ frozen: true }),
]
/** A = 8300, D = 6000: health 1.3833. */
const OWNER: AccountSpec = { collaterals: [[0, 5n * ETHER]], debts: [[1, 6_000_000_000n]] }

const hourNow = Math.floor(Number(NOW) / 3600)
/** Prices of so many hours up to now, that go up and down by a share. */
const waves = (share: number, hours = 100, until = hourNow): Hour[] =>
  Array.from({ length: hours }, (_, i) =>
    hourAt(until - hours + 1 + i, { oraclePriceUsd: 100 * Math.exp(i % 2 === 0 ? 0 : share) }),
  )

function worldOf(
  accounts: readonly AccountSpec[] = [OWNER],
  hours: (reserve: number) => readonly Hour[] = () => [],
  over: Partial<RiskWorld> = {},
): RiskWorld {
  const book: Book = bookOf({ reserves: RESERVES, accounts })
  return {
    chainId: 1,
    book,
    exchange: undefined,
    codes: new Codes(),
    binS: 3600,
    hours: (root) => hours(Number(BigInt(root)) - 0xd000),
    marketHours: () => [],
    groupHours: () => [],
    distrusted: false,
    ...over,
  }
}

const addressOf = ({ book }: RiskWorld, account = 0): string => getAddress(book.ledger.address(account))
const plan = (world = worldOf(), about: { stop?: string; target?: string } = {}) =>
  planAnswer(world, { market: 'm', address: addressOf(world), ...about })

const refusal = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof UsageError) return error.code
    throw error
  }
  return 'none'
}

describe('the plan of an owner', () => {
  it('says where it speaks of, and nothing it was not asked', () => {
    const world = worldOf([OWNER], () => [], { distrusted: true })
    const answer = plan(world)
    expect(answer).to.include({
      market: 'world',
      chainId: 1,
      quarantined: true,
      address: addressOf(world),
      stop: null,
    })
    expect(answer.block).to.deep.equal({ number: '1', hash: HEAD.hash, timestamp: Number(NOW) })
    expect(BigInt(answer.healthFactor ?? 0)).to.equal((8300n * WAD) / 6000n)
  })

  describe('for a stop', () => {
    it('repay D − A/T, add (T·D − A)/LT at the prices of the stop; sell (T·D − A)/(T·r − LT) at the present rate', () => {
      // At 1,500: A = 6225, D = 6000, T = 1.2.
      const { stop } = plan(worldOf(), { stop: 'R0=1500', target: '1.2' })
      expect(stop).to.include({
        asset: getAddress(assetOf(0)),
        price: `${1500n * USD}`,
        targetHealth: `${(12n * WAD) / 10n}`,
      })
      expect(BigInt(stop?.healthFactor ?? 0)).to.equal((6225n * WAD) / 6000n)
      const [repay, add, sell] = ['repay', 'add', 'sell'].map((kind) => stop?.options.find((one) => one.kind === kind))
      expect(Number(repay?.amount) / 1e6).to.be.closeTo(6000 - 6225 / 1.2, 1e-5)
      expect(Number(add?.amount) / 1e18).to.be.closeTo((7200 - 6225) / 0.83 / 1500, 1e-9)
      // Sold now, at 2,000: what a unit brings is four thirds of its value at the stop.
      expect(Number(sell?.amount) / 1e18).to.be.closeTo((7200 - 6225) / ((1.2 * 4) / 3 - 0.83) / 1500, 1e-6)
      expect(Number(sell?.repays?.amount) / 1e6).to.be.closeTo((Number(sell?.amount) / 1e18) * 2000, 0.01)
      // Valued as it is paid for now.
      expect(Number(add?.valueBase) / 1e8).to.be.closeTo((Number(add?.amount) / 1e18) * 2000, 1e-6)
      for (const { healthAtStop, healthNow, obstacle } of stop?.options ?? []) {
        expect(Number(healthAtStop) / 1e18).to.be.closeTo(1.2, 1e-8)
        expect(BigInt(healthNow) > BigInt(healthAtStop)).to.equal(true)
        expect(obstacle).to.equal(null)
      }
    })

    it('has nothing to do where health there suffices, by default 1.05', () => {
      expect(plan(worldOf(), { stop: 'R0=1520' }).stop?.options).to.deep.equal([])
      expect(plan(worldOf(), { stop: 'R0=1510' }).stop?.options).not.to.deep.equal([])
      expect(plan(worldOf(), { stop: 'R0=1510', target: '1' }).stop?.options).to.deep.equal([])
      expect(plan(worldOf(), { stop: 'R0=1510' }).stop?.targetHealth).to.equal(`${(105n * WAD) / 100n}`)
    })

    it('says what stands in the way today, not at the stop', () => {
      // At the stop health is below 1 and nothing could be taken out; today it can.
      const deep = plan(worldOf(), { stop: 'R0=-30%', target: '1.05' }).stop
      expect(BigInt(deep?.healthFactor ?? WAD) < WAD).to.equal(true)
      expect(deep?.options.find(({ kind }) => kind === 'sell')?.obstacle).to.equal(null)
      // So much that health falls below 1 on the way.
      const deeper = plan(worldOf(), { stop: 'R0=-45%', target: '1.3' }).stop
      expect(deeper?.options.at(-1)).to.include({ kind: 'sell', obstacle: 'health-on-the-way' })
    })

    it('moves everything on the feed, and takes a rise as well', () => {
      const world = worldOf([{ collaterals: [[3, 5n * ETHER]], debts: [[1, 6_000_000_000n]] }])
      const { stop } = plan(world, { stop: 'R0=1000' })
      expect(BigInt(stop?.healthFactor ?? 0)).to.equal((5n * 1200n * 80n * WAD) / 100n / 6000n)
      const short = worldOf([{ collaterals: [[1, 9_000_000_000n]], debts: [[0, 3n * ETHER]] }])
      const risen = plan(short, { stop: 'R0=+20%' }).stop
      expect(risen?.price).to.equal(`${2400n * USD}`)
      expect(BigInt(risen?.healthFactor ?? 0)).to.equal((9000n * 83n * WAD) / 100n / 7200n)
    })

    it('meets any price to the unit', () => {
      for (const price of ['0.00000001', '1499.99999999', '1999.99999999', '2000.00000001', '123456789.87654321'])
        expect(plan(worldOf(), { stop: `R0=${price}` }).stop?.price, price).to.equal(
          String(BigInt(price.replace('.', ''))),
        )
    })

    it('leaves the book as it was', () => {
      const world = worldOf()
      const before = [...world.book.checkpoint(HEAD).cells]
      plan(world, { stop: 'R0=1000', target: '1.5' })
      expect([...world.book.checkpoint(HEAD).cells]).to.deep.equal(before)
    })

    it('needs nothing without debt', () => {
      const { stop, healthFactor, probability24h } = plan(worldOf([{ collaterals: [[0, ETHER]], debts: [] }]), {
        stop: 'R0=1',
      })
      expect([healthFactor, stop?.healthFactor, stop?.options, probability24h.value]).to.deep.equal([null, null, [], 0])
    })

    for (const [stop, code] of [
      ['R0', 'BAD_STOP'],
      ['R0=', 'BAD_STOP'],
      ['R0=abc', 'BAD_STOP'],
      ['R0=0', 'BAD_STOP'],
      ['R0=-1', 'BAD_STOP'],
      ['R0=1.123456789', 'BAD_STOP'],
      ['R9=1', 'BAD_STOP'],
      ['R0=-100%', 'BAD_SHOCK'],
      ['R0=x%', 'BAD_SHOCK'],
    ] as const)
      it(`refuses ${stop}`, () => expect(refusal(() => plan(worldOf(), { stop }))).to.equal(code))

    for (const target of ['0.99', '-1', 'x', '1e3'])
      it(`refuses a target of ${target}`, () =>
        expect(refusal(() => plan(worldOf(), { stop: 'R0=1500', target }))).to.equal('BAD_TARGET'))
  })

  it('refuses who is not there, and who cannot be valued', () => {
    for (const address of ['nobody', `0x${'9'.repeat(40)}`])
      expect(refusal(() => planAnswer(worldOf(), { market: 'm', address }))).to.equal('UNKNOWN_ACCOUNT')
    const blind = worldOf()
    const book = bookOf({ reserves: [reserve({ hasPrice: false }), ...RESERVES.slice(1)], accounts: [OWNER] })
    expect(refusal(() => plan({ ...blind, book }))).to.equal('UNKNOWN_HEALTH')
  })

  describe('tells how likely liquidation is within a day', () => {
    it('from the hours of its feeds', () => {
      // The dollar stands still. M = 2300; a day moves 8300 by √24 · 1 %.
      const world = worldOf([OWNER], (at) => (at === 0 ? waves(0.01) : waves(0)))
      const { probability24h, returns, contributions } = plan(world)
      const z = 2300 / (8300 * Math.sqrt(24) * 0.01)
      // 2Φ(−z) by the C library's erfc.
      expect(z).to.be.closeTo(5.656452, 1e-6)
      expect(probability24h.value).to.be.closeTo(1.54533975e-8, 1e-14)
      expect(returns).to.equal(99)
      expect(contributions.map(({ symbol, share }) => [symbol, Math.round(share * 1e9)])).to.deep.equal([
        ['R0', 1e9],
        ['R1', 0],
      ])
    })

    it('and whose part it is, holding by holding; a debt on the same feed is a hedge', () => {
      const both: AccountSpec = {
        collaterals: [
          [0, 5n * ETHER],
          [2, 10_000_000n],
        ],
        debts: [
          [1, 6_000_000_000n],
          [3, ETHER],
        ],
      }
      const world = worldOf([both], (at) => waves([0.02, 0, 0.03][at] ?? 0))
      const { contributions, probability24h } = plan(world)
      expect(probability24h.value).to.be.within(0, 1)
      expect(contributions.reduce((sum, { share }) => sum + share, 0)).to.be.closeTo(1, 1e-12)
      const ether = contributions.find(({ symbol }) => symbol === 'R0')
      expect(ether?.holdings.map(({ symbol, side, share }) => [symbol, side, share < 0])).to.deep.equal([
        ['R0', 'collateral', false],
        ['R3', 'debt', true],
      ])
      for (const { share, holdings } of contributions)
        expect(holdings.reduce((sum, one) => sum + one.share, 0)).to.be.closeTo(share, 1e-12)
    })

    it('and what another collateral would make of it: the steadier it is, the better', () => {
      const world = worldOf([OWNER], (at) => waves([0.03, 0, 0.05][at] ?? 0))
      const { additions, probability24h } = plan(world)
      expect(additions.map(({ symbol }) => symbol)).to.deep.equal(
        ['R1', 'R2', 'R0'].toSorted((a, b) => chance(a) - chance(b)),
      )
      function chance(symbol: string): number {
        return additions.find((one) => one.symbol === symbol)?.probability24h ?? -1
      }
      expect(additions[0]?.symbol).to.equal('R1')
      expect(additions[0]?.valueBase).to.equal(`${600n * USD}`)
      expect(chance('R1')).to.be.below(probability24h.value ?? 0)
      // Frozen, and the second on its feed: neither is offered.
      expect(additions.map(({ symbol }) => symbol)).not.to.include.members(['R3', 'R4'])
    })

    it('or what it lacks: hours, hours of every feed, hours of late', () => {
      const missing = { value: null, lacks: ['hours'] }
      for (const hours of [
        () => [],
        (at: number) => (at === 0 ? waves(0.01) : []),
        () => waves(0.01, 48),
        () => waves(0.01, 100, hourNow - 30),
      ]) {
        const { probability24h, contributions, additions } = plan(worldOf([OWNER], hours))
        expect([probability24h, contributions, additions]).to.deep.equal([missing, [], []])
      }
    })

    it('and a liquidatable account is liquidated', () => {
      const sick: AccountSpec = { collaterals: [[0, 3n * ETHER]], debts: [[1, 6_000_000_000n]] }
      expect(plan(worldOf([sick], () => waves(0.01))).probability24h.value).to.equal(1)
    })

    it('by bins of any width', () => {
      const minutes = (share: number): Hour[] => waves(share, 100, Math.floor(Number(NOW) / 60))
      const rehearsed = plan(worldOf([OWNER], (at) => minutes(at === 0 ? 0.01 / Math.sqrt(60) : 0), { binS: 60 }))
      const real = plan(worldOf([OWNER], (at) => (at === 0 ? waves(0.01) : waves(0))))
      expect((rehearsed.probability24h.value ?? 0) / (real.probability24h.value ?? 1)).to.be.closeTo(1, 1e-6)
    })
  })
})
