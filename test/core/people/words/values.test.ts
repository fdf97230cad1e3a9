import { expect } from 'chai'
import fc from 'fast-check'
import { messagesOf } from '../../../../src/core/people/words/messages.ts'
import {
  decimal,
  duration,
  ether,
  exactTokens,
  health,
  integerOf,
  percent,
  personName,
  priceUp,
  shortAddress,
  tokens,
  tokensUp,
  usd,
  usdUp,
  words,
} from '../../../../src/core/people/words/values.ts'
import { cutTo, displayWidth, padTo } from '../../../../src/core/people/words/width.ts'

const en = messagesOf('en').values
const zh = messagesOf('zh').values
const X6 = { symbol: 'X', decimals: 6 }

type Row = readonly [name: string, shown: string, expected: string]
const rows: readonly Row[] = [
  ['dollars owned, down', usd('123456789'), '$1.23'],
  ['dollars owed, up', usdUp('123456789'), '$1.24'],
  ['whole cents stay', usdUp('123000000'), '$1.23'],
  ['nothing', usdUp(0n), '$0.00'],
  ['the least debt shows', usdUp(1n), '$0.01'],
  ['the least gain does not', usd(1n), '$0.00'],
  ['a loss, away from zero', usd('-150000001'), '-$1.51'],
  ['thousands', usd('1234567890123456'), '$12,345,678.90'],
  ['no number', usd('x'), '?'],
  ['missing', usdUp(undefined), '?'],
  ['a fraction', usd('1.5'), '?'],
  ['a liquidation price, up', priceUp('183020000001'), '$1,830.21'],
  ['one that is even', priceUp('183020000000'), '$1,830.20'],
  ['below a dollar', priceUp('99991234'), '$0.999913'],
  ['tokens held, down', tokens('1234567899', { symbol: 'X', decimals: 8 }), '12.345678 X'],
  ['tokens to pay, up', tokensUp('1234567891', { symbol: 'X', decimals: 8 }), '12.345679 X'],
  ['tokens, short', tokens('1234500000', X6), '1,234.50 X'],
  ['tokens, whole', tokens('7', { symbol: 'X', decimals: 0 }), '7 X'],
  [
    'tokens, to the last digit',
    exactTokens('1412345678901234567', { symbol: 'X', decimals: 18 }),
    '1.412345678901234567 X',
  ],
  ['a symbol that is too long', tokens('1', { ...X6, symbol: 'ABCDEFGHIJKLMNOP' }), '0.000001 ABCDEFGHIJ…'],
  ['a symbol with a line break', tokens('1', { ...X6, symbol: 'A\nB' }), '0.000001 A B'],
  ['absurd decimals', tokens('1', { ...X6, decimals: 1e9 }), '? X'],
  ['negative decimals', tokens('1', { ...X6, decimals: -1 }), '? X'],
  ['a cost in wei, up', ether(1n), '0.000001 ETH'],
  ['and not above what it is', ether('290000000000000'), '0.00029 ETH'],
  ['one ether', ether(10n ** 18n), '1.0 ETH'],
  ['health, down', health('999999999999999999', en), '0.9999'],
  ['no debt', health(null, en), 'no debt'],
  ['no debt in Chinese', health(null, zh), '无债务'],
  ['dust of debt', health(10n ** 30n, en), 'very high'],
  ['no health', health('1.5', en), '?'],
  ['a target', decimal('1250000000000000000'), '1.25'],
  ['a whole target', decimal('2000000000000000000'), '2.0'],
  ['a distance, down', percent(4.19), '4.1 %'],
  ['beyond the line', percent(-4.19), '-4.1 %'],
  ['no distance', percent(null), '?'],
  ['endless', percent(Number.POSITIVE_INFINITY), '?'],
  ['an address', shortAddress('0xA11CE0000000000000000000000000000000A11C'), '0xA11C…A11C'],
  ['no address', shortAddress('0x12'), '?'],
  ['seconds', duration(59.9, en), '59 s'],
  ['minutes', duration(3_599, en), '59 min'],
  ['hours', duration(3 * 3_600 + 61, en), '3 h 1 min'],
  ['a day', duration(86_400, en), '1 d'],
  ['days', duration(3 * 86_400 + 4 * 3_600 + 3_599, en), '3 d 4 h'],
  ['years', duration(1_234 * 365 * 86_400 + 86_400, en), '1,234 y 1 d'],
  ['days in Chinese', duration(3 * 86_400 + 4 * 3_600, zh), '3 天 4 小时'],
  ['a clock that runs ahead', duration(-5, en), '0 s'],
  ['no time', duration('5', en), '?'],
]

