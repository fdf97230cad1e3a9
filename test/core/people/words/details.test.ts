import { expect } from 'chai'
import fc from 'fast-check'
import { add, advice, alert, OWNER, reader, repay, row, sell, WETH } from '../../../../scripts/alerts/fixtures.ts'
import { toHtml } from '../../../../src/adapters/telegram/html.ts'
import type { Advice, RescueOption } from '../../../../src/core/answers.ts'
import { LANGUAGES } from '../../../../src/core/people/words/catalogue.ts'
import { compose } from '../../../../src/core/people/words/compose.ts'
import { detailsText } from '../../../../src/core/people/words/details.ts'
import { toPlain } from '../../../../src/core/people/words/plain.ts'
import { type WhatIf, whatIfText } from '../../../../src/core/people/words/what-if.ts'
import type { RescueObstacle } from '../../../../src/core/rescue.ts'
import { RESCUE_OBSTACLES } from '../../../../src/core/rescue.ts'
import { sound } from './support.ts'

const owner = reader({ role: 'owner' })
const said = (of: Advice, name = ''): string => detailsText(of, owner, name).map(toPlain).join('\n')

describe('core/people/words: details', () => {
  it('gives every way with its exact amount and every call in full, in order', () => {
    const messages = detailsText(advice(), owner, 'treasury')
    const codes = messages.flatMap(({ parts = [] }) => parts.flatMap(({ code }) => code))
    expect(codes).to.deep.equal([...repay.calls, ...sell.calls].flatMap(({ to, data }) => [to, data]))
    const text = said(advice(), 'treasury')
    for (const part of [
      '🛟 Ways out for treasury',
      '1. Repay 2,039.512345 USDC ($2,039.52)',
      'in wallet    3,000.00 USDC',
      '1.1 approve',
      '1.2 repay',
      '2. Sell 1.89 WETH, repay 3,960.00 USDC',
      'cost         $16.90',
      '2.2 exchange',
      '3. Add 1.412345678901234567 WETH',
      '✗ the wallet has 0.50 WETH, 0.912346 WETH too little',
      'block at 07:00:12 UTC',
      'no advice',
    ])
      expect(text).to.include(part)
    for (const message of messages) sound(message)
  })

  it('what is paid from the same asset of one’s collateral is no sale', () => {
    const option: RescueOption = { ...sell, repays: { asset: WETH, symbol: 'WETH', decimals: 18, amount: sell.amount } }
    expect(said(advice({ options: [option] }))).to.include('1. Repay 1.89 WETH from your collateral ($3,976.90)')
  })

  it('without anything to sign there is no word of signing', () => {
    expect(said(advice({ options: [add] }))).to.not.include('sign')
    expect(said(advice({ options: [] }))).to.not.include('sign')
  })

  it('calldata of any length comes in full, over as many messages as it takes', () => {
    const data = `0x${Array.from({ length: 6_000 }, (_, n) => (n % 256).toString(16).padStart(2, '0')).join('')}`
    const option: RescueOption = { ...repay, calls: [{ what: 'swap', to: WETH, data }] }
    const messages = detailsText(advice({ options: [option, option] }), owner)
    expect(messages.length).to.be.greaterThan(4)
    const found = messages
      .flatMap(({ parts = [] }) => parts.flatMap(({ code }) => code))
      .filter((code) => code !== WETH)
    expect(found.join('')).to.equal(data + data)
    for (const message of messages) {
      sound(message)
      expect(toHtml(message).text).to.not.include('…</code>')
    }
    expect(messages[1]?.title).to.match(/\(2\)$/)
  })

  for (const obstacle of Object.keys(RESCUE_OBSTACLES) as RescueObstacle[])
    it(`says what stands in the way: ${obstacle}`, () => {
      for (const language of LANGUAGES) {
        const of = advice({ options: [{ ...sell, obstacle, calls: [], inWallet: null }] })
        expect(toPlain(detailsText(of, reader({ language }))[0]!)).to.match(/✗ .{4,}/)
        expect(toPlain(compose([{ id: 1, entry: alert() }], reader({ language, advice: of })))).to.match(/✗ .{4,}/)
      }
    })

  it('numbers that may be wrong are marked', () => {
    expect(said(advice({ quarantined: true })))
      .to.include('health       ~1.0432')
      .and.include('differs from the chain')
  })

  it('never fails, whatever tokens call themselves and whatever the amounts', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom('<b>', '@all', '\u202e'),
      fc.bigInt().map(String),
    )
    const option = fc.record({
      symbol: text,
      decimals: fc.oneof(fc.integer(), fc.double()),
      amount: text,
      valueBase: text,
      healthFactor: text,
      costBase: text,
      inWallet: fc.option(text),
    })
    fc.assert(
      fc.property(fc.array(option, { maxLength: 8 }), text, fc.constantFrom(...LANGUAGES), (wild, name, language) => {
        const of = advice({
          options: wild.map((one, n) => ({ ...[repay, add, sell][n % 3]!, ...one })),
          targetHealth: name,
          row: row({ debtBase: name, liquidationPrice: { asset: name, price: name } }),
        })
        for (const message of detailsText(of, reader({ language }), name)) sound(message)
        sound(compose([{ id: 1, entry: alert({ name }) }], reader({ language, role: 'owner', advice: of })))
      }),
    )
  })
})

