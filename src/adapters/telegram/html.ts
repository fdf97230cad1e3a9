/** A message as Telegram takes it. */
import type { InlineKeyboardButton, InlineKeyboardMarkup } from 'grammy/types'
import type { Button, Message } from '../../core/people/message.ts'
import { type Block, layout } from '../../core/people/words/layout.ts'

export interface Html {
  readonly text: string
  readonly replyMarkup: InlineKeyboardMarkup | undefined
}

/** Characters (UTF-16) that Telegram takes, counted without tags and with entities resolved. */
export const TELEGRAM_MOST = 4_096

export function toHtml(message: Message): Html {
  const keyboard = message.buttons.map((row) => row.flatMap(buttonOf)).filter((row) => row.length > 0)
  return {
    text: fitting(layout(message)).map(dress).join('\n') || '…',
    replyMarkup: keyboard.length > 0 ? { inline_keyboard: keyboard } : undefined,
  }
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

function dress({ kind, text, url }: Block): string {
  const escaped = escapeHtml(text)
  switch (kind) {
    case 'title':
      return `<b>${escaped}</b>`
    case 'table':
      return `<pre>${escaped}</pre>`
    case 'code':
      return `<code>${escaped}</code>`
    case 'small':
      return `<i>${escaped}</i>`
    case 'link':
      return isPublic(url) ? `<a href="${escapeHtml(url).replaceAll('"', '&quot;')}">${escaped}</a>` : escaped
    case 'text':
    case 'gap':
      return escaped
    default:
      return kind satisfies never
  }
}

/** Whoever composes keeps within the limit; this is for what nobody thought of: a refused message would tell nothing at all. */
function fitting(blocks: readonly Block[]): readonly Block[] {
  const found: Block[] = []
  // Each block is followed by a line break, but for the last.
  let room = TELEGRAM_MOST + 1
  for (const block of blocks) {
    if (block.text.length + 1 > room) return room < 2 ? found : [...found, cutTo(block, room - 2)]
    found.push(block)
    room -= block.text.length + 1
  }
  return found
}

function cutTo(block: Block, length: number): Block {
  const kept = block.text.slice(0, length).toWellFormed()
  // Of a table whole lines only: half of one would say something else.
  return { ...block, text: `${block.kind === 'table' ? kept.slice(0, kept.lastIndexOf('\n') + 1) : kept}…` }
}

const LONGEST_BUTTON = 60
const textOf = (button: Button): string => button.text.slice(0, LONGEST_BUTTON).toWellFormed() || '…'

function buttonOf(button: Button): InlineKeyboardButton[] {
  if ('action' in button) return [{ text: textOf(button), callback_data: button.action }]
  return isPublic(button.url) ? [{ text: textOf(button), url: button.url }] : []
}

/** Telegram refuses a whole message because of a link to this machine. */
function isPublic(url: string | undefined): url is string {
  if (url === undefined || !URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return (protocol === 'https:' || protocol === 'http:') && /\.[a-z][a-z0-9-]+$/i.test(hostname)
}
