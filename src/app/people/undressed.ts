/** A message without further art: its parts in order, escaped. */
import type { Block } from '../../adapters/hook/line.ts'
import type { Message } from '../../core/people/message.ts'

export const undressed = ({ title, place, rows, lines, code, links, footer }: Message): readonly Block[] => {
  const blocks: Block[] = [
    { kind: 'title', text: title },
    { kind: 'text', text: place },
    { kind: 'table', text: rows.map((row) => row.join('  ')).join('\n') },
    ...lines.map((text): Block => ({ kind: 'text', text })),
    ...code.map((text): Block => ({ kind: 'code', text })),
    ...links.map((link): Block => ({ kind: 'link', ...link })),
    { kind: 'small', text: footer },
  ]
  return blocks.filter(({ text }) => text !== '')
}

const TAGS = { title: 'b', table: 'pre', code: 'code', small: 'i' } as const

export const undressedHtml = (message: Message) => ({
  text: undressed(message)
    .map(({ kind, text }) => {
      const tag = kind === 'text' || kind === 'gap' || kind === 'link' ? undefined : TAGS[kind]
      return tag === undefined ? escapeHtml(text) : `<${tag}>${escapeHtml(text)}</${tag}>`
    })
    .join('\n'),
  replyMarkup: {
    inline_keyboard: message.buttons.map((row) =>
      row.map((button) =>
        'action' in button
          ? { text: button.text, callback_data: button.action }
          : { text: button.text, url: button.url },
      ),
    ),
  },
})

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
