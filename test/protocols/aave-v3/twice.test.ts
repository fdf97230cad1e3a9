import { expect } from 'chai'
import type { Candidate, Seizure } from '../../../src/core/plan.ts'
import { type AccountSpec, bookOf, NOW, type ReserveSpec, reserve } from './world.ts'

const USD = 10n ** 8n
const ETHER = 10n ** 18n
/** A dollar a unit of both; threshold 83 %, bonus 5 %, no fee. */
const ASSET = reserve({ feeBps: 0 })
const DEBT = reserve({ decimals: 6 })

const owing = (collateralUsd: bigint, debtUsd: bigint): AccountSpec => ({
  collaterals: [[0, collateralUsd * ETHER]],
  debts: [[1, debtUsd * 10n ** 6n]],
})
const inspect = (account: AccountSpec, asset: Partial<ReserveSpec> = {}, debt: Partial<ReserveSpec> = {}) => {
  const reserves = [reserve({ ...ASSET, ...asset }), reserve({ ...DEBT, ...debt })]
  const { protocol, ledger } = bookOf({ reserves, accounts: [account] })
  return protocol.inspect(ledger, 0, NOW)
}
const calls = (found: Candidate | undefined): { once: Seizure | undefined; twice: Seizure | undefined } => ({
  once: found?.seizures.find(({ firstCover }) => firstCover === 0n),
  twice: found?.seizures.find(({ firstCover }) => firstCover > 0n),
})
const dollars = (amount: bigint | undefined): number => Number(amount ?? 0n) / 1e6
const bonus = (seizure: Seizure | undefined): number =>
  Number(seizure?.collateralSeized ?? 0n) / 1e18 - dollars(seizure?.debtCovered)

describe('Aave V3: a liquidation in two calls', () => {
  it('first just under (D − A)/(1 − (1+b)·LT), then half of the rest: the gain is b·r₁/2 more', () => {
    // A = 83,000 and D = 84,000: r₁ = 1000 / 0.1285 = 7,782, and half of 76,218.
    const { once, twice } = calls(inspect(owing(100_000n, 84_000n)))
    expect(dollars(twice?.firstCover)).to.be.within(7_770, 7_782)
    expect(dollars(twice?.debtCovered)).to.be.closeTo(45_891, 10)
    expect(bonus(once)).to.be.closeTo(2_100, 0.01)
    expect(bonus(twice)).to.be.closeTo(2_294.6, 0.5)
  })

  it('asks for a little more in the second call only, for the interest to come', () => {
    const { twice } = calls(inspect(owing(100_000n, 84_000n)))
    const { debtToCover = 0n, debtCovered = 0n, flashPremium } = twice ?? {}
    expect(dollars(debtToCover - debtCovered)).to.be.closeTo(0.38, 0.02)
    expect(flashPremium).to.equal((debtToCover * 5n + 9_999n) / 10_000n)
  })

  it('closes what the first call has brought under $2,000', () => {
    // A = 2,075 and D = 2,150: up to 583 may go first, and all of the 1,567 that are left.
    const { twice } = calls(inspect(owing(2_500n, 2_150n)))
    expect(dollars(twice?.firstCover)).to.be.closeTo(583, 1)
    expect(dollars(twice?.debtCovered)).to.equal(2_150)
  })

  it('leaves a thousand in between', () => {
    // r₁ is 1,156 and half 1,075, but only 1,049.90 may go.
    const { twice } = calls(inspect(owing(2_400n, 2_050n), { ltBps: 8_200 }))
    expect(dollars(twice?.firstCover)).to.be.below(1_050)
    expect(dollars(twice?.debtCovered)).to.equal(2_050)
  })

  for (const [what, account, asset, debt] of [
    ['one call may take everything: health 0.95', owing(100_000n, 87_369n), {}, {}],
    [
      'health is so near to 1 that nothing may go first',
      { collaterals: [[0, 100_000n * ETHER]], debts: [[1, 83_000_100_000n]] },
      {},
      {},
    ],
    ['one call may take everything: under $2,000', owing(2_300n, 1_950n), {}, {}],
    ['the pool has not enough for the first', owing(100_000n, 84_000n), { available: 5_000n * ETHER }, {}],
    ['nothing is left to borrow for the second', owing(100_000n, 84_000n), {}, { available: 7_000n * 10n ** 6n }],
  ] as const)
    it(`is not made where ${what}`, () => {
      const { once, twice } = calls(inspect(account, asset, debt))
      expect(once).to.not.equal(undefined)
      expect(twice).to.equal(undefined)
    })

  it('is smaller where the pool has less of the collateral', () => {
    const { twice } = calls(inspect(owing(100_000n, 84_000n), { available: 30_000n * ETHER }))
    expect(Number(twice?.collateralSeized) / 1e18).to.be.closeTo(30_000, 1e-6)
    expect((twice?.collateralSeized ?? 0n) <= 30_000n * ETHER).to.equal(true)
  })

  it('is smaller where less can be borrowed', () => {
    const { twice } = calls(inspect(owing(100_000n, 84_000n), {}, { available: 20_000n * 10n ** 6n }))
    expect(dollars(twice?.debtToCover)).to.equal(20_000)
  })

  it('is quoted for the two best pairs at most', () => {
    const reserves = [0, 1, 2, 3].map((n) => reserve({ priceUsd8: USD * BigInt(n + 1) })).concat(DEBT)
    const account: AccountSpec = {
      collaterals: [0, 1, 2, 3].map((id) => [id, (25_000n * ETHER) / BigInt(id + 1)]),
      debts: [[4, 84_000n * 10n ** 6n]],
    }
    const { protocol, ledger } = bookOf({ reserves, accounts: [account] })
    const twice = protocol.inspect(ledger, 0, NOW)?.seizures.filter(({ firstCover }) => firstCover > 0n)
    expect(twice).to.have.length(2)
  })
})
