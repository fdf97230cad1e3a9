import { type Address, getAddress } from 'viem'
import {
  type ControlAnswer,
  type Lines,
  MODES,
  type Mode,
  type Reloaded,
  type Speaker,
  type WatchRequest,
} from '../core/people/control.ts'
import type { ControlPort } from '../core/people/ports.ts'
import type { Mute, Watch } from '../core/people/watch.ts'
import type { Store } from '../core/ports.ts'
import type { Journal } from './journal.ts'
import { cleanName, readLines } from './people/lines.ts'

const PAUSED = 'control.paused'
/** The mode that people asked for; empty: that of the configuration. */
const MODE = 'control.mode'

type ControlStore = Pick<
  Store,
  'value' | 'setValue' | 'atomically' | 'watches' | 'saveWatch' | 'dropWatch' | 'mutes' | 'saveMute' | 'dropMute'
>

/** What a new reading of the configuration would do; nothing has changed until `apply`. */
export interface Reading {
  readonly reloaded: Reloaded
  apply(): void
}

export interface ControlOptions {
  readonly store: ControlStore
  readonly journal: Pick<Journal, 'add' | 'hold'>
  /** Unix seconds. */
  readonly nowS: () => number
  /** By configuration and flag. */
  readonly configuredMode: Mode
  readonly watchesPerChat: () => number
  /** A string says what is wrong with the file. */
  readonly read: () => Reading | string
  /** The file that keeps it paused, while it exists. */
  readonly heldBy?: () => string | undefined
}

/** All that people can ever say: written down with who said it, in one transaction, and in force from that moment. */
export class Control implements ControlPort {
  readonly configuredMode: Mode
  readonly #options: ControlOptions
  readonly #listeners = new Set<() => void>()
  #paused: boolean
  #mode: Mode

  constructor(options: ControlOptions) {
    const { store, configuredMode } = options
    this.#options = options
    this.configuredMode = configuredMode
    this.#paused = store.value(PAUSED) === 'true'
    const asked = MODES.find((mode) => mode === store.value(MODE))
    const lowered = asked !== undefined && rank(asked) < rank(configuredMode)
    // A wish that lowers nothing is forgotten: it must not come back to life under another configuration.
    if (asked !== undefined && !lowered) store.setValue(MODE, '')
    this.#mode = lowered ? asked : configuredMode
  }

  get paused(): boolean {
    return this.#paused
  }

  get mode(): Mode {
    return this.#mode
  }

