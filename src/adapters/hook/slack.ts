/** A message in the shape of Slack's incoming webhooks. */
import type { Block } from '../../core/people/words/layout.ts'

/** Slack takes so many blocks, and so many characters in one. */
const BLOCKS_MOST = 50
const SECTION_LONGEST = 3_000
const HEADER_LONGEST = 150

interface Section {
  readonly type: 'section' | 'context' | 'header'
  readonly text?: { readonly type: 'mrkdwn' | 'plain_text'; readonly text: string }
  readonly elements?: readonly { readonly type: 'mrkdwn'; readonly text: string }[]
}

/** `text` is what notifications show. */
export function slackMessage(blocks: readonly Block[]): { text: string; blocks: readonly Section[] } {
  const title = blocks.find(({ kind }) => kind === 'title')?.text ?? 'Plimsoll'
  const sections = blocks.filter(({ kind, text }) => kind !== 'gap' && text !== '').map(sectionOf)
  const shown = sections.length > BLOCKS_MOST ? [...sections.slice(0, BLOCKS_MOST - 1), MORE] : sections
  return { text: escapeMrkdwn(title), blocks: shown }
}

const MORE: Section = { type: 'context', elements: [{ type: 'mrkdwn', text: '…' }] }

function sectionOf(block: Block, index: number): Section {
  const { kind, text, url } = block
  if (kind === 'title' && index === 0)
    return { type: 'header', text: { type: 'plain_text', text: cut(text, HEADER_LONGEST) } }
  if (kind === 'small') return { type: 'context', elements: [{ type: 'mrkdwn', text: fitting(text) }] }
  return { type: 'section', text: { type: 'mrkdwn', text: dressed(kind, text, url) } }
}

function dressed(kind: Block['kind'], text: string, url: string | undefined): string {
  switch (kind) {
    case 'title':
      return `*${fitting(text)}*`
    case 'table':
      return `\`\`\`${fitting(text, IN_CODE)}\`\`\``
    case 'code':
      return `\`${fitting(text, IN_CODE)}\``
    case 'link': {
      const href = url === undefined ? undefined : URL.parse(url)?.href
      return href === undefined ? fitting(text) : `<${href.replaceAll('|', '%7C')}|${fitting(text)}>`
    }
    case 'text':
    case 'gap':
    case 'small':
      return fitting(text)
  }
}

/** Signs that would change how the text looks; a word joiner before them takes their meaning. */
const SIGNS = /[*_~`]/g
const IN_CODE = /`/g

/** Slack knows three entities. */
const escapeMrkdwn = (text: string, signs = SIGNS): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(signs, '\u2060$&')

/** Escaped, with room for what is put around it; never cut within an entity. */
function fitting(text: string, signs = SIGNS): string {
  const room = SECTION_LONGEST - 100
  let escaped = escapeMrkdwn(text, signs)
  for (let kept = text; escaped.length > room; escaped = `${escapeMrkdwn(kept, signs)}…`)
    kept = kept.slice(0, Math.floor(kept.length * 0.8)).toWellFormed()
  return escaped
}

const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`