describe('core/people/words: values', () => {
  for (const [name, shown, expected] of rows) it(`${name}: ${expected}`, () => expect(shown).to.equal(expected))

  const parsed = (text: string): number => Number(text.replaceAll(/[$,]/g, '').split(' ')[0])

  it('what is owed is never shown as less, what is owned never as more, both within a cent', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 17n }), (base) => {
        const real = Number(base) / 1e8
        expect(parsed(usdUp(base))).to.be.within(real - 1e-6, real + 0.01)
        expect(parsed(usd(base))).to.be.within(real - 0.01, real + 1e-6)
      }),
    )
  })

  it('what must be paid covers what is asked for, to a millionth; exact amounts are exact', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.nat(24), (amount, decimals) => {
        const of = (text: string): bigint => {
          const [whole = '', fraction = ''] = text.replaceAll(',', '').split(' ')[0]!.split('.')
          return BigInt(whole) * 10n ** 24n + BigInt(fraction.padEnd(24, '0') || '0')
        }
        const token = { symbol: 'X', decimals }
        const real = amount * 10n ** BigInt(24 - decimals)
        expect(of(exactTokens(amount, token))).to.equal(real)
        expect(of(tokensUp(amount, token)) >= real).to.equal(true)
        expect(of(tokens(amount, token)) <= real).to.equal(true)
        expect(of(tokensUp(amount, token)) - of(tokens(amount, token)) <= 10n ** 18n).to.equal(true)
      }),
    )
  })

  it('words stay on one line, of one direction, within their columns, whatever they are', () => {
    const wild = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom(
        'a\nb\r\tc',
        '\u202egnp.exe',
        'z\u0301\u0301\u0301\u0301\u0301',
        '\u200b\u200d\ufeff',
        '健康'.repeat(99),
        '😀'.repeat(99),
      ),
      fc.anything(),
    )
    fc.assert(
      fc.property(wild, fc.integer({ min: 2, max: 130 }), (value, columns) => {
        const text = words(value, columns)
        expect(text).to.not.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
        expect(text.isWellFormed()).to.equal(true)
        expect(text).to.match(/[\p{L}\p{N}\p{P}\p{S}]/u)
        expect(displayWidth(text)).to.be.at.most(columns)
        expect(displayWidth(personName(value, columns))).to.be.at.most(columns)
        expect(personName(value, columns)).to.not.match(/[@/]/)
      }),
      { numRuns: 400 },
    )
  })

  it('integers are taken from what the journal holds, and from nothing else', () => {
    expect(['12', 12, 12n, '-3', '1e3', 1.5, '0x1', '', null, {}, '9'.repeat(79)].map(integerOf)).to.deep.equal([
      12n,
      12n,
      12n,
      -3n,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('columns: Chinese and emoji take two, marks none', () => {
    expect(['abc', '健康因子', '🟠 a', '⚠️', 'e\u0301', '，', '…'].map(displayWidth)).to.deep.equal([
      3, 8, 4, 2, 1, 2, 1,
    ])
    expect([
      padTo('健康', 6),
      padTo('abc', 2),
      cutTo('健康因子', 6),
      cutTo('abcdef', 4),
      cutTo('abc', 3),
    ]).to.deep.equal(['健康  ', 'abc', '健康…', 'abc…', 'abc'])
  })
})
