/**
 * Brings what waits in the outbox to one channel. What is sent was written down before, so that after a crash or a lost answer it is
 * known what may have arrived; whether it did is asked of the channel before anything is repeated.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Channel } from '../../core/people/channel.ts'
import { EVENTS, type Topic } from '../../core/people/events.ts'
import { DIGEST_MOST, nextStep, type Open, type Step } from '../../core/people/fold.ts'
import type { Message } from '../../core/people/message.ts'
import type { Fold, Outbox, OutboxRow, Outgoing } from '../../core/people/outbox.ts'
import { route } from '../../core/people/route.ts'
import type { Mute } from '../../core/people/watch.ts'
import type { Delivery, Line } from '../../core/ports.ts'
import { bare } from './bare.ts'
import type { ChannelHealth } from './channel-health.ts'

/** Finds the words. May ask others, within a deadline of its own. */
export type Render = (rows: readonly Pick<OutboxRow, 'id' | 'entry'>[], channel: Channel) => Promise<Message>

export interface CourierOptions {
  readonly channel: Channel
  readonly line: Line
  readonly outbox: Outbox
  readonly render: Render
  readonly health: Pick<ChannelHealth, 'works' | 'troubled' | 'gone'>
  mutes(channel: string, nowS: number): readonly Mute[]
  /** Unix seconds. */
  nowS(): number
  /** Rejects when the signal is aborted. */
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void }
  readonly clean: (text: string) => string
  readonly signal: AbortSignal
}

export interface Courier {
  /** There may be something new. */
  wake(): void
  /** Resolves once the signal is aborted and the last message settled. */
  readonly done: Promise<void>
}

/** What comes next: at once; when somebody calls or the time has come; or not before a while. */
type Next =
  | { readonly kind: 'on' }
  | { readonly kind: 'idle'; readonly untilS: number | undefined }
  | { readonly kind: 'rest'; readonly ms: number | undefined }

const on: Next = { kind: 'on' }
const FIRST_REST_MS = 1_000
const LONGEST_REST_MS = 60_000
const AFTER_FAILURE_MS = 5_000
/** Timers cannot wait longer than 24 days. */
const LONGEST_IDLE_MS = 86_400_000

export function startCourier(options: CourierOptions): Courier {
  const { signal, delay, log, clean, channel, nowS } = options
  let bell = new AbortController()
  const run = async (): Promise<void> => {
    let failures = 0
    while (!signal.aborted) {
      bell = new AbortController()
      const next = await turn(options).catch((error: unknown): Next => {
        log.error({ channel: channel.name, error: clean(String(error)) }, 'a courier failed')
        return { kind: 'rest', ms: AFTER_FAILURE_MS }
      })
      failures = next.kind === 'rest' ? failures + 1 : 0
      // Let a block's entries arrive together: a burst is folded only if it is seen as one.
      await nextTurn()
      if (next.kind === 'rest') await delay(next.ms ?? restMs(failures), signal).catch(() => {})
      if (next.kind === 'idle') await idle(next.untilS, bell.signal)
    }
  }
  const idle = async (untilS: number | undefined, rung: AbortSignal): Promise<void> => {
    const either = AbortSignal.any([signal, rung])
    if (either.aborted) return
    if (untilS === undefined) await new Promise((resolve) => either.addEventListener('abort', resolve, { once: true }))
    else await delay(Math.min(LONGEST_IDLE_MS, Math.max(0, untilS - nowS()) * 1_000), either).catch(() => {})
  }
  return { wake: () => bell.abort(), done: run() }
}

const restMs = (failures: number): number => Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(failures - 1, 16))

/** One message at most: what waits is looked at anew before each, so that a burst is folded while it lasts. */
async function turn(options: CourierOptions): Promise<Next> {
  const { outbox, channel, line, signal, nowS } = options
  const doubtful = outbox.sending(channel.name)
  if (doubtful !== undefined) return resolve(options, doubtful)
  if (outbox.waiting(channel.name, { nowS: nowS(), limit: 1 }).length === 0)
    return { kind: 'idle', untilS: outbox.nextDueS(channel.name, nowS()) }
  await line.ready()
  if (signal.aborted) return on
  const { step, thread } = look(options)
  switch (step.kind) {
    case 'wait':
      return { kind: 'idle', untilS: step.untilS }
    case 'one':
      return tell(options, { fold: 'one', thread, rows: [step.row], into: undefined })
    case 'digest':
    case 'refusals':
      return tell(options, { fold: step.kind, thread, rows: step.rows, into: step.into })
  }
}

/** What may be told now of what is due: since it was put there somebody may have muted it, or the night has begun. */
function look(options: CourierOptions): { step: Step<OutboxRow>; thread: number | null } {
  const { channel, outbox } = options
  const due = current(options)
  const threads = Map.groupBy(due, ({ event }) => threadOf(channel, EVENTS[event].topic))
  let untilS = outbox.nextDueS(channel.name, options.nowS())
  for (const [thread, rows] of threads) {
    const step = nextStep(rows, {
      folding: options.line.folding,
      digest: openDigest(options, thread),
      refusals: outbox.open(channel.name, 'refusals', thread),
      nowS: options.nowS(),
    })
    if (step.kind !== 'wait') return { step, thread }
    untilS = Math.min(untilS ?? Number.POSITIVE_INFINITY, step.untilS ?? Number.POSITIVE_INFINITY)
  }
  return { step: { kind: 'wait', untilS: Number.isFinite(untilS) ? untilS : undefined }, thread: null }
}

const threadOf = ({ topics }: Channel, topic: Topic): number | null => topics[topic] ?? null

