import { existsSync } from 'node:fs'
import { openBot } from '../../adapters/bot.ts'
import { openStore } from '../../adapters/store/sqlite.ts'
import type { Config } from '../../config/config.ts'
import { UsageError } from '../../core/errors.ts'
import type { Watch } from '../../core/people/watch.ts'
import { type SimulatedAlert, type Simulation, simulateAlerts } from '../people/simulate.ts'
import { channelNames, sendTests, type Tested } from '../people/test-message.ts'
import { health } from './format.ts'
import { print, printJson, table } from './output.ts'
import { createWork } from './progress.ts'
import { type GlobalOptions, readSettings } from './session.ts'

const FINDING = 3
const SPACING_MS = 1_100
const TIMEOUT_MS = 15_000

export interface RunContext {
  readonly version: string
  readonly signal: AbortSignal
}

/** `plimsoll alerts test`: a marked message to every channel. Exit code 3 when one did not arrive. */
export async function alertsTest(
  global: GlobalOptions,
  { channel }: { readonly channel?: string | undefined },
  { version, signal }: RunContext,
): Promise<number> {
  const { config, scrub: clean } = readSettings(global.config)
  const { alerts } = config
  requireChannel(channelNames(alerts), channel)
  const bot = alerts.telegram && openBot({ ...alerts.telegram, signal })
  const times = { nowMs: () => Date.now(), spacingMs: SPACING_MS, timeoutMs: TIMEOUT_MS }
  const results: Tested[] = []
  for await (const tested of sendTests({ ...times, alerts, channel, bot, version, clean, signal })) {
    const shown = { ...tested, why: clean(tested.why) }
    results.push(shown)
    if (!global.json) print(lineOf(shown))
  }
  signal.throwIfAborted()
  if (global.json) printJson({ results })
  return results.every(({ arrived }) => arrived) ? 0 : FINDING
}

const lineOf = ({ channel, thread, arrived, why }: Tested): string =>
  `${channel}${thread === null ? '' : ` thread ${thread}`}: ${arrived ? 'arrived' : `did not arrive (${why})`}`

function requireChannel(names: readonly string[], wanted: string | undefined): void {
  if (names.length === 0)
    throw new UsageError({
      code: 'NO_CHANNELS',
      what: 'no chat and no webhook is configured',
      why: 'there is nobody to send a test to',
      fix: 'Run plimsoll init, or add alerts.telegram or alerts.webhooks.',
    })
  if (wanted === undefined || names.includes(wanted)) return
  throw new UsageError({
    code: 'UNKNOWN_CHANNEL',
    what: `there is no channel "${wanted}"`,
    why: `the configuration has ${names.join(', ')}`,
    fix: 'Choose one of these with --channel, or leave it out.',
  })
}

/** `plimsoll alerts simulate`: the rules over a recording. */
export async function alertsSimulate(
  global: GlobalOptions,
  { recording }: { readonly recording: string },
  signal: AbortSignal,
): Promise<void> {
  const config = existsSync(global.config) ? readSettings(global.config).config : undefined
  const work = createWork('simulate', process.stderr.isTTY === true)
  try {
    const found = await simulateAlerts({
      file: recording,
      config,
      watches: config === undefined ? [] : watchesOf(config),
      signal,
      onProgress: (bytes, total) => work.update(bytes, total, `${Math.round(bytes / 1024)} KiB read`),
    })
    work.stop()
    if (global.json) printJson(found)
    else show(found)
  } finally {
    work.stop()
  }
}

/** Those who subscribed with the daemon of this configuration, as it stands in its store. */
function watchesOf({ store: { path } }: Config): readonly Watch[] {
  if (path === ':memory:' || !existsSync(path)) return []
  const store = openStore(path, { share: 'copy' })
  try {
    return store.watches()
  } finally {
    store.close()
  }
}

function show({ chain, fromBlock, toBlock, pages, alerts, channels }: Simulation): void {
  print(`${chain}, blocks ${fromBlock} to ${toBlock}, ${pages} pages: ${alerts.length} alerts`)
  if (alerts.length > 0)
    print(table(['block', 'time', 'event', 'who', 'health', 'line', 'told'], alerts.map(rowOf), [0, 4]))
  if (channels.length === 0) return print('no channel is configured: nobody would have been told')
  print('')
  const rows = channels.map(({ channel, role, told, loud, events }) => [
    channel,
    role,
    `${told}`,
    `${loud}`,
    Object.entries(events)
      .map(([event, count]) => `${event} ${count}`)
      .join(', '),
  ])
  print(table(['channel', 'role', 'told', 'loud', 'events'], rows, [2, 3]))
  print('bursts would arrive folded into fewer messages; what people muted by hand is not known here')
}

function rowOf({ block, timestamp, event, data, told }: SimulatedAlert): string[] {
  const { address, name, healthFactor, metric, threshold } = data
  const who = name ? `${name} ${String(address)}` : String(address ?? '')
  return [
    block,
    new Date(timestamp * 1000).toISOString().slice(0, 19).replace('T', ' '),
    event,
    who,
    typeof healthFactor === 'string' ? health(healthFactor) : '',
    metric ? `${String(metric)} ${String(threshold)}` : '',
    told
      .map(({ channel, loud, dueS }) => `${channel}${loud ? '' : ' silently'}${dueS > timestamp ? ' later' : ''}`)
      .join(', '),
  ]
}
