/** Who is told what, and how: one entry of the journal, one channel. */
import type { JournalEntry } from '../journal.ts'
import type { Channel } from './channel.ts'
import { EVENTS, type EventName } from './events.ts'
import { quietEndS } from './quiet.ts'
import { eventOf } from './told.ts'
import type { Mute } from './watch.ts'

export interface Situation {
  readonly channel: Channel
  /** Of this channel. */
  readonly mutes: readonly Mute[]
  /** Unix seconds. */
  readonly nowS: number
}

export interface Route {
  readonly event: EventName
  readonly loud: boolean
  /** Unix seconds; later than now only for what waits for the end of quiet hours. */
  readonly dueS: number
}

/** Undefined: this channel is not told. */
export function route(entry: JournalEntry, { channel, mutes, nowS }: Situation): Route | undefined {
  const event = eventOf(entry)
  if (event === undefined || !concerns(entry, channel)) return undefined
  const { critical } = EVENTS[event]
  // What is addressed to a chat was asked for there by an owner, whatever the chat's role is otherwise.
  const role = entry.data['to'] === channel.name ? 'owner' : channel.role
  const loudness = channel.events[event] ?? EVENTS[event][role]
  if (loudness === 'off') return undefined
  const isMuted = mutes.some((mute) => applies(mute, entry, nowS))
  if (isMuted && !critical) return undefined
  const dueS = critical || channel.quiet === undefined ? nowS : quietEndS(channel.quiet, channel.timezone, nowS)
  return { event, loud: loudness === 'loud' && !isMuted, dueS }
}

/** What somebody said that concerns more than their own chat. */
const PUBLIC: ReadonlySet<unknown> = new Set(['pause', 'resume', 'mode', 'reload'])

function concerns({ kind, data }: JournalEntry, { name, role }: Channel): boolean {
  switch (kind) {
    case 'alert':
      return typeof data['to'] === 'string' ? data['to'] === name : role !== 'owner'
    case 'control':
      // Where it was said there was an answer.
      return PUBLIC.has(data['said']) && data['chat'] !== name
    case 'breaker':
      // A channel that fails is told of on the others.
      return !(data['reason'] === 'channel-failed' && data['channel'] === name)
    default:
      return true
  }
}

function applies({ scope, untilS }: Mute, { market, data }: JournalEntry, nowS: number): boolean {
  if (untilS !== null && untilS <= nowS) return false
  if (scope === 'all') return true
  const who = data['address'] ?? data['borrower']
  return scope === `market:${market}` || (typeof who === 'string' && scope === `position:${who.toLowerCase()}`)
}
