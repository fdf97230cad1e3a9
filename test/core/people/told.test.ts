import { expect } from 'chai'
import type { JournalEntry } from '../../../src/core/journal.ts'
import { EVENT_NAMES, EVENTS } from '../../../src/core/people/events.ts'
import { eventOf } from '../../../src/core/people/told.ts'

const entry = (kind: string, data: JournalEntry['data'] = {}): JournalEntry => ({
  seq: 1,
  chainId: 1,
  market: 'm',
  block: '1',
  kind: kind as JournalEntry['kind'],
  data,
})

describe('eventOf', () => {
  const rows: readonly (readonly [string, JournalEntry['data'], string | undefined])[] = [
    ['alert', { type: 'threshold' }, 'threshold'],
    ['alert', { type: 'unchecked' }, 'unchecked'],
    ['alert', { type: 'of a later version' }, undefined],
    ['alert', { type: 'toString' }, undefined],
    ['alert', {}, undefined],
    ['plan', {}, 'planned'],
    ['sent', {}, 'sent'],
    ['confirmed', {}, 'confirmed'],
    ['lost', {}, 'lost'],
    ['reorged', {}, 'reorged'],
    ['refusal', { reason: 'unprofitable' }, 'refused'],
    ['breaker', { reason: 'stale-head' }, 'trouble'],
    ['breaker', { reason: 'head-is-back' }, 'trouble-over'],
    ['breaker', { reason: 'market-trusted' }, 'trouble-over'],
    ['breaker', { reason: 'low-balance' }, 'low-balance'],
    ['breaker', { reason: 'balance-is-back' }, 'trouble-over'],
    ['control', { said: 'pause' }, 'control'],
    ['summary', {}, 'summary'],
    ['risk', { type: 'phase', state: 'on' }, 'phase'],
    ['risk', { type: 'phase', state: 'off' }, 'phase'],
    ['risk', { type: 'cliff', state: 'on' }, 'risk'],
    ['risk', { type: 'cliff', state: 'off' }, 'risk-over'],
    ['risk', { type: 'coverage', state: 'unknown' }, 'risk-over'],
    ['brief', {}, 'brief'],
    ['audit', {}, undefined],
    ['rollback', {}, undefined],
    ['replaced', {}, undefined],
    ['of a later version', {}, undefined],
  ]
  for (const [kind, data, event] of rows)
    it(`${kind} ${JSON.stringify(data)}: ${event ?? 'told to nobody'}`, () => {
      expect(eventOf(entry(kind, data))).to.equal(event)
    })

  it('knows every event it gives, and whoever is told of danger is told whatever the hour', () => {
    for (const name of EVENT_NAMES)
      expect(EVENTS[name]).to.have.keys('topic', 'owner', 'operator', 'viewer', 'critical')
    expect(EVENT_NAMES.filter((name) => EVENTS[name].critical)).to.have.members([
      'liquidatable',
      'liquidated',
      'unchecked',
      'trouble',
      'low-balance',
    ])
  })
})
