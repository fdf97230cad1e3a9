import { expect } from 'chai'
import * as fc from 'fast-check'
import type { Address } from 'viem'
import type { Cascade, CascadeCall } from '../../../src/core/risk/cascade.ts'
import { branchingOf, isCritical, multiplierOf, smallestFall } from '../../../src/core/risk/multiplier.ts'

const root: Address = `0x${'1'.repeat(40)}`

/** Only what is looked at. */
const told = (
  prices: readonly bigint[],
  volumes: readonly bigint[],
  stopped: Cascade['stopped'] = 'settled',
): Cascade => ({
  before: new Map([[root, prices[0] ?? 0n]]),
  arbitrage: [],
  references: [],
  rounds: volumes.map((seizedBase, i) => ({
    prices: new Map([[root, prices[i + 1] ?? 0n]]),
    liquidatable: 1,
    calls: [{ seizedBase } as CascadeCall],
  })),
  finalPrices: new Map([[root, prices.at(-1) ?? 0n]]),
  stopped,
  left: { accounts: 0, debtBase: 0n },
})

describe('a cascade as a whole', () => {
  for (const [what, cascade, multiplier] of [
    ['nothing on top of the shock', told([100n, 90n], []), 1],
    ['as much again', told([100n, 90n, 80n], [5n]), 2],
    ['a rise that goes on', told([100n, 110n, 125n], [5n]), 2.5],
    ['no shock', told([100n, 100n, 80n], [5n]), null],
  ] as const)
    it(`multiplier with ${what}: ${multiplier}`, () => expect(multiplierOf(cascade, root)).to.equal(multiplier))

  for (const [what, cascade, branching] of [
    ['one round and its end', told([100n, 90n], [8n]), 0],
    ['each half of the one before', told([100n, 90n], [8n, 4n, 2n, 1n]), 7 / 15],
    ['the last one cut off', told([100n, 90n], [8n, 4n], 'rounds'), 0.5],
    ['nothing seized', told([100n, 90n], []), null],
  ] as const)
    it(`branching with ${what}: ${branching}`, () => expect(branchingOf(cascade)).to.equal(branching))

  it('runs away beyond a multiplier of 2, or where the pools are drained', () => {
    expect(isCritical(told([100n, 90n, 80n], [5n]), root)).to.equal(false)
    expect(isCritical(told([100n, 90n, 79n], [5n]), root)).to.equal(true)
    expect(isCritical(told([100n, 90n, 89n], [5n], 'pools-drained'), root)).to.equal(true)
    expect(isCritical(told([100n, 100n], []), root)).to.equal(false)
  })

  it('finds the smallest fall to the tenth of a per cent, and asks little', () => {
    const falls = [10, 20, 50, 100, 300, 900]
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (edge) => {
        let asked = 0
        const found = smallestFall(falls, (fall) => {
          asked++
          return fall >= edge
        })
        expect(found).to.equal(edge > 900 ? undefined : edge)
        expect(asked).to.be.at.most(falls.length + 10)
      }),
    )
  })
})
