/**
 * Reads what people write and press, by long polling, as the bot's one poller; hands on what comes through the door. A second
 * poller with the same token takes updates away from us: that is noticed and told.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Api, GrammyError } from 'grammy'
import { admit, type Door, updateIdOf } from './admit.ts'
import { type Caller, type Log, messageOf, newCaller } from './caller.ts'
import { Confirmations, type Values } from './confirmations.ts'
import { hear, type Reply, type Talking } from './conversation.ts'
import type { House, TalkChat } from './house.ts'
import { showMenus } from './menu.ts'
import { Offset } from './offset.ts'
import { verdictOn } from './retry.ts'
import { grammySignal } from './signal.ts'

export interface PollerOptions {
  readonly token: string
  /** `https://api.telegram.org`, or a server of one's own. */
  readonly apiRoot: string
  readonly chats: readonly TalkChat[]
  readonly house: House
  /** Kept in the store: `set` must have reached the disk when it returns, or when the transaction around it does. */
  readonly values: Values
  /** All or nothing, on disk when it returns; what the journal tells is told after it. */
  atomically<T>(work: () => T): T
  /** Takes it at once, sends it as soon as Telegram's limits allow. Must not throw. */
  reply(reply: Reply): void
  /** Takes the buttons away from a message of ours, in its turn. Must not throw. */
  finish(chatId: number, messageId: number): void
  /** Once when it begins and once when it is over, as a breaker's reason and detail. */
  onTrouble(reason: 'channel-failed' | 'channel-is-back', detail: string): void
  readonly log: Log
  /** Takes every secret out of a text. */
  readonly scrub: (text: string) => string
  readonly requestTimeoutS?: number
  readonly pollTimeoutS?: number
  readonly patienceMs?: number
  /** What answers on their way are given when we stop. */
  readonly graceMs?: number
  readonly delay?: (ms: number, signal: AbortSignal) => Promise<void>
  /** Unix seconds. */
  readonly nowS?: () => number
  /** Monotonic. */
  readonly nowMs?: () => number
}

export interface Poller {
  stop(): Promise<void>
}

/** Older than this when we begin, or when Telegram is reached again after a while: nobody waits for an answer any more. */
const OLDEST_S = 60
/** Two pollers take turns, each with a success between two conflicts: over is only what stayed away for so long. */
const OVER_AFTER_MS = 300_000
const AFTER_NONSENSE_MS = 1_000
/** Slow answers at one time; more are refused rather than piled up. */
const MOST_AT_ONCE = 16
const ONE_ATTEMPT = 1

export function startPoller(options: PollerOptions): Poller {
  const { graceMs = 2_000 } = options
  const stopping = new AbortController()
  const cutting = new AbortController()
  const polling = newPolling(options, stopping.signal, cutting.signal)
  const done = run(polling)
  return {
    async stop() {
      stopping.abort()
      const cut = setTimeout(() => cutting.abort(), graceMs)
      await done
      await Promise.race([Promise.all(polling.underWay), sleep(graceMs, undefined, { ref: false })])
      clearTimeout(cut)
      cutting.abort()
    },
  }
}

interface Polling extends Pick<PollerOptions, 'chats' | 'onTrouble' | 'log'> {
  readonly api: Api
  readonly call: Caller
  readonly talking: Talking
  readonly offset: Offset
  readonly underWay: Set<Promise<void>>
  readonly pollTimeoutS: number
  readonly clean: (text: string) => string
  pause(ms: number): Promise<void>
  readonly signal: AbortSignal
  readonly nowS: () => number
  readonly nowMs: () => number
}

function newPolling(options: PollerOptions, signal: AbortSignal, cut: AbortSignal): Polling {
  const { token, log, values, requestTimeoutS = 15, pollTimeoutS = 25, patienceMs = 20_000 } = options
  const { delay = (ms: number, gone: AbortSignal) => sleep(ms, undefined, { signal: gone }) } = options
  const { nowS = () => Math.floor(Date.now() / 1_000), nowMs = () => performance.now() } = options
  // The token first: it must not depend on the list of secrets being complete.
  const clean = (text: string): string => options.scrub(text.replaceAll(token, '[telegram token]'))
  const apiRoot = options.apiRoot.replace(/\/+$/, '')
  const call = newCaller({ clean, log, delay, signal })
  const api = new Api(token, { apiRoot, timeoutSeconds: requestTimeoutS })
  const offset = new Offset(values, nowS)
  const underWay = new Set<Promise<void>>()
  const aside = (what: string, work: () => Promise<unknown>): void =>
    track(
      underWay,
      call(what, work, ONE_ATTEMPT).then(() => {}),
    )
  const gone = grammySignal(cut)
  const talking: Talking = {
    ...options,
    confirmations: new Confirmations(values),
    offset,
    answerPress: (id, text) =>
      aside('answerCallbackQuery', () =>
        api.answerCallbackQuery(id, text === '' ? {} : { text: short(clean(text)) }, gone),
      ),
    nowS,
    isBusy: () => underWay.size >= MOST_AT_ONCE,
    patienceMs,
    clean,
  }
  const pollApi = new Api(token, { apiRoot, timeoutSeconds: pollTimeoutS + requestTimeoutS })
  return {
    ...options,
    api: pollApi,
    call,
    talking,
    offset,
    underWay,
    pollTimeoutS,
    clean,
    pause: (ms) => delay(ms, signal).catch(() => {}),
    signal,
    nowS,
    nowMs,
  }
}

