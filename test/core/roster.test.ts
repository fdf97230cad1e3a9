import { expect } from 'chai'
import fc from 'fast-check'
import { type Address, pad, toHex } from 'viem'
import { Roster } from '../../src/core/roster.ts'

/** A few words that repeat: addresses that share most of their bytes. */
const word = fc.constantFrom('00000000', '00000001', 'ffffffff', '80000000', 'deadbeef')
const similar = fc.array(word, { minLength: 5, maxLength: 5 }).map((words): Address => `0x${words.join('')}`)
const any = fc.bigInt({ min: 0n, max: 2n ** 160n - 1n }).map((value): Address => pad(toHex(value), { size: 20 }))

describe('Roster', () => {
  it('gives numbers in order of first sight, as a Map would', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(similar, any), { maxLength: 200 }), any, (addresses, stranger) => {
        const roster = new Roster()
        const model = new Map<Address, number>()
        for (const address of addresses) {
          if (!model.has(address)) model.set(address, model.size)
          expect(roster.add(address)).to.equal(model.get(address))
        }
        expect(roster.size).to.equal(model.size)
        expect(roster.find(stranger)).to.equal(model.get(stranger))
        for (const [address, id] of model) {
          expect(roster.find(address)).to.equal(id)
          expect(roster.address(id)).to.equal(address)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('takes an address for the same in any case, and answers in lower case', () => {
    const roster = new Roster()
    const mixed = '0xAbCdEf0123456789aBcDeF0123456789AbCdEf01'
    expect(roster.add(mixed)).to.equal(0)
    expect(roster.find('0xabcdef0123456789abcdef0123456789abcdef01')).to.equal(0)
    expect(roster.address(0)).to.equal(mixed.toLowerCase())
  })

  it('knows nothing of what is no address', () => {
    const roster = new Roster()
    for (const text of ['0x', '0x1', `0x${'g'.repeat(40)}`, `0x${'0'.repeat(41)}`, `0x${'0'.repeat(39)}@`] as const) {
      expect(roster.find(text)).to.equal(undefined)
      expect(() => roster.add(text)).to.throw(RangeError)
    }
    expect(() => roster.address(0)).to.throw(RangeError)
    expect(() => roster.address(-1)).to.throw(RangeError)
    expect(() => roster.address(0.5)).to.throw(RangeError)
  })
})
