import { expect } from 'chai'
import fc from 'fast-check'
import { type FlowEvent, netFlows, rotationShare } from '../../../src/core/risk/flows.ts'

const event = (kind: FlowEvent['kind'], usd8: bigint, over: Partial<FlowEvent> = {}): FlowEvent => ({
  ...{ chainId: 1, asset: 'USDC', kind, usd8 },
  ...over,
})

describe('net flows', () => {
  it('are what came in less what went out, by chain and asset', () => {
    const found = netFlows([
      event('supply', 100n),
      event('withdraw', 30n),
      event('borrow', 50n),
      event('repay', 70n),
      event('mint', 9n),
      event('burn', 10n),
      event('bridge-in', 1n),
      event('bridge-out', 4n),
      event('supply', 5n, { chainId: 10 }),
      event('supply', 6n, { asset: 'WETH' }),
    ])
    expect(found).to.deep.equal([
      { chainId: 1, asset: 'USDC', events: 8, supply: 70n, borrow: -20n, issue: -1n, bridge: -3n },
      { chainId: 10, asset: 'USDC', events: 1, supply: 5n, borrow: 0n, issue: 0n, bridge: 0n },
      { chainId: 1, asset: 'WETH', events: 1, supply: 6n, borrow: 0n, issue: 0n, bridge: 0n },
    ])
  })
})

describe('rotation', () => {
  for (const [nets, share] of [
    [[], null],
    [[0n, 0n], null],
    [[5n, 7n], 1],
    [[-5n, -7n], 1],
    [[-5n, 5n], 0],
    [[-10n, 4n, 1n], 1 / 3],
  ] as const)
    it(`of ${nets.join(', ') || 'nothing'}: ${share}`, () => {
      const found = rotationShare(nets)
      if (share === null) expect(found).to.equal(null)
      else expect(found).to.be.closeTo(share, 1e-12)
    })

  it('lies between 0 and 1, and a bridge between two chains brings it down', () => {
    const amount = fc.bigInt({ min: 1n, max: 10n ** 6n })
    fc.assert(
      fc.property(fc.array(amount, { minLength: 2 }), amount, (nets, moved) => {
        expect(rotationShare(nets)).to.equal(1)
        const [first = 0n, second = 0n, ...rest] = nets
        const after = [first - first - moved, second + first + moved, ...rest]
        expect(rotationShare(after)).to.be.within(0, 1)
        expect(rotationShare(after)).to.be.below(1)
      }),
    )
  })
})
