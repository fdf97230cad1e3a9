import { Api, GrammyError, HttpError } from 'grammy'
import type { Chat, ChatMember, Update, UserFromGetMe } from 'grammy/types'

/** What came of one call; never an error that could carry the token. */
export type BotAnswer<T> =
  | { readonly ok: true; readonly value: T }
  /** `code` is Telegram's; null: no answer from Telegram. */
  | { readonly ok: false; readonly code: number | null; readonly why: string }

/** The Bot API for setting up and checking: one try each, and the answer as a value. */
export interface Bot {
  me(): Promise<BotAnswer<UserFromGetMe>>
  chat(chatId: number): Promise<BotAnswer<Chat>>
  member(chatId: number, userId: number): Promise<BotAnswer<ChatMember>>
  /** Shows for some seconds that the bot is typing: only who may write there may do that. */
  typing(chatId: number): Promise<BotAnswer<true>>
  /** Messages since `offset`, waited for. */
  updates(offset: number, timeoutS: number): Promise<BotAnswer<Update[]>>
}

export interface BotOptions {
  readonly token: string
  readonly apiRoot: string
  readonly requestTimeoutS?: number
  /** What is under way is cut. */
  readonly signal: AbortSignal
}

const TIMEOUT_S = 15
/** What a long poll may take beyond what it was told to wait. */
const POLL_GRACE_S = 5

export function openBot({ token, apiRoot, requestTimeoutS = TIMEOUT_S, signal }: BotOptions): Bot {
  const root = apiRoot.replace(/\/+$/, '')
  const apiOf = (timeoutSeconds: number): Api => {
    const api = new Api(token, { apiRoot: root, timeoutSeconds })
    api.config.use((previous, method, payload, given) => previous(method, payload, given ?? grammySignal(signal)))
    return api
  }
  const api = apiOf(requestTimeoutS)
  const asked = async <T>(call: Promise<T>): Promise<BotAnswer<T>> => {
    try {
      return { ok: true, value: await call }
    } catch (error) {
      if (error instanceof GrammyError)
        return { ok: false, code: error.error_code, why: clean(error.description, token) }
      if (error instanceof HttpError) return { ok: false, code: null, why: clean(reasonOf(error), token) }
      throw error
    }
  }
  return {
    me: () => asked(api.getMe()),
    chat: (chatId) => asked(api.getChat(chatId)),
    member: (chatId, userId) => asked(api.getChatMember(chatId, userId)),
    typing: (chatId) => asked(api.sendChatAction(chatId, 'typing')),
    updates: (offset, timeout) =>
      asked(
        apiOf(timeout + POLL_GRACE_S).getUpdates({ offset, timeout, allowed_updates: ['message', 'my_chat_member'] }),
      ),
  }
}

/** The message of the error names the URL, and with it the token: only its cause's code is told. */
function reasonOf({ error }: HttpError): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? ` (${String(error.code)})` : ''
  return `no answer from the Bot API${code}`
}

const clean = (text: string, token: string): string => text.replaceAll(token, '[telegram token]')

type GrammySignal = NonNullable<Parameters<Api['getMe']>[0]>
/** grammY's types name the signal of a polyfill that has the same members; at run time it takes the platform's. */
const grammySignal = (signal: AbortSignal): GrammySignal => signal as GrammySignal
