import { expect } from 'chai'
import { playStaircase } from '../../scripts/staircase/play.ts'

describe('the oracle staircase of 2025-10-10, on the replica of Ethereum', function () {
  this.timeout(120_000)

  it('liquidates fewer by the oracle’s rounds than an exchange’s lows invent', async () => {
    const { oracle, exchange, invented } = await playStaircase({ accounts: 200, seed: 1 })
    expect(oracle.mismatched + exchange.mismatched).to.equal(0)
    expect(oracle.liquidatable.size, 'by rounds').to.be.above(0)
    expect(invented, 'invented by lows').to.be.above(0)
    // A lower price makes nobody healthier who holds bitcoin; who owes it is helped.
    expect(exchange.debtUsd8 > oracle.debtUsd8).to.equal(true)
  })
})
