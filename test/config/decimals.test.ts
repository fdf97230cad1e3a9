import { expect } from 'chai'
import fc from 'fast-check'
import { parseDecimal } from '../../src/config/decimals.ts'
import { distance, nearest } from '../../src/config/suggest.ts'

describe('parseDecimal', () => {
  const cases: readonly (readonly [string, number, bigint | undefined])[] = [
    ['1', 8, 100000000n],
    ['1.05', 18, 1050000000000000000n],
    ['0.00000001', 8, 1n],
    ['0.000000001', 8, undefined],
    ['0.10000000000', 8, 10000000n],
    ['-2.5', 1, -25n],
    ['1e3', 8, undefined],
    ['.5', 8, undefined],
    ['', 8, undefined],
    ['1,000', 8, undefined],
  ]
  for (const [text, scale, wanted] of cases)
    it(`${text} with ${scale}`, () => expect(parseDecimal(text, scale)).to.equal(wanted))

  it('undoes the printing of any integer', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), fc.integer({ min: 1, max: 18 }), (value, scale) => {
        const unit = 10n ** BigInt(scale)
        const text = `${value / unit}.${String(value % unit).padStart(scale, '0')}`
        return parseDecimal(text, scale) === value
      }),
    )
  })
})

describe('suggestions', () => {
  it('counts edits', () => {
    expect([distance('', 'abc'), distance('kitten', 'sitting'), distance('same', 'same')]).to.deep.equal([3, 3, 0])
  })

  it('is symmetric and obeys the triangle', () => {
    const word = fc.string({ maxLength: 8 })
    fc.assert(fc.property(word, word, (a, b) => distance(a, b) === distance(b, a)))
    fc.assert(fc.property(word, word, word, (a, b, c) => distance(a, c) <= distance(a, b) + distance(b, c)))
  })

  it('offers only what is near', () => {
    expect(nearest('finalty', ['rpc', 'finality'])).to.equal('finality')
    expect(nearest('blocktimes', ['blockTimeS'])).to.equal('blockTimeS')
    expect(nearest('y', ['x'])).to.equal(undefined)
    expect(nearest('apples', ['rpc', 'ws'])).to.equal(undefined)
  })
})
