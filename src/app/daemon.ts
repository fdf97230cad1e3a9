import type { Logger } from 'pino'
import type { PrivateKeyAccount } from 'viem'
import { startHttp } from '../adapters/http/server.ts'
import { logSink, scrubber } from '../adapters/log.ts'
import { createMetrics } from '../adapters/metrics.ts'
import { openStore } from '../adapters/store/sqlite.ts'
import { startTelegram, type Telegram } from '../adapters/telegram/telegram.ts'
import type { Config } from '../config/config.ts'
import type { Queries } from '../core/answers.ts'
import { WAD } from '../core/math.ts'
import type { Store } from '../core/ports.ts'
import type { ReserveView } from '../core/protocol.ts'
import { ChainState } from './chain-state.ts'
import { Control } from './control.ts'
import { Heartbeat } from './heartbeat.ts'
import { Journal } from './journal.ts'
import type { Progress } from './open-chain.ts'
import { Desk } from './people/desk.ts'
import { createQueries } from './queries.ts'
import { superviseChain } from './supervise.ts'
import { watchdog } from './watchdog.ts'

export interface DaemonOptions {
  readonly config: Config
  readonly secrets: readonly string[]
  readonly account: PrivateKeyAccount | undefined
  readonly version: string
  readonly log: Logger
  readonly signal: AbortSignal
  readonly progress: Progress
  /** Stop once every chain has taken in this block. */
  readonly untilBlock: bigint | undefined
  readonly onReady: (ready: { readonly http: string; readonly chains: readonly object[] }) => void
}

/** Health that a rescue aims at when nobody says otherwise. */
export const RESCUE_TARGET_WAD = (WAD * 11n) / 10n

/** Everything that runs while `plimsoll run` runs; returns when the signal says so or `untilBlock` is reached. */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const store = openStore(options.config.store.path)
  try {
    await runWithStore(options, store)
  } finally {
    store.close()
  }
}

async function runWithStore(options: DaemonOptions, store: Store): Promise<void> {
  const { config, log } = options
  const journal = new Journal(store, (error, entry) =>
    log.error({ err: error, seq: entry.seq }, 'a reader of the journal failed'),
  )
  const control = new Control(store)
  const states = config.chains.map(({ name, id, blockTimeS }) => new ChainState(name, id, blockTimeS))
  const queries = queriesOf(options, store, states, control)
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  journal.subscribe(logSink(log))
  const heartbeat = new Heartbeat(states, log)
  journal.subscribe(heartbeat.sink)
  const people = await openDoors(options, { store, journal, queries, states })
  const alerts = new Desk({ alerts: config.alerts, store, journal })
  const onError = (error: unknown): void => log.error({ err: error }, 'the watchdog could not speak')
  const timers = [heartbeat.start(), watchdog(states, journal, onError, (nowMs) => alerts.lookAround(states, nowMs))]
  try {
    await runChains({ ...options, signal }, { store, journal, control, alerts, states, url: people.url, stop })
  } finally {
    for (const timer of timers) clearInterval(timer)
    await people.close()
  }
}

function queriesOf(
  { config, version, account }: DaemonOptions,
  store: Store,
  states: readonly ChainState[],
  control: Control,
): Queries {
  const stateOf = (chain: string) => states.find(({ name }) => name === chain)
  const markets = new Map(
    config.markets.flatMap(({ name, chain }) => (stateOf(chain) ? [[name, stateOf(chain)!] as const] : [])),
  )
  const signer = account && (() => ({ name: 'signer', ok: true, detail: account.address }))
  return createQueries({
    chains: states,
    markets,
    store,
    version,
    mode: config.executor.mode,
    paused: () => control.paused,
    rescueTargetWad: RESCUE_TARGET_WAD,
    nowMs: () => performance.now(),
    signer,
  })
}

interface Doors {
  readonly url: string
  close(): Promise<void>
}

interface Inside {
  readonly store: Store
  readonly journal: Journal
  readonly queries: Queries
  readonly states: readonly ChainState[]
}

