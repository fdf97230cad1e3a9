/** Where accounts stand, for digests: one level for each threshold and each thing that happened to them. */
import type { JournalEntry } from '../../journal.ts'
import { lineOf, signOf } from './alert.ts'
import type { Messages } from './messages-en.ts'
import type { Data } from './reader.ts'

export interface Level {
  readonly key: string
  /** The most pressing has the lowest. */
  readonly rank: number
  readonly sign: string
  text(accounts: number): string
  /** Accounts are named, not only counted. */
  readonly named: boolean
}

type Counted =
  | 'liquidatable'
  | 'liquidated'
  | 'unchecked'
  | 'fall'
  | 'time'
  | 'large'
  | 'alert'
  | 'toppedUp'
  | 'rescued'
  | 'recovered'
  | 'checked'

/** In order; thresholds stand between what is at or below the line and the rest. */
const ORDER: readonly Counted[] = [
  'liquidatable',
  'liquidated',
  'unchecked',
  'fall',
  'time',
  'large',
  'alert',
  'toppedUp',
  'rescued',
  'recovered',
  'checked',
]
const THRESHOLDS = ORDER.indexOf('unchecked') + 0.5
const GOOD: ReadonlySet<Counted> = new Set(['rescued', 'recovered', 'checked'])
const TYPES: ReadonlyMap<unknown, Counted> = new Map([
  ...ORDER.map((name) => [name, name] as const),
  ['topped-up', 'toppedUp'] as const,
])

export function levelOf(data: Data, { digest }: Messages): Level {
  if (data['type'] === 'threshold') return thresholdLevel(data, digest)
  const name = TYPES.get(data['type']) ?? 'alert'
  return { key: name, rank: ORDER.indexOf(name), sign: signOf(data), text: digest[name], named: !GOOD.has(name) }
}

function thresholdLevel(data: Data, digest: Messages['digest']): Level {
  const line = lineOf(data)
  const isDistance = data['metric'] === 'distance'
  const near = Math.min(Math.max(Number.parseFloat(line) || 0, 0), 1_000) / 10_000
  return {
    key: `${isDistance ? 'within' : 'below'} ${line}`,
    rank: THRESHOLDS + near + (isDistance ? 0.2 : 0),
    sign: signOf(data),
    text: (accounts) => (isDistance ? digest.within(accounts, line) : digest.below(accounts, line)),
    named: true,
  }
}

/** An account may at once be below a threshold and have fallen fast: these do not replace one another, thresholds do. */
const EVENTS_BESIDE: ReadonlySet<unknown> = new Set(['fall', 'time', 'large', 'liquidated'])
const TRUST: ReadonlySet<unknown> = new Set(['unchecked', 'checked'])

/** Of two entries with the same subject the later one counts. */
export function subjectOf({ data, seq }: JournalEntry): string {
  const { type, address } = data
  if (typeof address !== 'string') return `entry ${seq}`
  return `${TRUST.has(type) ? 'trust' : EVENTS_BESIDE.has(type) ? String(type) : 'standing'} ${address}`
}
