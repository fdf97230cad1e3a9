import { expect } from 'chai'
import { percentMul, RAY } from '../../../src/core/math.ts'
import { healthFactorOf, RULES, type Rules, rulesFor } from '../../../src/protocols/aave-v3/rules.ts'
import { calculateAvailableCollateralToLiquidate } from '../../../src/protocols/aave-v3/size.ts'

/** V2's health was that of 3.0: of the average threshold, half up. */
const V30 = rulesFor('aave-v3.0', 0n) as Rules
const V35 = rulesFor('aave-v3.5', 0n) as Rules

/** Liquidations of Aave V2 on Ethereum; prices in wei of ether. */
const V2 = [
  {
    block: 13_179_291,
    pair: 'WETH for DAI',
    repaid: 128362984518555820706221n,
    debt: 256726187155586317449882n,
    debtPrice: 280595101436707n,
    debtUnit: 10n ** 18n,
    collateralPrice: 10n ** 18n,
    collateralUnit: 10n ** 18n,
    seized: 37818925894787751803n,
    collateral: 87090896478716435872n,
    thresholdBps: 8250n,
    health: '0.9974',
  },
  {
    block: 13_370_850,
    pair: 'USDC for WETH',
    repaid: 752044474949707219n,
    debt: 1519281767575166099n,
    debtPrice: 10n ** 18n,
    debtUnit: 10n ** 18n,
    collateralPrice: 278459560000000n,
    collateralUnit: 10n ** 6n,
    seized: 2835767961n,
    collateral: 6400810579n,
    thresholdBps: 8500n,
    health: '0.9972',
  },
] as const

describe('Aave liquidations that happened', () => {
  it('V3, block 17938283: the fee is 10 % of what the bonus brought, to the wei', () => {
    const toLiquidator = 18891825379519208n
    const fee = 90391508992915n
    for (const rules of RULES.filter(({ id }) => id !== 'aave-v3.7')) {
      const seized = toLiquidator + fee
      const bonus = seized - rules.withoutBonus(seized, 10_500n)
      expect(bonus).to.equal(903915089929149n)
      expect(rules.protocolFee(bonus, 1000n)).to.equal(fee)
    }
  })

  it('V3, block 23549932: the scaled burn is the cover over the index, floored', () => {
    const index = 1196317865990294248781143542n
    expect(V35.toScaled(11026542078n, index)).to.equal((11026542078n * RAY) / index)
    expect(V35.toScaled(11026542078n, index)).to.equal(18434231751n - 9217164623n)
  })

  for (const row of V2) {
    it(`V2, block ${row.block}, ${row.pair}: V3's order of roundings is off by less than a unit and its bonus`, () => {
      const { debtPrice, repaid, collateralUnit, collateralPrice, debtUnit, seized } = row
      const v2 = percentMul(debtPrice * repaid * collateralUnit, 10_500n) / (collateralPrice * debtUnit)
      expect(v2).to.equal(seized)
      const input = { ...row, collateralBalance: row.collateral, liquidationBonusBps: 10_500n, protocolFeeBps: 0n }
      for (const rules of RULES) {
        const out = calculateAvailableCollateralToLiquidate(input, repaid, rules)
        expect(out.debt).to.equal(repaid)
        expect(Number(seized - out.collateral)).to.be.within(0, 2)
      }
    })

    it(`V2, block ${row.block}: health ${row.health} by the threshold of that day`, () => {
      const collateralBase = (row.collateral * row.collateralPrice) / row.collateralUnit
      const debtBase = (row.debt * row.debtPrice) / row.debtUnit
      const health = Number(healthFactorOf(V30, collateralBase * row.thresholdBps, collateralBase, debtBase)) / 1e18
      expect(health.toFixed(4)).to.equal(row.health)
    })
  }

  it('V2, block 13179291: a later threshold would call the account healthy', () => {
    const { collateral, debt, debtPrice } = V2[0]
    const debtBase = (debt * debtPrice) / 10n ** 18n
    expect(healthFactorOf(V30, collateral * 8500n, collateral, debtBase) > 10n ** 18n).to.equal(true)
  })
})
