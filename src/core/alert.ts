/**
 * When people are told about a position. One latch an account remembers the deepest threshold it was told about, so that a
 * price that flickers around a threshold speaks once, and a restart neither loses nor repeats a word: latches are plain JSON.
 */
import { WAD } from './math.ts'

/** What is known of one account at a block. Accounts with a latch must be observed until it is gone, healthy or not. */
export interface Observation {
  readonly market: string
  readonly address: string
  /** 18 decimals; null without debt, which counts as healthy. */
  readonly healthFactor: bigint | null
  /** Base currency, 8 decimals. */
  readonly debtBase: bigint
}

export interface AlertRules {
  /** Wads, in any order. "Below" is strictly below, as in the contract: exactly 1.0 is not liquidatable. */
  readonly thresholds: readonly bigint[]
  /** Wad: how far above a threshold health must climb before that threshold may speak again. */
  readonly hysteresis: bigint
  /** Seconds of chain time in which the same threshold is not repeated for the same account. */
  readonly cooldownS: number
  /** Base currency: nobody wants to hear of dust. Recoveries are told whatever the debt. */
  readonly minDebtBase: bigint
}

export interface Latch {
  /** The deepest threshold told and not re-armed, as a wad string; null when all are armed. */
  readonly level: string | null
  /** When each threshold last spoke, as long as that matters for the cooldown. */
  readonly spoken: Readonly<Record<string, number>>
}

/** By `latchKey`. JSON. */
export type Latches = Readonly<Record<string, Latch>>

export interface Alert<O extends Observation = Observation> {
  readonly type: 'threshold' | 'recovered'
  /** A decimal such as `1.05`: the threshold fallen below, or for a recovery the highest one. */
  readonly threshold: string
  readonly observation: O
}

export const latchKey = (account: { readonly market: string; readonly address: string }): string =>
  `${account.market}/${account.address}`

/** A wad as a decimal with one digit behind the point or more: `1.0`, `1.05`. */
export function decimalOfWad(wad: bigint): string {
  const fraction = (wad % WAD).toString().padStart(18, '0').replace(/0+$/, '')
  return `${wad / WAD}.${fraction || '0'}`
}

/** The same latches, the very object, come back when nothing changed: there is nothing to save then. */
export function stepAlerts<O extends Observation>(
  latches: Latches,
  observations: Iterable<O>,
  rules: AlertRules,
  timestamp: number,
): { readonly alerts: readonly Alert<O>[]; readonly latches: Latches } {
  const sorted = { ...rules, thresholds: [...new Set(rules.thresholds)].sort((a, b) => (a < b ? -1 : 1)) }
  const alerts: Alert<O>[] = []
  let next: Record<string, Latch> | undefined
  for (const observation of observations) {
    const key = latchKey(observation)
    const before = (next ?? latches)[key]
    const { alert, latch } = stepOne(before, observation, sorted, timestamp)
    if (alert) alerts.push(alert)
    if (same(before, latch)) continue
    next ??= { ...latches }
    if (latch) next[key] = latch
    else delete next[key]
  }
  return { alerts, latches: next ?? latches }
}

interface Step<O extends Observation> {
  readonly alert: Alert<O> | undefined
  readonly latch: Latch | undefined
}

/** `rules.thresholds` deepest first. */
function stepOne<O extends Observation>(
  latch: Latch | undefined,
  observation: O,
  rules: AlertRules,
  timestamp: number,
): Step<O> {
  const told = latch?.level == null ? undefined : BigInt(latch.level)
  const spoken = recent(latch?.spoken ?? {}, timestamp - rules.cooldownS)
  const held = stillHeld(told, observation.healthFactor, rules)
  const below = deepestBelow(observation.healthFactor, rules.thresholds)
  const deeper = below !== undefined && (held === undefined || below < held)
  // Within the cooldown the threshold stays armed instead of being latched in silence: if the account is still down there
  // when the cooldown ends, it speaks then. Otherwise somebody told "recovered" would never hear of the second fall.
  if (deeper && observation.debtBase >= rules.minDebtBase && spoken[below.toString()] === undefined) {
    const alert: Alert<O> = { type: 'threshold', threshold: decimalOfWad(below), observation }
    return { alert, latch: { level: below.toString(), spoken: { ...spoken, [below.toString()]: timestamp } } }
  }
  const highest = rules.thresholds.at(-1)
  const recovered = told !== undefined && held === undefined && highest !== undefined
  const alert: Alert<O> | undefined = recovered
    ? { type: 'recovered', threshold: decimalOfWad(highest), observation }
    : undefined
  return { alert, latch: latchOf(held, spoken) }
}

/** What is left of the latch: it climbs threshold by threshold, each only when health is a hysteresis above it. */
function stillHeld(told: bigint | undefined, health: bigint | null, rules: AlertRules): bigint | undefined {
  if (told === undefined || health === null) return undefined
  if (health < told + rules.hysteresis) return told
  return rules.thresholds.find((threshold) => threshold > told && health < threshold + rules.hysteresis)
}

function deepestBelow(health: bigint | null, deepestFirst: readonly bigint[]): bigint | undefined {
  return health === null ? undefined : deepestFirst.find((threshold) => health < threshold)
}

const recent = (spoken: Readonly<Record<string, number>>, after: number): Record<string, number> =>
  Object.fromEntries(Object.entries(spoken).filter(([, at]) => at > after))

/** Nothing worth remembering is not remembered: the latches stay as few as the accounts in trouble. */
const latchOf = (held: bigint | undefined, spoken: Record<string, number>): Latch | undefined =>
  held === undefined && Object.keys(spoken).length === 0 ? undefined : { level: held?.toString() ?? null, spoken }

function same(a: Latch | undefined, b: Latch | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  const spokenA = Object.entries(a.spoken)
  return (
    a.level === b.level &&
    spokenA.length === Object.keys(b.spoken).length &&
    spokenA.every(([level, at]) => b.spoken[level] === at)
  )
}
