import { expect } from 'chai'
import fc from 'fast-check'
import type { Address } from 'viem'
import { Sunk } from '../../../src/core/risk/sunk.ts'
import { address } from '../fake-protocol.ts'

const [A, B] = [address(1), address(2)]
const set = (...accounts: Address[]): ReadonlySet<Address> => new Set(accounts)

describe('since when accounts can be liquidated', () => {
  it('counts blocks from the first at whose end health was below 1; 0 within the block; later calls of the same fall apart', () => {
    const sunk = new Sunk()
    sunk.look(set(), 10, 0)
    sunk.look(set(A), 11, 0)
    expect(sunk.take(A, 12)).to.equal(1)
    expect(sunk.take(A, 12)).to.equal('again')
    sunk.look(set(A), 12, 0)
    expect(sunk.take(A, 13)).to.equal('again')
    expect(sunk.take(B, 13)).to.equal(0)
    sunk.look(set(), 13, 0)
    sunk.look(set(A), 14, 0)
    expect(sunk.take(A, 17)).to.equal(3)
  })

  it('does not know of falls that began before it looked, or while it did not', () => {
    const sunk = new Sunk()
    expect(sunk.take(A, 5)).to.equal('unknown')
    sunk.look(set(A), 10, 0)
    expect(sunk.take(A, 11)).to.equal('unknown')
    sunk.look(set(A, B), 13, 0)
    expect(sunk.take(B, 14)).to.equal('unknown')
  })

  it('after a rollback is as if the blocks had never been, also over a restart', () => {
    const block = fc.record({ under: fc.subarray([A, B]), taken: fc.subarray([A, B]) })
    fc.assert(
      fc.property(fc.array(block, { maxLength: 8 }), fc.array(block, { minLength: 1, maxLength: 8 }), (kept, lost) => {
        const play = (sunk: Sunk, blocks: typeof kept, from: number): void => {
          for (const [i, { under, taken }] of blocks.entries()) {
            for (const account of taken) sunk.take(account, from + i)
            sunk.look(set(...under), from + i, 0)
          }
        }
        const [straight, other] = [new Sunk(), new Sunk()]
        for (const sunk of [straight, other]) {
          sunk.look(set(), 0, 0)
          play(sunk, kept, 1)
        }
        play(other, lost, 1 + kept.length)
        other.rollback(kept.length)
        const told = (sunk: Sunk) => ({ looked: sunk.state().looked, falls: [...sunk.state().falls].sort() })
        expect(told(other)).to.deep.equal(told(straight))
        expect(told(new Sunk(other.state()))).to.deep.equal(told(straight))
      }),
    )
  })
})
