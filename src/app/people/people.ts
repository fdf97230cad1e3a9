/** Everybody who is told and who may say something: delivery one way, the poller the other, both made anew by a reload. */
import type { Address } from 'viem'
import { ensLookup } from '../../adapters/ens.ts'
import type { House } from '../../adapters/telegram/house.ts'
import { toHtml } from '../../adapters/telegram/html.ts'
import { type Poller, startPoller } from '../../adapters/telegram/poller.ts'
import type { Config } from '../../config/config.ts'
import type { Queries } from '../../core/answers.ts'
import type { Advisor, ControlPort, OperatorQueries } from '../../core/people/ports.ts'
import type { Store } from '../../core/ports.ts'
import type { ChainState } from '../chain-state.ts'
import type { Journal } from '../journal.ts'
import type { Live } from '../live.ts'
import { type Delivery, type Log, startDelivery } from './deliver.ts'
import { fall } from './fall.ts'
import { namingOf } from './naming.ts'
import { rendering } from './render.ts'
import { restartable } from './restartable.ts'

export interface PeopleOptions {
  readonly live: Live
  readonly store: Store
  readonly journal: Journal
  readonly control: ControlPort
  readonly queries: Queries
  readonly operators: OperatorQueries
  readonly advisor: Advisor
  /** Undefined: nobody works out the wave here. */
  readonly risk?: House['risk']
  readonly states: readonly ChainState[]
  /** Unix seconds. */
  readonly nowS: () => number
  readonly log: Log
  readonly scrub: (text: string) => string
}

export interface People {
  stop(): Promise<void>
}

/** One after another: there is one poller, and one courier a chat. */
export function startPeople(options: PeopleOptions): People {
  const people = restartable(() => open(options))
  const deaf = options.live.onReload(() => people.restart())
  return {
    async stop() {
      deaf()
      await people.stop()
    },
  }
}

function open(options: PeopleOptions): People {
  const { live, control } = options
  const naming = namingOf(live, options.states)
  const { alerts } = live.config
  const heard = new Set(
    alerts.telegram?.chats.flatMap(({ chatId, userIds }) => (userIds.length > 0 ? [`telegram:${chatId}`] : [])),
  )
  const delivery = startDelivery({
    ...options,
    alerts,
    mutes: (channel, nowS) => control.mutes(channel, nowS),
    render: rendering({ ...options, naming, isHeard: (channel) => heard.has(channel) }),
    toHtml,
  })
  const poller = listening(options, delivery, naming)
  return {
    async stop() {
      await poller?.stop()
      await delivery.stop()
    },
  }
}

function listening(options: PeopleOptions, delivery: Delivery, naming: House['naming']): Poller | undefined {
  const { live, store, journal } = options
  const { telegram } = live.config.alerts
  if (telegram === undefined) return undefined
  return startPoller({
    ...telegram,
    ...options,
    house: houseOf(options, naming),
    values: { get: (name) => store.value(name), set: (name, value) => store.setValue(name, value) },
    atomically: (work) => journal.hold(() => store.atomically(work)),
    reply: delivery.reply,
    finish: delivery.finish,
    onTrouble: (reason, detail) =>
      void journal.add({ chainId: 0, market: '', block: '0', kind: 'breaker', data: { reason, detail } }),
  })
}

function houseOf(options: PeopleOptions, naming: House['naming']): House {
  const { live, store, states } = options
  const { config } = live
  return {
    control: options.control,
    queries: options.queries,
    operator: options.operators,
    advisor: options.advisor,
    risk: options.risk,
    whatIf: (market, address, fallPct) => fallIn(states, market, address, fallPct),
    ens: ensOf(config, states),
    lookup: (chat, id) => {
      const row = store.outbox.row(id)
      const address = row?.entry.data['address']
      if (row?.channel !== chat || typeof address !== 'string') return undefined
      return { market: row.entry.market, address: lower(address) }
    },
    ladder: config.alerts.ladder,
    timezone: config.alerts.timezone,
    naming,
  }
}

function fallIn(states: readonly ChainState[], market: string, address: Address, fallPct: number) {
  for (const { books, chainId } of states) {
    const book = books.find(({ name }) => name === market)
    const account = book?.find(lower(address))
    if (book !== undefined && account !== undefined) return fall(book, chainId, account, fallPct)
  }
  return undefined
}

/** By the first chain that has names. */
function ensOf({ chains }: Config, states: readonly ChainState[]): House['ens'] {
  const chain = chains.find(({ ensResolver }) => ensResolver !== undefined)
  const state = states.find(({ name }) => name === chain?.name)
  if (chain?.ensResolver === undefined || state === undefined) return undefined
  const resolver = chain.ensResolver
  return async (name) =>
    state.node === undefined ? { kind: 'refused', why: 'unreachable' } : ensLookup({ node: state.node, resolver })(name)
}

const lower = (address: string): Address => `0x${address.slice(2).toLowerCase()}`
