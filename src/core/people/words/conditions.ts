/** Conditions of the phase detector as a part of a sentence. Its names are those of `core/risk/phase-ways.ts`. */
import type { Language } from './catalogue.ts'
import { marketWordsOf } from './market.ts'
import type { MarketWords } from './market-en.ts'
import { type Data, listIn } from './reader.ts'
import { bigUsd, numberOf, shareText, smallShare, timesText } from './statistics.ts'
import { words } from './values.ts'

type Unit = (value: unknown, language: Language) => string
type Known = readonly [keyof MarketWords['conditions'], Unit, 'above' | 'below' | 'atLeast']

const hours: Unit = (value, language) => {
  const count = numberOf(value)
  return count === undefined ? marketWordsOf(language).unknown : String(Math.round(count * 10) / 10)
}

const KNOWN: ReadonlyMap<string, Known> = new Map<string, Known>([
  ['hours in the phase', ['hoursInPhase', hours, 'atLeast']],
  ['liquidated over medians of the week', ['liquidated', bigUsd, 'above']],
  ['liquidated over a share of the debt', ['liquidated', bigUsd, 'above']],
  ['branching ratio', ['branching', shareText, 'above']],
  ['liquidated over the largest hour of the last day', ['liquidated', bigUsd, 'above']],
  ['ladder at −5 % over its 90 days', ['ladder', bigUsd, 'above']],
  ['leverage over its 90 days', ['leverage', timesText, 'above']],
  ['funding over its 90 days', ['funding', shareText, 'above']],
  ['ladder at −5 % back to usual', ['ladder', bigUsd, 'below']],
  ['leverage back to usual', ['leverage', timesText, 'below']],
  ['liquidated under a share of the peak', ['liquidated', bigUsd, 'below']],
  ['hours without a new low', ['noNewLow', hours, 'atLeast']],
  ['funding normal', ['funding', shareText, 'below']],
  ['stable coins turned into volatile ones lately', ['inflow', bigUsd, 'above']],
  ['depth against before', ['depth', bigUsd, 'atLeast']],
  ['volatility under its 90 days', ['volatility', smallShare, 'below']],
])

/** What the detector adds to a name. */
const ADDED = /(?:, violent|, hour before| for \d+ hours)$/

export const isKnownCondition = (name: string): boolean => KNOWN.has(name.replace(ADDED, ''))

/** More would hide the rest of the message. */
const MOST = 3

/** One sentence's worth; empty for none. */
export function conditionsText(conditions: unknown, language: Language): string {
  const say = marketWordsOf(language)
  const texts = binding(listIn(conditions).map(readCondition)).map((one) => conditionText(one, language))
  const more = texts.length - MOST
  return [...texts.slice(0, MOST), ...(more > 0 ? [say.more(String(more))] : [])].join(say.and)
}

interface Comparison {
  readonly name: string
  readonly known: Known | undefined
  readonly isHourBefore: boolean
  readonly value: number | undefined
  readonly limit: number | undefined
  readonly isHeld: boolean
}

function readCondition({ name, value, threshold, held }: Data): Comparison {
  const full = typeof name === 'string' ? name : ''
  return {
    name: full,
    known: KNOWN.get(full.replace(ADDED, '')),
    isHourBefore: full.endsWith(', hour before'),
    value: numberOf(value),
    limit: numberOf(threshold),
    isHeld: held === true,
  }
}

/** The detector holds one value against several limits: the one that binds says it all. */
function binding(conditions: readonly Comparison[]): readonly Comparison[] {
  const found = new Map<string, Comparison>()
  for (const one of conditions) {
    const { known, name, isHourBefore, limit } = one
    const key = known === undefined || limit === undefined ? name : `${known[0]} ${known[2]} ${isHourBefore}`
    const other = found.get(key)
    const isTighter = known?.[2] === 'below' ? (limit ?? 0) < (other?.limit ?? 0) : (limit ?? 0) > (other?.limit ?? 0)
    if (other === undefined || isTighter) found.set(key, one)
  }
  // A limit that is not known yet says nothing beside one that is.
  const all = [...found.values()]
  const isLimited = (one: Comparison): boolean =>
    all.some((other) => other !== one && other.known?.[0] === one.known?.[0] && other.limit !== undefined)
  return all.filter((one) => one.known === undefined || one.limit !== undefined || !isLimited(one))
}

function conditionText({ name, known, isHourBefore, value, limit, isHeld }: Comparison, language: Language): string {
  const say = marketWordsOf(language)
  const [key, unit, bound] = known ?? [undefined, timesText, 'atLeast' as const]
  const phrase = key === undefined ? words(name, 60) : say.conditions[key]
  const named = isHourBefore ? say.hourBefore(phrase) : phrase
  if (value === undefined) return say.notSeen(named)
  if (limit === undefined) return say.met(named, unit(value, language), say.bounds.none)
  const limited = say.bounds[bound](unit(limit, language))
  return (isHeld ? say.met : say.needed)(named, unit(value, language), limited)
}

/** Names of what is missing; empty for none. */
export function sourcesText(lacks: unknown, language: Language): string {
  const { sources } = marketWordsOf(language)
  const known: Readonly<Record<string, string>> = sources
  const names = Array.isArray(lacks) ? [...new Set<unknown>(lacks.slice(0, 40))] : []
  return names
    .map((name) => (typeof name === 'string' && Object.hasOwn(known, name) ? (known[name] ?? '') : words(name, 20)))
    .join(language === 'zh' ? '、' : ', ')
}
