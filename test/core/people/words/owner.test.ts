import { expect } from 'chai'
import { add, advice, alert, OWNER, reader, repay, row } from '../../../../scripts/alerts/fixtures.ts'
import type { JournalEntry } from '../../../../src/core/journal.ts'
import { ROLES } from '../../../../src/core/people/events.ts'
import type { Message } from '../../../../src/core/people/message.ts'
import { compose } from '../../../../src/core/people/words/compose.ts'
import { toPlain } from '../../../../src/core/people/words/plain.ts'
import type { Reader } from '../../../../src/core/people/words/reader.ts'
import { sound } from './support.ts'

const one = (told: JournalEntry, over: Partial<Reader> = {}): Message =>
  compose([{ id: 42, entry: told }], reader(over))
const owner = (told: JournalEntry, over: Partial<Reader> = {}): Message =>
  one(told, { role: 'owner', advice: advice(), ...over })

describe('core/people/words: an owner’s alert', () => {
  it('says where health stands, what a liquidation costs, and the ways out, those that can be gone first', () => {
    const message = owner(alert({ name: 'treasury' }))
    expect(toPlain(message).split('\n')).to.deep.equal([
      '🟠 treasury: health below 1.05',
      'aave-v3-ethereum on ethereum',
      'health       1.0432',
      'debt         $12,345.68',
      'collateral   $15,000.00',
      'liq. price   $1,830.21 WETH',
      'distance     4.1 %',
      'by interest  in 1 y 36 d',
      'block        21530118 (24 s ago)',
      'A liquidation would cost $308.65: it takes $6,481.49 in WETH for $6,172.83 of debt.',
      OWNER,
      `Explorer: https://etherscan.io/address/${OWNER}`,
      '',
      '🛟 Ways to health 1.25, cheapest first',
      '1. Repay 2,039.512345 USDC ($2,039.52)',
      '2. Sell 1.89 WETH, repay 3,960.00 USDC, costs $16.90',
      '3. Add 1.412346 WETH ($2,971.88) ✗ the wallet has 0.50 WETH, 0.912346 WETH too little',
      'What to sign is under Details.',
      'Information as of that block, no advice.',
    ])
    sound(message)
  })

  it('Chinese says the same', () => {
    const text = toPlain(owner(alert({ name: 'treasury' }), { language: 'zh' }))
    for (const part of [
      '若被清算将损失 $308.65',
      '1. 偿还 2,039.512345 USDC',
      '3. 追加抵押 1.412346 WETH',
      '还差 0.912346 WETH',
      '不构成投资建议',
    ])
      expect(text).to.include(part)
  })

  it('health that moved since is told beside what the rule saw', () => {
    const text = toPlain(owner(alert(), { advice: advice({ row: row({ healthFactor: '1081200000000000000' }) }) }))
    expect(text).to.include('health       1.0432\nnow          1.0812')
  })

  it('numbers of a market that is not trusted are marked', () => {
    const text = toPlain(owner(alert(), { advice: advice({ quarantined: true }) }))
    for (const part of [
      'health       ~1.0432',
      'debt         ~$12,345.68',
      'distance     ~4.1 %',
      'differs from the chain',
    ])
      expect(text).to.include(part)
    const asked = toPlain(
      owner(alert(), { advice: advice({ quarantined: true, row: row({ source: 'chain', asOfBlock: '21530110' }) }) }),
    )
    expect(asked).to.include('Read from the chain itself at block 21530110.').and.not.include('~')
  })

  it('one that could not be worked out says so', () => {
    expect(toPlain(owner(alert(), { advice: 'failed' }))).to.include('could not be worked out')
    expect(toPlain(owner(alert({ type: 'recovered' }), { advice: 'failed' }))).to.not.include('could not be worked out')
  })

  it('no way out, many ways out, nothing to sign', () => {
    expect(toPlain(owner(alert(), { advice: advice({ options: [], liquidation: null }) })))
      .to.include('No way to health 1.25 was found.')
      .and.not.include('would cost')
      .and.not.include('Details')
    const many = toPlain(owner(alert(), { advice: advice({ options: [repay, repay, repay, repay, repay] }) }))
    expect(many).to.include('… and 2 more under Details')
    expect(toPlain(owner(alert(), { advice: advice({ options: [add] }) }))).to.not.include('What to sign')
  })

  it('rescue is not offered where nobody needs it', () => {
    for (const type of ['recovered', 'rescued', 'checked', 'unchecked'])
      expect(toPlain(owner(alert({ type })))).to.not.include('Repay')
  })

  it('only messages to operators do not say that they are no advice', () => {
    expect(ROLES.map((role) => one(alert(), { role }).footer)).to.deep.equal([
      'Information as of that block, no advice.',
      '',
      'Information as of that block, no advice.',
    ])
  })

  const hostile: readonly [string, string, string][] = [
    ['markup', '<b>x</b>&amp;', '<b>x<∕b>&amp;'],
    ['line breaks', 'a\n\nb\u2028c', 'a b c'],
    ['a turned direction', '\u202eabc\u202c', 'abc'],
    ['nothing to see', '\u200b\u2060', '?'],
    ['too long', 'x'.repeat(500), `${'x'.repeat(23)}…`],
    ['a call and a command', '@all /pause', '＠all ∕pause'],
    ['a link', 'https://x.example', 'https:∕∕x.example'],
  ]
  for (const [name, given, shown] of hostile)
    it(`a name with ${name}`, () => {
      const message = owner(alert({ name: given }))
      expect(message.title).to.equal(`🟠 ${shown}: health below 1.05`)
      sound(message)
    })
})