/** HTTP, metrics and Telegram: all of them only read. */
async function openDoors(
  { config, secrets, version, log }: DaemonOptions,
  { store, journal, queries, states }: Inside,
): Promise<Doors> {
  const scrub = scrubber(secrets)
  const metrics = createMetrics(queries, version)
  const subscribe = journal.subscribe.bind(journal)
  subscribe(metrics.sink)
  const http = await startHttp({ ...config.http, queries, subscribe, metrics, log, scrub, version })
  const { telegram } = config.alerts
  const bot: Telegram | undefined =
    telegram &&
    startTelegram({
      ...telegram,
      journal: (after, limit) => store.journal({ after, limit }),
      lastSeq: () => store.lastSeq(),
      subscribe,
      cursor: { get: (name) => store.value(name), set: (name, value) => store.setValue(name, value) },
      queries,
      log,
      scrub,
      asset: (market, address) => reserveOf(states, market, address),
    })
  return {
    url: http.url,
    close: async () => {
      await bot?.stop()
      await http.close()
    },
  }
}

function reserveOf(states: readonly ChainState[], market: string, address: string): ReserveView | undefined {
  const book = states.flatMap(({ books }) => books).find(({ name }) => name === market)
  const wanted = address.toLowerCase()
  return book?.protocol.market(book.ledger).reserves.find(({ asset }) => asset.toLowerCase() === wanted)
}

interface Running {
  readonly store: Store
  readonly journal: Journal
  readonly control: Control
  readonly alerts: Desk
  readonly states: readonly ChainState[]
  readonly url: string
  readonly stop: AbortController
}

/** One loop a chain. Ready once every chain is synced or has failed, at least one of them synced. */
async function runChains(options: DaemonOptions, running: Running): Promise<void> {
  const { config, log, onReady, untilBlock } = options
  const { states, journal, store, stop } = running
  const { settle, away, allAway } = readiness(states, (chains) => onReady({ http: running.url, chains }), stop)
  const stopIfDone = (): void => {
    if (untilBlock !== undefined && states.every(({ head }) => head && head.number >= untilBlock)) stop.abort()
  }
  const loops = config.chains.map((chain, i) => {
    const state = states[i] as ChainState
    return superviseChain({
      ...options,
      chain,
      state,
      store,
      journal,
      control: running.control,
      alerts: running.alerts,
      onCurrent: () => {
        settle(state)
        stopIfDone()
      },
      onAway: (error) => away(state, error),
      isAlone: states.length === 1,
      onPage: ({ block }) => {
        log.trace({ chain: chain.name, block: block.number }, 'page')
        stopIfDone()
      },
      onProblem: problemLog(log, chain.name, state),
    }).catch((error: unknown) => {
      // It ends the program, in order: the others stop before the store is closed.
      stop.abort()
      throw error
    })
  })
  await Promise.allSettled(loops)
  await Promise.all(loops)
  if (allAway()) throw allAway()
}

/** Ready once every chain is synced or away, at least one of them synced; with all of them away it is over. */
function readiness(
  states: readonly ChainState[],
  onReady: (chains: readonly object[]) => void,
  stop: AbortController,
): { settle(state: ChainState): void; away(state: ChainState, error: unknown): void; allAway(): unknown } {
  const waiting = new Set(states)
  const gone = new Set<ChainState>()
  let last: unknown
  const settle = (state: ChainState): void => {
    if (!waiting.delete(state) || waiting.size > 0) return
    onReady(states.map(({ name, chainId, synced }) => ({ name, chainId, ready: synced })))
  }
  return {
    settle,
    away: (state, error) => {
      gone.add(state)
      if (gone.size === states.length) {
        last = error
        stop.abort()
      } else settle(state)
    },
    allAway: () => last,
  }
}

/** The same problem, again and again, is said once and then every half minute. */
const REPEAT_MS = 30_000

function problemLog(log: Logger, chain: string, state: ChainState): (problem: string) => void {
  const said = new Map<string, number>()
  return (problem) => {
    state.trouble = problem
    const now = performance.now()
    if (now - (said.get(problem) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return
    said.set(problem, now)
    log.warn({ chain }, problem)
  }
}
