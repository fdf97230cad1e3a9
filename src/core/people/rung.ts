/**
 * One ladder over one measure in which less is worse (health, distance to liquidation): levels with hysteresis, a latch and a
 * cool-down. "Below" is strictly below, as in the contract: exactly 1.0 is not liquidatable.
 */
import type { Rung } from './alert.ts'

export interface Levels {
  /** Deepest first. */
  readonly levels: readonly bigint[]
  /** How far above a level the value must climb before that level may speak again. */
  readonly hysteresis: bigint
  /** Seconds of the chain in which the same level is not repeated. */
  readonly cooldownS: number
}

/** `mayWarn`: the debt is worth a word; what is told and over is told whatever the debt. `value` null: nothing can happen to it. */
export function stepRung(
  rung: Rung | null,
  value: bigint | null,
  mayWarn: boolean,
  levels: Levels,
  timestamp: number,
): { readonly rung: Rung | null; readonly told: bigint | undefined } {
  const spoken = recent(rung?.spoken, timestamp - levels.cooldownS)
  const held = stillHeld(levelOf(rung), value, levels)
  const below = deepestBelow(value, levels.levels)
  const deeper = below !== undefined && (held === undefined || below < held)
  // Within the cool-down the level stays armed instead of being latched in silence: if the account is still down there when it
  // ends, it speaks then. Otherwise somebody told "recovered" would never hear of the second fall.
  if (deeper && mayWarn && spoken[below.toString()] === undefined) {
    const level = below.toString()
    return { rung: { level, spoken: { ...spoken, [level]: timestamp } }, told: below }
  }
  // The very object comes back when nothing changed: there is nothing to save then.
  if (rung && held === levelOf(rung) && spoken === rung.spoken) return { rung, told: undefined }
  return { rung: rungOf(held, spoken), told: undefined }
}

/** Where the value may go before `stepRung` changes anything, or says anything, after it returned `rung` for this value. */
export function quietRung(
  rung: Rung | null,
  value: bigint | null,
  mayWarn: boolean,
  { levels, hysteresis, cooldownS }: Levels,
): {
  readonly near: bigint | undefined
  readonly far: bigint | undefined
  readonly byDebt: boolean
  readonly due: number
} {
  const held = levelOf(rung)
  const due = dueOf(rung, cooldownS)
  const far = held === undefined ? undefined : held + hysteresis
  const top = held === undefined ? levels.at(-1) : levels.findLast((level) => level < held)
  if (top === undefined || value === null || value >= top) return { near: top, far, byDebt: false, due }
  // It waits below a level that is armed: for more debt, or for the end of the cool-down.
  if (!mayWarn) return { near: undefined, far, byDebt: true, due }
  const waiting = deepestBelow(value, levels) as bigint
  const next = levels.findLast((level) => level < waiting)
  return { near: next, far: far === undefined || waiting < far ? waiting : far, byDebt: false, due }
}

export const levelOf = (rung: Rung | null): bigint | undefined => (rung?.level == null ? undefined : BigInt(rung.level))

function dueOf(rung: Rung | null, cooldownS: number): number {
  let first = Number.POSITIVE_INFINITY
  if (rung) for (const at of Object.values(rung.spoken)) first = Math.min(first, at)
  return first + cooldownS
}

/** What is left of the latch: it climbs level by level, each only when the value is a hysteresis above it. */
function stillHeld(told: bigint | undefined, value: bigint | null, { levels, hysteresis }: Levels): bigint | undefined {
  if (told === undefined || value === null) return undefined
  if (value < told + hysteresis) return told
  return levels.find((level) => level > told && value < level + hysteresis)
}

const deepestBelow = (value: bigint | null, levels: readonly bigint[]): bigint | undefined =>
  value === null ? undefined : levels.find((level) => value < level)

const NEVER: Rung['spoken'] = {}

function recent(spoken: Rung['spoken'] = NEVER, after: number): Rung['spoken'] {
  let isOld = false
  for (const level in spoken) isOld ||= (spoken[level] as number) <= after
  return isOld ? Object.fromEntries(Object.entries(spoken).filter(([, at]) => at > after)) : spoken
}

/** Nothing worth remembering is not remembered: the latches stay as few as the accounts in trouble. */
function rungOf(held: bigint | undefined, spoken: Rung['spoken']): Rung | null {
  if (held === undefined && Object.keys(spoken).length === 0) return null
  return { level: held?.toString() ?? null, spoken }
}
