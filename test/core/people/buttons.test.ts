import { expect } from 'chai'
import fc from 'fast-check'
import { decodeAction, encodeAction, VERBS } from '../../../src/core/people/buttons.ts'

describe('core/people/buttons', () => {
  const action = fc.record({
    verb: fc.constantFrom(...VERBS),
    id: fc.maxSafeNat(),
    argument: fc.stringMatching(/^[\w.-]{0,38}$/),
  })

  it('what is encoded is decoded, within 64 bytes', () => {
    fc.assert(
      fc.property(action, (one) => {
        const data = encodeAction(one)
        expect(Buffer.byteLength(data)).to.be.at.most(64)
        expect(decodeAction(data)).to.deep.equal(one)
      }),
    )
  })

  it('what is decoded was encoded: nothing else is taken', () => {
    const near = action.chain((one) =>
      fc.tuple(fc.nat(70), fc.string({ maxLength: 3 })).map(([at, wild]) => {
        const data = encodeAction(one)
        return data.slice(0, at) + wild + data.slice(at + 1)
      }),
    )
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), near), (data) => {
        const one = decodeAction(data)
        if (one !== undefined) expect(encodeAction(one)).to.equal(data)
      }),
      { numRuns: 500 },
    )
  })

  const refused = [
    '',
    'mute1h',
    'mute1h:',
    'mute1h:x',
    'mute1h:-1',
    'mute1h:01',
    'mute1h:1:',
    'mute1h:1: ',
    'MUTE1H:1',
    'sudo:1',
    'mute1h:1:a:b',
    'mute1h:1e3',
    'mute1h:9007199254740992',
    'constructor:1',
    'mute1h:1\n',
    ` mute1h:1`,
    `whatif:1:${'9'.repeat(60)}`,
  ]
  for (const data of refused)
    it(`refuses ${JSON.stringify(data)}`, () => expect(decodeAction(data)).to.equal(undefined))
})
