import type { Logger } from 'pino'
import type { Address, PrivateKeyAccount } from 'viem'
import { startHttp } from '../adapters/http/server.ts'
import { addressInKeystore } from '../adapters/keystore.ts'
import { logSink } from '../adapters/log.ts'
import { createMetrics } from '../adapters/metrics.ts'
import { riskMetrics } from '../adapters/risk-metrics.ts'
import { openStore } from '../adapters/store/sqlite.ts'
import type { Config } from '../config/config.ts'
import type { Queries } from '../core/answers.ts'
import { ConfigError } from '../core/errors.ts'
import type { Advisor, ControlPort, OperatorQueries } from '../core/people/ports.ts'
import type { Store } from '../core/ports.ts'
import { ChainState } from './chain-state.ts'
import { Control } from './control.ts'
import { Heartbeat } from './heartbeat.ts'
import { Journal } from './journal.ts'
import { killFile } from './kill-file.ts'
import type { Live } from './live.ts'
import type { Progress } from './open-chain.ts'
import { localTime } from './people/clock.ts'
import { Days } from './people/days.ts'
import { Desk } from './people/desk.ts'
import { type MarketNews, openMarketNews } from './people/market-news.ts'
import { openAdvisor } from './people/open-advisor.ts'
import { createOperatorQueries } from './people/operator-queries.ts'
import { startPeople } from './people/people.ts'
import { balanceSettings, startRounds } from './people/rounds.ts'
import { createQueries } from './queries.ts'
import { openRisk } from './risk/open-risk.ts'
import type { RiskThread } from './risk/thread.ts'
import { superviseChain } from './supervise.ts'
import { watchdog } from './watchdog.ts'

export interface DaemonOptions {
  readonly live: Live
  readonly scrub: (text: string) => string
  /** The last lines of the log. */
  readonly recent: { last(limit: number): readonly string[] }
  /** Called when somebody asks, by a signal, to read the configuration anew. Returns how to stop listening. */
  readonly onHangup: (listener: () => void) => () => void
  readonly account: PrivateKeyAccount | undefined
  readonly version: string
  readonly log: Logger
  readonly signal: AbortSignal
  readonly progress: Progress
  /** Stop once every chain has taken in this block. */
  readonly untilBlock: bigint | undefined
  readonly onReady: (ready: { readonly http: string; readonly chains: readonly object[] }) => void
}

/** Everything that runs while `plimsoll run` runs; returns when the signal says so or `untilBlock` is reached. */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const store = openStore(options.live.config.store.path)
  try {
    await runWithStore(options, store)
  } finally {
    store.close()
  }
}

const nowS = (): number => Math.floor(Date.now() / 1000)

async function runWithStore(options: DaemonOptions, store: Store): Promise<void> {
  const { live, log } = options
  const { config } = live
  const journal = new Journal(store, (error, entry) =>
    log.error({ err: error, seq: entry.seq }, 'a reader of the journal failed'),
  )
  const heldBy = killFile(config.store.path)
  const control = new Control({
    store,
    journal,
    nowS,
    configuredMode: config.executor.mode,
    watchesPerChat: () => live.config.alerts.telegram?.watchesPerChat ?? Number.POSITIVE_INFINITY,
    read: () => live.read(),
    heldBy,
  })
  const states = config.chains.map(({ name, id, blockTimeS }) => new ChainState(name, id, blockTimeS))
  const queries = queriesOf(options, store, states, control)
  const days = new Days({
    store,
    today: () => localTime(live.config.alerts.timezone, nowS()).day,
    markets: config.markets.map(({ name }) => name),
  })
  const operators = await operatorsOf(options, { store, control, days, states })
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  journal.subscribe(logSink(log))
  journal.subscribe(days.sink)
  const heartbeat = new Heartbeat(states, log)
  journal.subscribe(heartbeat.sink)
  const advisor = openAdvisor(live, states)
  const risk = openRisk(config, { store, states, log })
  const news = risk && openMarketNews({ live, store, journal, risk, nowS, log })
  const inside = { store, journal, queries, operators, advisor, control, states, risk, news }
  const people = await openDoors(options, inside)
  const alerts = new Desk({ alerts: config.alerts, store, journal, watches: control })
  const untold = live.onReload(({ alerts: rules }) => alerts.setRules(rules))
  const sender = options.account?.address
  const timers = [
    heartbeat.start(),
    watchdog(
      states,
      journal,
      (error) => log.error({ err: error }, 'the watchdog could not speak'),
      (nowMs) => alerts.lookAround(states, nowMs),
    ),
    ...(risk ? [setInterval(() => risk.look(), config.risk.everyS * 1000)] : []),
    ...startRounds({
      live,
      store,
      journal,
      control,
      chains: states,
      days,
      sender,
      heldBy,
      briefs: news?.briefs,
      nowS,
      log,
    }),
  ]
  const deaf = options.onHangup(() => void reloadBySignal(control, log))
  try {
    risk?.start()
    await runChains({ ...options, signal }, { store, journal, control, alerts, states, risk, url: people.url, stop })
  } finally {
    deaf()
    untold()
    for (const timer of timers) clearInterval(timer)
    await people.close()
    await risk?.close()
  }
}

