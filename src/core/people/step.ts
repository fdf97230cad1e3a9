/** One rule and one account at one block: what is said, what is remembered, and how far things may go before it is looked at again. */
import { decimalOfWad, WAD } from '../math.ts'
import type { Latch, Rung, Said, Voice } from './alert.ts'
import type { AlertRule, FallRule, LadderRule, LargeRule, TimeRule } from './alert-rule.ts'
import { both, FREE, floatOfWad, type Guard, healthAtDistance } from './guard.ts'
import { type Levels, levelOf, quietRung, stepRung } from './rung.ts'

/** One account at a block, exactly. What is costly is asked for only by the rules that need it. */
export interface Look {
  /** Null without debt, which counts as healthy. */
  readonly healthFactor: bigint | null
  /** Base currency, 8 decimals. */
  readonly debtBase: bigint
  /** The fall of the driving collateral that brings health to 1, as a wad fraction; null when no fall does. */
  distanceWad(): bigint | null
  /** Seconds until interest alone does it; undefined: never. */
  timeS(): number | undefined
  /** No debt of it grows faster a year before everybody is looked at again; `fastestOfAll`: no debt of anybody. */
  fastest(): number
  readonly fastestOfAll: number
  /** What happened to its holdings since it was looked at. */
  readonly deed: Deed | undefined
  /** By rule: the highest health it would have had within the rule's window, at the prices and indices of then. */
  readonly before: ReadonlyMap<string, { readonly healthFactor: bigint; readonly block: string }> | undefined
}

/** `safer`: holdings changed for the better by its owner's hand, `from` the health the old ones would have now (wad string). */
export type Deed = { readonly kind: 'liquidated' } | { readonly kind: 'safer'; readonly from: string | null }

export interface Stepped {
  readonly latch: Latch | undefined
  readonly said: Said | undefined
  readonly guard: Guard
}

const SILENT: Stepped = { latch: undefined, said: undefined, guard: FREE }

export function stepVoice({ key, rule }: Voice, latch: Latch | undefined, look: Look, timestamp: number): Stepped {
  switch (rule.when) {
    case 'ladder':
      return stepLadder(rule, latch, look, timestamp)
    case 'large':
      return stepLarge(rule, latch, look, timestamp)
    case 'time':
      return stepTime(rule, latch, look, timestamp)
    case 'fall':
      return stepFall(rule, latch, look, look.before?.get(key), timestamp)
    case 'wave':
      return SILENT
  }
}

/** The health below which a look is due of an account that nothing is known of; below −1 never. */
export function firstLook(rule: AlertRule, fastest: number): number {
  switch (rule.when) {
    case 'ladder':
      return Math.max(
        -1,
        ...rule.thresholdsWad.map(floatOfWad),
        // δ ≥ 1 − 1/health always, and both are equal for one collateral against one debt.
        ...rule.distancesBps.map((bps) => healthAtDistance(bps / 1e4)),
      )
    case 'large':
      return floatOfWad(rule.healthBelowWad)
    case 'time':
      return healthOfTime(rule.withinS, fastest)
    case 'fall':
    case 'wave':
      return -1
  }
}

const SECONDS_PER_YEAR = 31_536_000
/** Above this health interest of at most `fastest` a year does not use it up in time, even if collateral earns nothing. */
const healthOfTime = (withinS: number, fastest: number): number => Math.exp((fastest * withinS) / SECONDS_PER_YEAR)

const WAD_PER_BPS = WAD / 10_000n
const ascending = (values: readonly bigint[]): readonly bigint[] => values.toSorted((a, b) => (a < b ? -1 : 1))

/** A rule's numbers as its rungs need them, made once. */
const rungs = new WeakMap<AlertRule, { readonly health: Levels; readonly distance: Levels | undefined }>()
function rungsOf(rule: LadderRule | LargeRule): { readonly health: Levels; readonly distance: Levels | undefined } {
  const known = rungs.get(rule)
  if (known) return known
  const { cooldownS, hysteresisWad: hysteresis } = rule
  const isLarge = rule.when === 'large'
  const health = {
    levels: ascending(isLarge ? [rule.healthBelowWad] : [...new Set(rule.thresholdsWad)]),
    hysteresis,
    cooldownS,
  }
  const distance =
    isLarge || rule.distancesBps.length === 0
      ? undefined
      : {
          levels: ascending([...new Set(rule.distancesBps)].map((bps) => BigInt(bps) * WAD_PER_BPS)),
          hysteresis: BigInt(rule.hysteresisBps) * WAD_PER_BPS,
          cooldownS,
        }
  const made = { health, distance }
  rungs.set(rule, made)
  return made
}

/**
 * At most one word a block: of the measures that fell, health before distance; else that all are climbed; else, of a ladder
 * that names its accounts, that its owner did something.
 */
