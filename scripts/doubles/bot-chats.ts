/** What is known of chats, and of the bot's place in them. A chat that nobody described is an ordinary one. */
import { Refused } from './bot-refused.ts'

export interface ChatFacts {
  readonly type?: 'private' | 'group' | 'supergroup' | 'channel'
  readonly title?: string
  /** Has topics. */
  readonly isForum?: boolean
  /** The bot's own. */
  readonly status?: 'member' | 'administrator' | 'restricted' | 'left' | 'kicked'
  /** Of `restricted`, and of an administrator of a channel. */
  readonly maySend?: boolean
}

/** Below it are supergroups and channels. */
const SUPERGROUP = -1_000_000_000_000

export class Chats {
  readonly #facts = new Map<number, ChatFacts>()

  describe(chatId: number, facts: ChatFacts): void {
    this.#facts.set(chatId, facts)
  }

  chat(chatId: number): object {
    const { type = this.#type(chatId), title = 'The group', isForum = false } = this.#facts.get(chatId) ?? {}
    if (type === 'private') return { id: chatId, type, first_name: 'Somebody' }
    return { id: chatId, type, title, ...(isForum && { is_forum: true }) }
  }

  member(chatId: number): object {
    const { status = 'member', maySend = true } = this.#facts.get(chatId) ?? {}
    const user = { id: 1, is_bot: true, first_name: 'Double', username: 'double_bot' }
    const rights = status === 'restricted' ? { can_send_messages: maySend } : { can_post_messages: maySend }
    return { user, status, ...(status === 'restricted' || status === 'administrator' ? rights : {}) }
  }

  /** Throws unless the bot may write there. */
  requireWriting(chatId: number): void {
    const { status = 'member', maySend = true } = this.#facts.get(chatId) ?? {}
    if (status === 'left' || status === 'kicked')
      throw new Refused(403, `Forbidden: bot was kicked from the ${this.#type(chatId)} chat`)
    if (!maySend) throw new Refused(400, 'Bad Request: not enough rights to send text messages to the chat')
  }

  #type(chatId: number): 'private' | 'group' | 'supergroup' {
    return chatId < SUPERGROUP ? 'supergroup' : chatId < 0 ? 'group' : 'private'
  }
}
