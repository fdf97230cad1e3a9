/** The wire to one chat, as couriers know it. */
import type { InlineKeyboardMarkup } from 'grammy/types'
import type { Message } from '../../core/people/message.ts'
import type { Delivery, Envelope, Line } from '../../core/ports.ts'
import { search } from './search.ts'
import type { Called, Wire } from './wire.ts'

/** A message in Telegram's HTML. */
export type ToHtml = (message: Message) => {
  readonly text: string
  readonly replyMarkup?: InlineKeyboardMarkup | undefined
}

/** What is handed to `sendMessage`, but for the chat. */
interface Payload {
  readonly text: string
  readonly parse_mode?: 'HTML'
  readonly reply_markup: InlineKeyboardMarkup
  readonly link_preview_options: { readonly is_disabled: true }
  readonly message_thread_id?: number
  readonly disable_notification?: true
}

/** Telegram takes so many characters, tags not counted. */
const LONGEST = 4_096
/** A digest of this length leaves out more than it tells. */
const FULL = 3_600
const MOST_ATTEMPTS = 4

export function chatLine(wire: Wire, chatId: number, dressing: { toHtml: ToHtml; clean(text: string): string }): Line {
  return {
    folding: 'edit',
    ready: () => wire.ready(chatId),
    dress: (message, envelope) => dress(message, envelope, dressing),
    send: (body) => send(wire, chatId, JSON.parse(body)),
    edit: (id, body) => edit(wire, { chatId, messageId: Number(id) }, JSON.parse(body)),
    find: (body, after) => {
      const payload: Payload = JSON.parse(body)
      return search(wire, { chatId, replyMarkup: payload.reply_markup, after })
    },
    last: () => wire.last(chatId),
    isLast: (id, thread) => wire.isLast(chatId, Number(id), thread),
  }
}

function dress(
  message: Message,
  { id, loud, thread }: Envelope,
  { toHtml, clean }: { toHtml: ToHtml; clean(text: string): string },
): { body: string; isFull: boolean } {
  const html = toHtml(message)
  const text = clean(html.text)
  const bare = plain(text)
  const isCut = bare.length > LONGEST
  const payload: Payload = {
    text: isCut ? bare.slice(0, LONGEST).toWellFormed() : text,
    ...(!isCut && { parse_mode: 'HTML' }),
    reply_markup: signed(html.replyMarkup, id),
    link_preview_options: { is_disabled: true },
    ...(thread !== null && { message_thread_id: thread }),
    ...(!loud && { disable_notification: true }),
  }
  return { body: JSON.stringify(payload), isFull: bare.length > FULL }
}

/** Its buttons name its row, so that it can be told from every other message; one that has none gets one. */
function signed(markup: InlineKeyboardMarkup | undefined, id: number): InlineKeyboardMarkup {
  const rows = markup?.inline_keyboard ?? []
  const names = (data: string): boolean => data.split(':')[1] === String(id)
  const isSigned = rows.flat().some((button) => 'callback_data' in button && names(button.callback_data))
  return { inline_keyboard: isSigned ? rows : [...rows, [{ text: '🔎', callback_data: `details:${id}` }]] }
}

/** Whatever is wrong with tags, without tags it can be read. */
const plain = (html: string): string =>
  html
    .replaceAll(/<\/?\w+(?: [^<>]*)?>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')

async function send(wire: Wire, chatId: number, given: Payload): Promise<Delivery> {
  let payload: Payload | undefined = given
  for (let attempt = 0; attempt < MOST_ATTEMPTS && payload !== undefined; attempt++) {
    const { text, ...rest }: Payload = payload
    const called = await wire.run(chatId, (chat) => wire.api.sendMessage(chat, text, rest))
    if (called.kind === 'done') {
      const { message_id } = called.value
      wire.sent(chatId, message_id, payload.message_thread_id ?? null)
      return { kind: 'done', id: String(message_id) }
    }
    const again = simpler(payload, called)
    if (again === undefined) return deliveryOf(called)
    payload = again
  }
  return { kind: 'refused', detail: 'it was refused in every form' }
}

/** The same message in a form that is not refused for this reason; undefined: there is none. */
function simpler(payload: Payload, { verdict }: Called<unknown> & { kind: 'failed' }): Payload | undefined {
  const { message_thread_id, parse_mode, ...rest } = payload
  if (verdict.kind === 'moved') return payload
  if (verdict.kind === 'threadless' && message_thread_id !== undefined)
    return { ...rest, ...(parse_mode && { parse_mode }) }
  if (verdict.kind === 'unreadable' && parse_mode !== undefined)
    return { ...rest, text: plain(payload.text), ...(message_thread_id !== undefined && { message_thread_id }) }
  return undefined
}

async function edit(
  wire: Wire,
  { chatId, messageId }: { chatId: number; messageId: number },
  given: Payload,
): Promise<Delivery> {
  let payload: Payload | undefined = given
  for (let attempt = 0; attempt < MOST_ATTEMPTS && payload !== undefined; attempt++) {
    const { text, message_thread_id: _, disable_notification: __, ...rest }: Payload = payload
    const called = await wire.run(chatId, (chat) => wire.api.editMessageText(chat, messageId, text, rest))
    if (called.kind === 'done' || called.verdict.kind === 'same') return { kind: 'done', id: String(messageId) }
    const again = simpler(payload, called)
    if (again === undefined) return deliveryOf(called)
    payload = again
  }
  return { kind: 'stale' }
}

function deliveryOf({ verdict, detail }: Called<unknown> & { kind: 'failed' }): Delivery {
  switch (verdict.kind) {
    case 'flood':
      // The wire itself keeps quiet as long as it was told.
      return { kind: 'later', waitMs: 0, detail }
    case 'unsent':
      return { kind: 'later', waitMs: undefined, detail }
    case 'unknown':
      return { kind: 'unknown', detail }
    case 'gone':
      return { kind: 'gone', detail }
    case 'missing':
    case 'foreign':
      return { kind: 'stale' }
    case 'same':
    case 'moved':
    case 'threadless':
    case 'unreadable':
    case 'refused':
      return { kind: 'refused', detail }
  }
}
