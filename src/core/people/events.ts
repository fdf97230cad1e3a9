/**
 * What people can be told of, as a closed list: each event with the thread it belongs to, how loudly each role hears of it by
 * default, and whether it passes quiet hours and mutes. Chats may choose otherwise, event by event.
 */

export const ROLES = ['owner', 'operator', 'viewer'] as const
/** `owner`: hears of the addresses it watches. `operator`: runs the daemon. `viewer`: reads along. */
export type Role = (typeof ROLES)[number]

export const TOPICS = ['positions', 'market', 'liquidations', 'trouble', 'summary'] as const
export type Topic = (typeof TOPICS)[number]

export const LOUDNESS = ['loud', 'silent', 'off'] as const
/** `loud` rings, `silent` arrives without a sound, `off` never arrives. */
export type Loudness = (typeof LOUDNESS)[number]

interface EventTraits {
  readonly topic: Topic
  /** Loudness for owner, operator, viewer. */
  readonly owner: Loudness
  readonly operator: Loudness
  readonly viewer: Loudness
  /** Passes quiet hours and mutes. */
  readonly critical: boolean
}

const traits = (
  topic: Topic,
  [owner, operator, viewer]: readonly [Loudness, Loudness, Loudness],
  critical = false,
): EventTraits => ({ topic, owner, operator, viewer, critical })

export const EVENTS = {
  /** A position fell below a threshold of health or of distance to liquidation. */
  threshold: traits('positions', ['loud', 'silent', 'loud']),
  /** It is back above all of them. */
  recovered: traits('positions', ['loud', 'silent', 'silent']),
  /** It can be liquidated now: below the line itself. */
  liquidatable: traits('positions', ['loud', 'silent', 'loud'], true),
  /** Somebody liquidated it. */
  liquidated: traits('positions', ['loud', 'silent', 'silent'], true),
  /** Its owner repaid or added, and it is safer than before, but still below a threshold. */
  'topped-up': traits('positions', ['silent', 'off', 'off']),
  /** Its owner repaid or added, and it is above all thresholds again. */
  rescued: traits('positions', ['loud', 'silent', 'silent']),
  /** Health fell fast. */
  fall: traits('positions', ['loud', 'silent', 'loud']),
  /** Interest alone will bring it down soon. */
  time: traits('positions', ['loud', 'silent', 'silent']),
  /** A large position is near the line. */
  large: traits('positions', ['off', 'loud', 'loud']),
  /** A small fall would make much liquidatable. */
  wave: traits('positions', ['off', 'loud', 'loud']),
  /** A market as a whole came into another phase of a wave. */
  phase: traits('market', ['off', 'loud', 'loud']),
  /** Something about it is dangerous: a cliff, too little to sell into, a feed at its cap, a reserve lent out, too little insurance. */
  risk: traits('market', ['off', 'loud', 'silent']),
  /** It is over, or cannot be seen any more. */
  'risk-over': traits('market', ['off', 'silent', 'silent']),
  /** A position that is watched cannot be checked. */
  unchecked: traits('trouble', ['loud', 'silent', 'silent'], true),
  /** It can be again. */
  checked: traits('trouble', ['silent', 'off', 'off']),
  planned: traits('liquidations', ['off', 'off', 'off']),
  sent: traits('liquidations', ['off', 'silent', 'off']),
  confirmed: traits('liquidations', ['off', 'loud', 'silent']),
  lost: traits('liquidations', ['off', 'loud', 'off']),
  reorged: traits('liquidations', ['off', 'loud', 'off']),
  /** Always as a digest by reason. */
  refused: traits('liquidations', ['off', 'silent', 'off']),
  /** A chain is silent, a mirror differs, rules are unknown, a channel fails. */
  trouble: traits('trouble', ['off', 'loud', 'silent'], true),
  /** Such a trouble has ended. */
  'trouble-over': traits('trouble', ['off', 'silent', 'silent']),
  /** The signer runs out of gas. */
  'low-balance': traits('trouble', ['off', 'loud', 'off'], true),
  /** Somebody paused, resumed, changed the mode, reloaded. */
  control: traits('trouble', ['off', 'loud', 'off']),
  summary: traits('summary', ['off', 'silent', 'silent']),
  /** A market in the morning: what changed, what a fall would do. */
  brief: traits('summary', ['off', 'silent', 'silent']),
} as const satisfies Readonly<Record<string, EventTraits>>

export type EventName = keyof typeof EVENTS
export const EVENT_NAMES = Object.keys(EVENTS) as readonly EventName[]
