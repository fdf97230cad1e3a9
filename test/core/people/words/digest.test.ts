import { expect } from 'chai'
import {
  alert,
  breaker,
  control,
  entry,
  reader,
  refusalData,
  sentData,
  settledData,
  summary,
} from '../../../../scripts/alerts/fixtures.ts'
import type { JournalEntry } from '../../../../src/core/journal.ts'
import type { Message } from '../../../../src/core/people/message.ts'
import { LANGUAGES } from '../../../../src/core/people/words/catalogue.ts'
import { compose } from '../../../../src/core/people/words/compose.ts'
import { LONGEST } from '../../../../src/core/people/words/length.ts'
import { toPlain } from '../../../../src/core/people/words/plain.ts'
import type { Reader } from '../../../../src/core/people/words/reader.ts'
import { sound } from './support.ts'

const addressOf = (n: number): string => `0x${String(n).padStart(40, '0')}`
const hash = (n: number): string => `0x${String(n).padStart(64, '0')}`
const composed = (entries: readonly JournalEntry[], over: Partial<Reader> = {}): Message =>
  compose(
    entries.map((told, n) => ({ id: n + 1, entry: { ...told, seq: n + 1 } })),
    reader(over),
  )
const digest = (entries: readonly JournalEntry[], over: Partial<Reader> = {}): string => {
  const message = composed(entries, over)
  sound(message, LONGEST + 100)
  return toPlain(message)
}
const alerts = (count: number, outer: Partial<JournalEntry> = {}): JournalEntry[] =>
  Array.from({ length: count }, (_, i) =>
    alert({ address: addressOf(i), threshold: i % 2 ? '1.0' : '1.05', debtBase: `${i}00000000` }, outer),
  )
const inOrder = (text: string, ...parts: readonly string[]): void => {
  const found = parts.map((part) => text.indexOf(part))
  expect(found, text).to.not.include(-1)
  expect(found, text).to.deep.equal(found.toSorted((a, b) => a - b))
}

