/**
 * A double of the Telegram Bot API, over real HTTP: for tests and for the demo. It refuses what Telegram refuses (a wrong token,
 * broken HTML, texts that are too long) and fails on demand in the ways that Telegram fails.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { htmlError } from './telegram-html.ts'
import { Conflict, keyboardError, saidMessage, Updates } from './updates.ts'

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

export interface Message {
  readonly messageId: number
  readonly chatId: number
  readonly text: string
  readonly parseMode: string | undefined
  readonly threadId: number | undefined
  /** Inline buttons, row by row. */
  readonly keyboard: readonly (readonly Readonly<Record<string, string>>[])[]
}

export interface BotApi {
  readonly url: string
  /** Everything accepted, in order. An edit replaces the text in place. */
  readonly messages: readonly Message[]
  /** Every call, accepted or not. */
  readonly calls: readonly string[]
  /** The next call of that method meets this fault; several faults queue. */
  fail(fault: Fault, method?: string): void
  /** A person writes to the bot. `date` in Unix seconds; now when left out. */
  say(chatId: number, userId: number, text: string, date?: number): void
  /** What else people do, and what the bot made of it. */
  readonly updates: Updates
  /** Returns what ends the listening. */
  onMessage(listener: (message: Message) => void): () => void
  close(): Promise<void>
}

interface Options {
  readonly token: string
  /** 0, the default: any free one. */
  readonly port?: number
  /** For `sendMessage`. */
  readonly faults?: readonly Fault[]
}

type Params = Readonly<Record<string, unknown>>
interface State {
  readonly messages: Message[]
  readonly calls: string[]
  readonly updates: Updates
  readonly faults: { readonly method: string; readonly fault: Fault }[]
  readonly listeners: Set<(message: Message) => void>
  readonly closing: AbortController
  nextId: number
}

class Refused extends Error {
  readonly body: object
  readonly code: number

  constructor(code: number, description: string, parameters?: object) {
    super(description)
    this.code = code
    this.body = { ok: false, error_code: code, description, ...(parameters && { parameters }) }
  }
}

export async function startBotApi(options: Options): Promise<BotApi> {
  const state = newState(options.faults ?? [])
  const app = appOf(state, options.token)
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  const server = createServer((request, response) => void listener(request, response))
  const listening = Promise.withResolvers<void>()
  server.once('error', listening.reject)
  server.listen(options.port ?? 0, '127.0.0.1', listening.resolve)
  await listening.promise
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages: state.messages,
    calls: state.calls,
    fail: (fault, method = 'sendMessage') => void state.faults.push({ fault, method }),
    say: (chatId, userId, text, date) =>
      say(state, { chatId, userId, text, date: date ?? Math.floor(Date.now() / 1000) }),
    updates: state.updates,
    onMessage: (listen) => {
      state.listeners.add(listen)
      return () => void state.listeners.delete(listen)
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

function newState(faults: readonly Fault[]): State {
  const closing = new AbortController()
  return {
    messages: [],
    calls: [],
    updates: new Updates(closing.signal),
    faults: faults.map((fault) => ({ method: 'sendMessage', fault })),
    listeners: new Set(),
    closing,
    nextId: 1,
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
    const refused =
      error instanceof Refused
        ? error
        : new Refused(
            error instanceof Conflict ? 409 : 500,
            `${error instanceof Conflict ? 'Conflict: ' : ''}${error.message}`,
          )
    return c.json(refused.body, refused.code as 400)
  })
  return app
}

const flood = (seconds: number): Refused =>
  new Refused(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds })

function takeFault(state: State, method: string): Fault | undefined {
  const at = state.faults.findIndex((one) => one.method === method)
  return at < 0 ? undefined : state.faults.splice(at, 1)[0]?.fault
}

function nothing(state: State): Promise<Response> {
  const { promise, resolve } = Promise.withResolvers<Response>()
  state.closing.signal.addEventListener('abort', () => resolve(new Response(null, { status: 503 })))
  return promise
}

async function call(state: State, method: string, params: Params, gone: AbortSignal): Promise<unknown> {
  switch (method) {
    case 'getMe':
      return { id: 1, is_bot: true, first_name: 'Double', username: 'double_bot' }
    case 'getUpdates':
      return state.updates.get(params, gone)
    case 'sendMessage':
      return send(state, params)
    case 'editMessageText':
      return edit(state, params)
    case 'editMessageReplyMarkup':
      return editKeyboard(state, params)
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

function send(state: State, params: Params): object {
  const message = checked(state.nextId++, params)
  state.messages.push(message)
  for (const listen of state.listeners) listen(message)
  return told(message)
}

function edit(state: State, params: Params): object {
  const at = state.messages.findIndex((message) => message.messageId === Number(params['message_id']))
  if (at < 0) throw new Refused(400, 'Bad Request: message to edit not found')
  const message = checked(Number(params['message_id']), params)
  state.messages[at] = message
  return told(message)
}

function editKeyboard(state: State, params: Params): object {
  const at = state.messages.findIndex((message) => message.messageId === Number(params['message_id']))
  const message = state.messages[at]
  if (message === undefined) throw new Refused(400, 'Bad Request: message to edit not found')
  const edited = { ...message, keyboard: keyboardOf(params) }
  state.messages[at] = edited
  return told(edited)
}

function keyboardOf({ reply_markup: markup }: Params): Message['keyboard'] {
  const error = keyboardError(markup)
  if (error !== undefined) throw new Refused(400, error)
  return (markup as { inline_keyboard?: Message['keyboard'] } | undefined)?.inline_keyboard ?? []
}

function checked(messageId: number, params: Params): Message {
  const text = String(params['text'] ?? '')
  const parseMode = params['parse_mode'] === undefined ? undefined : String(params['parse_mode'])
  if (text === '') throw new Refused(400, 'Bad Request: message text is empty')
  if (text.length > 4_096) throw new Refused(400, 'Bad Request: message is too long')
  const error = parseMode === 'HTML' ? htmlError(text) : undefined
  if (error !== undefined) throw new Refused(400, `Bad Request: can't parse entities: ${error}`)
  const thread = params['message_thread_id']
  const threadId = thread === undefined ? undefined : Number(thread)
  return { messageId, chatId: Number(params['chat_id']), text, parseMode, threadId, keyboard: keyboardOf(params) }
}

const told = ({ messageId, chatId, text }: Message): object => ({
  message_id: messageId,
  date: 0,
  chat: { id: chatId, type: 'private' },
  text,
})

interface Said {
  readonly chatId: number
  readonly userId: number
  readonly text: string
  readonly date: number
}
const say = (state: State, said: Said): void =>
  void state.updates.push({ message: saidMessage({ messageId: state.nextId++, ...said }) })