function stepLadder(rule: LadderRule, latch: Latch | undefined, look: Look, timestamp: number): Stepped {
  const was = latch?.kind === 'ladder' ? latch : undefined
  const { health, distance } = rungsOf(rule)
  const mayWarn = look.debtBase >= rule.minDebtUsd8
  const h = stepRung(was?.health ?? null, look.healthFactor, mayWarn, health, timestamp)
  const distanceWad = distance && distanceOf(look, distance)
  const d =
    distance && distanceWad !== undefined
      ? stepRung(was?.distance ?? null, distanceWad, mayWarn, distance, timestamp)
      : undefined
  const isHeld = levelOf(h.rung) !== undefined || levelOf(d?.rung ?? null) !== undefined
  const wasHeld = levelOf(was?.health ?? null) !== undefined || levelOf(was?.distance ?? null) !== undefined
  const toppedUp = was?.toppedUp != null && was.toppedUp > timestamp - rule.cooldownS ? was.toppedUp : null
  let said = fellTo(h.told, d?.told)
  if (said === undefined && wasHeld && !isHeld) said = overWord(rule, look)
  const tops = said === undefined && wasHeld && toppedUp === null && rule.accounts !== undefined
  if (tops && look.deed?.kind === 'safer') said = topUpWord(rule, look.deed.from)
  const next = ladderLatch(was, h.rung, d?.rung ?? null, said?.type === 'topped-up' ? timestamp : toppedUp)
  let guard = healthGuard(quietRung(h.rung, look.healthFactor, mayWarn, health), rule)
  if (distance && d && distanceWad !== undefined)
    guard = both(guard, distanceGuard(quietRung(d.rung, distanceWad, mayWarn, distance), rule))
  if (next && next.toppedUp !== null) guard = both(guard, { ...FREE, due: next.toppedUp + rule.cooldownS })
  return { latch: next, said, guard }
}

type LadderLatch = Latch & { readonly kind: 'ladder' }

/** The very latch it was when nothing changed; undefined when there is nothing to remember. */
function ladderLatch(
  was: LadderLatch | undefined,
  health: Rung | null,
  distance: Rung | null,
  toppedUp: number | null,
): LadderLatch | undefined {
  if (health === null && distance === null && toppedUp === null) return undefined
  if (was && was.health === health && was.distance === distance && was.toppedUp === toppedUp) return was
  return { kind: 'ladder', health, distance, toppedUp }
}

/** Null, as if no fall did it, also where health alone says that it is above all levels and their hysteresis. */
function distanceOf(look: Look, { levels, hysteresis }: Levels): bigint | null {
  if (look.healthFactor === null) return null
  const above = healthAtDistance(floatOfWad((levels.at(-1) ?? 0n) + hysteresis)) * SURELY
  return floatOfWad(look.healthFactor) > above ? null : look.distanceWad()
}

/** Beyond what floats and the contract's rounding may be wrong by. */
const SURELY = 1.000001

function fellTo(health: bigint | undefined, distance: bigint | undefined): Said | undefined {
  if (health !== undefined)
    return {
      type: health === WAD ? 'liquidatable' : 'threshold',
      metric: 'health',
      threshold: decimalOfWad(health),
      before: null,
    }
  if (distance === undefined) return undefined
  return { type: 'threshold', metric: 'distance', threshold: percentOfWad(distance), before: null }
}

/** `5`, `2.5`: per cent of a fraction with 18 decimals. */
const percentOfWad = (fraction: bigint): string => decimalOfWad(fraction * 100n).replace(/\.0$/, '')

/** It is above everything it was told of: by prices, by its owner's hand, or because somebody liquidated it. */
function overWord(rule: LadderRule, { deed }: Look): Said {
  const [highest] = rule.thresholdsWad
  const [widest] = rule.distancesBps
  const measured =
    highest === undefined
      ? { metric: 'distance' as const, threshold: percentOfWad(BigInt(widest ?? 0) * WAD_PER_BPS) }
      : { metric: 'health' as const, threshold: decimalOfWad(highest) }
  if (deed === undefined) return { type: 'recovered', ...measured, before: null }
  if (deed.kind === 'liquidated') return { type: 'liquidated', ...measured, before: null }
  return { type: 'rescued', ...measured, before: beforeOf(deed.from) }
}

const topUpWord = ({ thresholdsWad: [highest] }: LadderRule, from: string | null): Said => ({
  type: 'topped-up',
  metric: highest === undefined ? null : 'health',
  threshold: highest === undefined ? null : decimalOfWad(highest),
  before: beforeOf(from),
})

/** The block is the alert's own: holdings of before at the prices of now. */
const beforeOf = (healthFactor: string | null): Said['before'] => ({ healthFactor, block: '' })

const float = (wad: bigint | undefined, otherwise: number): number => (wad === undefined ? otherwise : floatOfWad(wad))
type Quiet = ReturnType<typeof quietRung>

