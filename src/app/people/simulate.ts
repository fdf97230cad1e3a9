import { watch } from '../../adapters/executor/dry-run.ts'
import { RecordedFeed } from '../../adapters/recording/feed.ts'
import { openRecording, type Recording } from '../../adapters/recording/reader.ts'
import type { Config } from '../../config/config.ts'
import type { JournalEntry } from '../../core/journal.ts'
import type { Channel } from '../../core/people/channel.ts'
import { route } from '../../core/people/route.ts'
import { eventOf } from '../../core/people/told.ts'
import type { Watch } from '../../core/people/watch.ts'
import { offlineJournal, runOffline } from '../offline/loop.ts'
import { memoryStore } from '../offline/memory.ts'
import { offlineSettings } from '../offline/settings.ts'
import { requireEnd } from '../record/check.ts'
import { bookOf } from '../record/recorded.ts'
import { channelsOf } from './channels.ts'

export interface SimulateOptions {
  readonly file: string
  /** Undefined: the defaults, and nobody to be told. */
  readonly config: Config | undefined
  /** Who subscribed to whom. */
  readonly watches: readonly Watch[]
  readonly signal: AbortSignal
  readonly onProgress: (bytes: number, totalBytes: number) => void
}

/** One alert, and everybody who would have been told. */
export interface SimulatedAlert {
  readonly block: string
  /** Unix seconds of the chain. */
  readonly timestamp: number
  readonly market: string
  readonly event: string
  readonly data: JournalEntry['data']
  readonly told: readonly Told[]
}

export interface Told {
  readonly channel: string
  readonly loud: boolean
  /** Unix seconds: later than the block only at the end of quiet hours. */
  readonly dueS: number
}

export interface ChannelCount {
  readonly channel: string
  readonly role: string
  readonly told: number
  readonly loud: number
  /** Events and how often, the most frequent first. */
  readonly events: Readonly<Record<string, number>>
}

export interface Simulation {
  readonly chain: string
  readonly chainId: number
  readonly fromBlock: string
  readonly toBlock: string
  readonly pages: number
  readonly alerts: readonly SimulatedAlert[]
  readonly channels: readonly ChannelCount[]
}

/** The live rules and the live routing over a recording. Nobody is told, nothing is decided; mutes are not known. */
export async function simulateAlerts(options: SimulateOptions): Promise<Simulation> {
  const recording = openRecording(options.file)
  try {
    const channels = options.config === undefined ? [] : channelsOf(options.config.alerts)
    const { alerts, blocks } = await replay(options, recording, channels)
    options.signal.throwIfAborted()
    requireEnd(options.file, recording.place)
    const { chain, chainId } = recording.meta
    const counts = channels.map((channel) => countOf(channel, alerts))
    return {
      chain,
      chainId,
      fromBlock: String(blocks.at(0) ?? 0n),
      toBlock: String(blocks.at(-1) ?? 0n),
      pages: blocks.length,
      alerts,
      channels: counts,
    }
  } finally {
    recording.close()
  }
}

async function replay(
  { config, watches, signal, onProgress }: SimulateOptions,
  recording: Recording,
  channels: readonly Channel[],
): Promise<{ readonly alerts: readonly SimulatedAlert[]; readonly blocks: readonly bigint[] }> {
  const alerts: SimulatedAlert[] = []
  const blocks: bigint[] = []
  let timestamp = 0
  const store = memoryStore()
  const journal = offlineJournal(store, (entry) => {
    const event = eventOf(entry)
    if (entry.kind === 'alert' && event !== undefined) alerts.push(alertOf(entry, event, timestamp, channels))
  })
  const books = new Map(recording.meta.markets.map((market) => [market.name, bookOf(market)]))
  let frames = recording.place.frames
  const feed = new RecordedFeed({
    recording,
    signal,
    onState: ({ market, state }) => books.get(market)?.restore(state),
    beforePage: ({ block }) => {
      timestamp = Number(block.timestamp)
      blocks.push(block.number)
    },
    afterEntry: async () => {
      if (recording.place.frames === frames) return
      frames = recording.place.frames
      onProgress(recording.place.bytes, recording.sizeBytes)
      // Nothing here waits for the world: without this no signal would ever have a turn.
      await new Promise((resolve) => setImmediate(resolve))
    },
  })
  await runOffline({
    settings: offlineSettings(recording.meta, config, {}),
    feed,
    books: [...books.values()],
    store,
    journal,
    executor: watch,
    router: { quote: async () => [] },
    watches: { watches: () => watches, onWatches: () => () => {} },
    afterPage: ({ block }) => {
      for (const book of books.values()) book.finalize(block.number)
    },
    signal,
  })
  return { alerts, blocks }
}

function alertOf(entry: JournalEntry, event: string, timestamp: number, channels: readonly Channel[]): SimulatedAlert {
  const told = channels.flatMap((channel): Told[] => {
    const routed = route(entry, { channel, mutes: [], nowS: timestamp })
    return routed === undefined ? [] : [{ channel: channel.name, loud: routed.loud, dueS: routed.dueS }]
  })
  return { block: entry.block, timestamp, market: entry.market, event, data: entry.data, told }
}

function countOf({ name, role }: Channel, alerts: readonly SimulatedAlert[]): ChannelCount {
  const mine = alerts.flatMap(({ event, told }) =>
    told.filter(({ channel }) => channel === name).map((one) => ({ ...one, event })),
  )
  const events = new Map<string, number>()
  for (const { event } of mine) events.set(event, (events.get(event) ?? 0) + 1)
  return {
    channel: name,
    role,
    told: mine.length,
    loud: mine.filter(({ loud }) => loud).length,
    events: Object.fromEntries([...events].sort(([, a], [, b]) => b - a)),
  }
}
