/** The whole way from the journal to chats and webhooks, against the doubles, by a clock that waits for nobody. */
import { type BotApi, type Fault, startBotApi } from '../../../scripts/doubles/bot-api.ts'
import { openStore } from '../../../src/adapters/store/sqlite.ts'
import { Journal } from '../../../src/app/journal.ts'
import type { Render } from '../../../src/app/people/courier.ts'
import { type DeliverOptions, type Delivery, startDelivery } from '../../../src/app/people/deliver.ts'
import type { TelegramChat, WebhookConfig } from '../../../src/config/config.ts'
import type { JournalEntry } from '../../../src/core/journal.ts'
import type { Message } from '../../../src/core/people/message.ts'
import type { Mute } from '../../../src/core/people/watch.ts'
import type { Block } from '../../../src/core/people/words/layout.ts'
import type { Store } from '../../../src/core/ports.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

export const TOKEN = '12345:CANARY-token-of-the-bot'
export const CHAT = 77
/** A supergroup. */
export const GROUP = -1_001_234_567_890

export const chat = (over: Partial<TelegramChat> = {}): TelegramChat => ({
  chatId: CHAT,
  userIds: [],
  role: 'operator',
  language: 'en',
  events: { threshold: 'loud' },
  topics: {},
  quiet: undefined,
  ...over,
})

export const webhook = (over: Partial<WebhookConfig> = {}): WebhookConfig => ({
  name: 'pager',
  url: 'http://127.0.0.1:1/CANARY-path-of-the-webhook',
  kind: 'json',
  secret: 'CANARY-secret-of-the-webhook',
  role: 'operator',
  language: 'en',
  events: { threshold: 'loud' },
  ...over,
})

/** `[3]` for one entry, `[1..40] [42..43]` for many: what was told can be read back. */
export const render: Render = async (rows) => ({
  title: rows.length === 1 ? 'one event' : `${rows.length} events`,
  place: '',
  rows: [],
  lines: [ranges(rows.map(({ entry }) => entry.seq))],
  code: [],
  links: [],
  footer: '',
  buttons: [[{ text: 'mute', action: `mute1h:${rows[0]?.id}` }]],
})

function ranges(seqs: readonly number[]): string {
  const found: [number, number][] = []
  for (const seq of seqs) {
    const last = found.at(-1)
    if (last?.[1] === seq - 1) last[1] = seq
    else found.push([seq, seq])
  }
  return found.map(([from, to]) => (from === to ? `[${from}]` : `[${from}..${to}]`)).join(' ')
}

export const seqsIn = (text: string): number[] =>
  [...text.matchAll(/\[(\d+)(?:\.\.(\d+))?\]/g)].flatMap(([, from = '', to = from]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => Number(from) + i),
  )

export const layout = ({ title, lines }: Message): readonly Block[] => [
  { kind: 'title', text: title },
  ...lines.map((text): Block => ({ kind: 'text', text })),
]

export const toHtml = (message: Message) => ({
  text: layout(message)
    .map(({ kind, text }) => (kind === 'title' ? `<b>${escapeHtml(text)}</b>` : escapeHtml(text)))
    .join('\n'),
  replyMarkup: {
    inline_keyboard: message.buttons.map((row) =>
      row.flatMap((button) => ('action' in button ? [{ text: button.text, callback_data: button.action }] : [])),
    ),
  },
})
const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

const open: { stop(): Promise<void> }[] = []
const doubles: BotApi[] = []
const stores: Store[] = []
export async function stopAll(): Promise<void> {
  await Promise.all(open.splice(0).map((one) => one.stop()))
  await Promise.all(doubles.splice(0).map((one) => one.close()))
  for (const store of stores.splice(0)) store.close()
}

export interface StageOptions {
  readonly faults?: readonly Fault[]
  /** Whether the double enforces Telegram's limits. */
  readonly limits?: boolean
  readonly startMs?: number
}

export async function stage({ faults = [], limits = true, startMs }: StageOptions = {}) {
  const clock = virtualClock(startMs)
  const api = await startBotApi({ token: TOKEN, faults, ...(limits && { limitsByMs: clock.nowMs }) })
  doubles.push(api)
  const store = openStore(':memory:')
  stores.push(store)
  const logged: string[] = []
  const log = (fields: object, message: string): void => void logged.push(`${message} ${JSON.stringify(fields)}`)
  const journal = new Journal(store, (error) => log({ error: String(error) }, 'a reader failed'))
  const mutes: Mute[] = []
  const start = (
    over: Partial<Omit<DeliverOptions, 'alerts'>> & { alerts?: Partial<DeliverOptions['alerts']> } = {},
  ) => {
    const { alerts, ...rest } = over
    const delivery = startDelivery({
      store,
      journal,
      queries: { alive: () => [], ready: () => [] },
      mutes: (channel) => mutes.filter((mute) => mute.chat === channel),
      render,
      toHtml,
      layout,
      log: { info: log, warn: log, error: log },
      scrub: (text) => text.replaceAll('SECRET', '***'),
      ...rest,
      alerts: {
        telegram: { token: TOKEN, apiRoot: api.url, watchesPerChat: 50, chats: [chat()] },
        webhooks: [],
        heartbeat: undefined,
        timezone: 'UTC',
        ...alerts,
      },
      clocks: { wallMs: clock.nowMs, nowMs: clock.nowMs, delay: clock.delay, graceMs: 200, ...rest.clocks },
    })
    open.push(delivery)
    return delivery
  }
  const startChats = (chats: readonly TelegramChat[], over: Parameters<typeof start>[0] = {}): Delivery =>
    start({
      ...over,
      alerts: { ...over.alerts, telegram: { token: TOKEN, apiRoot: api.url, watchesPerChat: 50, chats } },
    })
  const add = (kind: JournalEntry['kind'], data: JournalEntry['data'], market = 'm'): number =>
    journal.add({ chainId: 1, market, block: '1', kind, data }).seq
  return { api, clock, store, journal, logged, mutes, start, startChats, ...happenings(add), ...reading(api, store) }
}

function happenings(add: (kind: JournalEntry['kind'], data: JournalEntry['data']) => number) {
  const address = (n: number): string => `0x${String(n).padStart(40, '0')}`
  return {
    add,
    /** Something that may wait. */
    alert: (n = 1, over: JournalEntry['data'] = {}): number =>
      add('alert', { type: 'threshold', address: address(n), to: null, ...over }),
    /** Something that may not. */
    trouble: (detail = 'no new block'): number => add('breaker', { reason: 'stale-head', detail }),
    refuse: (reason = 'unprofitable'): number => add('refusal', { reason, borrower: address(1) }),
  }
}

function reading(api: BotApi, store: Store) {
  const of = (chatId: number) => api.messages.filter((message) => message.chatId === chatId)
  return {
    of,
    /** The entries that a chat was told, message by message. */
    told: (chatId = CHAT): number[] => of(chatId).flatMap(({ text }) => seqsIn(text)),
    breakers: (): string[] =>
      store.journal({ after: 0, kind: 'breaker', limit: 1_000 }).map(({ data }) => String(data['reason'])),
    isIdle: (channel = `telegram:${CHAT}`): boolean =>
      store.outbox.waiting(channel, { nowS: 1e12, limit: 1 }).length === 0 &&
      store.outbox.sending(channel) === undefined,
  }
}

export const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)
