import type { Message } from '../message.ts'
import { layout } from './layout.ts'

/** For webhooks, logs and terminals: links and link buttons as addresses, no other buttons. */
export function toPlain(message: Message): string {
  const urls = message.buttons
    .flat()
    .flatMap((button) => ('url' in button ? [{ text: button.text, url: button.url }] : []))
  return layout({ ...message, links: [...message.links, ...urls] })
    .map(({ text, url }) => (url === undefined ? text : `${text}: ${url}`))
    .join('\n')
}
