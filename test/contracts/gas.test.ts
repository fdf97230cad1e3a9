import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { type Contract, keeper, treasury } from './support/bench.ts'
import { contract } from './support/compile.ts'
import { bitcoinBorrower, RealMarket } from './support/market.ts'
import type { Order } from './support/stage.ts'

const file = new URL('gas.json', import.meta.url)
const toleranceBps = 100

/** Gas of one transaction each, on the genuine pool and exchange; `UPDATE_GAS=1` writes gas.json anew. */
describe('Liquidator: gas', function () {
  this.timeout(60_000)
  let real: RealMarket
  let liquidator: Contract
  const measured: Record<string, number> = {}
  before(async () => {
    real = await RealMarket.open()
    liquidator = await real.deploy()
    await real.keep()
  })
  beforeEach(() => real.rewind())
  after(() => {
    if (process.env['UPDATE_GAS'] === '1') writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`)
  })

  const orders: Record<string, () => Order> = {
    'WETH to USDC': () => real.order({}),
    'WETH to USDC in two calls': () => real.order({ firstCover: real.units('USDC', '700') }),
    'WBTC to WETH to USDC': () =>
      real.order({
        collateralAsset: real.token('WBTC').address,
        user: bitcoinBorrower,
        path: real.path('WBTC', 3000, 'WETH', 500, 'USDC'),
      }),
    'USDC for USDC': () =>
      real.order({ collateralAsset: real.token('USDC').address, path: '0x', debtToCover: real.units('USDC', '5000') }),
  }

  const check = (name: string, gas: number) => {
    measured[name] = gas
    if (process.env['UPDATE_GAS'] === '1') return
    const committed = (JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>)[name] ?? 0
    const differenceBps = (Math.abs(gas - committed) * 10_000) / committed
    expect(differenceBps, `${gas} gas, ${committed} in gas.json; UPDATE_GAS=1 if meant`).to.be.at.most(toleranceBps)
  }

  for (const [name, order] of Object.entries(orders)) {
    it(name, async () => {
      // A treasury that has none of the asset yet would cost another 17,100 once, and hide what changes here.
      await real.mint('USDC', treasury, 1n)
      const { gasUsed } = await real.bench.send(keeper, liquidator, 'liquidate', [order()])
      check(name, Number(gasUsed))
    })
  }

  it('the size of the contract, in bytes', () => {
    check('bytes of creation code', contract('Liquidator').bytecode.length / 2 - 1)
  })
})
