/** Fills `docs/alerts.md` and its Chinese sister: between the marks stands what the program says, the rest is written by hand. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { namesOf } from '../../src/adapters/telegram/commands.ts'
import { EVENTS, ROLES } from '../../src/core/people/events.ts'
import type { Message } from '../../src/core/people/message.ts'
import type { Language } from '../../src/core/people/words/catalogue.ts'
import { toPlain } from '../../src/core/people/words/plain.ts'
import { repliesOf } from '../../src/core/people/words/replies.ts'
import { WARNING_THRESHOLDS } from '../../src/core/risk/warning-thresholds.ts'
import { type Example, SECTIONS } from './examples.ts'

const BLOCK = /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- \/generated -->)/g

export function alertsPage(root: string, path: string, language: Language): string {
  const blocks: Readonly<Record<string, () => string>> = {
    events: eventsTable,
    warnings: warningsTable,
    examples: () => examples(language),
    commands: () => commandsTable(language),
  }
  return readFileSync(join(root, path), 'utf8').replace(BLOCK, (_, start: string, name: string, end: string) => {
    const block = blocks[name]
    if (block === undefined) throw new Error(`${path} asks for a block that nobody writes: ${name}`)
    return `${start}${block()}${end}`
  })
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `${[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`

/** By role, as the menu of each chat has them. */
function commandsTable(language: Language): string {
  const { commands, usage } = repliesOf(language)
  const names = namesOf('operator')
  const usages: Readonly<Record<string, unknown>> = usage
  const written = (name: string): string => {
    const text = usages[name]
    return typeof text === 'string' ? text : `/${name}`
  }
  const rows = names.map((name) => [
    `\`${written(name)}\``,
    commands[name],
    ...ROLES.map((role) => (namesOf(role).includes(name) ? 'yes' : '')),
  ])
  return table(['command', 'answer', ...ROLES], rows)
}

function eventsTable(): string {
  const rows = Object.entries(EVENTS).map(([name, traits]) => [
    `\`${name}\``,
    traits.topic,
    ...ROLES.map((role) => traits[role]),
    traits.critical ? 'yes' : '',
  ])
  return table(['event', 'topic', ...ROLES, 'passes quiet hours and mutes'], rows)
}

/** In per cent where the table has shares. */
function warningsTable(): string {
  const rows = Object.entries(WARNING_THRESHOLDS).map(([name, { enter, leave, unit, why }]) => [
    `\`${name}\``,
    ...[enter, leave].map((value) => amountOf(value, unit)),
    why,
  ])
  return table(['threshold', 'on at', 'over at', 'why'], rows)
}

function amountOf(value: number, unit: string): string {
  if (unit === 'dollars') return `$${value.toLocaleString('en-US')}`
  if (unit === 'share') return `${Math.round(value * 10_000) / 100} %`
  return unit === 'per cent' ? `−${value} %` : String(value)
}

const examples = (language: Language): string =>
  SECTIONS.map(({ heading, examples: of }) =>
    [`### ${heading[language]}\n`, ...of.map((example) => shown(example, language))].join('\n'),
  ).join('\n')

/** Long data is shortened here, and only here. */
const LONGEST_DATA = 74

function shown({ events, heading, messages }: Example, language: Language): string {
  const names = events.map((name) => `\`${name}\``).join(' ')
  const texts = messages(language).map((message) => `\`\`\`text\n${asOnPhone(message)}\n\`\`\`\n`)
  return `**${heading[language]}**${names === '' ? '' : ` ${names}`}\n\n${texts.join('\n')}`
}

/** Buttons below, in their rows. */
function asOnPhone(message: Message): string {
  const text = toPlain({ ...message, buttons: [] }).replaceAll(
    /0x[0-9a-f]{75,}/g,
    (data) => `${data.slice(0, LONGEST_DATA)}…`,
  )
  return [text, ...message.buttons.map((row) => row.map((button) => `[ ${button.text} ]`).join(' '))].join('\n')
}
