/**
 * A double of the Telegram Bot API, over real HTTP: for tests and for the demo. It refuses what Telegram refuses (a wrong token,
 * broken HTML, texts that are too long) and fails on demand in the ways that Telegram fails.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { type ChatFacts, Chats } from './bot-chats.ts'
import { type Limits, newLimits } from './bot-limits.ts'
import { type Fate, type Message, Messages, type Params } from './bot-messages.ts'
import { flood, Refused } from './bot-refused.ts'
import { saidMessage, Updates } from './updates.ts'

export type Fault =
  /** 429 with `retry_after`. */
  | { readonly kind: 'flood'; readonly retryAfterS: number }
  /** 500. */
  | { readonly kind: 'broken' }
  /** The call takes effect, but its answer is lost on the way. */
  | { readonly kind: 'lost-reply' }
  /** Nothing happens, and there is never an answer. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'refuse'; readonly code: number; readonly description: string }

export interface BotApi {
  readonly url: string
  /** Everything accepted, in order. An edit replaces the text in place. */
  readonly messages: readonly Message[]
  /** Every call, accepted or not. */
  readonly calls: readonly string[]
  /** How often somebody did not keep to Telegram's limits. */
  readonly tooFast: number
  /** What becomes of a chat. */
  fate(chatId: number, fate: Fate): void
  /** What is known of a chat, and of the bot's place in it. */
  describe(chatId: number, facts: ChatFacts): void
  /** A group with topics knows these threads and no others. */
  threads(chatId: number, ids: readonly number[]): void
  /** Somebody deletes a message. */
  remove(chatId: number, messageId: number): void
  /** The next call of that method meets this fault; several faults queue. */
  fail(fault: Fault, method?: string): void
  /** A person writes to the bot. `date` in Unix seconds; now when left out. */
  say(chatId: number, userId: number, text: string, date?: number): void
  /** What else people do, and what the bot made of it. */
  readonly updates: Updates
  /** Returns what ends the listening. */
  onMessage(listener: (message: Message) => void): () => void
  /** The same for edits. */
  onEdit(listener: (message: Message) => void): () => void
  close(): Promise<void>
}

interface Options {
  readonly token: string
  /** 0, the default: any free one. */
  readonly port?: number
  /** For `sendMessage`. */
  readonly faults?: readonly Fault[]
  /** A clock, by which Telegram's limits are enforced; without it there are none. */
  readonly limitsByMs?: () => number
}

interface State {
  readonly messages: Messages
  readonly chats: Chats
  readonly limits: Limits
  readonly calls: string[]
  readonly updates: Updates
  readonly faults: { readonly method: string; readonly fault: Fault }[]
  readonly closing: AbortController
}

export async function startBotApi(options: Options): Promise<BotApi> {
  const state = newState(options)
  const app = appOf(state, options.token)
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  const server = createServer((request, response) => void listener(request, response))
  const listening = Promise.withResolvers<void>()
  server.once('error', listening.reject)
  server.listen(options.port ?? 0, '127.0.0.1', listening.resolve)
  await listening.promise
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages: state.messages.all,
    calls: state.calls,
    get tooFast() {
      return state.limits.tooFast
    },
    fate: (chatId, fate) => state.messages.fate(chatId, fate),
    describe: (chatId, facts) => state.chats.describe(chatId, facts),
    threads: (chatId, ids) => state.messages.threads(chatId, ids),
    remove: (chatId, messageId) => state.messages.remove(chatId, messageId),
    fail: (fault, method = 'sendMessage') => void state.faults.push({ fault, method }),
    say: (chatId, userId, text, date) =>
      say(state, { chatId, userId, text, date: date ?? Math.floor(Date.now() / 1000) }),
    updates: state.updates,
    onMessage: (listen) => {
      state.messages.listeners.add(listen)
      return () => void state.messages.listeners.delete(listen)
    },
    onEdit: (listen) => {
      state.messages.editListeners.add(listen)
      return () => void state.messages.editListeners.delete(listen)
    },
    close: () => {
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      state.closing.abort()
      server.closeAllConnections()
      return closed.promise
    },
  }
}