async function reloadBySignal(control: ControlPort, log: Logger): Promise<void> {
  try {
    const answer = await control.reload({ via: 'signal', id: 'SIGHUP' })
    if (answer.kind === 'refused') return log.error(`the configuration stays as it was: ${answer.detail}`)
    if (!answer.changed) log.info('the configuration was read again: nothing changes now')
    const { needRestart } = answer.value
    if (needRestart.length > 0) log.warn(`after a restart only: ${needRestart.join(', ')}`)
  } catch (error) {
    log.error({ err: error }, 'the configuration could not be read anew')
  }
}

function queriesOf(
  { live, version, account }: DaemonOptions,
  store: Store,
  states: readonly ChainState[],
  control: ControlPort,
): Queries {
  const stateOf = (chain: string) => states.find(({ name }) => name === chain)
  const markets = new Map(
    live.config.markets.flatMap(({ name, chain }) => (stateOf(chain) ? [[name, stateOf(chain)!] as const] : [])),
  )
  const signer = account && (() => ({ name: 'signer', ok: true, detail: account.address }))
  return createQueries({
    chains: states,
    markets,
    store,
    version,
    control,
    get rescueTargetWad() {
      return live.config.alerts.rescueTargetWad
    },
    nowMs: () => performance.now(),
    signer,
  })
}

async function operatorsOf(
  { live, account, recent, scrub }: DaemonOptions,
  { states, ...inside }: Pick<Inside, 'store' | 'control' | 'states'> & { readonly days: Days },
): Promise<OperatorQueries> {
  const signer = account?.address ?? (await keeperAddress(live.config))
  return createOperatorQueries({
    ...inside,
    settings: () => balanceSettings(live),
    chains: states,
    signer,
    recent,
    scrub,
    nowMs: () => performance.now(),
  })
}

/** Who would send; a keystore that is not there is missed by those who need it. */
async function keeperAddress({ executor }: Config): Promise<Address | undefined> {
  if (executor.signer === undefined) return undefined
  try {
    return await addressInKeystore(executor.signer.keystore)
  } catch (error) {
    if (error instanceof ConfigError) return undefined
    throw error
  }
}

interface Doors {
  readonly url: string
  close(): Promise<void>
}

interface Inside {
  readonly store: Store
  readonly journal: Journal
  readonly queries: Queries
  readonly operators: OperatorQueries
  readonly control: ControlPort
  readonly advisor: Advisor
  readonly states: readonly ChainState[]
  readonly risk: RiskThread | undefined
  readonly news: MarketNews | undefined
}

/** HTTP, metrics and Telegram: they read, and what people want goes through control. */
async function openDoors(
  { live, scrub, version, log }: DaemonOptions,
  { store, journal, queries, operators, advisor, control, states, risk, news }: Inside,
): Promise<Doors> {
  const { config } = live
  const metrics = createMetrics(queries, version, risk)
  const subscribe = journal.subscribe.bind(journal)
  subscribe(metrics.sink)
  const gauges = riskMetrics(metrics.registry, () => performance.now())
  risk?.onOverview((_market, overview) => gauges.take(overview))
  const http = await startHttp({
    ...config.http,
    queries,
    advisor,
    risk,
    control,
    nowS,
    subscribe,
    metrics,
    log,
    scrub,
    version,
  })
  const asked = { queries, operators, advisor, risk: news?.house }
  const people = startPeople({ ...asked, live, store, journal, control, states, nowS, log, scrub })
  return {
    url: http.url,
    close: async () => {
      await people.stop()
      await http.close()
    },
  }
}

interface Running {
  readonly store: Store
  readonly journal: Journal
  readonly control: Control
  readonly alerts: Desk
  readonly states: readonly ChainState[]
  readonly risk: RiskThread | undefined
  readonly url: string
  readonly stop: AbortController
}

/** One loop a chain. Ready once every chain is synced or has failed, at least one of them synced. */
async function runChains(options: DaemonOptions, running: Running): Promise<void> {
  const { live, log, onReady, untilBlock } = options
  const { config } = live
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
      risk: running.risk,
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