/** Telegram's bound for what is shown above the chat. */
const LONGEST_TOAST = 200
const short = (text: string): string => text.slice(0, LONGEST_TOAST).toWellFormed()

/** Resolves once the signal is aborted. */
async function run(polling: Polling): Promise<void> {
  const { api, call, signal, chats, underWay } = polling
  const gone = grammySignal(signal)
  const contact = newContact(polling)
  const me = await reached(polling, contact)
  if (me === undefined) return
  // With a webhook set, Telegram refuses to be polled.
  await call('deleteWebhook', () => api.deleteWebhook(undefined, gone))
  // Nobody who says /pause waits for the menus.
  track(underWay, showMenus(api, call, chats, signal))
  let door: Door = { chats, me, notBeforeS: polling.nowS() - OLDEST_S }
  while (!signal.aborted) {
    const updates = await getUpdates(polling, contact)
    if (updates === undefined) continue
    if (contact.wasAway()) door = { ...door, notBeforeS: polling.nowS() - OLDEST_S }
    let isSense = updates.length === 0
    for (const update of updates) {
      if (signal.aborted) break
      isSense = take(polling, door, update) || isSense
    }
    // Without an id that moves us on, the same would come again at once.
    if (!isSense) await polling.pause(AFTER_NONSENSE_MS)
  }
}

/** Who we are, as soon as Telegram says so. */
async function reached(polling: Polling, contact: Contact): Promise<Door['me'] | undefined> {
  const { api, signal } = polling
  while (!signal.aborted) {
    const me = await attempt(polling, contact, 'getMe', () => api.getMe(grammySignal(signal)))
    if (me !== undefined) return me
  }
  return undefined
}

/** False: no update of Telegram's, or one that was taken before. */
function take({ talking, offset, underWay, log, clean }: Polling, door: Door, update: unknown): boolean {
  const updateId = updateIdOf(update)
  if (updateId === undefined || !offset.takes(updateId)) return false
  // Passed before it is acted on: whatever goes wrong now, it is not acted on twice.
  offset.pass(updateId)
  const said = admit(update, door)
  if (said === undefined) return true
  const heard = hear(said, talking).catch((error: unknown) => {
    log.error({ error: clean(String(error)) }, 'telegram update failed')
  })
  track(underWay, heard)
  return true
}

function track(underWay: Set<Promise<void>>, work: Promise<void>): void {
  underWay.add(work)
  void work.finally(() => underWay.delete(work))
}

/** Undefined: no answer this time. */
async function getUpdates(polling: Polling, contact: Contact): Promise<readonly unknown[] | undefined> {
  const { api, offset, pollTimeoutS: timeout, signal } = polling
  const request = { offset: offset.next, timeout, allowed_updates: ['message', 'callback_query'] as const }
  const updates: unknown = await attempt(polling, contact, 'getUpdates', () =>
    api.getUpdates(request, grammySignal(signal)),
  )
  return updates === undefined || Array.isArray(updates) ? updates : []
}

/** Once; after a failure the time that Telegram, or good manners, ask for. */
async function attempt<T>(
  { signal, log, clean, pause }: Polling,
  contact: Contact,
  what: string,
  call: () => Promise<T>,
): Promise<T | undefined> {
  try {
    const value = await call()
    contact.made()
    return value
  } catch (error) {
    if (signal.aborted) return undefined
    const verdict = verdictOn(error, contact.lost(error))
    const waitMs = verdict.kind === 'wait' ? verdict.ms : AFTER_REFUSAL_MS
    log.warn({ what, error: clean(messageOf(error)), waitMs }, 'telegram failed, trying again')
    await pause(waitMs)
    return undefined
  }
}

const AFTER_REFUSAL_MS = 60_000
/** What is known of the way to Telegram. */
interface Contact {
  made(): void
  /** How often it failed in a row before. */
  lost(error: unknown): number
  /** Asked once after each answer: whether it is the first after a silence. */
  wasAway(): boolean
}

const AWAY_MS = OLDEST_S * 1_000
/** By number of the error: what a person must hear of. */
const TOLD: ReadonlyMap<number, string> = new Map([
  [401, 'Telegram refuses the token: it was revoked, or is mistyped'],
  [409, 'somebody else polls Telegram with the same token and takes what people write; stop the other program'],
])

function newContact({ nowMs, onTrouble }: Polling): Contact {
  let failures = 0
  let lastMs = nowMs()
  let away = false
  let troubleMs: number | undefined
  const said = (error: unknown): string | undefined =>
    error instanceof GrammyError ? TOLD.get(error.error_code) : undefined
  return {
    made() {
      const now = nowMs()
      away = failures > 0 && now - lastMs > AWAY_MS
      failures = 0
      lastMs = now
      if (troubleMs === undefined || now - troubleMs < OVER_AFTER_MS) return
      troubleMs = undefined
      onTrouble('channel-is-back', 'telegram: what people write is read again')
    },
    lost(error) {
      const detail = said(error)
      if (detail !== undefined) {
        if (troubleMs === undefined) onTrouble('channel-failed', `telegram: ${detail}`)
        troubleMs = nowMs()
      }
      return failures++
    },
    wasAway: () => away,
  }
}
