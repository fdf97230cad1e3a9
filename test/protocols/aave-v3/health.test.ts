import { expect } from 'chai'
import fc from 'fast-check'
import { RAY, UINT256_MAX } from '../../../src/core/math.ts'
import { calculateCompoundedInterest, calculateLinearInterest } from '../../../src/protocols/aave-v3/interest.ts'
import { healthFactorOf, type Rules, rulesFor } from '../../../src/protocols/aave-v3/rules.ts'
import { type AccountSpec, bookOf, type MarketSpec, NOW, reserve } from './world.ts'

const YEAR = 31_536_000n
const FIVE_PERCENT = 5n * 10n ** 25n
const USD = 10n ** 8n
const ETHER = 10n ** 18n

const V36 = rulesFor('aave-v3.6', 0n) as Rules

const viewOf = (market: Omit<MarketSpec, 'accounts'>, account: AccountSpec, timestamp = NOW) =>
  bookOf({ ...market, accounts: [account] }).account(0, timestamp)

describe('Aave V3 interest', () => {
  for (const [what, rate, seconds, linear, compounded] of [
    ['no time', FIVE_PERCENT, 0n, RAY, RAY],
    ['no rate', 0n, YEAR, RAY, RAY],
    ['a second', FIVE_PERCENT, 1n, 1000000001585489599188229325n, 1000000001585489600445117960n],
    ['a year', FIVE_PERCENT, YEAR, 105n * 10n ** 25n, 1051270833333333333333333333n],
  ] as const)
    it(`over ${what}`, () => {
      expect(calculateLinearInterest(rate, seconds)).to.equal(linear)
      expect(calculateCompoundedInterest(rate, seconds)).to.equal(compounded)
    })

  it('compounds to less than e^x by the rest of the series, and never below the linear one', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: RAY }), fc.bigInt({ min: 0n, max: YEAR }), (rate, seconds) => {
        const compounded = calculateCompoundedInterest(rate, seconds)
        const x = Number((rate * seconds) / YEAR) / 1e27
        expect(compounded >= calculateLinearInterest(rate, seconds)).to.equal(true)
        expect(Number(compounded) / 1e27).to.be.within(Math.exp(x) - x ** 4 / 8 - 1e-12, Math.exp(x) + 1e-12)
      }),
    )
  })
})

