import fc from 'fast-check'
import { advice, alertData, reader, sentData, settledData } from '../../../../scripts/alerts/fixtures.ts'
import { JOURNAL_KINDS } from '../../../../src/adapters/http/schemas.ts'
import type { JournalEntry } from '../../../../src/core/journal.ts'
import { EVENT_NAMES, ROLES } from '../../../../src/core/people/events.ts'
import type { Message } from '../../../../src/core/people/message.ts'
import { LANGUAGES } from '../../../../src/core/people/words/catalogue.ts'
import { compose } from '../../../../src/core/people/words/compose.ts'
import type { Reader } from '../../../../src/core/people/words/reader.ts'
import { WARNING_TYPES } from '../../../../src/core/risk/warning-thresholds.ts'
import { sound } from './support.ts'

const one = (told: JournalEntry, over: Partial<Reader> = {}): Message =>
  compose([{ id: 42, entry: told }], reader(over))
/** What entries about markets hold, on either level. */
const RISK_NAMES = [
  ...['state', 'group', 'value', 'threshold', 'lacks', 'phase', 'previous', 'sinceHour', 'why', 'fromPct', 'toPct'],
  ...[
    'collateralUsd',
    'fallPct',
    'liquidatableUsd',
    'depthUsd',
    'idleUsd',
    'now',
    'before',
    'absorption',
    'wouldChange',
  ],
  'distrusted',
]

describe('core/people/words: whatever the journal holds', () => {
  const value = fc.oneof(
    fc.anything(),
    fc.string({ unit: 'binary', maxLength: 9_000 }),
    fc.constantFrom(
      '<b>&</pre>'.repeat(600),
      'x'.repeat(100_000),
      '健康'.repeat(5_000),
      null,
      undefined,
      Number.NaN,
      1e300,
    ),
    fc.bigInt({ min: -(2n ** 256n), max: 2n ** 256n }).map(String),
    fc.constantFrom('on', 'off', 'unknown', 'cascade', 1e-9, -1e300, -0),
    fc.array(
      fc.record({
        name: fc.oneof(fc.constantFrom('branching ratio, violent', 'hours without a new low'), fc.string()),
        value: fc.anything(),
        threshold: fc.anything(),
        held: fc.anything(),
        to: fc.constantFrom('calm', 'cascade', 7),
        missing: fc.anything(),
        ratio: fc.anything(),
        depthUsd: fc.anything(),
      }),
      { maxLength: 30 },
    ),
    fc.record({
      phase: fc.constantFrom('calm', 'newer'),
      timestamp: fc.anything(),
      debtUsd: fc.double(),
      leverage: fc.double(),
      group: fc.anything(),
      utilisation: fc.record({ symbol: fc.anything(), value: fc.double() }),
    }),
    fc.record({ healthFactor: fc.anything(), block: fc.anything(), asset: fc.anything(), price: fc.anything() }),
  )
  const names = [
    ...Object.keys(alertData()),
    ...Object.keys(sentData()),
    ...Object.keys(settledData()),
    'detail',
    'reason',
    'liquidator',
    'said',
    'via',
    'by',
    'chat',
    'day',
    'refused',
    'lost',
    'liquidations',
    'accounts',
    ...RISK_NAMES,
  ]
  const type = fc.constantFrom<unknown>(...EVENT_NAMES, ...WARNING_TYPES, 'newer', 7, null)
  const wild = fc.record({
    kind: fc.constantFrom(...JOURNAL_KINDS),
    chainId: fc.constantFrom(0, 1, 5),
    market: fc.oneof(fc.constantFrom('', 'm'), fc.string({ unit: 'binary', maxLength: 300 })),
    block: fc.oneof(fc.nat().map(String), fc.string()),
    data: fc
      .tuple(fc.dictionary(fc.constantFrom(...names), value), type)
      .map(([data, name]) => ({ ...data, type: name })),
  })
  const readers = fc.record({
    language: fc.constantFrom(...LANGUAGES),
    role: fc.constantFrom(...ROLES),
    advice: fc.constantFrom(undefined, 'failed' as const, advice(), advice({ quarantined: true })),
  })

  it('one entry renders, in both languages, for everybody, within what Telegram takes', () => {
    fc.assert(
      fc.property(wild, readers, (over, to) => sound(one({ seq: 1, ...over }, to))),
      { numRuns: 1_000 },
    )
  })
  it('so do many', () => {
    fc.assert(
      fc.property(fc.array(wild, { minLength: 2, maxLength: 60 }), readers, (many, to) =>
        sound(
          compose(
            many.map((over, seq) => ({ id: seq, entry: { seq, ...over } })),
            reader(to),
          ),
        ),
      ),
      { numRuns: 100 },
    )
  })
})
