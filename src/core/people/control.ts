import type { Address } from 'viem'
import type { Mute, Watch } from './watch.ts'

/** Who says something, as the journal keeps it. */
export interface Speaker {
  readonly via: 'telegram' | 'http' | 'cli' | 'signal'
  /** User id of the channel, or the name of the signal. */
  readonly id: string
  /** Where it was said, such as `telegram:123`; undefined where there are no chats. */
  readonly chat?: string | undefined
}

export const MODES = ['watch', 'dry-run', 'simulate', 'live'] as const
/** From the tamest to the one that signs. */
export type Mode = (typeof MODES)[number]

/** Why nothing was changed. */
export type ControlRefusal =
  /** Beyond what configuration and flag allow. */
  | 'above-configured-mode'
  | 'unknown-mode'
  | 'not-watched'
  | 'too-many-watches'
  | 'bad-threshold'
  /** `detail` names all that is wrong with the file. */
  | 'bad-configuration'
  /** The kill file (`detail`) exists: it must be taken away first. */
  | 'held-by-file'

export type ControlAnswer<T = undefined> =
  /** `changed` is false when it was so already. */
  | { readonly kind: 'done'; readonly changed: boolean; readonly value: T }
  | { readonly kind: 'refused'; readonly why: ControlRefusal; readonly detail: string }

export interface WatchRequest {
  readonly address: Address
  readonly name: string
}

export interface Lines {
  readonly thresholdsWad: readonly bigint[] | null
  readonly distancesBps: readonly number[] | null
}

/** What `reload` did. Option paths such as `alerts.thresholds`. */
export interface Reloaded {
  readonly applied: readonly string[]
  /** Changed in the file, in force only after a restart. */
  readonly needRestart: readonly string[]
}

/** All that people can ever say. Every change is journaled with who said it, and survives a restart. */
export interface ControlPort {
  readonly paused: boolean
  /** In force now. */
  readonly mode: Mode
  /** What configuration and flag allow at most. */
  readonly configuredMode: Mode
  /** No new signature from this moment on. */
  pause(by: Speaker): ControlAnswer
  resume(by: Speaker): ControlAnswer
  setMode(by: Speaker, mode: string): ControlAnswer
  /** Reads the configuration file anew; a bad one changes nothing. */
  reload(by: Speaker): Promise<ControlAnswer<Reloaded>>
  mute(by: Speaker, mute: Mute): ControlAnswer
  unmute(by: Speaker, chat: string, scope: string): ControlAnswer
  watch(by: Speaker, chat: string, request: WatchRequest): ControlAnswer<Watch>
  unwatch(by: Speaker, chat: string, address: Address): ControlAnswer
  /** `address` undefined: of every watch of the chat. */
  setLines(by: Speaker, chat: string, address: Address | undefined, lines: Lines): ControlAnswer
  watches(chat?: string): readonly Watch[]
  /** Those still in force at `nowS`, Unix seconds. */
  mutes(chat: string, nowS: number): readonly Mute[]
  /** Called after watches changed. Returns how to stop listening. */
  onWatches(listener: () => void): () => void
}
