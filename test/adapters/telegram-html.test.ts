import { expect } from 'chai'
import fc from 'fast-check'
import { htmlError } from '../../scripts/doubles/telegram-html.ts'
import { TELEGRAM_MOST, toHtml } from '../../src/adapters/telegram/html.ts'
import type { Message } from '../../src/core/people/message.ts'
import { sound, visible } from '../core/people/words/support.ts'

const message = (over: Partial<Message> = {}): Message => ({
  title: 'T',
  place: '',
  rows: [],
  lines: [],
  code: [],
  links: [],
  footer: '',
  buttons: [],
  ...over,
})

describe('adapters/telegram: HTML of a message', () => {
  it('dresses every member in its order, escaped', () => {
    const { text } = toHtml(
      message({
        title: '🟠 <T>',
        place: 'a & b',
        rows: [
          ['health', '1.0'],
          ['🔴 2 alone', ''],
          ['健康', '<2>'],
        ],
        lines: ['one', '', 'two'],
        code: ['0x1'],
        links: [{ text: 'see', url: 'https://a.example/?x=1&y="2"' }],
        parts: [{ title: 'P', place: '', rows: [], lines: ['p'], code: [] }],
        footer: 'small',
      }),
    )
    expect(text.split('\n')).to.deep.equal([
      '<b>🟠 &lt;T&gt;</b>',
      'a &amp; b',
      '<pre>health  1.0',
      '🔴 2 alone',
      '健康    &lt;2&gt;</pre>',
      'one',
      'two',
      '<code>0x1</code>',
      '<a href="https://a.example/?x=1&amp;y=&quot;2&quot;">see</a>',
      '',
      '<b>P</b>',
      'p',
      '<i>small</i>',
    ])
    expect(htmlError(text)).to.equal(undefined)
  })

  it('buttons carry their action or their address; those that Telegram would refuse are left out', () => {
    const buttons = [
      [
        { text: 'Mute', action: 'mute1h:1' },
        { text: 'See', url: 'https://etherscan.io/tx/0x1' },
      ],
      [{ text: 'Here', url: 'http://127.0.0.1:3000/tx' }],
      [
        { text: 'Here', url: 'http://localhost:3000/tx' },
        { text: 'Bad', url: 'javascript:alert(1)' },
        { text: 'Bad', url: 'no url' },
      ],
    ]
    expect(toHtml(message({ buttons })).replyMarkup).to.deep.equal({
      inline_keyboard: [
        [
          { text: 'Mute', callback_data: 'mute1h:1' },
          { text: 'See', url: 'https://etherscan.io/tx/0x1' },
        ],
      ],
    })
    expect(toHtml(message()).replyMarkup).to.equal(undefined)
    expect(toHtml(message({ links: [{ text: 'x', url: 'http://localhost/' }] })).text).to.include('\nx')
  })

  it('is cut to what Telegram takes, counted as Telegram counts: without tags, entities as one', () => {
    const full = toHtml(message({ lines: ['<'.repeat(TELEGRAM_MOST - 2)] })).text
    expect(full).to.include('&lt;'.repeat(TELEGRAM_MOST - 2))
    expect(visible(full)).to.have.length(TELEGRAM_MOST)
    const cut = toHtml(message({ code: ['x'.repeat(5_000)], footer: 'lost' })).text
    expect(visible(cut)).to.have.length(TELEGRAM_MOST)
    expect(cut).to.match(/x…<\/code>$/)
    const rows = Array.from({ length: 200 }, (_, n) => [`row ${n}`, 'x'.repeat(30)] as const)
    expect(toHtml(message({ rows })).text).to.match(/\nrow \d+ +x{30}\n…<\/pre>$/)
  })

  it('is always taken', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 50 }),
      fc.constantFrom('<pre>', '&amp;', '健康因子', '😀'.repeat(2_000)),
    )
    const passage = {
      title: text,
      place: text,
      rows: fc.array(fc.tuple(text, text), { maxLength: 5 }),
      lines: fc.array(text),
      code: fc.array(text),
    }
    const any = fc.record({
      ...passage,
      parts: fc.array(fc.record(passage), { maxLength: 4 }),
      links: fc.array(fc.record({ text, url: fc.oneof(fc.webUrl(), text) })),
      footer: text,
      buttons: fc.constant([]),
    })
    fc.assert(
      fc.property(any, (one) => sound({ ...one, title: `T${one.title}` })),
      { numRuns: 300 },
    )
  })
})