describe('Aave V3 health factor', () => {
  for (const [what, weighted, debt, health] of [
    ['no debt', 0n, 0n, UINT256_MAX],
    ['collateral weighs what is owed', 10_000n, 1n, ETHER],
    ['a third, floored', 10_000n, 3n, 333_333_333_333_333_333n],
    // wadDiv is half up before the division by 1e4 floors: 1e22 − 0.4 rounds to 1e22, which is health 1.
    ['a hair below one that rounds up', 25n * 10n ** 21n - 1n, 25n * 10n ** 17n, ETHER],
    ['a hair more below', 25n * 10n ** 21n - 2n, 25n * 10n ** 17n, ETHER - 1n],
    ['nothing against a debt', 0n, 1n, 0n],
  ] as const)
    it(what, () => {
      expect(healthFactorOf(V36, weighted, 0n, debt)).to.equal(health)
    })

  it('floors collateral and ceils debt, twice each', () => {
    const indices = { liquidityIndex: RAY + 1n, variableBorrowIndex: RAY + 1n }
    const reserves = [reserve({ ...indices, priceUsd8: 10n ** 18n }), reserve({ ...indices, priceUsd8: 10n ** 18n })]
    const view = viewOf({ reserves }, { collaterals: [[0, 10n]], debts: [[1, 10n]] })
    expect([view?.totalCollateralBase, view?.totalDebtBase]).to.deep.equal([10n, 11n])
    const dust = [reserve(), reserve()]
    const tiny = viewOf({ reserves: dust }, { collaterals: [[0, 1n]], debts: [[1, 1n]] })
    expect([tiny?.totalCollateralBase, tiny?.totalDebtBase]).to.deep.equal([0n, 1n])
  })

  it('accrues from the last update on, and not before it', () => {
    const accruing = reserve({ liquidityRate: FIVE_PERCENT, borrowRate: FIVE_PERCENT, updatedAt: NOW })
    const account: AccountSpec = { collaterals: [[0, 100n * ETHER]], debts: [[1, 50n * ETHER]] }
    const at = (timestamp: bigint) => viewOf({ reserves: [accruing, accruing] }, account, timestamp)
    expect(at(NOW - 10n)).to.deep.equal(at(NOW))
    expect(at(NOW + YEAR)?.totalCollateralBase).to.equal(105n * USD)
    expect(at(NOW + YEAR)?.totalDebtBase).to.equal(5_256_354_167n)
  })

  it('takes the category terms for what is in its bitmap, the own ones for the rest', () => {
    const eModes = [{ id: 3, ltvBps: 9300, ltBps: 9500, bonusBps: 10_100, collaterals: [0] }]
    const account: AccountSpec = {
      eMode: 3,
      collaterals: [0, 1].map((id) => [id, ETHER] as const),
      debts: [[2, ETHER]],
    }
    const view = viewOf({ reserves: [reserve(), reserve(), reserve()], eModes }, account)
    expect(view?.collaterals.map((c) => [c.liquidationThresholdBps, c.liquidationBonusBps])).to.deep.equal([
      [9500n, 10_100n],
      [8300n, 10_500n],
    ])
    expect(view?.currentLiquidationThreshold).to.equal(8900n)
  })

  it('counts an enabled asset without a threshold in the total, and not in health', () => {
    const reserves = [reserve(), reserve({ ltvBps: 0, ltBps: 0, bonusBps: 0 }), reserve()]
    const account: AccountSpec = { collaterals: [0, 1].map((id) => [id, ETHER] as const), debts: [[2, ETHER]] }
    const view = viewOf({ reserves }, account)
    expect(view?.totalCollateralBase).to.equal(2n * USD)
    expect(view?.healthFactor).to.equal(830_000_000_000_000_000n)
  })

  it('is not known without a price', () => {
    const account: AccountSpec = { collaterals: [[0, ETHER]], debts: [[1, ETHER]] }
    expect(viewOf({ reserves: [reserve({ priceUsd8: 0n }), reserve()] }, account)).to.equal(undefined)
  })
})

describe('Aave V3 rules', () => {
  for (const [configured, revision, id] of [
    ['auto', 10n, 'aave-v3.6'],
    ['auto', 11n, 'aave-v3.7'],
    ['auto', 1n, 'aave-v3.0'],
    ['auto', 3n, 'aave-v3.0'],
    ['auto', 4n, 'aave-v3.1'],
    ['auto', 5n, 'aave-v3.2'],
    ['auto', 6n, 'aave-v3.2'],
    ['auto', 7n, 'aave-v3.3'],
    ['auto', 8n, 'aave-v3.4'],
    ['auto', 9n, 'aave-v3.5'],
    ['auto', 12n, undefined],
    ['auto, 12 = aave-v3.6', 12n, 'aave-v3.6'],
    ['auto,12=aave-v3.6,13=aave-v3.7', 13n, 'aave-v3.7'],
    ['auto, 10 = aave-v3.7', 10n, 'aave-v3.7'],
    ['auto, 12 = aave-v9', 12n, undefined],
    ['auto, twelve = aave-v3.6', 10n, undefined],
    ['sparklend', 1n, 'sparklend'],
    ['auto', 99n, undefined],
    ['aave-v3.7', 99n, 'aave-v3.7'],
    ['aave-v9', 10n, undefined],
  ] as const)
    it(`for ${configured} and revision ${revision} are ${id ?? 'not known'}`, () => {
      expect(rulesFor(configured, revision)?.id).to.equal(id)
    })

  it('are missing for an unknown revision: no view before the chain was asked, no call, no advice, but the market is still seen', () => {
    const account: AccountSpec = { collaterals: [[0, ETHER]], debts: [[1, ETHER]] }
    const { protocol, ledger } = bookOf({ reserves: [reserve(), reserve()], accounts: [account], revision: 99n })
    expect(protocol.account(ledger, 0, NOW)).to.equal(undefined)
    expect(protocol.inspect(ledger, 0, NOW)).to.equal(undefined)
    expect(protocol.rescue(ledger, 0, NOW, ETHER)).to.deep.equal([])
    expect(protocol.market(ledger).rules).to.equal(undefined)
    expect(protocol.market(ledger).reserves).to.have.length(2)
  })
})
