import type { JournalEntry } from '../journal.ts'
import { EVENTS, type EventName } from './events.ts'

/** Reasons of a breaker that say that a trouble has ended. */
const OVER: ReadonlySet<unknown> = new Set([
  'head-is-back',
  'market-trusted',
  'known-revision',
  'pools-trusted',
  'channel-is-back',
  'balance-is-back',
])

/** The event an entry is for people; undefined for what they are never told of. */
export function eventOf({ kind, data }: JournalEntry): EventName | undefined {
  switch (kind) {
    case 'alert':
      return isEvent(data['type']) ? data['type'] : undefined
    case 'plan':
      return 'planned'
    case 'sent':
    case 'confirmed':
    case 'lost':
    case 'reorged':
    case 'summary':
    case 'brief':
    case 'control':
      return kind
    case 'risk':
      if (data['type'] === 'phase') return 'phase'
      return data['state'] === 'on' ? 'risk' : 'risk-over'
    case 'refusal':
      return 'refused'
    case 'breaker':
      if (OVER.has(data['reason'])) return 'trouble-over'
      return data['reason'] === 'low-balance' ? 'low-balance' : 'trouble'
    // What an audit finds is told as a breaker, once, however often it is found again.
    case 'audit':
    case 'rollback':
    case 'replaced':
      return undefined
    default:
      // A store written by a newer version may hold kinds that are not known here: no reason to fail.
      kind satisfies never
      return undefined
  }
}

const isEvent = (name: unknown): name is EventName => typeof name === 'string' && Object.hasOwn(EVENTS, name)