describe('core/people/words: digests', () => {
  it('counts accounts by level, the most pressing first, and names those with the largest debts', () => {
    const text = digest(alerts(11))
    inOrder(text, '11 events', '5 below 1.0, largest:', '$9.00', '$5.00', '6 below 1.05, largest:', '$10.00', '$8.00')
    expect(text).to.not.include('$4.00').and.not.include('$3.00')
  })

  it('an account counts where it stands now', () => {
    const steps = ['1.1', '1.05', '1.0'].map((threshold) => alert({ threshold }))
    expect(digest(steps)).to.include('1 below 1.0\n').and.not.include('1.05')
    expect(digest([...steps, alert({ type: 'liquidatable' })]))
      .to.include('🔴 1 can be liquidated')
      .and.not.include('below')
    expect(digest([...steps, alert({ type: 'recovered', threshold: '1.1' })]))
      .to.include('🟢 1 recovered')
      .and.not.include('below')
    expect(digest([...steps, alert({ type: 'rescued' })]))
      .to.include('🟢 1 rescued')
      .and.not.include('below')
  })

  it('what happened beside a level stands beside it', () => {
    const text = digest([
      alert(),
      alert({ type: 'fall' }),
      alert({ type: 'large' }),
      alert({ type: 'time' }),
      alert({ type: 'liquidated' }),
      alert({ type: 'unchecked' }),
    ])
    inOrder(
      text,
      '💥 1 liquidated',
      '🚧 1 cannot be checked',
      '🟠 1 below 1.05',
      '📉 1 fell fast',
      '⏳ 1 near by interest',
      '🐋 1 large',
    )
    expect(digest([alert({ type: 'unchecked' }), alert({ type: 'checked' })]))
      .to.include('1 can be checked again')
      .and.not.include('cannot')
  })

  it('thresholds and distances are told apart, the nearer first', () => {
    const levels = [
      alert({ address: addressOf(1), metric: 'distance', threshold: '10' }),
      alert({ address: addressOf(2), threshold: '1.1' }),
      alert({ address: addressOf(3), metric: 'distance', threshold: '5' }),
      alert({ address: addressOf(4) }),
    ]
    inOrder(digest(levels), '1 below 1.05', '1 below 1.1', '1 within 5 %', '1 within 10 %')
  })

  it('a level is red when its lowest account is', () => {
    const two = [alert({ address: addressOf(1) }), alert({ address: addressOf(2), healthFactor: '999999999999999999' })]
    expect(digest(two)).to.include('🔴 2 below 1.05')
  })

  it('a transaction counts once, as what it came to last', () => {
    const of = (kind: 'sent' | 'confirmed' | 'lost' | 'reorged', n: number, data = {}): JournalEntry =>
      entry(kind, (kind === 'sent' ? sentData : settledData)({ hash: hash(n), ...data }))
    const text = digest([
      ...[1, 2, 3, 4, 5, 6].map((n) => of('sent', n)),
      of('confirmed', 1),
      of('confirmed', 2),
      of('lost', 3, { reason: 'reverted' }),
      of('lost', 4, { reason: 'expired', feeWei: '0' }),
      of('reorged', 2),
      of('confirmed', 2),
      of('confirmed', 5),
      of('reorged', 5),
    ])
    inOrder(
      text,
      '✅ 2 liquidated, profit $84.00',
      '📤 1 sent, expected $12.50',
      '❌ 2 lost (1 × failed on chain, 1 × expired unseen), cost 0.00029 ETH',
      '↩️ 1 reorged out',
    )
  })

  it('refusals are counted by reason in plain words, each borrower once', () => {
    const of = (n: number, reason: string): JournalEntry =>
      entry('refusal', refusalData({ borrower: addressOf(n), reason }))
    const many = [
      of(1, 'gas-price'),
      of(1, 'unprofitable'),
      of(2, 'unprofitable'),
      of(3, 'unprofitable'),
      of(4, 'no-route'),
    ]
    const text = digest(many)
    inOrder(text, '⏭ Not liquidated', '⏭ 4 not liquidated', '• 3 × does not pay', '• 1 × no exchange')
    expect(text).to.not.include('gas above')
    expect(digest(many, { language: 'zh' })).to.include('• 3 × 无利可图')
    const reasons = ['unprofitable', 'no-route', 'gas-price', 'denied-asset', 'denied-borrower', 'full-moon'].map(
      (reason, n) => of(n, reason),
    )
    expect(digest(reasons)).to.include('… and 2 more')
  })

  it('markets are told apart; troubles come first and in full, then what was said, the day’s figures last', () => {
    const distrust = breaker('market-quarantined', 'so it is', 'aave-v3-ethereum')
    const others = alerts(2, { market: 'other', block: '21530100' })
    const text = digest([
      summary(),
      ...alerts(3),
      ...others,
      control('pause'),
      breaker('stale-head', 'no block for 42 s'),
      distrust,
    ])
    inOrder(
      text,
      '9 events',
      'No new blocks',
      'no block for 42 s',
      'Market not trusted',
      'so it is',
      'Paused: nothing is sent · 7 (telegram)',
      'aave-v3-ethereum on ethereum\nblock 21530118',
      'other on ethereum',
      'block 21530100 (18 blocks ago)',
      '📊 2026-11-25',
    )
  })

  it('one day of several markets is named once', () => {
    const text = digest([summary(), summary({ liquidations: 9 }, 'other')])
    inOrder(
      text,
      '📊 2026-11-25: the day in figures',
      'aave-v3-ethereum on ethereum',
      'liquidated  3',
      'other on ethereum',
      'liquidated  9',
    )
    expect(text.match(/2026/g)).to.have.length(1)
  })

  it('a wave counts as what it came to last', () => {
    const wave = (debtBase: string): JournalEntry =>
      alert({ type: 'wave', address: undefined, threshold: '5', debtBase })
    expect(digest([wave('100000000000'), wave('200000000000')]))
      .to.include('puts $2,000.00 at risk')
      .and.not.include('$1,000.00')
  })

  it('so many alarms: the newest, and how many more there were; the liquidations are not hidden', () => {
    const many = Array.from({ length: 50 }, (_, i) => breaker('stale-head', `number ${i}`))
    const text = digest([...many, entry('confirmed', settledData())])
    expect(text).to.include('number 49').and.include('1 liquidated').and.not.include('number 0')
    expect(Number(/… and (\d+) more before these/.exec(text)?.[1])).to.equal(50 - (text.match(/number/g)?.length ?? 0))
    expect(digest(Array.from({ length: 30 }, () => control('mute')))).to.include('… and 22 more before these')
  })

  it('so many markets: fewer accounts of each, then fewer markets and how many entries more', () => {
    const markets = (count: number): JournalEntry[] =>
      Array.from({ length: count }, (_, i) => alerts(10, { market: `market-${i}` })).flat()
    for (const language of LANGUAGES)
      expect(digest(markets(12), { language }))
        .to.include('market-11')
        .and.not.include('more')
        .and.not.include('另有')
    const text = digest(markets(99))
    const told = text.match(/^market-\d+ on/gm)?.length ?? 0
    expect(told).to.be.greaterThan(10)
    expect(text).to.include(`… and ${990 - told * 10} more`)
    expect(text.length).to.be.at.most(LONGEST)
  })

  it('so many levels: the most pressing', () => {
    const text = digest(
      Array.from({ length: 12 }, (_, n) => alert({ address: addressOf(n), threshold: `1.${n + 10}` })),
    )
    expect(text)
      .to.include('below 1.10')
      .and.include('below 1.17')
      .and.include('… and 4 more levels')
      .and.not.include('below 1.18')
  })

  it('names of accounts stand where addresses would; owners see those that are well, too', () => {
    const two = [
      alert({ name: 'treasury' }),
      alert({ address: addressOf(2), type: 'recovered', name: 'a very long name of mine' }),
    ]
    expect(digest(two, { role: 'owner' }))
      .to.include('treasury  ')
      .and.include('a very long n…')
    expect(digest(two)).to.not.include('a very')
  })
})
