import { expect } from 'chai'
import fc from 'fast-check'
import { htmlError } from '../../scripts/doubles/telegram-html.ts'
import { JOURNAL_KINDS } from '../../src/adapters/http/schemas.ts'
import { describe as describeEntry, isTold } from '../../src/adapters/telegram/describe.ts'
import { digest, LONGEST, nextMessage, SINGLE_MOST } from '../../src/adapters/telegram/digest.ts'
import { PHONE } from '../../src/adapters/telegram/text.ts'
import type { JournalEntry } from '../../src/core/ports.ts'
import { addressOf, alertData, entry, naming, sentData, settledData, widest } from './telegram-support.ts'

const alerts = (count: number, over: Partial<JournalEntry> = {}, data: Record<string, unknown> = {}): JournalEntry[] =>
  Array.from({ length: count }, (_, i) =>
    entry({
      seq: i + 1,
      data: alertData({ address: addressOf(i), threshold: i % 2 ? '1.0' : '1.05', debtBase: `${i}00000000`, ...data }),
      ...over,
    }),
  )
const breaker = (over: Partial<JournalEntry> = {}, detail = 'no new block'): JournalEntry =>
  entry({ kind: 'breaker', market: '', data: { reason: 'stale-head', detail }, ...over })
const hash = (n: number): string => `0x${String(n).padStart(64, '0')}`
const sound = (text: string): void => {
  expect(htmlError(text)).to.equal(undefined)
  expect(text.length).to.be.at.most(LONGEST)
  expect(widest(text)).to.be.at.most(PHONE)
}

describe('adapters/telegram: digests', () => {
  it('a few wait: the oldest alone. One more: all together', () => {
    const few = alerts(SINGLE_MOST)
    expect(nextMessage(few, naming)).to.deep.equal({ seq: 1, text: describeEntry(few[0]!, naming) })
    const more = alerts(SINGLE_MOST + 1)
    expect(nextMessage(more, naming)).to.deep.equal({ seq: SINGLE_MOST + 1, text: digest(more, naming) })
    expect(nextMessage([], naming)).to.equal(undefined)
  })

  it('counts accounts by level, the most pressing first, and names those with the largest debts', () => {
    const text = digest(alerts(11), naming)
    expect(text).to.include('11 events').and.include('5 below 1.0,').and.include('6 below 1.05,')
    expect([text.indexOf('below 1.0,') < text.indexOf('below 1.05'), text.includes('$6.00')]).to.deep.equal([
      true,
      true,
    ])
    expect(text.indexOf('$10.00')).to.be.below(text.indexOf('$8.00'))
    expect(text).not.to.include('$4.00')
    sound(text)
  })

  it('an account counts where it stands now', () => {
    const steps = ['1.1', '1.05', '1.0'].map((threshold, i) => entry({ seq: i, data: alertData({ threshold }) }))
    expect(digest(steps, naming)).to.include('1 below 1.0').and.not.include('1.05')
    const back = entry({ seq: 4, data: alertData({ type: 'recovered', threshold: '1.1' }) })
    expect(digest([...steps, back], naming))
      .to.include('🟢 1 recovered')
      .and.not.include('below')
  })

  it('a transaction counts once, as what it came to last', () => {
    const of = (kind: 'sent' | 'confirmed' | 'lost' | 'reorged', n: number, data = {}): JournalEntry =>
      entry({ kind, data: (kind === 'sent' ? sentData : settledData)({ hash: hash(n), ...data }) })
    const text = digest(
      [
        ...[1, 2, 3, 4, 5, 6].map((n) => of('sent', n)),
        of('confirmed', 1),
        of('confirmed', 2),
        of('lost', 3, { reason: 'reverted' }),
        of('lost', 4, { reason: 'expired', feeWei: '0' }),
        of('reorged', 2),
        of('confirmed', 2),
        of('confirmed', 5),
        of('reorged', 5),
      ],
      naming,
    )
    expect(text).to.include('✅ 2 liquidated, profit $84.00')
    expect(text).to.include('📤 1 sent, expected $12.50')
    expect(text).to.include('❌ 2 lost (1 reverted, 1 expired), cost 0.00029 ETH')
    expect(text).to.include('↩️ 1 reorged out')
  })

  it('markets are told apart, and what is urgent comes first and in full', () => {
    const distrust = entry({ kind: 'breaker', data: { reason: 'market-quarantined', detail: 'so it is' } })
    const text = digest([...alerts(3), ...alerts(2, { market: 'other', block: '100' }), breaker(), distrust], naming)
    const places = ['No new blocks', 'no new block', 'Market not trusted', '<b>local-aave', '<b>other on local']
    const found = places.map((part) => text.indexOf(part))
    expect(found)
      .to.deep.equal(found.toSorted((a, b) => a - b))
      .and.not.include(-1)
    expect(text).to.include('block 100 (23 ago)')
    sound(text)
  })

  it('so many alarms: the newest, and how many more there were; the liquidations are not hidden', () => {
    const many = Array.from({ length: 50 }, (_, i) => breaker({}, `number ${i}`))
    const text = digest([...many, entry({ kind: 'confirmed', data: settledData() })], naming)
    expect(text).to.include('number 49').and.include('1 liquidated').and.not.include('number 0')
    expect(Number(/… and (\d+) more before these/.exec(text)?.[1])).to.equal(50 - (text.match(/number/g)?.length ?? 0))
    sound(text)
  })

  it('so many markets: fewer accounts of each, then fewer markets and how many entries more', () => {
    const markets = (count: number): JournalEntry[] =>
      Array.from({ length: count }, (_, i) => alerts(10, { market: `market-${i}` })).flat()
    expect(digest(markets(12), naming))
      .to.include('market-11')
      .and.not.include('more')
    const text = digest(markets(99), naming)
    const told = text.match(/<b>market-/g)?.length ?? 0
    expect(text).to.include(`… and ${990 - told * 10} more`)
    sound(text)
  })

  it('never fails, never breaks the HTML, never grows too long, whatever is in it', () => {
    const value = fc.oneof(
      fc.anything(),
      fc.string({ maxLength: 9_000 }),
      fc.constant('<b>&</pre>'.repeat(600)),
      fc.bigInt({ min: -(2n ** 256n), max: 2n ** 256n }).map(String),
    )
    const names = [...Object.keys(alertData()), 'hash', 'reason', 'detail', 'profitUsd8', 'feeWei', 'mismatched']
    const one = fc.record({
      kind: fc.constantFrom(...JOURNAL_KINDS),
      market: fc.oneof(fc.constant('m'), fc.string({ maxLength: 300 })),
      block: fc.oneof(fc.nat().map(String), fc.string()),
      data: fc.dictionary(fc.constantFrom(...names), value),
    })
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 60 }), (wild) =>
        sound(digest(wild.map((over, seq) => entry({ ...over, seq })).filter(isTold), naming)),
      ),
      { numRuns: 60 },
    )
  })
})
