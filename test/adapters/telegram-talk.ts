/** Whole conversations: the poller against the double of the Bot API over HTTP, with a store in a file and delays that only count. */
import { join } from 'node:path'
import { startBotApi } from '../../scripts/doubles/bot-api.ts'
import type { Message } from '../../scripts/doubles/bot-messages.ts'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import type { House, TalkChat } from '../../src/adapters/telegram/house.ts'
import { toHtml } from '../../src/adapters/telegram/html.ts'
import { type Poller, type PollerOptions, startPoller } from '../../src/adapters/telegram/poller.ts'
import { openTelegram } from '../../src/adapters/telegram/telegram.ts'
import type { Queries } from '../../src/core/answers.ts'
import type { Mode } from '../../src/core/people/control.ts'
import type { ControlPort } from '../../src/core/people/ports.ts'
import type { Store } from '../../src/core/ports.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { controlOver, fakeHouse, type Spoken, spokenIn } from './telegram-house.ts'

export const TOKEN = '12345:CANARY-token-of-the-bot'
export const NOW_S = 1_700_000_100
export const OWNER = { chat: 11, user: 11 }
export const OPERATOR = { chat: 22, user: 22 }
export const VIEWER = { chat: 33, user: 33 }
/** A group with two people on the list, in Chinese. */
export const GROUP = { chat: -1_001_234, user: 22, other: 44 }

const chat = (over: Partial<TalkChat> & Pick<TalkChat, 'chatId' | 'role'>): TalkChat => ({
  userIds: [over.chatId],
  language: 'en',
  events: {},
  quiet: undefined,
  ...over,
})
export const CHATS: readonly TalkChat[] = [
  chat({ chatId: OWNER.chat, role: 'owner', quiet: { fromMinute: 1_320, toMinute: 420 } }),
  chat({ chatId: OPERATOR.chat, role: 'operator', events: { recovered: 'off' } }),
  chat({ chatId: VIEWER.chat, role: 'viewer' }),
  chat({ chatId: GROUP.chat, role: 'operator', userIds: [GROUP.user, GROUP.other], language: 'zh' }),
]

type Who = { readonly chat: number; readonly user: number }
interface Started {
  readonly poller: Poller
  readonly store: Store
  readonly stop: AbortController
  readonly control: ControlPort
}
export type Options = Partial<PollerOptions> & {
  readonly houseOver?: Partial<House>
  readonly queries?: Partial<Queries>
  readonly configuredMode?: Mode
}

const open: { end(): Promise<void> }[] = []
/** How many have ended. */
let tests = 0
export const endAll = async (): Promise<void> => {
  tests++
  for (const one of open.splice(0).reverse()) await one.end()
}

export async function talking() {
  const clock = { nowS: NOW_S, nowMs: 0 }
  const api = await startBotApi({ token: TOKEN, limitsByMs: () => clock.nowMs })
  const file = join(temporaryFolder('talk'), 'plimsoll.db')
  const logged: string[] = []
  const troubles: string[] = []
  const waited: number[] = []
  let running: Started | undefined
  const stage = {
    api,
    file,
    clock,
    logged,
    troubles,
    waited,
    async start(options: Options = {}): Promise<void> {
      const store = openStore(file)
      running = begin(stage, store, options)
    },
    /** What is under way is cut: a new instance must make do with the file. */
    async stop(): Promise<void> {
      running?.stop.abort()
      await running?.poller.stop()
      running?.store.close()
      running = undefined
    },
    async restart(options: Options = {}): Promise<void> {
      await stage.stop()
      await stage.start(options)
    },
    say: (who: Who, text: string, date = clock.nowS): void => api.say(who.chat, who.user, text, date),
    /** Says it, and waits for the answer. */
    async ask(who: Who, text: string): Promise<Message> {
      const before = api.messages.length
      stage.say(who, text)
      await until(() => api.messages.length > before)
      return api.messages[before] as Message
    },
    press: (who: Who, messageId: number, data: string): string =>
      api.updates.press({ chatId: who.chat, userId: who.user, messageId, data }),
    /** Presses it, and waits until Telegram was told that it was heard. */
    async pressed(who: Who, messageId: number, data: string): Promise<string | undefined> {
      const before = api.updates.answered.length
      stage.press(who, messageId, data)
      await until(() => api.updates.answered.length > before)
      return api.updates.answered[before]?.text
    },
    /** All that was said so far was taken: what comes after it is answered. */
    async quiet(): Promise<void> {
      const before = api.messages.length
      stage.say(OPERATOR, '/version')
      await until(() => api.messages.slice(before).some(({ text }) => text.includes('Plimsoll 1.2.3')))
    },
    get control() {
      if (running === undefined) throw new Error('nothing runs')
      return running.control
    },
    get spoken(): readonly Spoken[] {
      if (running === undefined) throw new Error('nothing runs')
      return spokenIn(running.store)
    },
  }
  open.push({
    end: async () => {
      await stage.stop()
      await api.close()
    },
  })
  return stage
}
export type Stage = Awaited<ReturnType<typeof talking>>

function begin({ api, clock, logged, troubles, waited }: Stage, store: Store, options: Options): Started {
  const { houseOver, queries, configuredMode, ...over } = options
  const stop = new AbortController()
  const control = controlOver(store, () => clock.nowS, configuredMode)
  const log = (fields: object, message: string): void => void logged.push(`${message} ${JSON.stringify(fields)}`)
  const shared = {
    token: TOKEN,
    apiRoot: api.url,
    values: {
      get: (name: string) => store.value(name),
      set: (name: string, value: string) => store.setValue(name, value),
    },
    log: { info: log, warn: log, error: log },
    scrub: (text: string) => text.replaceAll('SECRET', '***'),
    delay: async (ms: number) => {
      waited.push(ms)
      clock.nowMs += ms
      await new Promise((resolve) => setImmediate(resolve))
    },
    nowMs: () => clock.nowMs,
  }
  const { signal } = stop
  const telegram = openTelegram({ ...shared, toHtml, known: [], requestTimeoutS: 15, signal, cut: signal })
  const poller = startPoller({
    ...shared,
    chats: CHATS,
    house: fakeHouse(control, houseOver, queries),
    atomically: (work) => store.atomically(work),
    reply: (reply) => void telegram.reply(reply),
    finish: (chatId, messageId) => void telegram.finish(chatId, messageId),
    onTrouble: (reason, detail) => void troubles.push(`${reason}: ${detail}`),
    pollTimeoutS: 5,
    nowS: () => clock.nowS,
    ...over,
  })
  return { poller, store, stop, control }
}

/** Waits no longer than the test does. */
export async function until(condition: () => boolean): Promise<void> {
  const of = tests
  while (!condition() && of === tests) await new Promise((resolve) => setImmediate(resolve))
}

/** The data behind a message's buttons, by their text. */
export const button = (message: Message, text: string): string => {
  const found = message.replyMarkup?.inline_keyboard.flat().find((one) => one['text']?.includes(text))
  if (found?.['callback_data'] === undefined) throw new Error(`no button ${text} in ${JSON.stringify(message)}`)
  return found['callback_data']
}

/** As a phone shows it. */
export const plain = (html: string): string =>
  html
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
