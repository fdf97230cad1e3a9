import { expect } from 'chai'
import { en as marketEn } from '../../../../src/core/people/words/market-en.ts'
import { zh as marketZh } from '../../../../src/core/people/words/market-zh.ts'
import { en } from '../../../../src/core/people/words/messages-en.ts'
import { zh } from '../../../../src/core/people/words/messages-zh.ts'
import { catalogueFaults } from './catalogue-support.ts'

describe('core/people/words: catalogue', () => {
  it('alerts are complete in both languages', () => {
    expect(catalogueFaults(en, zh)).to.deep.equal([])
  })

  it('and so is what is said of a market', () => {
    expect(catalogueFaults(marketEn, marketZh)).to.deep.equal([])
  })

  const broken: readonly [
    string,
    Parameters<typeof catalogueFaults>[0],
    Parameters<typeof catalogueFaults>[1],
    RegExp,
  ][] = [
    ['a missing key', { a: 'one', b: 'two' }, { a: '一' }, /^b: missing$/],
    ['a key too many', { a: 'one' }, { a: '一', b: '二' }, /^b: unknown$/],
    ['an empty text', { a: 'one' }, { a: ' ' }, /^a: empty$/],
    ['a parameter less', { a: (x: string, y: string) => x + y }, { a: (x: string) => `${x}个` }, /^a: 2 parameters, 1/],
    [
      'a value left out',
      { a: { b: (x: string) => `${x}!` } },
      { a: { b: (_: string) => '个' } },
      /^a\.b: leaves a value out$/,
    ],
    ['a sentence left in English', { a: 'nothing is sent' }, { a: '好 nothing is sent' }, /^a: not Chinese/],
    ['a word left in English', { a: 'paused' }, { a: 'paused' }, /^a: not Chinese/],
  ]
  for (const [name, english, chinese, fault] of broken)
    it(`the check finds ${name}`, () => {
      const faults = catalogueFaults(english, chinese)
      expect(faults).to.have.length(1)
      expect(faults[0]).to.match(fault)
    })

  it('code and names may stay as they are', () => {
    expect(catalogueFaults({ a: 'see `npm run all this`' }, { a: '见 `npm run all this`' })).to.deep.equal([])
    expect(catalogueFaults({ a: 'Telegram' }, { a: 'Telegram' }, ['Telegram'])).to.deep.equal([])
  })
})
