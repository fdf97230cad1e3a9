/** The examples of docs/telegram.md are what the program says. */
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { COMMANDS } from '../../src/adapters/telegram/commands.ts'
import { describe as describeEntry, type Naming } from '../../src/adapters/telegram/describe.ts'
import { digest } from '../../src/adapters/telegram/digest.ts'
import type { JournalEntry } from '../../src/core/ports.ts'
import { addressOf, alertData, entry, HASH, naming, sentData, settledData } from './telegram-support.ts'

const AAVE = { market: 'aave-v3-ethereum', chainId: 1, block: '21530118' }
const ethereum: Naming = { ...naming, chain: () => 'ethereum', head: () => 21530120n }
const of = (over: Partial<JournalEntry>): JournalEntry => entry({ ...AAVE, ...over })
const one = (over: Partial<JournalEntry>): string => describeEntry(of(over), ethereum) ?? ''

const account = (n: number, healthFactor: string, debtBase: string, threshold: string): JournalEntry =>
  of({ data: alertData({ address: addressOf(n), healthFactor, debtBase, threshold }), block: `2153011${n % 8}` })
const hash = (n: number): string => HASH.slice(0, -1) + n

const CRASH: readonly JournalEntry[] = [
  account(1001, '991200000000000000', '8421190000000', '1.0'),
  account(1002, '998700000000000000', '191450000000', '1.0'),
  account(1003, '1043200000000000000', '1234567890000', '1.05'),
  account(1004, '1031000000000000000', '301225000000', '1.05'),
  account(1005, '1012900000000000000', '20500000000', '1.05'),
  account(1006, '1049900000000000000', '10200000000', '1.05'),
  ...[1, 2, 3].map((n) => of({ kind: 'sent', data: sentData({ hash: hash(n) }) })),
  ...[1, 2].map((n) => of({ kind: 'confirmed', data: settledData({ hash: hash(n) }) })),
  of({ kind: 'lost', data: settledData({ hash: hash(4), reason: 'reverted' }) }),
  of({
    kind: 'breaker',
    market: '',
    data: { reason: 'head-is-back', detail: 'chain ethereum moves again at block 21530118' },
  }),
]

const EXAMPLES: Readonly<Record<string, string>> = {
  alert: one({}),
  sent: one({ kind: 'sent', data: sentData() }),
  confirmed: one({ kind: 'confirmed', data: settledData() }),
  lost: one({ kind: 'lost', data: settledData({ reason: 'reverted', winner: addressOf(77) }) }),
  breaker: one({
    kind: 'breaker',
    market: '',
    data: { reason: 'stale-head', detail: 'no new block of chain ethereum for 42 s' },
  }),
  digest: digest(CRASH, ethereum),
}

/** As a phone shows it. */
const plain = (html: string): string =>
  html
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

describe('docs/telegram.md', () => {
  const doc = readFileSync(new URL('../../docs/telegram.md', import.meta.url), 'utf8')
  const found = [...doc.matchAll(/<!-- example: (\w+) -->\n```text\n(.*?)\n```/gs)]

  it('has every example', () => {
    expect(found.map(([, name]) => name)).to.deep.equal(Object.keys(EXAMPLES))
  })
  for (const [name, html] of Object.entries(EXAMPLES))
    it(`shows the ${name} as it is sent`, () => {
      expect(found.find(([, shown]) => shown === name)?.[2]).to.equal(plain(html))
    })
  it('names every command', () => {
    for (const { command } of COMMANDS) expect(doc).to.include(`\`/${command}`)
  })
})
