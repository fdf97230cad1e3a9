import { expect } from 'chai'
import type { Candidate } from '../../../src/core/plan.ts'
import { type AccountSpec, assetOf, bookOf, type MarketSpec, NOW, type ReserveSpec, reserve } from './world.ts'

const USD = 10n ** 8n
const ETHER = 10n ** 18n
const WETH = reserve({ priceUsd8: 2000n * USD })
const USDC = reserve({ decimals: 6 })

/** Ten ether against dollars: health 0.97, or 0.9 when deep. */
const account = (deep = false): AccountSpec => ({
  collaterals: [[0, 10n * ETHER]],
  debts: [[1, deep ? 18_444_444_444n : 17_113_402_061n]],
})
const inspect = (over: Partial<MarketSpec> = {}) => {
  const { protocol, ledger } = bookOf({ reserves: [WETH, USDC], accounts: [account()], ...over })
  return once(protocol.inspect(ledger, 0, NOW))
}
/** Without the calls in two. */
const once = (found: Candidate | undefined): Candidate | undefined =>
  found && { ...found, seizures: found.seizures.filter(({ firstCover }) => firstCover === 0n) }
const withReserves = (weth: Partial<ReserveSpec>, usdc: Partial<ReserveSpec> = {}) =>
  inspect({ reserves: [reserve({ ...WETH, ...weth }), reserve({ ...USDC, ...usdc })] })

