/** A message as blocks in the order in which every channel shows them; how a block looks is the channel's matter. */
import type { Message, Passage } from '../message.ts'
import { cutTo, displayWidth, PHONE, padTo } from './width.ts'

export interface Block {
  /** `table`: in one column width, line breaks kept. `code`: in full, so that a tap copies it. `gap`: a blank line, no text. */
  readonly kind: 'title' | 'text' | 'table' | 'code' | 'link' | 'small' | 'gap'
  readonly text: string
  /** Of `link`. */
  readonly url?: string
}

const text = (kind: Block['kind'], lines: readonly string[]): Block[] =>
  lines.filter((line) => line !== '').map((line) => ({ kind, text: line }))

export function layout({ parts = [], links, footer, ...own }: Message): readonly Block[] {
  const found = [...passage(own), ...links.map((link): Block => ({ kind: 'link', ...link }))]
  for (const part of parts) found.push({ kind: 'gap', text: '' }, ...passage(part))
  return [...found, ...text('small', [footer])]
}

const passage = ({ title, place, rows, lines, code }: Passage): Block[] => [
  ...text('title', [title]),
  ...text('text', [place]),
  ...(rows.length > 0 ? [{ kind: 'table' as const, text: table(rows) }] : []),
  ...text('text', lines),
  ...text('code', code),
]

/** Values in one column, no line wider than a phone. A label that stands alone takes the line. */
function table(rows: Passage['rows']): string {
  const width = Math.max(0, ...rows.filter(([, value]) => value !== '').map(([label]) => displayWidth(label))) + 2
  const line = ([label, value]: Passage['rows'][number]): string => (value === '' ? label : padTo(label, width) + value)
  return rows.map((row) => cutTo(line(row).trimEnd(), PHONE)).join('\n')
}
