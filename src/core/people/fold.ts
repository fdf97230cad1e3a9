/** What waits for a channel, as its next message. An alert that comes late is worth nothing, and a chat takes one message a second. */
import { EVENTS } from './events.ts'
import type { OutboxRow, Outgoing } from './outbox.ts'

/**
 * Up to so many waiting entries go out one by one. It is also the most intervals that an entry ever waits for its message: two
 * wait, one is told, and if the other then has more than one beside it, they go together.
 */
export const SINGLE_MOST = 2
/** Bounds the memory of one digest; what a chat missed in weeks comes as several. */
export const DIGEST_MOST = 5_000
/** How long a digest grows. */
const DIGEST_S = 120
/** An edit makes no sound: what is critical is edited in only so long after the digest itself has rung. */
const RING_S = 30
const REFUSALS_S = 3_600
/** A digest of refusals is no news: it must not take the chat's messages from what is. */
const REFUSALS_EDIT_S = 60

type Row = Pick<OutboxRow, 'id' | 'event' | 'loud'>
/** A digest that may still grow. */
export type Open = Pick<Outgoing, 'id' | 'createdS' | 'changedS' | 'loud' | 'rows'>

export interface Chat {
  readonly folding: 'edit' | 'new' | 'never'
  /** The last digest, unless another message stands below it. */
  readonly digest: Open | undefined
  readonly refusals: Open | undefined
  readonly nowS: number
}

export type Step<R> =
  | { readonly kind: 'one'; readonly row: R }
  /** `into`: the message that grows; undefined for a new one. */
  | {
      readonly kind: 'digest' | 'refusals'
      readonly rows: readonly R[]
      readonly into: number | undefined
    }
  /** Nothing to say before then (Unix seconds; undefined: at all). */
  | { readonly kind: 'wait'; readonly untilS: number | undefined }

/** `waiting`: due, oldest first, all of one thread. */
export function nextStep<R extends Row>(waiting: readonly R[], chat: Chat): Step<R> {
  if (chat.folding === 'never') return waiting[0] ? { kind: 'one', row: waiting[0] } : nothing
  const news = waiting.filter(({ event }) => event !== 'refused')
  return news[0] ? told(news, news[0], chat) : refused(waiting, chat)
}

const nothing = { kind: 'wait', untilS: undefined } as const

function told<R extends Row>(news: readonly R[], first: R, chat: Chat): Step<R> {
  const { digest, folding, nowS } = chat
  if (folding === 'edit' && digest !== undefined && grows(digest, news, nowS))
    return { kind: 'digest', rows: news.slice(0, DIGEST_MOST - digest.rows), into: digest.id }
  if (news.length <= SINGLE_MOST) return { kind: 'one', row: first }
  return { kind: 'digest', rows: news.slice(0, DIGEST_MOST), into: undefined }
}

function grows({ createdS, rows, loud }: Open, news: readonly Row[], nowS: number): boolean {
  const ageS = nowS - createdS
  const mayBeSilent = (row: Row): boolean => !row.loud || (loud && (!EVENTS[row.event].critical || ageS <= RING_S))
  return ageS >= 0 && ageS <= DIGEST_S && rows < DIGEST_MOST && news.every(mayBeSilent)
}

function refused<R extends Row>(rows: readonly R[], { folding, refusals, nowS }: Chat): Step<R> {
  if (rows.length === 0) return nothing
  const endS = refusals === undefined ? nowS : refusals.createdS + REFUSALS_S
  // A wall clock that was put back must not hold them for ever.
  if (refusals === undefined || nowS >= endS || nowS < refusals.createdS)
    return { kind: 'refusals', rows: rows.slice(0, DIGEST_MOST), into: undefined }
  const room = DIGEST_MOST - refusals.rows
  if (folding === 'new' || room <= 0) return { kind: 'wait', untilS: endS }
  const editS = refusals.changedS + REFUSALS_EDIT_S
  if (nowS < editS) return { kind: 'wait', untilS: Math.min(editS, endS) }
  return { kind: 'refusals', rows: rows.slice(0, room), into: refusals.id }
}
