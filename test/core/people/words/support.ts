import { expect } from 'chai'
import { htmlError } from '../../../../scripts/doubles/telegram-html.ts'
import { TELEGRAM_MOST, toHtml } from '../../../../src/adapters/telegram/html.ts'
import { decodeAction } from '../../../../src/core/people/buttons.ts'
import type { Message } from '../../../../src/core/people/message.ts'
import { displayWidth, PHONE } from '../../../../src/core/people/words/width.ts'

/** As Telegram counts and a phone shows it. */
export const visible = (html: string): string =>
  html
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')

/** Columns of the widest line in `<pre>`. */
const widest = (html: string): number =>
  Math.max(
    0,
    ...[...html.matchAll(/<pre>(.*?)<\/pre>/gs)].flatMap(([, pre = '']) => visible(pre).split('\n').map(displayWidth)),
  )

/** Telegram takes it and a phone shows it, and every button works. */
export function sound(message: Message, longest = TELEGRAM_MOST): void {
  const { text, replyMarkup } = toHtml(message)
  expect(htmlError(text)).to.equal(undefined)
  expect(visible(text).trim()).to.not.equal('')
  expect(visible(text).length).to.be.at.most(longest)
  expect(widest(text)).to.be.at.most(PHONE)
  expect(text.isWellFormed()).to.equal(true)
  for (const button of replyMarkup?.inline_keyboard.flat() ?? []) {
    expect(button.text).to.not.equal('')
    if ('callback_data' in button) {
      expect(Buffer.byteLength(button.callback_data)).to.be.at.most(64)
      expect(decodeAction(button.callback_data), button.callback_data).to.not.equal(undefined)
    }
  }
}
