/**
 * A double of the Telegram Bot API, over real HTTP: for tests and for the demo. It refuses what Telegram refuses (a wrong token,
 * broken HTML, texts that are too long) and fails on demand in the ways that Telegram fails.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { htmlError } from './telegram-html.ts'

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
  readonly updates: { readonly update_id: number }[]
  readonly faults: { readonly method: string; readonly fault: Fault }[]
  readonly listeners: Set<(message: Message) => void>
  /** Polls waiting for an update. */
  readonly waiting: Set<() => void>
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

const newState = (faults: readonly Fault[]): State => ({
  messages: [],
  calls: [],
  updates: [],
  faults: faults.map((fault) => ({ method: 'sendMessage', fault })),
  listeners: new Set(),
  waiting: new Set(),
  closing: new AbortController(),
  nextId: 1,
})

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
      return getUpdates(state, params, gone)
    case 'sendMessage':
      return send(state, params)
    case 'editMessageText':
      return edit(state, params)
    case 'setMyCommands':
    case 'deleteWebhook':
    case 'answerCallbackQuery':
      return true
    default:
      throw new Refused(404, 'Not Found: method not found')
  }
}

/** As Telegram does: an offset confirms what is before it, and an empty queue makes the caller wait. */
async function getUpdates(state: State, params: Params, gone: AbortSignal): Promise<unknown> {
  const offset = Number(params['offset'] ?? 0)
  const pending = state.updates.findIndex((update) => update.update_id >= offset)
  state.updates.splice(0, pending < 0 ? (offset > 0 ? state.updates.length : 0) : pending)
  const timeoutS = Number(params['timeout'] ?? 0)
  if (state.updates.length === 0 && timeoutS > 0) await somethingSaid(state, timeoutS, gone)
  return state.updates.slice(0, Number(params['limit'] ?? 100))
}

async function somethingSaid(state: State, timeoutS: number, gone: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, timeoutS * 1_000)
  state.waiting.add(resolve)
  for (const signal of [state.closing.signal, gone]) signal.addEventListener('abort', () => resolve(), { once: true })
  await promise
  state.waiting.delete(resolve)
  clearTimeout(timer)
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

function checked(messageId: number, params: Params): Message {
  const text = String(params['text'] ?? '')
  const parseMode = params['parse_mode'] === undefined ? undefined : String(params['parse_mode'])
  if (text === '') throw new Refused(400, 'Bad Request: message text is empty')
  if (text.length > 4_096) throw new Refused(400, 'Bad Request: message is too long')
  const error = parseMode === 'HTML' ? htmlError(text) : undefined
  if (error !== undefined) throw new Refused(400, `Bad Request: can't parse entities: ${error}`)
  return { messageId, chatId: Number(params['chat_id']), text, parseMode }
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
function say(state: State, { chatId, userId, text, date }: Said): void {
  const length = /^\/\S+/.exec(text)?.[0].length
  const message = {
    message_id: state.nextId++,
    date,
    chat: { id: chatId, type: chatId < 0 ? 'group' : 'private' },
    from: { id: userId, is_bot: false, first_name: 'Somebody' },
    text,
    ...(length !== undefined && { entities: [{ type: 'bot_command', offset: 0, length }] }),
  }
  const update = { update_id: state.nextId++, message }
  state.updates.push(update)
  for (const wake of state.waiting) wake()
}
