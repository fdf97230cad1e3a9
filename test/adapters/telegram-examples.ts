/** One answer of each command, as docs/telegram.md shows it and as every language must be able to say it. */

import { openStore } from '../../src/adapters/store/sqlite.ts'
import { commandCalled, namesOf } from '../../src/adapters/telegram/commands.ts'
import { type Answer, type House, isQuestion, type Talk } from '../../src/adapters/telegram/house.ts'
import { toHtml } from '../../src/adapters/telegram/html.ts'
import type { Queries } from '../../src/core/answers.ts'
import type { Role } from '../../src/core/people/events.ts'
import type { Button, Message } from '../../src/core/people/message.ts'
import type { ControlPort } from '../../src/core/people/ports.ts'
import { LANGUAGES, type Language } from '../../src/core/people/words/catalogue.ts'
import { repliesOf } from '../../src/core/people/words/replies.ts'
import { ALICE, block } from './http-support.ts'
import { BOB, controlOver, fakeHouse } from './telegram-house.ts'

const NOW_S = block.timestamp + 8

export { LANGUAGES }

/** A control in memory. */
export const memoryControl = (): ControlPort => controlOver(openStore(':memory:'), () => NOW_S)

const thrown = (error: unknown): never => {
  throw error
}

const talkIn = (language: Language, role: Role, argument: string, fault: Talk['fault'] = thrown): Talk => ({
  chat: { chatId: 11, userIds: [11], role, language, events: {}, quiet: { fromMinute: 1_320, toMinute: 420 } },
  channel: 'telegram:11',
  by: { via: 'telegram', id: '11', chat: 'telegram:11' },
  say: repliesOf(language),
  argument,
  nowS: NOW_S,
  fault,
})

export interface Scene {
  readonly language?: Language
  readonly role?: Role
  readonly control?: ControlPort
  /** Default: a test fails. */
  readonly fault?: Talk['fault']
  readonly house?: Partial<House>
  readonly queries?: Partial<Queries>
}

/** What is answered to `/command argument`. */
export async function answersTo(text: string, scene: Scene = {}): Promise<readonly Message[]> {
  const { language = 'en', role = 'operator', control = memoryControl(), fault, house, queries } = scene
  const [word = '', argument = ''] = text.slice(1).split(/\s+(.*)/s)
  const command = commandCalled(word)
  if (command === undefined) throw new Error(`no command ${text}`)
  const answer: Answer = await command.run(talkIn(language, role, argument, fault), fakeHouse(control, house, queries))
  return isQuestion(answer) ? [{ ...answer.message, buttons: [confirmButtons(language)] }] : answer
}

const confirmButtons = (language: Language): readonly Button[] => {
  const { confirm, cancel } = repliesOf(language)
  return [confirm, cancel].map((text) => ({ text, action: 'confirm:1:x' }))
}

/** As a phone shows it. */
export const plain = (message: Message): string =>
  toHtml(message)
    .text.replaceAll(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

/** With its buttons below. */
export const phone = (message: Message): string =>
  [plain(message), ...message.buttons.map((row) => row.map((button) => `[ ${button.text} ]`).join(' '))].join('\n')

/** In this order they tell a story: what is watched early is listed later. */
export const SAID: readonly string[] = [
  `/watch ${ALICE} treasury`,
  `/watch ${BOB}`,
  '/threshold treasury 1.3 1.2 5%',
  '/list',
  '/position treasury',
  '/mute 2h treasury',
  '/alerts',
  '/unmute',
  `/unwatch ${BOB}`,
  '/status',
  '/positions 3',
  '/liquidations',
  '/risk local-aave',
  '/phase local-aave',
  '/ladder local-aave WETH',
  '/brief local-aave',
  '/profit 7',
  '/balance',
  '/gas',
  '/rpc',
  '/logs',
  `/why ${ALICE}`,
  '/pause',
  '/mode simulate',
  '/reload',
  '/version',
  '/help',
]

export const nameOf = (said: string): string => /^\/(\w+)/.exec(said)?.[1] ?? ''

/** Everything that is said, by what was said. */
export async function story(language: Language, scene: Scene = {}): Promise<ReadonlyMap<string, readonly Message[]>> {
  const control = scene.control ?? memoryControl()
  const told = new Map<string, readonly Message[]>()
  for (const text of SAID) told.set(text, await answersTo(text, { ...scene, language, control }))
  return told
}

/** Those that somebody may say. */
export const everyCommand = (): readonly string[] => namesOf('operator')
