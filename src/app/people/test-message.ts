import { setTimeout as sleep } from 'node:timers/promises'
import type { Bot } from '../../adapters/bot.ts'
import { hookLine } from '../../adapters/hook/line.ts'
import type { AlertsConfig, TelegramChat, WebhookConfig } from '../../config/config.ts'
import type { Message } from '../../core/people/message.ts'

export interface TestOptions {
  readonly alerts: Pick<AlertsConfig, 'telegram' | 'webhooks'>
  /** Only this one; undefined: all. */
  readonly channel: string | undefined
  readonly bot: Bot | undefined
  readonly version: string
  readonly clean: (text: string) => string
  /** Unix milliseconds. */
  readonly nowMs: () => number
  /** Between two messages to one chat: Telegram takes one a second. */
  readonly spacingMs: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** One message that was tried. */
export interface Tested {
  readonly channel: string
  /** The thread of a group, with what goes there; null: the chat itself. */
  readonly thread: string | null
  readonly arrived: boolean
  /** Why not; empty when it did. */
  readonly why: string
}

/** Names of all channels that are configured. */
export const channelNames = ({ telegram, webhooks }: TestOptions['alerts']): readonly string[] => [
  ...(telegram?.chats ?? []).map(({ chatId }) => `telegram:${chatId}`),
  ...webhooks.map(({ name }) => `webhook:${name}`),
]

/** Really sends a marked message to every channel, once into each thread. One try each: the answer is what is wanted. */
export async function* sendTests(options: TestOptions): AsyncGenerator<Tested> {
  const { alerts, channel, bot } = options
  const isMeant = (name: string): boolean => channel === undefined || channel === name
  for (const chat of alerts.telegram?.chats ?? [])
    if (bot && isMeant(`telegram:${chat.chatId}`)) yield* testChat(chat, bot, options)
  for (const hook of alerts.webhooks) if (isMeant(`webhook:${hook.name}`)) yield await testHook(hook, options)
}

async function* testChat(chat: TelegramChat, bot: Bot, options: TestOptions): AsyncGenerator<Tested> {
  const channel = `telegram:${chat.chatId}`
  const byThread = Map.groupBy(Object.entries(chat.topics), ([, thread]) => thread)
  const threads = [
    ...(byThread.size < TOPIC_COUNT ? [{ id: undefined, name: null }] : []),
    ...[...byThread].map(([id, topics]) => ({ id, name: `${id} (${topics.map(([topic]) => topic).join(', ')})` })),
  ]
  for (const [i, { id, name }] of threads.entries()) {
    if (i > 0) await sleep(options.spacingMs, undefined, { signal: options.signal })
    const { title, lines } = messageOf(chat, options)
    const answer = await bot.say(chat.chatId, options.clean([title, ...lines].join('\n')), id)
    const why = answer.ok ? '' : `${answer.code ?? 'no answer'}: ${answer.why}`
    yield { channel, thread: name, arrived: answer.ok, why }
  }
}

/** With fewer of them sent elsewhere, something arrives in the chat itself. */
const TOPIC_COUNT = 4

/** Over the very wire that alerts take, signature and all. */
async function testHook(hook: WebhookConfig, options: TestOptions): Promise<Tested> {
  const { clean, nowMs, timeoutMs, signal } = options
  // What there is to say is in the answer.
  const log = { warn: (): void => {} }
  const delay = (ms: number): Promise<void> => sleep(ms, undefined, { signal })
  const line = hookLine({ ...hook, clean, nowMs, delay, timeoutMs, log, signal, cut: signal })
  const key = `test:${nowMs()}`
  const envelope = { id: 0, key, event: 'test', loud: false, thread: null, entries: [] }
  const { body } = line.dress(messageOf(hook, options), envelope)
  const delivery = await line.send(body)
  const arrived = delivery.kind === 'done'
  const why = arrived ? '' : 'detail' in delivery ? delivery.detail : delivery.kind
  return { channel: `webhook:${hook.name}`, thread: null, arrived, why: clean(why) }
}

const NOTHING = { place: '', rows: [], code: [], links: [], footer: '', buttons: [] } as const

function messageOf({ role, language }: TelegramChat | WebhookConfig, { version }: TestOptions): Message {
  return language === 'zh'
    ? {
        ...NOTHING,
        title: `🧪 Plimsoll ${version} 测试消息`,
        lines: [`由 plimsoll alerts test 发送，并非警报。本频道的角色：${role}。`],
      }
    : {
        ...NOTHING,
        title: `🧪 Test from Plimsoll ${version}`,
        lines: [`Sent by plimsoll alerts test: no alert. This channel hears of what concerns the role ${role}.`],
      }
}