describe('Aave V3 liquidation', () => {
  it('covers half, and tells what comes of it in units and in dollars', () => {
    const found = inspect()
    const [best] = found?.seizures ?? []
    expect(found?.forbidden).to.equal(undefined)
    expect(best?.debtCovered).to.equal(8_556_701_030n)
    const seized = (best?.collateralSeized ?? 0n) + (best?.protocolFee ?? 0n)
    expect(Number(seized) / 1e18).to.be.closeTo((8556.70103 * 1.05) / 2000, 1e-9)
    const paid = (best?.debtCovered ?? 0n) + (best?.flashPremium ?? 0n)
    expect(Number(best?.grossBase) / 1e8).to.be.closeTo(
      (Number(best?.collateralSeized) / 1e18) * 2000 - Number(paid) / 1e6,
      1e-5,
    )
  })

  it('is silent about the healthy, at health 1 exactly too, and about those without debt', () => {
    const owing = (debt: bigint): AccountSpec => ({ collaterals: [[0, 10n * ETHER]], debts: [[1, debt]] })
    expect(inspect({ accounts: [owing(16_600_000_000n)] })).to.equal(undefined)
    expect(inspect({ accounts: [owing(16_600_000_001n)] })).to.not.equal(undefined)
    expect(inspect({ accounts: [{ ...owing(1n), debts: [] }] })).to.equal(undefined)
  })

  it('proposes no call that would burn nothing: a debt worth less than a unit of the collateral', () => {
    const bitcoin = reserve({ decimals: 8, priceUsd8: 20_000n * USD })
    const found = inspect({ reserves: [bitcoin, USDC], accounts: [{ collaterals: [[0, 1n]], debts: [[1, 170n]] }] })
    expect(found?.seizures).to.deep.equal([])
    expect(found?.forbidden).to.equal('nothing-to-seize')
  })

  for (const [what, weth, usdc, reason] of [
    ['an inactive collateral', { active: false }, {}, 'reserve-inactive'],
    ['an inactive debt', {}, { active: false }, 'reserve-inactive'],
    ['a paused collateral', { paused: true }, {}, 'reserve-paused'],
    ['a paused debt', {}, { paused: true }, 'reserve-paused'],
    ['inactive before paused', { active: false, paused: true }, {}, 'reserve-inactive'],
    ['a grace period on the collateral', { graceUntil: NOW + 1n }, {}, 'reserve-grace'],
    ['one that ends this very second', {}, { graceUntil: NOW }, 'reserve-grace'],
    ['one that ended a second ago', {}, { graceUntil: NOW - 1n }, undefined],
    ['frozen reserves, which are fine', { frozen: true }, { frozen: true }, undefined],
    ['no collateral left in the pool', { available: 0n }, {}, 'no-liquidity'],
    ['nothing to borrow in a flash', {}, { available: 0n }, 'no-liquidity'],
    ['flash loans off', {}, { flashLoans: false }, 'no-liquidity'],
  ] as const)
    it(`${reason ? 'is refused' : 'is allowed'} for ${what}`, () => {
      const found = withReserves(weth, usdc)
      expect(found?.forbidden).to.equal(reason)
      expect(found?.seizures).to.have.length(reason ? 0 : 1)
    })

  it('fits into what the pool holds of the collateral', () => {
    const [best] = withReserves({ available: ETHER })?.seizures ?? []
    expect(Number(best?.collateralSeized) / 1e18).to.be.closeTo(1, 1e-6)
    expect((best?.collateralSeized ?? 0n) <= ETHER).to.equal(true)
  })

  it('fits into what can be borrowed in a flash, with the room for interest cut first', () => {
    const [best] = withReserves({}, { available: 8_556_701_030n })?.seizures ?? []
    expect(best?.debtToCover).to.equal(8_556_701_030n)
    expect(withReserves({}, { available: 5_000_000_000n })?.seizures[0]?.debtToCover).to.equal(5_000_000_000n)
  })

  for (const [rules, deep, sentinelAllows, forbidden] of [
    ['aave-v3.6', false, false, 'sequencer-grace'],
    ['aave-v3.6', false, true, undefined],
    ['aave-v3.6', false, undefined, undefined],
    ['aave-v3.6', true, false, undefined],
    ['aave-v3.7', false, false, undefined],
  ] as const)
    it(`${rules}, health ${deep ? 0.9 : 0.97}, sentinel ${sentinelAllows ?? 'absent'}: ${forbidden ?? 'allowed'}`, () => {
      const market = { reserves: [WETH, USDC], accounts: [account(deep)] }
      const { protocol, ledger } = bookOf(
        { ...market, ...(sentinelAllows === undefined ? {} : { sentinelAllows }) },
        rules,
      )
      expect(protocol.inspect(ledger, 0, NOW)?.forbidden).to.equal(forbidden)
    })

  it('names the best of several, by what is left after all', () => {
    const link = reserve({ priceUsd8: 15n * USD, bonusBps: 10_700, ltBps: 6800 })
    const dai = reserve()
    const one: AccountSpec = {
      collaterals: [
        [0, 5n * ETHER],
        [2, 500n * ETHER],
      ],
      debts: [
        [1, 8_000_000_000n],
        [3, 6000n * ETHER],
      ],
    }
    const { protocol, ledger } = bookOf({ reserves: [WETH, USDC, link, dai], accounts: [one] })
    const { seizures = [] } = once(protocol.inspect(ledger, 0, NOW)) ?? {}
    expect(seizures).to.have.length(4)
    expect(seizures.map(({ grossBase }) => grossBase)).to.deep.equal(
      seizures.map(({ grossBase }) => grossBase).toSorted((a, b) => Number(b - a)),
    )
    expect(seizures[0]?.collateralAsset).to.equal(assetOf(2))
  })

  it('leaves a collateral without a bonus alone: one of an eMode, held outside of it', () => {
    const stray = reserve({ ltvBps: 0, ltBps: 0, bonusBps: 0 })
    const one: AccountSpec = { ...account(), collaterals: [...account().collaterals, [2, ETHER]] }
    const found = inspect({ reserves: [WETH, USDC, stray], accounts: [one] })
    expect(found?.seizures.map(({ collateralAsset }) => collateralAsset)).to.deep.equal([assetOf(0)])
    const alone = inspect({ reserves: [WETH, USDC, stray], accounts: [{ ...account(), collaterals: [[2, ETHER]] }] })
    expect(alone?.forbidden).to.equal('nothing-to-seize')
  })
})
