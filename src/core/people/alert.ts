import type { Liquidated } from '../protocol.ts'
import type { AccountId } from '../types.ts'
import type { AlertRule } from './alert-rule.ts'
import type { EventName } from './events.ts'
import type { Watch } from './watch.ts'

/** A rule, with the chat that alone hears of it where it is a subscription. */
export interface Voice<R extends AlertRule = AlertRule> {
  /** Under which its latches lie: the rule's name, or `watch:` and the subscription's id. */
  readonly key: string
  readonly rule: R
  readonly watch: Watch | undefined
}

type Metric = 'health' | 'distance' | 'time' | 'debt'

/** What a rule has to say, before anybody dresses it. */
export interface Said {
  readonly type: EventName
  readonly metric: Metric | null
  /** A health or dollars as a decimal (`1.05`), a distance in per cent (`5`), or seconds. */
  readonly threshold: string | null
  /** What it was compared with; a health as a wad string. */
  readonly before: { readonly healthFactor: string | null; readonly block: string } | null
}

export interface Trouble {
  readonly reason: 'stale-chain' | 'distrusted' | 'unknown'
  readonly detail: string
}

export interface Alert extends Said {
  readonly voice: Voice
  /** Undefined: it speaks of the whole market. */
  readonly account: AccountId | undefined
  readonly liquidation?: Liquidated
  /** Of `unchecked` and `checked`: why, and Unix seconds of the last block at which it was checked. */
  readonly trouble?: Trouble & { readonly since: number }
  /** Of `wave`. */
  readonly wave?: { readonly debtBase: bigint; readonly accounts: number }
}

/** A ladder's memory of one account and one measure. */
export interface Rung {
  /** The deepest level told and not armed again, as a wad string; null when all are armed. */
  readonly level: string | null
  /** When each level last spoke, as long as that matters for the cool-down. */
  readonly spoken: Readonly<Record<string, number>>
}

/**
 * What was told, so that nothing is said twice and nothing is lost in a restart: plain JSON, one for each rule and account.
 * Undefined stands for nothing worth remembering.
 */
export type Latch =
  | {
      readonly kind: 'ladder'
      readonly health: Rung | null
      readonly distance: Rung | null
      readonly toppedUp: number | null
    }
  /** `on`: told, and not over yet. */
  | { readonly kind: 'once'; readonly on: boolean; readonly at: number }
  | ({ readonly kind: 'unchecked'; readonly since: number } & Trouble)

/** A latch as it is written down; undefined: forgotten. `subject`: market and address, or the market alone. */
export interface LatchChange {
  readonly rule: string
  readonly subject: string
  readonly body: string | undefined
}
