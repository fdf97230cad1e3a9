import { expect } from 'chai'
import fc from 'fast-check'
import { GrammyError, HttpError } from 'grammy'
import { htmlError } from '../../scripts/doubles/telegram-html.ts'
import { JOURNAL_KINDS } from '../../src/adapters/http/schemas.ts'
import { describe as describeEntry, isTold } from '../../src/adapters/telegram/describe.ts'
import { verdictOn } from '../../src/adapters/telegram/retry.ts'
import { ether, health, PHONE, percent, price, shortAddress, tokens, usd } from '../../src/adapters/telegram/text.ts'
import type { JournalEntry } from '../../src/core/ports.ts'
import { ALICE, WETH } from './http-support.ts'
import { alertData, entry, HASH, naming, sentData, settledData, widest } from './telegram-support.ts'

describe('adapters/telegram: texts', () => {
  it('prints amounts as people read them, never safer than they are, and "?" for what is broken', () => {
    expect(['0', '1', '123456789', '-150000000', 123n, 'x', undefined, {}].map(usd)).to.deep.equal([
      '$0.00',
      '$0.00',
      '$1.23',
      '-$1.50',
      '$0.00',
      '?',
      '?',
      '?',
    ])
    expect(usd('1234567890123456')).to.equal('$12,345,678.90')
    expect(['999999999999999999', '1000000000000000000', null, 5, `${10n ** 30n}`, '1.5'].map(health)).to.deep.equal([
      '0.9999',
      '1.0000',
      'no debt',
      '0.0000',
      'very high',
      '?',
    ])
    expect(['183020000000', '99991234', undefined].map(price)).to.deep.equal(['$1,830.20', '$0.999912', '?'])
    expect([1n, 10n ** 12n, 290_000_000_000_001n, 10n ** 18n, 0n, 'x'].map(ether)).to.deep.equal([
      '0.000001 ETH',
      '0.000001 ETH',
      '0.000291 ETH',
      '1.0 ETH',
      '0.0 ETH',
      '?',
    ])
    const named = [6, 18, 0].map((decimals) => tokens('1234567890', { symbol: 'X', decimals }))
    expect(named).to.deep.equal(['1,234.5678 X', '0.0000 X', '1,234,567,890 X'])
    expect([4.14, null, Number.NaN].map(percent)).to.deep.equal(['4.1 %', '?', '?'])
    expect([ALICE, '0x12', 7].map(shortAddress)).to.deep.equal(['0x0000…11cE', '?', '?'])
  })

  it('an alert has all that a phone needs', () => {
    expect(describeEntry(entry(), naming)).to.equal(
      [
        '<b>🟠 0x0000…11cE below 1.05</b>',
        'local-aave on local',
        '<pre>health      1.0432',
        'debt        $12,345.67',
        'collateral  $15,000.00',
        'liq. price  $1,830.20 WETH',
        'distance    4.1 %',
        'block       123</pre>',
        `<code>${ALICE}</code>`,
      ].join('\n'),
    )
  })

  const cases: readonly [string, Partial<JournalEntry>, readonly string[]][] = [
    ['below 1 is red', { data: alertData({ threshold: '1.0', healthFactor: '999999999999999999' }) }, ['🔴', '0.9999']],
    ['recovered', { data: alertData({ type: 'recovered', threshold: '1.1' }) }, ['🟢', 'back above 1.1']],
    [
      'no price, no distance',
      { data: alertData({ liquidationPrice: null, distancePct: null }) },
      ['none', 'no fall does it'],
    ],
    [
      'an asset without a name',
      { data: alertData({ liquidationPrice: { asset: ALICE, price: '1' } }) },
      ['0x0000…11cE'],
    ],
    ['a late message', { block: '100' }, ['100 (23 ago)']],
    [
      'sent',
      { kind: 'sent', data: sentData() },
      ['repays    1,234.5000 USDC', 'seizes    0.7100 WETH', '$12.50', `<code>${HASH}</code>`],
    ],
    ['confirmed', { kind: 'confirmed', data: settledData() }, ['✅', '$42.00', '42.0100 USDC', '0.00029 ETH']],
    [
      'confirmed in an asset without a name',
      { kind: 'confirmed', data: settledData({ debtAsset: ALICE }) },
      ['profit    $42.00\nfee'],
    ],
    [
      'lost on the way',
      { kind: 'lost', data: settledData({ winner: WETH, reason: 'reverted' }) },
      ['reverted on chain', 'cost      0.00029 ETH', 'winner    0xC02a…6Cc2'],
    ],
    [
      'lost in silence',
      { kind: 'lost', data: settledData({ reason: 'expired', feeWei: '0' }) },
      ['reason    expired unseen\nblock'],
    ],
    ['lost for a reason of a newer version', { kind: 'lost', data: settledData({ reason: 'outrun' }) }, ['outrun']],
    ['reorged', { kind: 'reorged', data: settledData() }, ['reorged', HASH]],
    [
      'breaker of a newer version',
      { kind: 'breaker', market: '', data: { reason: 'losses', detail: 'three <lost>' } },
      ['🛑', 'losses', 'three &lt;lost&gt;'],
    ],
    ...[
      'stale-head ⏳',
      'head-is-back ✅',
      'market-quarantined 🚧',
      'market-still-differs 🚧',
      'market-trusted ✅',
      'below-finality 🛑',
    ].map((both): [string, Partial<JournalEntry>, string[]] => {
      const [reason, sign = ''] = both.split(' ')
      return [`breaker ${reason}`, { kind: 'breaker', data: { reason, detail: 'so it is' } }, [sign, 'so it is']]
    }),
  ]
  for (const [name, over, parts] of cases) {
    it(name, () => {
      const text = describeEntry(entry(over), naming) ?? ''
      for (const part of parts) expect(text).to.include(part)
      expect(htmlError(text)).to.equal(undefined)
      expect(widest(text)).to.be.at.most(PHONE)
    })
  }

  it('says nothing of what is not worth a message', () => {
    const silent = [
      ...(['rollback', 'refusal', 'plan', 'replaced'] as const).map((kind) => entry({ kind })),
      entry({ kind: 'audit', data: { mismatched: 0 } }),
      entry({ kind: 'audit', data: { mismatched: 3 } }),
    ]
    for (const one of silent) expect([describeEntry(one, naming), isTold(one)]).to.deep.equal([undefined, false])
  })

  it('never fails, never breaks the HTML, never grows too long, whatever the data', () => {
    const names = [
      ...Object.keys(alertData()),
      'borrower',
      'hash',
      'reason',
      'detail',
      'winner',
      'mismatched',
      'netUsd8',
    ]
    const value = fc.oneof(fc.anything(), fc.string({ maxLength: 9_000 }), fc.constant('<b>&</pre>'.repeat(600)))
    const data = fc.dictionary(fc.constantFrom(...names), value)
    fc.assert(
      fc.property(fc.constantFrom(...JOURNAL_KINDS), data, (kind, broken) => {
        const text = describeEntry(entry({ kind, data: broken }), naming)
        expect(isTold(entry({ kind, data: broken }))).to.equal(text !== undefined)
        if (text === undefined) return
        expect(widest(text)).to.be.at.most(PHONE)
        expect(htmlError(text)).to.equal(undefined)
        expect(text.length).to.be.below(4_096)
      }),
    )
  })
})

