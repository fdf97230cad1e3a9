import { expect } from 'chai'
import fc from 'fast-check'
import type { JournalEntry } from '../../../src/core/journal.ts'
import type { Channel } from '../../../src/core/people/channel.ts'
import { EVENT_NAMES, EVENTS, type EventName, LOUDNESS, ROLES } from '../../../src/core/people/events.ts'
import { isQuiet } from '../../../src/core/people/quiet.ts'
import { route } from '../../../src/core/people/route.ts'
import { eventOf } from '../../../src/core/people/told.ts'
import type { Mute } from '../../../src/core/people/watch.ts'

const ME = 'telegram:1'
const ADDRESS = '0xAbCd000000000000000000000000000000000001'
/** Three in the night. */
const NOW = Date.parse('2026-11-26T03:00:00Z') / 1_000
const MORNING = Date.parse('2026-11-26T07:00:00Z') / 1_000

const channel = (over: Partial<Channel> = {}): Channel => ({
  name: ME,
  role: 'operator',
  language: 'en',
  events: {},
  topics: {},
  quiet: undefined,
  timezone: 'UTC',
  ...over,
})
const entry = (kind: JournalEntry['kind'], data: JournalEntry['data'] = {}): JournalEntry => ({
  seq: 1,
  chainId: 1,
  market: 'm',
  block: '1',
  kind,
  data,
})
const alert = (type: EventName, to: string | null = null): JournalEntry =>
  entry('alert', { type, to, address: ADDRESS })
const mute = (scope: string, untilS: number | null = null): Mute => ({ chat: ME, scope, untilS })
const trouble = entry('breaker', { reason: 'stale-head' })

const how = (told: JournalEntry, over: Partial<Channel> = {}, mutes: readonly Mute[] = []): string => {
  const found = route(told, { channel: channel(over), mutes, nowS: NOW })
  if (found === undefined) return 'off'
  return `${found.loud ? 'loud' : 'silent'}${found.dueS > NOW ? ' later' : ''}`
}
const night = { quiet: { fromMinute: 22 * 60, toMinute: 7 * 60 } }

