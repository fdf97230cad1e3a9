/** What the phase detector says of a dated wave, from candles and the stand-in book. Everything `docs/phases.md` shows of it. */
import type { Hour } from '../../src/core/risk/hour.ts'
import { type PhaseDecision, phasesOf } from '../../src/core/risk/phase.ts'
import { PHASE_THRESHOLDS } from '../../src/core/risk/phase-thresholds.ts'
import { type Candle, type Coin, type Event, hourOf, readCandles } from './candles.ts'
import { ASSUMED, type Assumed, standIn } from './stand-in.ts'

type Table = readonly Readonly<Record<string, unknown>>[]

/** A stretch of hours in one phase. */
export interface Episode {
  readonly phase: PhaseDecision['phase']
  readonly fromHour: number
  readonly hours: number
  readonly liquidatedUsd: number
  readonly oracleLowUsd: number
}

export interface Reading {
  readonly event: Event
  readonly coin: Coin
  readonly startHour: number
  readonly lowHour: number
  readonly fall: number
  readonly hours: readonly Hour[]
  readonly decisions: readonly PhaseDecision[]
  readonly episodes: readonly Episode[]
}

const START_FALL = 0.05
const DAY = 24

export const utc = (hour: number): string =>
  `${new Date(hour * 3_600_000).toISOString().slice(0, 13).replace('T', ' ')}:00`
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

export function read(event: Event, coin: Coin, assumed: Assumed = ASSUMED): Reading {
  const candles = readCandles(event, coin)
  const hours = standIn(candles, assumed)
  const decisions = phasesOf(hours)
  return { event, coin, ...fallOf(event, candles), hours, decisions, episodes: episodesOf(hours, decisions) }
}

/**
 * The start: first hour of the event's day, or later, whose exchange low lies 5 % under the highest close of the 24 hours before.
 * The low: the lowest exchange price of the three days from there. Both know nothing of the detector.
 */
function fallOf({ day }: Event, candles: readonly Candle[]) {
  const highs = candles.map((_, i) =>
    Math.max(...candles.slice(Math.max(0, i - DAY), i).map(({ closeUsd }) => closeUsd)),
  )
  const start = candles.findIndex(
    ({ hour, lowUsd }, i) => hour >= hourOf(`${day}T00:00`) && lowUsd <= (1 - START_FALL) * (highs[i] ?? 0),
  )
  const wave = candles.slice(start, start + 3 * DAY)
  const low = wave.reduce((least, one) => (one.lowUsd < least.lowUsd ? one : least))
  return {
    startHour: candles[start]?.hour ?? Number.NaN,
    lowHour: low.hour,
    fall: 1 - low.lowUsd / (highs[start] ?? Number.NaN),
  }
}

function episodesOf(hours: readonly Hour[], decisions: readonly PhaseDecision[]): readonly Episode[] {
  const episodes: Episode[] = []
  for (const [i, { phase, hour }] of decisions.entries()) {
    const { liquidatedUsd = 0, oracleLowUsd = 0 } = hours[i] ?? {}
    const last = episodes.at(-1)
    if (last?.phase !== phase) episodes.push({ phase, fromHour: hour, hours: 1, liquidatedUsd, oracleLowUsd })
    else
      episodes[episodes.length - 1] = {
        ...{ phase, fromHour: last.fromHour, hours: last.hours + 1 },
        liquidatedUsd: last.liquidatedUsd + liquidatedUsd,
        oracleLowUsd: Math.min(last.oracleLowUsd, oracleLowUsd),
      }
  }
  return episodes
}

/** From the day before the start on: the first of each phase, hours after the start. */
export function delays({ startHour, episodes }: Reading): Readonly<Record<string, number | null>> {
  const wave = episodes.filter(({ fromHour, hours }) => fromHour + hours > startHour - DAY)
  const cascade = wave.find(({ phase }) => phase === 'cascade')
  const after = (phase: string): number | null => {
    const found = wave.find((one) => one.phase === phase && one.fromHour >= (cascade?.fromHour ?? 0))
    return found === undefined ? null : found.fromHour - startHour
  }
  return {
    cascade: after('cascade'),
    exhaustion: after('exhaustion'),
    recovery: after('recovery'),
    calm: after('calm'),
  }
}

