import { expect } from 'chai'
import type { Address } from 'viem'
import { WAD } from '../../../src/core/math.ts'
import { outcomeOf } from '../../../src/core/risk/mechanisms.ts'
import { type AccountSpec, bookOf, reserve } from '../../protocols/aave-v3/world.ts'

const USD = 10n ** 8n
const root: Address = `0x${(0xd000).toString(16).padStart(40, '0')}`
const reserves = [reserve({ priceUsd8: 2000n * USD }), reserve({ decimals: 6 })]
const factors = new Map([[root, (WAD * 9n) / 10n]])
const owing = (ether: bigint, dollars: bigint): AccountSpec => ({
  collaterals: [[0, ether * 10n ** 18n]],
  debts: [[1, dollars * 10n ** 6n]],
})
const under = (rules: string, ...accounts: AccountSpec[]) => outcomeOf(bookOf({ reserves, accounts }, rules), factors)
const usd = (base: bigint): number => Math.round(Number(base) / 1e8)

describe('one book under several rules', () => {
  it('a debt under $2,000 is closed in one call from 3.3 on, in halves before', () => {
    // One ether at 1,800 bears 1,494.
    const [old, now] = [under('aave-v3.2', owing(1n, 1_560n)), under('aave-v3.3', owing(1n, 1_560n))]
    expect([now.calls, usd(now.seizedBase), usd(now.borrowersLossBase)]).to.deep.equal([1, 1638, 78])
    expect(old.calls).to.equal(1)
    expect([usd(old.seizedBase), usd(old.borrowersLossBase)]).to.deep.equal([819, 39])
    // A tenth of the bonus is the protocol's.
    expect(Number(now.liquidatorsProfitBase) / Number(now.borrowersLossBase)).to.be.closeTo(0.9, 1e-6)
  })

  it('what is lost is lost under all of them, and nothing happens to who stays above 1', () => {
    for (const rules of ['aave-v3.2', 'aave-v3.4', 'aave-v3.5', 'aave-v3.6', 'aave-v3.7']) {
      const lost = under(rules, owing(10n, 19_000n), owing(10n, 14_000n))
      expect([lost.liquidatable, usd(lost.badDebtBase), usd(lost.seizedBase)], rules).to.deep.equal([1, 1857, 18_000])
    }
    const none = under('aave-v3.6', owing(10n, 14_000n))
    expect(none).to.deep.equal({
      ...{ liquidatable: 0, calls: 0, seizedBase: 0n },
      ...{ borrowersLossBase: 0n, liquidatorsProfitBase: 0n, badDebtBase: 0n },
    })
  })
})