function openDigest({ channel, outbox, line }: CourierOptions, thread: number | null): Open | undefined {
  const digest = outbox.open(channel.name, 'digest', thread)
  return digest?.toldAs && line.isLast(digest.toldAs, thread) ? digest : undefined
}

function current({ channel, outbox, mutes, nowS }: CourierOptions): readonly OutboxRow[] {
  const now = nowS()
  const situation = { channel, mutes: mutes(channel.name, now), nowS: now }
  const kept: OutboxRow[] = []
  const dropped: number[] = []
  const later = new Map<number, number[]>()
  for (const row of outbox.waiting(channel.name, { nowS: now, limit: DIGEST_MOST })) {
    const routed = route(row.entry, situation)
    if (routed === undefined) dropped.push(row.id)
    else if (routed.dueS > now) later.set(routed.dueS, [...(later.get(routed.dueS) ?? []), row.id])
    else kept.push({ ...row, loud: routed.loud })
  }
  if (dropped.length > 0) outbox.drop(dropped)
  for (const [dueS, ids] of later) outbox.postpone(ids, dueS)
  return kept
}

interface Telling {
  readonly fold: Fold
  readonly thread: number | null
  /** New ones. */
  readonly rows: readonly OutboxRow[]
  /** The message that they are added to. */
  readonly into: number | undefined
}

async function tell(options: CourierOptions, { fold, thread, rows, into }: Telling): Promise<Next> {
  const { outbox, channel, line, nowS } = options
  const open = into === undefined ? undefined : outbox.open(channel.name, fold, thread)
  const all = open === undefined ? rows : [...outbox.rowsOf(open.id), ...rows]
  const loud = open?.loud ?? rows.some((row) => row.loud)
  const { body, isFull } = await dressed(options, all, { thread, loud })
  if (options.signal.aborted) return on
  const ids = rows.map(({ id }) => id)
  const after = line.last()
  const message =
    open?.id ?? outbox.begin({ channel: channel.name, fold, thread, loud, nowS: nowS(), after, body }, ids)
  if (open !== undefined) outbox.amend(open.id, { body, nowS: nowS() }, ids)
  const delivery = open?.toldAs ? await line.edit(open.toldAs, body) : await line.send(body)
  const next = settle(options, message, delivery)
  if (delivery.kind === 'done' && isFull) outbox.close(message)
  return next
}

async function dressed(
  { render, channel, line, log, clean }: CourierOptions,
  rows: readonly OutboxRow[],
  how: { readonly thread: number | null; readonly loud: boolean; readonly isRepetition?: boolean },
): Promise<{ readonly body: string; readonly isFull: boolean }> {
  const plain = rows.map(({ id, entry }) => ({ id, entry }))
  const message = await render(plain, channel).catch((error: unknown) => {
    log.error(
      { channel: channel.name, error: clean(String(error)) },
      'a message could not be composed: it is sent bare',
    )
    return bare(plain)
  })
  const [first] = rows
  return line.dress(how.isRepetition ? repeated(message, channel) : message, {
    id: first?.id ?? 0,
    key: `${channel.name}:${first?.entry.seq ?? 0}`,
    loud: how.loud,
    thread: how.thread,
    entries: plain.map(({ entry }) => entry),
    event: rows.length === 1 ? (first?.event ?? '') : 'digest',
  })
}

const REPETITION = { en: 'This may be a repetition.', zh: '这条消息可能是重复的。' } as const
const repeated = (message: Message, { language }: Channel): Message => ({
  ...message,
  lines: [...message.lines, REPETITION[language]],
})

function settle(options: CourierOptions, message: number, delivery: Delivery): Next {
  const { outbox, health, channel, log } = options
  switch (delivery.kind) {
    case 'done':
      outbox.told(message, delivery.id)
      health.works()
      return on
    case 'later':
      outbox.release(message, false)
      if (options.signal.aborted) return on
      health.troubled(delivery.detail)
      return { kind: 'rest', ms: delivery.waitMs }
    case 'unknown':
      if (!options.signal.aborted) health.troubled(delivery.detail)
      return { kind: 'rest', ms: undefined }
    case 'gone':
      outbox.refuse(message)
      health.gone(delivery.detail)
      return on
    case 'refused':
      outbox.refuse(message)
      log.error({ channel: channel.name, error: delivery.detail }, 'a message was refused for good')
      return on
    case 'stale':
      outbox.release(message, true)
      return on
  }
}

/** A message whose fate is not known: an edit is made again, which is harmless; anything else is looked for first. */
async function resolve(options: CourierOptions, doubtful: Outgoing): Promise<Next> {
  const { line, outbox, channel, log } = options
  if (doubtful.toldAs !== null) return settle(options, doubtful.id, await line.edit(doubtful.toldAs, doubtful.body))
  const found = await line.find(doubtful.body, doubtful.after)
  switch (found.kind) {
    case 'there':
      return settle(options, doubtful.id, { kind: 'done', id: found.id })
    case 'absent':
      outbox.release(doubtful.id, false)
      return on
    case 'gone':
      return settle(options, doubtful.id, found)
    case 'later':
      // Still not known: it stays as it is.
      if (!options.signal.aborted) options.health.troubled(found.detail)
      return { kind: 'rest', ms: found.waitMs }
    case 'undecided': {
      log.warn({ channel: channel.name, outgoing: doubtful.id }, 'nobody can say whether a message arrived: sent again')
      const { thread, loud, id } = doubtful
      const { body } = await dressed(options, outbox.rowsOf(id), { thread, loud, isRepetition: true })
      if (options.signal.aborted) return on
      outbox.amend(id, { body, nowS: options.nowS() }, [])
      return settle(options, id, await line.send(body))
    }
  }
}
