/** How the journal reaches people: dispatcher, a courier for each channel, the heartbeat. */
import { setTimeout as sleep } from 'node:timers/promises'
import { beat } from '../../adapters/hook/heartbeat.ts'
import { hookLine } from '../../adapters/hook/line.ts'
import type { ToHtml } from '../../adapters/telegram/line.ts'
import { openTelegram, type Reply, type Telegram } from '../../adapters/telegram/telegram.ts'
import type { AlertsConfig } from '../../config/config.ts'
import type { Queries } from '../../core/answers.ts'
import type { Channel } from '../../core/people/channel.ts'
import type { Message } from '../../core/people/message.ts'
import type { Mute } from '../../core/people/watch.ts'
import type { Block } from '../../core/people/words/layout.ts'
import type { Line, Store } from '../../core/ports.ts'
import type { Journal } from '../journal.ts'
import { ChannelHealth } from './channel-health.ts'
import { channelsOf } from './channels.ts'
import { type Courier, type Render, startCourier } from './courier.ts'
import { Dispatcher } from './dispatcher.ts'

export interface DeliverOptions {
  readonly alerts: Pick<AlertsConfig, 'telegram' | 'webhooks' | 'heartbeat' | 'timezone'>
  readonly store: Store
  readonly journal: Pick<Journal, 'add' | 'hold' | 'subscribe'>
  readonly queries: Pick<Queries, 'alive' | 'ready'>
  mutes(channel: string, nowS: number): readonly Mute[]
  readonly render: Render
  readonly toHtml: ToHtml
  layout(message: Message): readonly Block[]
  readonly log: Log
  readonly scrub: (text: string) => string
  readonly clocks?: Partial<Clocks>
}

export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Time, and how long is waited. */
export interface Clocks {
  /** Unix milliseconds. */
  readonly wallMs: () => number
  /** Never goes back. */
  readonly nowMs: () => number
  /** Rejects when the signal is aborted. */
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>
  readonly requestTimeoutS: number
  /** What a message on its way is given to arrive when we stop. */
  readonly graceMs: number
}

const CLOCKS: Clocks = {
  wallMs: () => Date.now(),
  nowMs: () => performance.now(),
  delay: (ms, signal) => sleep(ms, undefined, { signal }),
  requestTimeoutS: 15,
  graceMs: 2_000,
}

export interface Delivery {
  /** An answer to a chat, at Telegram's pace; not kept. */
  reply(reply: Reply): void
  /** Takes the buttons away from a message of ours, in its turn. */
  finish(chatId: number, messageId: number): void
  stop(): Promise<void>
}

export function startDelivery(options: DeliverOptions): Delivery {
  const clocks = { ...CLOCKS, ...options.clocks }
  const stopping = new AbortController()
  const cutting = new AbortController()
  const inside: Inside = { clocks, signal: stopping.signal, cut: cutting.signal }
  const channels = channelsOf(options.alerts)
  const telegram = telegramOf(options, inside)
  // Before the couriers: a place in the journal for channels that are new.
  const dispatch = dispatching(options, inside, channels)
  const couriers = couriersOf(options, inside, { channels, telegram })
  const unsubscribe = dispatch.start(couriers)
  const heart = heartOf(options, inside)
  return {
    reply: (reply) => void telegram?.reply(reply),
    finish: (chatId, messageId) => void telegram?.finish(chatId, messageId),
    async stop() {
      unsubscribe()
      stopping.abort()
      const cut = setTimeout(() => cutting.abort(), clocks.graceMs)
      await Promise.all([heart, ...[...couriers.values()].map(({ done }) => done)])
      clearTimeout(cut)
    },
  }
}

interface Inside {
  readonly clocks: Clocks
  readonly signal: AbortSignal
  readonly cut: AbortSignal
}

/** Known messages are looked for this far back. */
const KNOWN_S = 86_400

