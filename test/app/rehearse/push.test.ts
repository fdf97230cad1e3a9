import { expect } from 'chai'
import fc from 'fast-check'
import { constantAnswer, levers, priceBelow } from '../../../src/app/rehearse/push.ts'
import { WAD } from '../../../src/core/math.ts'
import type { AccountView, Holding } from '../../../src/core/protocol.ts'
import { address } from '../../core/fake-protocol.ts'

/** Asset n has its source at n + 100. */
const held = (n: number, valueBase: bigint, some: Partial<Holding> = {}): Holding => ({
  asset: address(n),
  symbol: `T${n}`,
  decimals: 18,
  amount: valueBase,
  valueBase,
  priceUsd8: 10n ** 8n,
  liquidationThresholdBps: 8_000n,
  liquidationBonusBps: 500n,
  rateRay: 0n,
  root: address(n + 100),
  ...some,
})
const owed = (n: number, valueBase: bigint, some: Partial<Holding> = {}): Holding =>
  held(n, valueBase, { liquidationThresholdBps: 0n, liquidationBonusBps: 0n, ...some })

const viewOf = (collaterals: readonly Holding[], debts: readonly Holding[]): AccountView => ({
  address: address(9),
  source: 'mirror',
  block: undefined,
  eMode: 0,
  collaterals,
  debts,
  totalCollateralBase: 0n,
  totalDebtBase: 0n,
  availableBorrowsBase: 0n,
  currentLiquidationThreshold: 0n,
  ltv: 0n,
  healthFactor: WAD,
})
const RESERVES = [1, 2, 3, 4].map((n) => ({ asset: address(n), source: address(n + 100) }))

describe('what pushes an account under', () => {
  const namesOf = (view: AccountView, reserves = RESERVES) =>
    levers(view, reserves).map(({ symbol, direction }) => `${symbol} ${direction}`)

  it('the heaviest collateral by its threshold, then the largest debt, then the others', () => {
    const light = held(1, 100n, { liquidationThresholdBps: 1_000n })
    const view = viewOf([light, held(2, 90n)], [owed(3, 10n), owed(4, 20n)])
    expect(namesOf(view)).to.deep.equal(['T2 fall', 'T4 rise', 'T1 fall', 'T3 rise'])
  })

  it('nothing without value, nothing without a source', () => {
    const view = viewOf([held(1, 0n), held(2, 5n)], [owed(3, 5n)])
    expect(namesOf(view)).to.deep.equal(['T2 fall', 'T3 rise'])
    const blind = RESERVES.map((reserve) => ({ ...reserve, source: address(0) }))
    expect(namesOf(view, blind)).to.deep.equal([])
  })

  it('a source moves every asset that stands on it, and is tried once a direction', () => {
    const ratio = held(2, 50n, { root: address(101) })
    const found = levers(viewOf([held(1, 100n), ratio], [owed(3, 10n)]), RESERVES)
    expect(found[0]?.assets).to.deep.equal([address(1), address(2)])
    const shared = [
      { asset: address(1), source: address(101) },
      { asset: address(2), source: address(101) },
    ]
    expect(namesOf(viewOf([held(1, 100n), held(2, 50n)], []), shared)).to.deep.equal(['T1 fall'])
  })
})

describe('the price that does it', () => {
  const h = (WAD * 9_999n) / 10_000n
  const fall = { assets: [address(1)], direction: 'fall' } as const
  const rise = { assets: [address(2)], direction: 'rise' } as const

  for (const [what, view, lever, price] of [
    // 100 · 0.8 · f < 40 · 0.9999: f < 0.49995, and exactly there it is not yet below.
    ['a fall', viewOf([held(1, 100n)], [owed(2, 40n)]), fall, 49_994_999n],
    // 100 · 0.8 < 40 · f · 0.9999: f > 2.00020002…
    ['a rise', viewOf([held(1, 100n)], [owed(2, 40n)]), rise, 200_020_003n],
    [
      'none where a fall to nothing leaves enough',
      viewOf([held(1, 100n), held(3, 100n)], [owed(2, 40n)]),
      fall,
      undefined,
    ],
    ['none where the debt falls with it', viewOf([held(1, 100n)], [owed(1, 40n)]), fall, undefined],
    ['none where the collateral rises with it', viewOf([held(2, 100n)], [owed(2, 40n)]), rise, undefined],
  ] as const)
    it(what, () => {
      expect(priceBelow(view, lever, h)).to.equal(price)
    })

  it('is the nearest one: one unit less of a move and health is not below', () => {
    const value = fc.bigInt(1n, 10n ** 15n)
    const bps = fc.bigInt(1n, 9_500n)
    const asset = fc.integer({ min: 1, max: 3 })
    let found = 0
    fc.assert(
      fc.property(
        fc.array(fc.tuple(asset, value, bps), { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(asset, value), { minLength: 1, maxLength: 4 }),
        fc.bigInt(1_000n, 10n ** 13n),
        fc.constantFrom('fall' as const, 'rise' as const),
        (collaterals, debts, priceUsd8, direction) => {
          const view = viewOf(
            collaterals.map(([n, v, liquidationThresholdBps]) => held(n, v, { liquidationThresholdBps, priceUsd8 })),
            debts.map(([n, v]) => owed(n, v, { priceUsd8 })),
          )
          const moves = [...view.collaterals, ...view.debts].some((one) => one.asset === address(1))
          const price = moves ? priceBelow(view, { assets: [address(1)], direction }, h) : undefined
          if (price === undefined) return
          found++
          // Both sides times the price, 10⁴ and 10¹⁸, with what moves at the new price.
          const isBelow = (at: bigint): boolean => {
            const factor = (of: string): bigint => (of === address(1) ? at : priceUsd8)
            const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n)
            const credit = sum(view.collaterals.map((c) => c.valueBase * c.liquidationThresholdBps * factor(c.asset)))
            return credit * WAD < sum(view.debts.map((d) => d.valueBase * factor(d.asset))) * 10_000n * h
          }
          expect(isBelow(price)).to.equal(true)
          expect(isBelow(direction === 'fall' ? price + 1n : price - 1n)).to.equal(false)
        },
      ),
      { numRuns: 500 },
    )
    expect(found).to.be.above(20)
  })

  it('is answered by code of forty bytes', () => {
    expect(constantAnswer(0xabcn)).to.match(/^0x7f0{61}abc5f5260205ff3$/)
  })
})
