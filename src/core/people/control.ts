import type { Address } from 'viem'

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
