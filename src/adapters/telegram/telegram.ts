/** Telegram, as far as something is put into chats: the wires of the couriers, and answers to people. */
import { Api } from 'grammy'
import type { Message } from '../../core/people/message.ts'
import type { Line } from '../../core/ports.ts'
import type { Log } from './caller.ts'
import { chatLine, type ToHtml } from './line.ts'
import { grammySignal } from './signal.ts'
import { newWire, type Wire } from './wire.ts'

export interface TelegramOptions {
  readonly token: string
  /** `https://api.telegram.org`, or a server of one's own. */
  readonly apiRoot: string
  readonly toHtml: ToHtml
  /** Messages that were put into chats before. */
  readonly known: readonly { readonly chatId: number; readonly messageId: number; readonly agoS: number }[]
  /** Kept in the store. */
  readonly values: { get(name: string): string | undefined; set(name: string, value: string): void }
  readonly log: Log
  readonly scrub: (text: string) => string
  readonly requestTimeoutS: number
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number
  /** We stop: nothing new is begun. */
  readonly signal: AbortSignal
  /** What is under way is cut. */
  readonly cut: AbortSignal
}

/** An answer to somebody who asked: now or never. */
export interface Reply {
  readonly chatId: number
  readonly threadId: number | undefined
  readonly message: Message
}

export interface Telegram {
  line(chatId: number): Line
  /** Takes it at once, sends it as soon as Telegram's limits allow. Resolves when that was tried; never rejects. */
  reply(reply: Reply): Promise<void>
  /** Takes the buttons away from a message of ours, in its turn. Never rejects. */
  finish(chatId: number, messageId: number): Promise<void>
}

export function openTelegram(options: TelegramOptions): Telegram {
  const { token, log, requestTimeoutS, delay, signal, cut, toHtml, nowMs } = options
  const apiRoot = options.apiRoot.replace(/\/+$/, '')
  // The token first: it must not depend on the list of secrets being complete.
  const clean = (text: string): string => options.scrub(text.replaceAll(token, '[telegram token]'))
  const api = new Api(token, { apiRoot, timeoutSeconds: requestTimeoutS })
  api.config.use((previous, method, payload) => previous(method, payload, grammySignal(cut)))
  const wire = newWire({ api, clean, log, nowMs, delay, signal, moved: movedIn(options.values) })
  for (const { chatId, messageId, agoS } of options.known) wire.wasSent(chatId, messageId, agoS)
  return {
    line: (chatId) => chatLine(wire, chatId, { toHtml, clean }),
    reply: (reply) => answer(wire, reply, { toHtml, clean }),
    finish: async (chatId, messageId) => {
      await wire.run(chatId, (chat) => api.editMessageReplyMarkup(chat, messageId))
    },
  }
}

/** Somebody waits for it now; later it is worth nothing. */
const REPLY_ATTEMPTS = 3

async function answer(
  wire: Wire,
  { chatId, threadId, message }: Reply,
  { toHtml, clean }: { toHtml: ToHtml; clean(text: string): string },
): Promise<void> {
  const { text, replyMarkup } = toHtml(message)
  const thread = threadId === undefined ? {} : { message_thread_id: threadId }
  const buttons = replyMarkup === undefined ? {} : { reply_markup: replyMarkup }
  const extra = { parse_mode: 'HTML', link_preview_options: { is_disabled: true }, ...thread, ...buttons } as const
  for (let attempt = 0; attempt < REPLY_ATTEMPTS; attempt++) {
    const called = await wire.run(chatId, (chat) => wire.api.sendMessage(chat, clean(text), extra))
    if (called.kind === 'done') return wire.sent(chatId, called.value.message_id, threadId ?? null)
    // Where nobody knows whether it arrived, it is not repeated: whoever misses it asks again.
    if (!['flood', 'unsent', 'moved'].includes(called.verdict.kind)) return
  }
}

/** Groups whose id changed, as the store keeps them. */
function movedIn({ get, set }: TelegramOptions['values']) {
  const known = new Map<number, number | undefined>()
  const name = (chatId: number): string => `telegram:${chatId} moved to`
  return {
    get: (chatId: number): number | undefined => {
      if (known.has(chatId)) return known.get(chatId)
      const to = Number(get(name(chatId)) ?? Number.NaN)
      known.set(chatId, Number.isSafeInteger(to) ? to : undefined)
      return known.get(chatId)
    },
    set: (chatId: number, to: number): void => {
      known.set(chatId, to)
      set(name(chatId), String(to))
    },
  }
}
