import { expect } from 'chai'
import fc from 'fast-check'
import { RAY, WAD } from '../../src/core/math.ts'
import { distancePct, liquidationPrices, timeToLiquidationS } from '../../src/core/position.ts'
import type { AccountView, Holding } from '../../src/core/protocol.ts'
import { type AccountSpec, assetOf, bookOf, NOW, type ReserveSpec, reserve } from '../protocols/aave-v3/world.ts'

const USD = 10n ** 8n
const ETHER = 10n ** 18n

/** 0 and 1 stand on one feed, as ether and staked ether do; 2 on another; 3 is a dollar. */
const market = (over: Partial<ReserveSpec> = {}): ReserveSpec[] => [
  reserve({ priceUsd8: 2000n * USD, root: 1n, ...over }),
  reserve({ priceUsd8: 2300n * USD, root: 1n, ltBps: 8100, ...over }),
  reserve({ priceUsd8: 60_000n * USD, decimals: 8, ltBps: 7800, ...over }),
  reserve({ decimals: 6, ltBps: 8000, ...over }),
]
const amounts = [ETHER, ETHER, 10n ** 8n, 10n ** 6n]

/** In thousandths of a whole unit. */
const spec = (collaterals: readonly bigint[], debts: readonly bigint[]): AccountSpec => {
  const side = (thousandths: readonly bigint[]) =>
    thousandths
      .map((value, id) => [id, (value * (amounts[id] ?? 0n)) / 1000n] as const)
      .filter(([, amount]) => amount > 0n)
  return { collaterals: side(collaterals), debts: side(debts) }
}

const viewOf = (account: AccountSpec, reserves = market(), timestamp = NOW) => {
  const view = bookOf({ reserves, accounts: [account] }).account(0, timestamp)
  if (view === undefined) throw new Error('no view')
  return view
}

/** All prices of one feed by a factor. */
const scaled = (root: string, factorWad: bigint): ReserveSpec[] =>
  market().map((one, id) => {
    const own = viewOf(spec([1n, 1n, 1n, 1n], [])).collaterals.find(({ asset }) => asset === assetOf(id))?.root
    return own === root ? { ...one, priceUsd8: (one.priceUsd8 * factorWad) / WAD } : one
  })

/** Where a feed moves collateral and debt alike, a rounding of either weighs more than their difference. */
function leverage(view: AccountView, root: string): number {
  const weigh = (of: readonly Holding[], bps: (one: Holding) => bigint) =>
    of.reduce((sum, one) => sum + (one.root === root ? Number(one.valueBase * bps(one)) : 0), 0)
  const credit = weigh(view.collaterals, (one) => one.liquidationThresholdBps)
  const debit = weigh(view.debts, () => 10_000n)
  return (credit + debit) / Math.abs(credit - debit)
}

