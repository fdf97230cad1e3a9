/** Calls of the Bot API that put something into a chat: at Telegram's pace, one at a time a chat, and remembering what stands there. */
import { type Api, GrammyError } from 'grammy'
import { type Log, messageOf } from './caller.ts'
import { newPace } from './pace.ts'
import { type Verdict, verdictOf } from './verdict.ts'

export interface WireOptions {
  readonly api: Api
  /** Takes every secret out of a text. */
  readonly clean: (text: string) => string
  readonly log: Log
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number
  /** Rejects when the signal is aborted. */
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>
  /** We stop: nothing new is begun. */
  readonly signal: AbortSignal
  /** Where a group that became a supergroup is now; kept in the store. */
  readonly moved: { get(chatId: number): number | undefined; set(chatId: number, to: number): void }
}

export type Called<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly verdict: Verdict; readonly detail: string }

export interface Wire {
  readonly api: Api
  /** Resolves when the chat takes another message, or we stop. */
  ready(chatId: number): Promise<void>
  /** One call, when it is its turn. `call` gets the chat's id of today. */
  run<T>(chatId: number, call: (chatId: number) => Promise<T>): Promise<Called<T>>
  /** A message of ours was put there. */
  sent(chatId: number, messageId: number, thread: number | null): void
  /** An earlier life did so, `agoS` seconds ago. */
  wasSent(chatId: number, messageId: number, agoS: number): void
  /** The last that is known to be there; null: none. */
  last(chatId: number): number | null
  isLast(chatId: number, messageId: number, thread: number | null): boolean
  /** Ids that are known to be other messages. */
  isKnown(chatId: number, messageId: number): boolean
  /** The chat's id of today. */
  idOf(chatId: number): number
}

export function newWire({ api, clean, log, nowMs, delay, signal, moved }: WireOptions): Wire {
  const pace = newPace(nowMs)
  const turns = new Map<number, Promise<void>>()
  const ids = newIds()
  const idOf = (chatId: number): number => moved.get(chatId) ?? chatId
  const ready = async (chatId: number): Promise<void> => {
    for (let ms = pace.waitMs(chatId); ms > 0 && !signal.aborted; ms = pace.waitMs(chatId))
      await delay(ms, signal).catch(() => {})
  }
  const once = async <T>(chatId: number, call: (chatId: number) => Promise<T>): Promise<Called<T>> => {
    await ready(chatId)
    if (signal.aborted) return { kind: 'failed', verdict: { kind: 'unsent' }, detail: 'stopping' }
    const ended = pace.begin(chatId)
    try {
      return { kind: 'done', value: await call(idOf(chatId)) }
    } catch (error) {
      const verdict = verdictOf(error)
      if (verdict.kind === 'flood') pace.hold(chatId, verdict.seconds ?? FLOOD_S)
      if (verdict.kind === 'moved') moved.set(chatId, verdict.chatId)
      const detail = clean(messageOf(error))
      if (error instanceof GrammyError)
        log.warn({ chat: chatId, method: error.method, error: detail }, 'telegram says no')
      else log.warn({ chat: chatId, error: detail }, 'telegram does not answer')
      return { kind: 'failed', verdict, detail }
    } finally {
      ended()
    }
  }
  const run = <T>(chatId: number, call: (chatId: number) => Promise<T>): Promise<Called<T>> => {
    const before = turns.get(chatId) ?? Promise.resolve()
    const mine = before.then(() => once(chatId, call))
    turns.set(
      chatId,
      mine.then(() => {}),
    )
    return mine
  }
  return {
    api,
    ready,
    run,
    idOf,
    sent: (chatId, messageId, thread) => ids.add(idOf(chatId), messageId, thread),
    wasSent: (chatId, messageId, agoS) => {
      ids.add(idOf(chatId), messageId, null)
      if (agoS < MINUTE_S) pace.count(chatId)
    },
    last: (chatId) => ids.last(idOf(chatId)),
    isLast: (chatId, messageId, thread) => ids.isLast(idOf(chatId), messageId, thread),
    isKnown: (chatId, messageId) => ids.isKnown(idOf(chatId), messageId),
  }
}

/** Where Telegram does not say for how long. */
const FLOOD_S = 5
/** As far back as limits reach. */
const MINUTE_S = 61
/** More than any search looks at. */
const KNOWN_MOST = 2_000
/** Below it are supergroups and channels, which count their messages for themselves; all other chats of a bot share one count. */
const SUPERGROUP = -1_000_000_000_000

const boxOf = (chatId: number): number => (chatId < SUPERGROUP ? chatId : 0)

function newIds() {
  const known = new Map<number, Set<number>>()
  const lasts = new Map<string, number>()
  const of = (chatId: number): Set<number> => known.get(boxOf(chatId)) ?? new Set()
  return {
    add: (chatId: number, messageId: number, thread: number | null): void => {
      const box = of(chatId).add(messageId)
      const [oldest] = box
      if (box.size > KNOWN_MOST && oldest !== undefined) box.delete(oldest)
      known.set(boxOf(chatId), box)
      const place = `${chatId} ${thread}`
      lasts.set(place, Math.max(messageId, lasts.get(place) ?? 0))
    },
    last: (chatId: number): number | null => [...of(chatId)].reduce<number | null>((a, b) => Math.max(a ?? b, b), null),
    isLast: (chatId: number, messageId: number, thread: number | null): boolean =>
      messageId >= (lasts.get(`${chatId} ${thread}`) ?? 0),
    isKnown: (chatId: number, messageId: number): boolean => of(chatId).has(messageId),
  }
}