export const summary = (reading: Reading): Table => {
  const { event, coin, startHour, lowHour, fall } = reading
  const after = delays(reading)
  return [
    {
      ...{
        wave: event.day,
        coin,
        'start (UTC)': utc(startHour),
        fall: percent(fall),
        'low, h after': lowHour - startHour,
      },
      ...Object.fromEntries(Object.entries(after).map(([phase, hours]) => [`${phase}, h after`, hours ?? 'not seen'])),
    },
  ]
}

/** Phase by phase from three days before the start to ten days after. */
export const story = ({ event, coin, startHour, episodes }: Reading): Table =>
  episodes
    .filter(({ fromHour, hours }) => fromHour + hours > startHour - 3 * DAY && fromHour < startHour + 10 * DAY)
    .map(({ phase, fromHour, hours, liquidatedUsd, oracleLowUsd }) => ({
      ...{ wave: event.day, coin, phase, 'from (UTC)': utc(fromHour), hours },
      'liquidated, stand-in, million $': Math.round(liquidatedUsd / 1e6),
      'lowest stand-in oracle price': Math.round(oracleLowUsd),
    }))

/** Every cascade of the whole window: how far the price had fallen from the highest close of the day before. */
export const cascades = ({ event, coin, hours, episodes }: Reading): Table =>
  episodes
    .filter(({ phase }) => phase === 'cascade')
    .map(({ fromHour, hours: length, liquidatedUsd, oracleLowUsd }) => {
      const day = hours.filter(({ hour }) => hour >= fromHour - DAY && hour < fromHour)
      const high = Math.max(...day.map(({ oraclePriceUsd }) => oraclePriceUsd))
      const debt = day.at(-1)?.debtUsd ?? Number.NaN
      return {
        ...{ wave: event.day, coin, 'cascade from (UTC)': utc(fromHour), hours: length },
        'fall from the day’s high': percent(1 - oracleLowUsd / high),
        'liquidated, share of debt': percent(liquidatedUsd / debt),
      }
    })

export const shares = ({ event, coin, decisions }: Reading): Table => [
  {
    ...{ wave: event.day, coin, 'hours judged': decisions.length },
    ...Object.fromEntries(
      (['calm', 'build-up', 'cascade', 'exhaustion', 'recovery'] as const).map((phase) => [
        phase,
        percent(decisions.filter((one) => one.phase === phase).length / decisions.length),
      ]),
    ),
  },
]

/** Exhaustions and recoveries after which the stand-in oracle fell below the low of the cascade within three days: called too early. */
export const tooEarly = ({ event, coin, hours, episodes }: Reading): Table =>
  (['exhaustion', 'recovery'] as const).map((phase) => {
    const called = episodes.flatMap((episode, i) => {
      const cascade = episodes.slice(0, i).findLast((one) => one.phase === 'cascade')
      return episode.phase === phase && cascade ? [{ ...episode, lowUsd: cascade.oracleLowUsd }] : []
    })
    const wrong = called.filter(({ fromHour, lowUsd }) =>
      hours.some((one) => one.hour >= fromHour && one.hour < fromHour + 3 * DAY && one.oracleLowUsd < lowUsd),
    )
    return { wave: event.day, coin, phase, called: called.length, 'a new low within 3 days': wrong.length }
  })

const VARIANTS: Readonly<Record<string, Partial<Assumed>>> = {
  'as assumed': {},
  'oracle shows no wick': { wick: 0 },
  'oracle shows the whole wick': { wick: 1 },
  'more debt near the price (d)': { power: 1 },
  'less debt near the price (d³)': { power: 3 },
  'half closed in 15 days': { halfLifeDays: 15 },
  'half closed in 60 days': { halfLifeDays: 60 },
}

/** The same with other assumptions of the stand-in. */
export const sensitivity = (event: Event, coin: Coin): Table =>
  Object.entries(VARIANTS).map(([stand, over]) => {
    const reading = read(event, coin, { ...ASSUMED, ...over })
    const found = reading.episodes.filter(({ phase }) => phase === 'cascade').length
    const after = Object.entries(delays(reading)).map(([phase, hours]) => [`${phase}, h after`, hours ?? 'not seen'])
    return { wave: event.day, coin, 'stand-in': stand, ...Object.fromEntries(after), 'cascades in the window': found }
  })

export const thresholds = (): Table =>
  Object.entries(PHASE_THRESHOLDS).map(([threshold, { value, unit, why }]) => ({ threshold, value, unit, why }))
