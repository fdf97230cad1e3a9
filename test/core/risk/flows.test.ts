import { expect } from 'chai'
import fc from 'fast-check'
import { rotationShare } from '../../../src/core/risk/flows.ts'

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