  pause(by: Speaker): ControlAnswer {
    if (this.#paused) return done(false)
    // First in memory: a disk that refuses must not keep anybody from stopping.
    this.#paused = true
    this.#write(by, 'pause', '', (store) => store.setValue(PAUSED, 'true'))
    return done(true)
  }

  resume(by: Speaker): ControlAnswer {
    const file = this.#options.heldBy?.()
    if (file !== undefined) return refused('held-by-file', file)
    if (!this.#paused) return done(false)
    this.#write(by, 'resume', '', (store) => store.setValue(PAUSED, 'false'))
    this.#paused = false
    return done(true)
  }

  setMode(by: Speaker, wanted: string): ControlAnswer {
    const mode = MODES.find((known) => known === wanted)
    if (mode === undefined) return refused('unknown-mode', MODES.join(', '))
    if (rank(mode) > rank(this.configuredMode)) return refused('above-configured-mode', this.configuredMode)
    if (mode === this.#mode) return done(false)
    const lowers = rank(mode) < rank(this.#mode)
    const before = this.#mode
    if (lowers) this.#mode = mode
    const kept = mode === this.configuredMode ? '' : mode
    this.#write(by, 'mode', `${before} → ${mode}`, (store) => store.setValue(MODE, kept))
    this.#mode = mode
    return done(true)
  }

  async reload(by: Speaker): Promise<ControlAnswer<Reloaded>> {
    const reading = this.#options.read()
    if (typeof reading === 'string') return refused('bad-configuration', reading)
    const changed = reading.reloaded.applied.length > 0
    if (changed) this.#write(by, 'reload', describe(reading.reloaded))
    reading.apply()
    return { kind: 'done', changed, value: reading.reloaded }
  }

  mute(by: Speaker, mute: Mute): ControlAnswer {
    const same = ({ scope, untilS }: Mute): boolean => scope === mute.scope && untilS === mute.untilS
    if (this.mutes(mute.chat, this.#options.nowS()).some(same)) return done(false)
    const until = mute.untilS === null ? '' : ` until ${new Date(mute.untilS * 1000).toISOString()}`
    this.#write(by, 'mute', `${mute.scope}${until}`, (store) => store.saveMute(mute), mute.chat)
    return done(true)
  }

  unmute(by: Speaker, chat: string, scope: string): ControlAnswer {
    if (!this.mutes(chat, this.#options.nowS()).some((mute) => mute.scope === scope)) return done(false)
    this.#write(by, 'unmute', scope, (store) => store.dropMute(chat, scope), chat)
    return done(true)
  }

  watch(by: Speaker, chat: string, request: WatchRequest): ControlAnswer<Watch> {
    const { store, watchesPerChat, nowS } = this.#options
    const address = request.address.toLowerCase() as Address
    const name = cleanName(request.name)
    const watches = store.watches(chat)
    const known = watches.find((watch) => watch.address === address)
    if (known && (name === '' || name === known.name)) return { kind: 'done', changed: false, value: known }
    if (!known && watches.length >= watchesPerChat()) return refused('too-many-watches', String(watchesPerChat()))
    const fresh = { chat, address, thresholdsWad: null, distancesBps: null, createdS: nowS() }
    const detail = `${getAddress(address)} ${name}`.trim()
    const value = this.#write(by, 'watch', detail, () => store.saveWatch({ ...(known ?? fresh), name }), chat)
    this.#tell()
    return { kind: 'done', changed: true, value }
  }

  unwatch(by: Speaker, chat: string, address: Address): ControlAnswer {
    const found = this.#find(chat, address)
    if (found === undefined) return refused('not-watched', getAddress(address))
    const detail = `${getAddress(found.address)} ${found.name}`.trim()
    this.#write(by, 'unwatch', detail, (store) => store.dropWatch(chat, found.address), chat)
    this.#tell()
    return done(true)
  }

  setLines(by: Speaker, chat: string, address: Address | undefined, lines: Lines): ControlAnswer {
    const read = readLines(lines)
    if (typeof read === 'string') return refused('bad-threshold', read)
    const meant =
      address === undefined ? this.watches(chat) : [this.#find(chat, address)].filter((one) => one !== undefined)
    if (meant.length === 0) return refused('not-watched', address === undefined ? '' : getAddress(address))
    const changed = meant
      .map((watch) => ({ ...watch, ...read.lines }))
      .filter((watch, i) => !sameLines(watch, meant[i]))
    if (changed.length === 0) return done(false)
    const detail = `${address === undefined ? 'all' : getAddress(address)} ${read.words}`
    this.#write(by, 'threshold', detail, (store) => changed.forEach((watch) => void store.saveWatch(watch)), chat)
    this.#tell()
    return done(true)
  }

  watches(chat?: string): readonly Watch[] {
    return this.#options.store.watches(chat)
  }

  mutes(chat: string, nowS: number): readonly Mute[] {
    return this.#options.store.mutes(chat).filter(({ untilS }) => untilS === null || untilS > nowS)
  }

  onWatches(listener: () => void): () => void {
    const own = (): void => listener()
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  #find(chat: string, address: Address): Watch | undefined {
    const lower = address.toLowerCase()
    return this.watches(chat).find((watch) => watch.address === lower)
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  /** The change and its entry, both or neither. */
  #write<T>(
    { via, id, chat }: Speaker,
    said: string,
    detail: string,
    change?: (store: ControlStore) => T,
    about?: string,
  ): T {
    const { store, journal } = this.#options
    const data = { said, via, by: id, chat: about ?? chat ?? null, detail }
    return journal.hold(() =>
      store.atomically(() => {
        const changed = change?.(store) as T
        journal.add({ ...WHOLE_PROGRAM, kind: 'control', data })
        return changed
      }),
    )
  }
}

/** Entries that concern no chain in particular. */
const WHOLE_PROGRAM = { chainId: 0, market: '', block: '0' } as const

const rank = (mode: Mode): number => MODES.indexOf(mode)

const done = (changed: boolean): ControlAnswer => ({ kind: 'done', changed, value: undefined })

const refused = (
  why: Extract<ControlAnswer, { kind: 'refused' }>['why'],
  detail: string,
): Extract<ControlAnswer, { kind: 'refused' }> => ({ kind: 'refused', why, detail })

const describe = ({ applied, needRestart }: Reloaded): string =>
  [
    applied.length > 0 ? `in force: ${applied.join(', ')}` : '',
    needRestart.length > 0 ? `after a restart: ${needRestart.join(', ')}` : '',
  ]
    .filter(Boolean)
    .join('; ')

const sameLines = (a: Lines, b: Lines | undefined): boolean =>
  String(a.thresholdsWad) === String(b?.thresholdsWad) && String(a.distancesBps) === String(b?.distancesBps)
