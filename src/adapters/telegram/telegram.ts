/** Telegram: tells each chat what the journal says. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Api } from 'grammy'
import type { Queries } from '../../core/answers.ts'
import type { JournalEntry, Sink } from '../../core/ports.ts'
import { type Caller, type Log, newCaller } from './caller.ts'
import { type Courier, startCourier } from './courier.ts'
import type { Naming, Token } from './describe.ts'
import { grammySignal } from './signal.ts'

interface Chat {
  readonly chatId: number
  readonly role: string
}

export interface TelegramOptions {
  readonly token: string
  /** `https://api.telegram.org`, or a server of one's own. */
  readonly apiRoot: string
  readonly chats: readonly Chat[]
  journal(after: number, limit: number): readonly JournalEntry[]
  /** Where a chat that was never told anything begins. */
  lastSeq(): number
  subscribe(sink: Sink): () => void
  /** Kept in the store: `set` must have reached the disk when it returns. */
  readonly cursor: { get(name: string): string | undefined; set(name: string, value: string): void }
  readonly queries: Pick<Queries, 'status'>
  readonly log: Log
  readonly scrub: (text: string) => string
  /** Of an asset, for prices and amounts; its short address otherwise. */
  readonly asset?: (market: string, address: string) => Token | undefined
  /** Between two messages to one chat; by default what Telegram allows there. */
  readonly spacingMs?: number | undefined
  readonly requestTimeoutS?: number
  /** What a message on its way is given to arrive when we stop. */
  readonly graceMs?: number
  readonly delay?: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface Telegram {
  stop(): Promise<void>
}

/** Telegram takes one message a second, in groups (whose ids are negative) twenty a minute. */
const SPACING_MS = 1_000
const GROUP_SPACING_MS = 3_000

export function startTelegram(options: TelegramOptions): Telegram {
  const { token, log, requestTimeoutS = 15, graceMs = 2_000 } = options
  const stopping = new AbortController()
  const cutting = new AbortController()
  const apiRoot = options.apiRoot.replace(/\/+$/, '')
  const { delay = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }) } = options
  // The token first: it must not depend on the list of secrets being complete.
  const clean = (text: string): string => options.scrub(text.replaceAll(token, '[telegram token]'))
  const call = newCaller({ clean, log, delay, signal: stopping.signal })
  const api = new Api(token, { apiRoot, timeoutSeconds: requestTimeoutS })
  const parts: Parts = {
    call,
    clean,
    signal: stopping.signal,
    pause: (ms) => delay(ms, stopping.signal).catch(() => {}),
    post: (chatId, text) => api.sendMessage(chatId, text, { parse_mode: 'HTML' }, grammySignal(cutting.signal)),
  }
  const couriers = options.chats.map((chat) => courierFor(chat, options, parts))
  const unsubscribe = options.subscribe(() => {
    for (const courier of couriers) courier.wake()
  })
  return {
    async stop() {
      unsubscribe()
      stopping.abort()
      const cut = setTimeout(() => cutting.abort(), graceMs)
      await Promise.all(couriers.map(({ done }) => done))
      clearTimeout(cut)
    },
  }
}

/** For everybody but those who run this program. */
const NO_ADVICE = '\n<i>Information as of that block, no advice.</i>'
interface Parts {
  readonly call: Caller
  readonly clean: (text: string) => string
  readonly signal: AbortSignal
  pause(ms: number): Promise<void>
  post(chatId: number, text: string): Promise<unknown>
}

function courierFor(chat: Chat, options: TelegramOptions, { call, clean, signal, pause, post }: Parts): Courier {
  const { journal, lastSeq, cursor, log, spacingMs = chat.chatId < 0 ? GROUP_SPACING_MS : SPACING_MS } = options
  return startCourier({
    name: `telegram:${chat.chatId}`,
    journal,
    lastSeq,
    cursor,
    send: (text) => call('sendMessage', () => post(chat.chatId, chat.role === 'operator' ? text : text + NO_ADVICE)),
    pause,
    spacingMs,
    naming: namingOf(options),
    clean,
    log,
    signal,
  })
}

/** Asked anew for every message: chains and heads change. */
function namingOf({ queries, asset }: TelegramOptions): Naming {
  const find = (chainId: number) => queries.status().chains.find((chain) => chain.chainId === chainId)
  return {
    chain: (chainId) => find(chainId)?.name ?? `chain ${chainId}`,
    head: (chainId) => {
      const number = find(chainId)?.head?.number
      return number === undefined ? undefined : BigInt(number)
    },
    token: (market, address) => asset?.(market, address),
  }
}