describe('adapters/telegram: what to do about a failure', () => {
  const failure = (error_code: number, retry_after?: number): GrammyError => {
    const parameters = retry_after === undefined ? {} : { retry_after }
    return new GrammyError('failed', { ok: false, error_code, description: '', parameters }, 'sendMessage', {})
  }
  const rows: readonly [string, unknown, number, ReturnType<typeof verdictOn>][] = [
    ['a flood waits as long as it is told', failure(429, 7), 0, { kind: 'wait', ms: 7_000 }],
    ['but not for hours', failure(429, 86_400), 0, { kind: 'wait', ms: 900_000 }],
    ['a flood without a time backs off', failure(429), 1, { kind: 'wait', ms: 2_000 }],
    ['a server error backs off', failure(502), 0, { kind: 'wait', ms: 1_000 }],
    ['and further', failure(502), 3, { kind: 'wait', ms: 8_000 }],
    ['up to a minute', failure(502), 500, { kind: 'wait', ms: 60_000 }],
    ['no answer backs off', new HttpError('no', new Error('x')), 2, { kind: 'wait', ms: 4_000 }],
    ['a wrong token waits for a better one', failure(401), 0, { kind: 'wait', ms: 1_000 }],
    ['a second poller too', failure(409), 0, { kind: 'wait', ms: 1_000 }],
    ['a text that cannot be read is refused', failure(400), 0, { kind: 'refused' }],
    ['so is a chat that blocked us', failure(403), 0, { kind: 'refused' }],
  ]
  for (const [name, error, attempt, verdict] of rows) {
    it(name, () => expect(verdictOn(error, attempt)).to.deep.equal(verdict))
  }
})
