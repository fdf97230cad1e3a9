/**
 * The door. What comes in is anything at all; what goes on is something said by a person on the list in a chat on the list,
 * to this bot, now, and in their own words. Everything else is nothing: no effect, no reply. Pure.
 */

/** Who is heard where. */
export interface HeardChat {
  readonly chatId: number
  readonly userIds: readonly number[]
}

interface Spoken {
  readonly updateId: number
  readonly chatId: number
  readonly userId: number
  /** Of a group with topics, where it was said. */
  readonly threadId: number | undefined
  readonly messageId: number
}

export interface Said extends Spoken {
  readonly kind: 'command'
  /** Lower case, without slash. */
  readonly command: string
  readonly argument: string
  /** Nobody else can have been meant: a private chat, or our name behind the command. */
  readonly toUs: boolean
}

export interface Pressed extends Spoken {
  readonly kind: 'press'
  readonly queryId: string
  readonly action: string
}

export interface Door {
  readonly chats: readonly HeardChat[]
  readonly me: { readonly id: number; readonly username: string }
  /** Messages written before this, Unix seconds, are not answered: nobody waits for them any more. */
  readonly notBeforeS: number
}

type Fields = Readonly<Record<string, unknown>>

const LONGEST_TEXT = 4_096
/** Telegram's own bounds: update ids are 32-bit, callback data has 64 bytes. */
const LARGEST_UPDATE_ID = 2 ** 31 - 1
const LONGEST_ACTION_BYTES = 64
const LONGEST_QUERY_ID = 64

/** Undefined for what is no update of Telegram's. */
export function updateIdOf(update: unknown): number | undefined {
  const id = isFields(update) ? update['update_id'] : undefined
  return isWhole(id) && id > 0 && id <= LARGEST_UPDATE_ID ? id : undefined
}

export function admit(update: unknown, door: Door): Said | Pressed | undefined {
  const updateId = updateIdOf(update)
  if (updateId === undefined || !isFields(update)) return undefined
  const { message, callback_query: query, ...others } = update
  // One thing at a time: an update that is a message and an edit, or a press besides, is none of Telegram's.
  if (Object.keys(others).some((key) => key !== 'update_id')) return undefined
  if (query === undefined) return isFields(message) ? admitMessage(updateId, message, door) : undefined
  return message === undefined && isFields(query) ? admitPress(updateId, query, door) : undefined
}

/** Somebody else's words: forwarded, by way of another bot, in the name of a channel or a group, or for a business. */
const NOT_THEIR_OWN = [
  'forward_origin',
  'forward_from',
  'forward_from_chat',
  'forward_sender_name',
  'forward_date',
  'is_automatic_forward',
  'edit_date',
  'via_bot',
  'sender_chat',
  'sender_business_bot',
  'business_connection_id',
  'author_signature',
] as const

function admitMessage(updateId: number, message: Fields, door: Door): Said | undefined {
  if (NOT_THEIR_OWN.some((field) => message[field] !== undefined)) return undefined
  const { date, text, message_id: messageId } = message
  if (!isWhole(date) || date < door.notBeforeS || !isWhole(messageId)) return undefined
  if (typeof text !== 'string' || text.length > LONGEST_TEXT) return undefined
  const place = placeOf(message['chat'], message['from'], door)
  const said = commandOf(text, door.me.username)
  if (place === undefined || said === undefined) return undefined
  const { toUs, ...words } = said
  return {
    kind: 'command',
    updateId,
    ...place,
    threadId: threadOf(message),
    messageId,
    ...words,
    toUs: toUs || place.chatId > 0,
  }
}

function admitPress(updateId: number, query: Fields, door: Door): Pressed | undefined {
  const { id, from, message, data, inline_message_id: inline } = query
  if (inline !== undefined || !isFields(message) || !isText(id, LONGEST_QUERY_ID)) return undefined
  if (typeof data !== 'string' || Buffer.byteLength(data) > LONGEST_ACTION_BYTES || data === '') return undefined
  const place = placeOf(message['chat'], from, door)
  const messageId = message['message_id']
  if (place === undefined || !isWhole(messageId) || !isOurs(message, door.me.id)) return undefined
  return { kind: 'press', updateId, ...place, threadId: threadOf(message), messageId, queryId: id, action: data }
}

/** A message that Telegram no longer shows (date 0) does not say who wrote it. */
const isOurs = ({ from, date }: Fields, me: number): boolean =>
  from === undefined ? date === 0 : isFields(from) && from['id'] === me

/** The chat and the person must both be on the list. */
function placeOf(chat: unknown, from: unknown, door: Door): { chatId: number; userId: number } | undefined {
  if (!isFields(chat) || !isFields(from) || from['is_bot'] !== false) return undefined
  const { id: chatId } = chat
  const { id: userId } = from
  if (!isWhole(chatId) || !isWhole(userId)) return undefined
  const heard = door.chats.find((one) => one.chatId === chatId)
  return heard?.userIds.includes(userId) ? { chatId, userId } : undefined
}

const threadOf = ({ is_topic_message: isTopic, message_thread_id: thread }: Fields): number | undefined =>
  isTopic === true && isWhole(thread) ? thread : undefined

function commandOf(text: string, me: string): { command: string; argument: string; toUs: boolean } | undefined {
  const [, command, named, argument = ''] = /^\/(\w{1,32})(?:@(\w{1,64}))?(?:\s+(.*))?$/s.exec(text) ?? []
  if (command === undefined) return undefined
  if (named !== undefined && named.toLowerCase() !== me.toLowerCase()) return undefined
  return { command: command.toLowerCase(), argument: argument.trim(), toUs: named !== undefined }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value)
const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value !== '' && value.length <= longest
