import { expect } from 'chai'
import { liquidationCost } from '../../../src/app/people/liquidation-cost.ts'
import { type AccountSpec, bookOf, NOW, type ReserveSpec, reserve } from '../../protocols/aave-v3/world.ts'

const USD = 10n ** 8n
const ETHER = 10n ** 18n
const WETH = reserve({ priceUsd8: 2000n * USD })
const USDC = reserve({ decimals: 6 })

const costOf = (account: AccountSpec, reserves: readonly ReserveSpec[] = [WETH, USDC]) => {
  const book = bookOf({ reserves, accounts: [account] })
  const before = book.account(0, NOW)
  const cost = liquidationCost(book, 0, NOW)
  expect(book.account(0, NOW), 'the book is as it was').to.deep.equal(before)
  return (
    cost && {
      debt: Number(cost.debtBase) / 1e8,
      taken: Number(cost.seizedBase) / 1e8,
      cost: Number(cost.costBase) / 1e8,
    }
  )
}

describe('what a liquidation costs its owner', () => {
  it('a small debt is closed at once, at the price at which health is just below 1', () => {
    const cost = costOf({ collaterals: [[0, ETHER]], debts: [[1, 1_500_000_000n]] })
    expect(cost?.debt).to.equal(1500)
    expect(cost?.cost).to.be.closeTo(75, 1e-4)
    expect(cost?.taken).to.be.closeTo(1575, 1e-4)
  })

  it('of a large one half is', () => {
    const cost = costOf({ collaterals: [[0, 10n * ETHER]], debts: [[1, 15_000_000_000n]] })
    expect(cost?.debt).to.be.closeTo(7500, 0.01)
    expect(cost?.cost).to.be.closeTo(375, 0.01)
  })

  it('what is liquidatable now is taken as it is, the protocol’s fee counted in', () => {
    const cost = costOf({ collaterals: [[0, ETHER]], debts: [[1, 1_700_000_000n]] })
    expect(cost).to.deep.include({ debt: 1700, taken: 1785, cost: 85 })
  })

  it('where no fall of the collateral does it, a rise of the debt, or the interest to come', () => {
    const stable: AccountSpec = { collaterals: [[1, 2_000_000_000n]], debts: [[0, ETHER / 2n]] }
    expect(costOf(stable)?.cost).to.be.above(10)
    const loop = [reserve({ root: 7n }), reserve({ root: 7n, borrowRate: 10n ** 26n })]
    const looped: AccountSpec = { collaterals: [[0, 1000n * ETHER]], debts: [[1, 800n * ETHER]] }
    expect(costOf(looped, loop)?.debt).to.be.closeTo(830, 1)
    expect(costOf(looped, [reserve({ root: 7n }), reserve({ root: 7n })])).to.equal(undefined)
  })

  it('is unknown without debt, and where no call would be allowed', () => {
    expect(costOf({ collaterals: [[0, ETHER]], debts: [] })).to.equal(undefined)
    const paused = [WETH, reserve({ decimals: 6, paused: true })]
    expect(costOf({ collaterals: [[0, ETHER]], debts: [[1, 1_700_000_000n]] }, paused)).to.equal(undefined)
  })
})
