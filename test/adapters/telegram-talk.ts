/** Whole conversations: the poller against the double of the Bot API over HTTP, with a store in a file and delays that only count. */
import { join } from 'node:path'
import { Api } from 'grammy'
import { type BotApi, type Message, startBotApi } from '../../scripts/doubles/bot-api.ts'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import { toHtml } from '../../src/adapters/telegram/html.ts'
import type { House, TalkChat } from '../../src/adapters/telegram/house.ts'
import { type Poller, type PollerOptions, startPoller } from '../../src/adapters/telegram/poller.ts'
import type { Queries } from '../../src/core/answers.ts'
import type { Mode } from '../../src/core/people/control.ts'
import type { Store } from '../../src/core/ports.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { fakeControl, fakeHouse, type Spoken } from './telegram-house.ts'

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
}
export type Options = Partial<PollerOptions> & {
  readonly houseOver?: Partial<House>
  readonly queries?: Partial<Queries>
  readonly configuredMode?: Mode
}

const open: { end(): Promise<void> }[] = []
export const endAll = async (): Promise<void> => {
  for (const one of open.splice(0).reverse()) await one.end()
}

export async function talking() {
  const api = await startBotApi({ token: TOKEN })
  const file = join(temporaryFolder('talk'), 'plimsoll.db')
  const clock = { nowS: NOW_S, nowMs: 0 }
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
      running = { store, poller: begin(stage, store, options) }
    },
    /** As after a crash: nothing is told to anybody; a new instance must make do with the file. */
    async stop(): Promise<void> {
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
      return fakeControl(running.store).port
    },
    get spoken(): readonly Spoken[] {
      if (running === undefined) throw new Error('nothing runs')
      return fakeControl(running.store).spoken()
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

function begin({ api, clock, logged, troubles, waited }: Stage, store: Store, options: Options): Poller {
  const { houseOver, queries, configuredMode, ...over } = options
  const log = (fields: object, message: string): void => void logged.push(`${message} ${JSON.stringify(fields)}`)
  return startPoller({
    token: TOKEN,
    apiRoot: api.url,
    chats: CHATS,
    house: fakeHouse(fakeControl(store, configuredMode).port, houseOver, queries),
    values: { get: (name) => store.value(name), set: (name, value) => store.setValue(name, value) },
    atomically: (work) => store.atomically(work),
    ...sender(api),
    onTrouble: (reason, detail) => void troubles.push(`${reason}: ${detail}`),
    log: { info: log, warn: log, error: log },
    scrub: (text) => text.replaceAll('SECRET', '***'),
    pollTimeoutS: 5,
    delay: async (ms) => {
      waited.push(ms)
      clock.nowMs += ms
      await new Promise((resolve) => setImmediate(resolve))
    },
    nowS: () => clock.nowS,
    nowMs: () => clock.nowMs,
    ...over,
  })
}

/** What the program's own wire does at Telegram's pace, here at once. */
function sender(double: BotApi): Pick<PollerOptions, 'reply' | 'finish'> {
  const api = new Api(TOKEN, { apiRoot: double.url })
  return {
    reply: ({ chatId, threadId, message }) => {
      const { text, replyMarkup } = toHtml(message)
      const extra = {
        parse_mode: 'HTML' as const,
        ...(threadId !== undefined && { message_thread_id: threadId }),
        ...(replyMarkup && { reply_markup: replyMarkup }),
      }
      void attempt(() => api.sendMessage(chatId, text, extra))
    },
    finish: (chatId, messageId) => void attempt(() => api.editMessageReplyMarkup(chatId, messageId)),
  }
}

async function attempt(call: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < 3; i++)
    try {
      await call()
      return
    } catch {
      // The double fails on demand: as the wire does, once more.
    }
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

/** The data behind a message's buttons, by their text. */
export const button = (message: Message, text: string): string => {
  const found = message.keyboard.flat().find((one) => one['text']?.includes(text))
  if (found?.['callback_data'] === undefined) throw new Error(`no button ${text} in ${JSON.stringify(message.keyboard)}`)
  return found['callback_data']
}

/** As a phone shows it. */
export const plain = (html: string): string =>
  html
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