describe('liquidation price', () => {
  const thousandths = fc.bigInt({ min: 0n, max: 10n ** 7n })
  const sides = fc.tuple(thousandths, thousandths, thousandths, thousandths)

  it('is where health is 1, to two units of the feed, re-evaluated in integers', () => {
    let found = 0
    fc.assert(
      fc.property(sides, sides, (collaterals, debts) => {
        const account = spec(collaterals, debts)
        const view = viewOf(account)
        if (view.totalDebtBase === 0n || view.healthFactor < WAD) return
        for (const { asset, priceUsd8, factorWad } of liquidationPrices(view).all) {
          const holding = view.collaterals.find((one) => one.asset === asset)
          if (holding === undefined || priceUsd8 < 100n || holding.valueBase < 1000n * USD) continue
          found++
          const unit = BigInt(Math.ceil(leverage(view, holding.root))) * ((2n * WAD) / holding.priceUsd8 + 1n)
          const at = (factor: bigint) => viewOf(account, scaled(holding.root, factor)).healthFactor
          expect(priceUsd8).to.equal((holding.priceUsd8 * factorWad) / WAD)
          expect(at(factorWad + unit) >= WAD, 'healthy just above').to.equal(true)
          expect(at(factorWad - unit) < WAD, 'unhealthy just below').to.equal(true)
        }
      }),
      { numRuns: 1500 },
    )
    expect(found).to.be.above(200)
  })

  it('of the driving collateral comes first, and moves all that stands on its feed', () => {
    const view = viewOf(spec([5000n, 5000n, 10n, 0n], [0n, 0n, 0n, 10_000_000n]))
    const { driving, all } = liquidationPrices(view)
    expect(driving).to.equal(all[0])
    expect(driving?.asset).to.equal(assetOf(1))
    // 5·2000·0.83 + 5·2300·0.81 = 17615 against 10000 − 0.01·60000·0.78 = 9532
    expect(Number(driving?.factorWad) / 1e18).to.be.closeTo(9532 / 17615, 1e-9)
    expect(distancePct(driving ?? { asset: assetOf(1), symbol: '', priceUsd8: 0n, factorWad: 0n })).to.be.closeTo(
      45.887,
      0.001,
    )
  })

  for (const [what, collaterals, debts] of [
    ['short: more of it is owed than held', [1000n, 0n, 0n, 10_000_000n], [2000n, 0n, 0n, 0n]],
    ['the debt falls with it', [5000n, 0n, 0n, 0n], [1000n, 0n, 0n, 0n]],
    ['no debt', [5000n, 0n, 0n, 0n], []],
    ['the rest alone carries the debt', [1000n, 0n, 0n, 50_000_000n], [0n, 0n, 0n, 1000n]],
  ] as const)
    it(`is none: ${what}`, () => {
      const prices = liquidationPrices(viewOf(spec(collaterals, debts))).all
      expect(prices.filter(({ asset }) => asset === assetOf(0))).to.deep.equal([])
    })

  it('may be that of a lighter collateral alone: then there is no driving one', () => {
    const { driving, all } = liquidationPrices(viewOf(spec([0n, 0n, 900n, 60_000_000n], [0n, 0n, 0n, 80_000_000n])))
    expect(driving).to.equal(undefined)
    expect(all.map(({ asset }) => asset)).to.deep.equal([assetOf(2)])
  })

  it('is at hand when health is below 1 already: distance 0', () => {
    const view = viewOf(spec([1000n, 0n, 0n, 0n], [0n, 0n, 0n, 1_900_000n]))
    const { driving } = liquidationPrices(view)
    expect(driving?.factorWad).to.satisfy((factor: bigint) => factor > WAD)
    expect(driving && distancePct(driving)).to.equal(0)
  })

  it('has a distance between nothing and everything, four decimals', () => {
    const at = (factorWad: bigint) => distancePct({ asset: assetOf(0), symbol: '', priceUsd8: 0n, factorWad })
    expect([at(0n), at(WAD), at(2n * WAD), at((WAD * 8n) / 10n)]).to.deep.equal([100, 0, 0, 20])
    expect(at(WAD - 1n)).to.equal(0)
    expect(at((WAD * 123_456n) / 1_000_000n)).to.equal(87.6544)
  })
})

describe('time to liquidation', () => {
  const rate = fc.bigInt({ min: 0n, max: RAY / 2n })

  it("is when interest alone brings health below 1, by the contract's own accrual", () => {
    let found = 0
    fc.assert(
      fc.property(rate, rate, fc.integer({ min: 1000, max: 1200 }), (liquidityRate, borrowRate, healthMilli) => {
        const reserves = market({ liquidityRate, borrowRate })
        const debt = (5000n * 2000n * 83n * 1000n) / (100n * BigInt(healthMilli))
        const account = spec([5000n, 0n, 0n, 0n], [0n, 0n, 0n, debt])
        const seconds = timeToLiquidationS(viewOf(account, reserves))
        // Beyond, the pool's polynomial and e^x part ways.
        if (seconds === undefined || (Number(borrowRate) / 1e27) * (seconds / 31_536_000) > 0.4) return
        found++
        const at = (s: number) => viewOf(account, reserves, NOW + BigInt(Math.floor(s))).healthFactor
        expect(at(seconds * 1.02 + 60) < WAD, `${seconds} s later`).to.equal(true)
        if (seconds > 100) expect(at(seconds * 0.98 - 60) >= WAD, `before ${seconds} s`).to.equal(true)
      }),
      { numRuns: 500 },
    )
    expect(found).to.be.above(100)
  })

  it('is nothing for the unhealthy, and never for those without debt or without interest', () => {
    const unhealthy = spec([1000n, 0n, 0n, 0n], [0n, 0n, 0n, 1_900_000n])
    expect(timeToLiquidationS(viewOf(unhealthy))).to.equal(0)
    expect(timeToLiquidationS(viewOf(spec([1000n, 0n, 0n, 0n], [])))).to.equal(undefined)
    expect(timeToLiquidationS(viewOf(spec([1000n, 0n, 0n, 0n], [0n, 0n, 0n, 1000n])))).to.equal(undefined)
  })

  it('is none when collateral earns more than the debt costs', () => {
    const earning = market().map((one, id) => ({ ...one, liquidityRate: RAY / 10n, borrowRate: id === 3 ? 0n : RAY }))
    expect(timeToLiquidationS(viewOf(spec([1000n, 0n, 0n, 0n], [0n, 0n, 0n, 1_600_000n]), earning))).to.equal(undefined)
  })
})
