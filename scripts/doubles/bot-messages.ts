/** The messages of all chats, as Telegram keeps them: whose they are, what was changed, which ids they get. */
import { Refused } from './bot-refused.ts'
import { htmlError, visible } from './telegram-html.ts'

export interface Message {
  readonly messageId: number
  readonly chatId: number
  readonly text: string
  readonly parseMode: string | undefined
  readonly threadId: number | undefined
  /** Arrived without a sound. */
  readonly silent: boolean
  readonly replyMarkup: InlineKeyboard | undefined
  /** How often it was edited. */
  readonly edits: number
}

export interface InlineKeyboard {
  readonly inline_keyboard: readonly (readonly Readonly<Record<string, string>>[])[]
}

/** What has become of a chat. */
export type Fate =
  | { readonly kind: 'fine' }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'migrated'; readonly to: number }

export type Params = Readonly<Record<string, unknown>>

/** Below it are supergroups and channels, which count their messages for themselves; all other chats of a bot share one count. */
const SUPERGROUP = -1_000_000_000_000
const LONGEST = 4_096
const LONGEST_DATA = 64

export class Messages {
  /** The bot's own, in order. */
  readonly all: Message[] = []
  /** Called before the answer leaves. */
  readonly listeners = new Set<(message: Message) => void>()
  readonly editListeners = new Set<(message: Message) => void>()
  readonly #fates = new Map<number, Fate>()
  readonly #threads = new Map<number, ReadonlySet<number>>()
  readonly #ids = new Map<number, number>()
  /** People's, which a bot cannot edit. */
  readonly #others = new Set<string>()

  /** The next id of a chat. */
  takeId(chatId: number): number {
    const box = chatId < SUPERGROUP ? chatId : 0
    const id = (this.#ids.get(box) ?? 0) + 1
    this.#ids.set(box, id)
    return id
  }

  /** Somebody else writes there. Returns the message's id. */
  other(chatId: number): number {
    const id = this.takeId(chatId)
    this.#others.add(`${chatId} ${id}`)
    return id
  }

  fate(chatId: number, fate: Fate): void {
    this.#fates.set(chatId, fate)
  }

  /** A group with topics knows these threads and no others. */
  threads(chatId: number, ids: readonly number[]): void {
    this.#threads.set(chatId, new Set(ids))
  }

  /** Somebody deletes a message. */
  remove(chatId: number, messageId: number): void {
    const at = this.#at(chatId, messageId)
    if (at >= 0) this.all.splice(at, 1)
  }

  /** Throws what Telegram would say of a chat that cannot be reached. */
  reach(params: Params): number {
    return this.#chat(params)
  }

  send(params: Params): object {
    const chatId = this.#chat(params)
    const threadId = params['message_thread_id'] === undefined ? undefined : Number(params['message_thread_id'])
    const threads = this.#threads.get(chatId)
    if (threadId !== undefined && !threads?.has(threadId))
      throw new Refused(400, 'Bad Request: message thread not found')
    const content = checked(params)
    const silent = params['disable_notification'] === true
    const message = { messageId: this.takeId(chatId), chatId, threadId, silent, edits: 0, ...content }
    this.all.push(message)
    for (const listen of this.listeners) listen(message)
    return told(message)
  }

  editText(params: Params): object {
    const chatId = this.#chat(params)
    const content = checked(params)
    return this.#change(chatId, params, (message) => ({ ...message, ...content }))
  }

  editMarkup(params: Params): object {
    const chatId = this.#chat(params)
    const replyMarkup = keyboard(params)
    return this.#change(chatId, params, (message) => ({ ...message, replyMarkup }))
  }

  #change(chatId: number, params: Params, change: (message: Message) => Message): object {
    const messageId = Number(params['message_id'])
    const at = this.#at(chatId, messageId)
    const before = this.all[at]
    if (this.#others.has(`${chatId} ${messageId}`)) throw new Refused(400, "Bad Request: message can't be edited")
    if (before === undefined) throw new Refused(400, 'Bad Request: message to edit not found')
    const after = change(before)
    if (JSON.stringify([before.text, before.replyMarkup]) === JSON.stringify([after.text, after.replyMarkup]))
      throw new Refused(400, `Bad Request: message is not modified: ${UNMODIFIED}`)
    const edited = { ...after, edits: before.edits + 1 }
    this.all[at] = edited
    for (const listen of this.editListeners) listen(edited)
    return told(edited)
  }

  #at(chatId: number, messageId: number): number {
    return this.all.findIndex((one) => one.chatId === chatId && one.messageId === messageId)
  }

  #chat(params: Params): number {
    const chatId = Number(params['chat_id'])
    const fate = this.#fates.get(chatId) ?? { kind: 'fine' }
    switch (fate.kind) {
      case 'fine':
        return chatId
      case 'blocked':
        throw new Refused(403, 'Forbidden: bot was blocked by the user')
      case 'unknown':
        throw new Refused(400, 'Bad Request: chat not found')
      case 'migrated':
        throw new Refused(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
          migrate_to_chat_id: fate.to,
        })
    }
  }
}

const UNMODIFIED =
  'specified new message content and reply markup are exactly the same as a current content and reply markup of the message'

function checked(params: Params): Pick<Message, 'text' | 'parseMode' | 'replyMarkup'> {
  const text = String(params['text'] ?? '')
  const parseMode = params['parse_mode'] === undefined ? undefined : String(params['parse_mode'])
  const error = parseMode === 'HTML' ? htmlError(text) : undefined
  if (error !== undefined) throw new Refused(400, `Bad Request: can't parse entities: ${error}`)
  const shown = parseMode === 'HTML' ? visible(text) : text
  if (shown.trim() === '') throw new Refused(400, 'Bad Request: message text is empty')
  if (shown.length > LONGEST) throw new Refused(400, 'Bad Request: message is too long')
  return { text, parseMode, replyMarkup: keyboard(params) }
}

function keyboard(params: Params): InlineKeyboard | undefined {
  const given = params['reply_markup']
  if (given === undefined || given === null) return undefined
  const { inline_keyboard: rows = [] } = given as Partial<InlineKeyboard>
  for (const button of rows.flat()) {
    if (!button['text']) throw new Refused(400, 'Bad Request: text buttons are unallowed in the inline keyboard')
    if (Buffer.byteLength(button['callback_data'] ?? '') > LONGEST_DATA)
      throw new Refused(400, 'Bad Request: BUTTON_DATA_INVALID')
  }
  return rows.length === 0 ? undefined : { inline_keyboard: rows }
}

const told = ({ messageId, chatId, text, replyMarkup, threadId }: Message): object => ({
  message_id: messageId,
  date: 0,
  chat: { id: chatId, type: chatId < SUPERGROUP ? 'supergroup' : chatId < 0 ? 'group' : 'private' },
  text,
  ...(threadId !== undefined && { message_thread_id: threadId, is_topic_message: true }),
  ...(replyMarkup !== undefined && { reply_markup: replyMarkup }),
})