describe('core/people/words: what if', () => {
  const whatIf = (over: Partial<WhatIf> = {}): WhatIf => ({
    name: '',
    fallPct: 10,
    block: advice().block,
    now: row(),
    shocked: {
      healthFactor: '938969999999999999',
      collateralBase: '1350000000000',
      debtBase: '1234567890123',
      liquidatable: true,
      seizableBase: '648148142314',
      badDebtBase: '0',
    },
    moved: [{ asset: WETH, symbol: 'WETH', from: '211260000000', to: '190134000000' }],
    ...over,
  })

  it('says where health would stand and what could be taken', () => {
    expect(toPlain(whatIfText(whatIf({ name: 'treasury' }), owner)).split('\n')).to.deep.equal([
      '🔮 treasury if prices fall by 10 %',
      'aave-v3-ethereum on ethereum',
      'health      1.0432 → 0.9389',
      'debt        $12,345.68',
      'collateral  $15,000.00 → $13,500.00',
      'block       21530118 (24 s ago)',
      'It could be liquidated then.',
      'One call could take $6,481.49.',
      'Moves: WETH.',
      OWNER,
      'Information as of that block, no advice.',
    ])
  })
  it('says so when nothing would happen, when debt would stay, when numbers are not trusted', () => {
    const { shocked } = whatIf()
    expect(toPlain(whatIfText(whatIf({ shocked: { ...shocked, liquidatable: false } }), owner)))
      .to.include('still could not be liquidated')
      .and.not.include('One call')
    expect(toPlain(whatIfText(whatIf({ shocked: { ...shocked, badDebtBase: '100000001' } }), owner))).to.include(
      '$1.01 of debt would stay unpaid',
    )
    expect(toPlain(whatIfText(whatIf({ quarantined: true }), owner))).to.include('~1.0432 → ~0.9389')
  })
  it('large values take two lines, many assets are cut', () => {
    const huge = { ...whatIf().shocked, collateralBase: `${10n ** 16n}` }
    const moved = Array.from({ length: 20 }, (_, n) => ({ asset: WETH, symbol: `T${n}`, from: '1', to: '1' }))
    const message = whatIfText(whatIf({ now: row({ collateralBase: `${10n ** 17n}` }), shocked: huge, moved }), owner)
    expect(toPlain(message))
      .to.include('collateral  $1,000,000,000.00\n            → $100,000,000.00')
      .and.include('T7 ….')
    for (const language of LANGUAGES) sound(whatIfText(whatIf(), reader({ language })))
  })
})