describe('core/people/route', () => {
  for (const [what, told, expected, over = {}, mutes = []] of [
    ['a role’s default', entry('confirmed'), 'loud'],
    ['another role’s default', entry('confirmed'), 'silent', { role: 'viewer' }],
    ['the chat’s own choice', entry('confirmed'), 'off', { events: { confirmed: 'off' } }],
    ['its own choice to hear more', entry('plan'), 'silent', { events: { planned: 'silent' } }],
    ['what is no event', entry('rollback'), 'off'],
    ['an alert for all, to an operator', alert('threshold'), 'silent'],
    ['an alert for all, to an owner', alert('threshold'), 'off', { role: 'owner' }],
    ['even when an owner wants them', alert('threshold'), 'off', { role: 'owner', events: { threshold: 'loud' } }],
    ['an alert for this owner', alert('threshold', ME), 'loud', { role: 'owner' }],
    ['an alert for another chat', alert('threshold', 'telegram:2'), 'off', { role: 'owner' }],
    ['another chat’s, to an operator', alert('liquidatable', 'telegram:2'), 'off'],
    ['what an operator asked for is told as to an owner', alert('threshold', ME), 'loud'],
    ['unless the chat chose otherwise', alert('threshold', ME), 'silent', { events: { threshold: 'silent' } }],
    ['trouble', trouble, 'loud'],
    ['trouble to an owner', trouble, 'off', { role: 'owner' }],
    ['a pause elsewhere', entry('control', { said: 'pause', chat: 'telegram:2' }), 'loud'],
    ['a pause by SIGHUP or HTTP', entry('control', { said: 'pause', chat: null }), 'loud'],
    ['a pause said here', entry('control', { said: 'pause', chat: ME }), 'off'],
    ['what concerns another chat alone', entry('control', { said: 'watch', chat: 'telegram:2' }), 'off'],
    ['its own failure', entry('breaker', { reason: 'channel-failed', channel: ME }), 'off'],
    ['another’s failure', entry('breaker', { reason: 'channel-failed', channel: 'webhook:x' }), 'loud'],
    ['low balance', entry('breaker', { reason: 'low-balance' }), 'loud'],
    ['trouble that is over', entry('breaker', { reason: 'head-is-back' }), 'silent'],
    ['muted', alert('threshold', ME), 'off', {}, [mute('all')]],
    ['muted, critical: without a sound', alert('liquidatable', ME), 'silent', {}, [mute('all')]],
    ['a mute that is over', alert('threshold', ME), 'loud', {}, [mute('all', NOW)]],
    ['a mute that is not', alert('threshold', ME), 'off', {}, [mute('all', NOW + 1)]],
    ['a position', alert('threshold', ME), 'off', {}, [mute(`position:${ADDRESS.toLowerCase()}`)]],
    ['another position', alert('threshold', ME), 'loud', {}, [mute('position:0x02')]],
    ['a borrower', entry('confirmed', { borrower: ADDRESS }), 'off', {}, [mute(`position:${ADDRESS.toLowerCase()}`)]],
    ['a market', alert('threshold', ME), 'off', {}, [mute('market:m')]],
    ['another market', alert('threshold', ME), 'loud', {}, [mute('market:mm')]],
    ['at night', alert('threshold', ME), 'loud later', night],
    ['at night, critical', alert('liquidatable', ME), 'loud', night],
    ['at night, critical and muted', alert('liquidatable', ME), 'silent', night, [mute('all')]],
  ] as readonly [string, JournalEntry, string, Partial<Channel>?, (readonly Mute[])?][])
    it(`${what}: ${expected}`, () => expect(how(told, over, mutes)).to.equal(expected))

  it('what waits, waits until the morning', () =>
    expect(route(alert('threshold'), { channel: channel(night), mutes: [], nowS: NOW })?.dueS).to.equal(MORNING))

  const anything = fc.record({
    told: fc.oneof(
      fc
        .record({ type: fc.constantFrom(...EVENT_NAMES), to: fc.constantFrom(null, ME, 'telegram:2') })
        .map((data) => entry('alert', { ...data, address: ADDRESS })),
      fc.constantFrom<JournalEntry>(trouble, entry('sent'), entry('refusal'), entry('summary'), entry('confirmed')),
    ),
    channel: fc
      .record({
        role: fc.constantFrom(...ROLES),
        events: fc.dictionary(fc.constantFrom(...EVENT_NAMES), fc.constantFrom(...LOUDNESS)),
        quiet: fc.option(
          fc.record({ fromMinute: fc.integer({ min: 0, max: 1439 }), toMinute: fc.integer({ min: 0, max: 1439 }) }),
          { nil: undefined },
        ),
        timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York'),
      })
      .map(channel),
    mutes: fc.array(
      fc.record({
        chat: fc.constant(ME),
        scope: fc.constantFrom('all', `position:${ADDRESS.toLowerCase()}`, 'market:m', 'market:n'),
        untilS: fc.option(fc.integer({ min: NOW - 10, max: NOW + 10 })),
      }),
      { maxLength: 3 },
    ),
    nowS: fc.integer({ min: NOW, max: NOW + 86_400 * 365 }),
  })

  it('nothing critical is ever lost or kept back, nothing that is off is ever told, and the night is never loud', () => {
    const run = fc.property(anything, ({ told, channel, mutes, nowS }) => {
      const event = eventOf(told)
      if (event === undefined) throw new Error('an event')
      const { to } = told.data
      const concerns = told.kind !== 'alert' || (to === null ? channel.role !== 'owner' : to === ME)
      const loudness = channel.events[event] ?? EVENTS[event][to === ME ? 'owner' : channel.role]
      const found = route(told, { channel, mutes, nowS })
      if (!concerns || loudness === 'off') expect(found).to.equal(undefined)
      else if (EVENTS[event].critical) expect(found?.dueS).to.equal(nowS)
      else if (found === undefined) expect(mutes.length).to.be.at.least(1)
      else {
        expect(found.loud && loudness !== 'loud').to.equal(false)
        if (channel.quiet) expect(isQuiet(channel.quiet, channel.timezone, found.dueS)).to.equal(false)
      }
    })
    fc.assert(run, { numRuns: 1_000 })
  })
})