function telegramOf(options: DeliverOptions, { clocks, signal, cut }: Inside): Telegram | undefined {
  const { alerts, store, log, scrub, toHtml } = options
  if (alerts.telegram === undefined) return undefined
  const nowS = (): number => Math.floor(clocks.wallMs() / 1_000)
  const known = store.outbox.toldSince(nowS() - KNOWN_S).flatMap(({ channel, toldAs, changedS }) => {
    const [, chatId] = /^telegram:(-?\d+)$/.exec(channel) ?? []
    return chatId === undefined ? [] : [{ chatId: Number(chatId), messageId: Number(toldAs), agoS: nowS() - changedS }]
  })
  const values = { get: store.value.bind(store), set: store.setValue.bind(store) }
  return openTelegram({ ...alerts.telegram, ...clocks, toHtml, known, values, log, scrub, signal, cut })
}

const RETRY_MS = 5_000

/** The journal is read when it rang, in one go for all that rang together; when the store fails, again a while later. */
function dispatching(
  { store, mutes, journal, log, scrub }: DeliverOptions,
  { clocks, signal }: Inside,
  channels: readonly Channel[],
) {
  let couriers: ReadonlyMap<string, Courier> = new Map()
  const nowS = (): number => Math.floor(clocks.wallMs() / 1_000)
  const onRows = (names: ReadonlySet<string>): void => {
    for (const name of names) couriers.get(name)?.wake()
  }
  const dispatcher = new Dispatcher({ store, channels, mutes, nowS, onRows })
  let isDue = false
  const run = (): void => {
    isDue = false
    if (signal.aborted) return
    try {
      dispatcher.run()
    } catch (error) {
      log.error({ error: scrub(String(error)) }, 'the journal could not be put into the outbox')
      void clocks.delay(RETRY_MS, signal).then(ring, () => {})
    }
  }
  const ring = (): void => {
    if (isDue) return
    isDue = true
    setImmediate(run)
  }
  const start = (all: ReadonlyMap<string, Courier>): (() => void) => {
    couriers = all
    if (channels.length === 0) return () => {}
    ring()
    return journal.subscribe(ring)
  }
  return { start }
}

function couriersOf(
  options: DeliverOptions,
  { clocks, signal, cut }: Inside,
  { channels, telegram }: { readonly channels: readonly Channel[]; readonly telegram: Telegram | undefined },
): ReadonlyMap<string, Courier> {
  const { alerts, store, journal, mutes, render, layout, log, scrub: clean } = options
  const nowS = (): number => Math.floor(clocks.wallMs() / 1_000)
  const { wallMs, delay, requestTimeoutS } = clocks
  const lines = new Map<string, Line>()
  for (const { chatId } of alerts.telegram?.chats ?? [])
    if (telegram !== undefined) lines.set(`telegram:${chatId}`, telegram.line(chatId))
  for (const hook of alerts.webhooks) {
    const timeoutMs = requestTimeoutS * 1_000
    lines.set(
      `webhook:${hook.name}`,
      hookLine({ ...hook, layout, log, clean, nowMs: wallMs, delay, timeoutMs, signal, cut }),
    )
  }
  return new Map(
    channels.flatMap((channel) => {
      const line = lines.get(channel.name)
      if (line === undefined) return []
      const health = new ChannelHealth({ channel: channel.name, store, journal, nowS })
      const { outbox } = store
      const courier = startCourier({ channel, line, outbox, render, health, mutes, nowS, delay, log, clean, signal })
      return [[channel.name, courier] as const]
    }),
  )
}

function heartOf(
  { alerts, queries, log, scrub: clean }: DeliverOptions,
  { clocks, signal }: Inside,
): Promise<void> | undefined {
  if (alerts.heartbeat === undefined) return undefined
  const { delay, requestTimeoutS } = clocks
  // Not whether it is synced: a program that catches up is alive.
  const troubles = (): string[] =>
    [...queries.alive(), ...queries.ready().filter(({ name }) => name === 'store writable')]
      .filter(({ ok }) => !ok)
      .map(({ name, detail }) => `${name}: ${detail}`)
  return beat({ ...alerts.heartbeat, troubles, delay, timeoutMs: requestTimeoutS * 1_000, log, clean, signal })
}
