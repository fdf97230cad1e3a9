import type { Params } from './bot-messages.ts'
import { Refused } from './bot-refused.ts'

/** What people do with a bot, and how it hears of it: the half of the double of the Bot API that goes from people to the bot. */

export interface Press {
  readonly chatId: number
  readonly userId: number
  readonly messageId: number
  readonly data: string
}

export interface Answered {
  readonly id: string
  readonly text: string | undefined
}

export class Updates {
  readonly answered: Answered[] = []
  /** The menu of each scope, by its kind, chat and person: `chat 77`, `chat_member -5 7`, `default`. */
  readonly menus = new Map<string, readonly { command: string; description: string }[]>()
  /** Of each request for updates. */
  readonly asked: Params[] = []
  readonly #queue: { readonly update_id: number }[] = []
  readonly #closing: AbortSignal
  #polls = new Set<{ wake(): void; conflict(): void }>()
  #nextId = 1

  constructor(closing: AbortSignal) {
    this.#closing = closing
  }

  /** Any update, as it is; it gets the next id unless it has one. Returns it. */
  push(update: Params): number {
    const given = update['update_id']
    const id = typeof given === 'number' ? given : this.#nextId
    this.#nextId = Math.max(this.#nextId, id + 1)
    this.inject({ ...update, update_id: id })
    return id
  }

  /** As it is; what Telegram gives next does not follow it. */
  inject(update: Params & { readonly update_id: number }): void {
    this.#queue.push(update)
    for (const poll of this.#polls) poll.wake()
  }

  press({ chatId, userId, messageId, data }: Press): string {
    const id = `query-${this.#nextId}`
    const message = { message_id: messageId, date: 1, chat: chatOf(chatId), from: BOT, text: 'what the bot said' }
    this.push({ callback_query: { id, from: person(userId), message, chat_instance: '1', data } })
    return id
  }

  /** As Telegram does: an offset confirms what is before it, and an empty queue makes the caller wait. */
  async get(params: Params, gone: AbortSignal): Promise<readonly unknown[]> {
    this.asked.push(params)
    for (const poll of this.#polls) poll.conflict()
    const offset = Number(params['offset'] ?? 0)
    const pending = this.#queue.findIndex((update) => update.update_id >= offset)
    this.#queue.splice(0, pending < 0 ? (offset > 0 ? this.#queue.length : 0) : pending)
    const timeoutS = Number(params['timeout'] ?? 0)
    if (this.#queue.length === 0 && timeoutS > 0) await this.#somethingSaid(timeoutS, gone)
    return this.#queue.slice(0, Number(params['limit'] ?? 100))
  }

  async #somethingSaid(timeoutS: number, gone: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const poll = { wake: resolve, conflict: () => reject(new Refused(409, CONFLICT)) }
    const timer = setTimeout(resolve, timeoutS * 1_000)
    for (const signal of [this.#closing, gone]) signal.addEventListener('abort', () => resolve(), { once: true })
    this.#polls.add(poll)
    try {
      await promise
    } finally {
      this.#polls.delete(poll)
      clearTimeout(timer)
    }
  }

  answer(params: Params): true {
    const { text } = params
    this.answered.push({ id: String(params['callback_query_id']), text: typeof text === 'string' ? text : undefined })
    return true
  }

  setMenu(params: Params): true {
    this.menus.set(scopeOf(params), params['commands'] as readonly { command: string; description: string }[])
    return true
  }

  deleteMenu(params: Params): true {
    this.menus.delete(scopeOf(params))
    return true
  }
}

function scopeOf({ scope }: Params): string {
  if (typeof scope !== 'object' || scope === null) return 'default'
  const { type, chat_id, user_id } = scope as Params
  return [type, chat_id, user_id].filter((part) => part !== undefined).join(' ')
}

/** A second poller ends the first one's request. */
const CONFLICT = 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running'

const BOT = { id: 1, is_bot: true, first_name: 'Double', username: 'double_bot' }
const person = (id: number): object => ({ id, is_bot: false, first_name: 'Somebody' })
const chatOf = (id: number): object => ({ id, type: id < 0 ? 'group' : 'private' })

interface Said {
  readonly messageId: number
  readonly chatId: number
  readonly userId: number
  readonly text: string
  /** Unix seconds. */
  readonly date: number
}

/** A message as Telegram tells of it. */
export function saidMessage({ messageId, chatId, userId, text, date }: Said): Params {
  const length = /^\/\S+/.exec(text)?.[0].length
  return {
    message_id: messageId,
    date,
    chat: chatOf(chatId),
    from: person(userId),
    text,
    ...(length !== undefined && { entities: [{ type: 'bot_command', offset: 0, length }] }),
  }
}

/** Of a bot that was added, blocked or thrown out. */
export const memberUpdate = (chatId: number, userId: number, status: string, date: number): Params => ({
  my_chat_member: {
    chat: chatOf(chatId),
    from: person(userId),
    date,
    old_chat_member: { user: BOT, status: 'member' },
    new_chat_member: { user: BOT, status },
  },
})