function newState({ faults = [], limitsByMs }: Options): State {
  const closing = new AbortController()
  return {
    messages: new Messages(),
    chats: new Chats(),
    limits: newLimits(limitsByMs),
    calls: [],
    updates: new Updates(closing.signal),
    faults: faults.map((fault) => ({ method: 'sendMessage', fault })),
    closing,
  }
}

function appOf(state: State, token: string): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.all('*', async (c) => {
    const [, given, method = ''] = /^\/bot([^/]*)\/(\w+)$/.exec(c.req.path) ?? []
    state.calls.push(method)
    if (given !== token) throw new Refused(401, 'Unauthorized')
    const body: unknown = await c.req.json().catch(() => ({}))
    const params = { ...c.req.query(), ...(typeof body === 'object' ? body : {}) }
    const fault = takeFault(state, method)
    if (fault?.kind === 'flood') throw flood(fault.retryAfterS)
    if (fault?.kind === 'broken') throw new Refused(500, 'Internal Server Error')
    if (fault?.kind === 'refuse') throw new Refused(fault.code, fault.description)
    if (fault?.kind === 'hang') return nothing(state)
    const result = await call(state, method, params, c.req.raw.signal)
    if (fault?.kind === 'lost-reply') c.env.outgoing.destroy()
    return c.json({ ok: true, result })
  })
  app.onError((error, c) => {
    const refused = error instanceof Refused ? error : new Refused(500, error.message)
    return c.json(refused.body, refused.code as 400)
  })
  return app
}

function takeFault(state: State, method: string): Fault | undefined {
  const at = state.faults.findIndex((one) => one.method === method)
  return at < 0 ? undefined : state.faults.splice(at, 1)[0]?.fault
}

function nothing(state: State): Promise<Response> {
  const { promise, resolve } = Promise.withResolvers<Response>()
  state.closing.signal.addEventListener('abort', () => resolve(new Response(null, { status: 503 })))
  return promise
}

/** They put something into a chat, and count against its limits. */
const COUNTED = new Set(['sendMessage', 'editMessageText', 'editMessageReplyMarkup'])

async function call(state: State, method: string, params: Params, gone: AbortSignal): Promise<unknown> {
  const waitS = COUNTED.has(method) ? state.limits.take(Number(params['chat_id'])) : undefined
  if (waitS !== undefined) throw flood(waitS)
  switch (method) {
    case 'getMe':
      return { id: 1, is_bot: true, first_name: 'Double', username: 'double_bot' }
    case 'getUpdates':
      return state.updates.get(params, gone)
    case 'getChat':
      return state.chats.chat(state.messages.reach(params))
    case 'getChatMember':
      return state.chats.member(state.messages.reach(params))
    case 'sendChatAction':
      state.chats.requireWriting(state.messages.reach(params))
      return true
    case 'sendMessage':
      state.chats.requireWriting(state.messages.reach(params))
      return state.messages.send(params)
    case 'editMessageText':
      return state.messages.editText(params)
    case 'editMessageReplyMarkup':
      return state.messages.editMarkup(params)
    case 'setMyCommands':
      return state.updates.setMenu(params)
    case 'deleteMyCommands':
      return state.updates.deleteMenu(params)
    case 'answerCallbackQuery':
      return state.updates.answer(params)
    case 'deleteWebhook':
      return true
    default:
      throw new Refused(404, 'Not Found: method not found')
  }
}

interface Said {
  readonly chatId: number
  readonly userId: number
  readonly text: string
  readonly date: number
}
const say = (state: State, said: Said): void =>
  void state.updates.push({ message: saidMessage({ messageId: state.messages.other(said.chatId), ...said }) })
