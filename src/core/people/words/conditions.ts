/** Conditions of the phase detector as a part of a sentence. Its names are those of `core/risk/phase-ways.ts`. */
import type { Language } from './catalogue.ts'
import { marketWordsOf } from './market.ts'
import type { MarketWords } from './market-en.ts'
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
  ['liquidated over medians of the week', ['overUsual', bigUsd, 'above']],
  ['liquidated over a share of the debt', ['overDebt', bigUsd, 'above']],
  ['branching ratio', ['branching', shareText, 'above']],
  ['liquidated over the largest hour of the last day', ['overLargest', bigUsd, 'above']],
  ['ladder at −5 % over its 90 days', ['ladder', bigUsd, 'above']],
  ['leverage over its 90 days', ['leverage', timesText, 'above']],
  ['funding over its 90 days', ['funding', shareText, 'above']],
  ['ladder at −5 % back to usual', ['ladder', bigUsd, 'below']],
  ['leverage back to usual', ['leverage', timesText, 'below']],
  ['liquidated under a share of the peak', ['overPeak', bigUsd, 'below']],
  ['hours without a new low', ['noNewLow', hours, 'atLeast']],
  ['funding normal', ['funding', shareText, 'below']],
  ['stable coins turned into volatile ones lately', ['inflow', bigUsd, 'above']],
  ['depth against before', ['depth', bigUsd, 'atLeast']],
  ['volatility under its 90 days', ['volatility', smallShare, 'below']],
])

/** What the detector adds to a name. */
const ADDED = /(?:, violent|, hour before| for \d+ hours)$/

export const isKnownCondition = (name: string): boolean => KNOWN.has(name.replace(ADDED, ''))

interface Compared {
  readonly name: unknown
  readonly value: unknown
  readonly threshold: unknown
  readonly held: unknown
}
const isCompared = (one: unknown): one is Compared => typeof one === 'object' && one !== null && 'name' in one

/** More would hide the rest of the message. */
const MOST = 3

/** One sentence's worth; empty for none. The same thing under two names is said once. */
export function conditionsText(conditions: unknown, language: Language): string {
  const say = marketWordsOf(language)
  const found = Array.isArray(conditions) ? conditions.slice(0, 20).filter(isCompared) : []
  const texts = [...new Set(found.map((one) => conditionText(one, language)))]
  const more = texts.length - MOST
  return [...texts.slice(0, MOST), ...(more > 0 ? [say.more(String(more))] : [])].join(say.and)
}

function conditionText({ name, value, threshold, held }: Compared, language: Language): string {
  const say = marketWordsOf(language)
  const full = typeof name === 'string' ? name : ''
  const [key, unit, bound] = KNOWN.get(full.replace(ADDED, '')) ?? [undefined, timesText, 'atLeast' as const]
  const phrase = key === undefined ? words(name, 60) : say.conditions[key]
  const named = full.endsWith(', hour before') ? say.hourBefore(phrase) : phrase
  if (numberOf(value) === undefined) return say.notSeen(named)
  const limit = numberOf(threshold) === undefined ? say.bounds.none : say.bounds[bound](unit(threshold, language))
  return (held === true ? say.met : say.needed)(named, unit(value, language), limit)
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