const healthGuard = ({ near, far, byDebt, due }: Quiet, { minDebtUsd8 }: AlertRule): Guard => ({
  ...FREE,
  near: float(near, FREE.near),
  far: float(far, FREE.far),
  most: byDebt ? Number(minDebtUsd8) : FREE.most,
  due,
})

const distanceGuard = ({ near, far, byDebt, due }: Quiet, { minDebtUsd8 }: AlertRule): Guard => ({
  ...FREE,
  close: float(near, FREE.close),
  wide: float(far, FREE.wide),
  most: byDebt ? Number(minDebtUsd8) : FREE.most,
  due,
})

/** A ladder of one level that says nothing of recoveries: the ladders do. */
function stepLarge(rule: LargeRule, latch: Latch | undefined, look: Look, timestamp: number): Stepped {
  const was = latch?.kind === 'ladder' ? latch.health : null
  const { health } = rungsOf(rule)
  const mayWarn = look.debtBase >= rule.minDebtUsd8
  const { rung, told } = stepRung(was, look.healthFactor, mayWarn, health, timestamp)
  return {
    latch: ladderLatch(latch?.kind === 'ladder' ? latch : undefined, rung, null, null),
    said:
      told === undefined ? undefined : { type: 'large', metric: 'health', threshold: decimalOfWad(told), before: null },
    guard: healthGuard(quietRung(rung, look.healthFactor, mayWarn, health), rule),
  }
}

/** It may speak again once there is a quarter more time than it warns at. */
const TIME_HYSTERESIS = 1.25

/** Below health 1 there is no time left to speak of, and the ladders have spoken: the latch stays as it was. */
function stepTime(rule: TimeRule, latch: Latch | undefined, look: Look, timestamp: number): Stepped {
  const { withinS, cooldownS, minDebtUsd8 } = rule
  const was = latch?.kind === 'once' ? latch : undefined
  const { healthFactor, debtBase } = look
  const due = (was?.at ?? Number.NEGATIVE_INFINITY) + cooldownS
  const isUnder = healthFactor !== null && healthFactor < WAD
  const isFar =
    healthFactor === null ||
    floatOfWad(healthFactor) > healthOfTime(withinS * TIME_HYSTERESIS, look.fastestOfAll) * SURELY
  const left = isFar || isUnder ? undefined : look.timeS()
  const isOver = !isUnder && (left === undefined || left >= withinS * TIME_HYSTERESIS)
  if (was?.on && !isOver) return { latch: was, said: undefined, guard: { ...FREE, far: isUnder ? 1 : ALWAYS } }
  const isCooling = due > timestamp
  const kept: Latch | undefined = was && isCooling ? { kind: 'once', on: false, at: was.at } : undefined
  if (isCooling) return { latch: kept, said: undefined, guard: { ...FREE, due } }
  if (isUnder) return { latch: kept, said: undefined, guard: { ...FREE, far: 1 } }
  if (debtBase < minDebtUsd8) return { latch: kept, said: undefined, guard: { ...FREE, most: Number(minDebtUsd8) } }
  if (left === undefined || left > withinS)
    return {
      latch: kept,
      said: undefined,
      guard: { ...FREE, near: healthOfTime(withinS, isFar ? look.fastestOfAll : look.fastest()) },
    }
  const said: Said = { type: 'time', metric: 'time', threshold: String(withinS), before: null }
  return { latch: { kind: 'once', on: true, at: timestamp }, said, guard: { ...FREE, far: ALWAYS } }
}

/** As an upper bound: it is looked at after every page. */
const ALWAYS = 0

/** Its window begins anew when it has spoken: the same fall is not told twice. Who may have fallen, the engine finds out. */
function stepFall(
  rule: FallRule,
  latch: Latch | undefined,
  { healthFactor, debtBase }: Look,
  before: { readonly healthFactor: bigint; readonly block: string } | undefined,
  timestamp: number,
): Stepped {
  const was = latch?.kind === 'once' ? latch : undefined
  const forgetAt = (was?.at ?? Number.NEGATIVE_INFINITY) + Math.max(rule.cooldownS, rule.withinS)
  const kept = forgetAt > timestamp ? was : undefined
  const quiet: Stepped = { latch: kept, said: undefined, guard: kept ? { ...FREE, due: forgetAt } : FREE }
  if (was && was.at + rule.cooldownS > timestamp) return quiet
  if (healthFactor === null || before === undefined || healthFactor >= rule.healthBelowWad) return quiet
  if (debtBase < rule.minDebtUsd8 || before.healthFactor - healthFactor < rule.lostWad) return quiet
  const said: Said = {
    type: 'fall',
    metric: 'health',
    threshold: decimalOfWad(rule.lostWad),
    before: { healthFactor: before.healthFactor.toString(), block: before.block },
  }
  const due = timestamp + Math.max(rule.cooldownS, rule.withinS)
  return { latch: { kind: 'once', on: true, at: timestamp }, said, guard: { ...FREE, due } }
}
