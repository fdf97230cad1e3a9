/** Floats of statistics as people read them: three digits, a unit. What is not known says so. */
import type { Language } from './catalogue.ts'
import { marketWordsOf } from './market.ts'

export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

const BIG: Readonly<Record<Language, readonly (readonly [size: number, unit: string])[]>> = {
  en: [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'K'],
  ],
  zh: [
    [1e12, ' 万亿'],
    [1e8, ' 亿'],
    [1e4, ' 万'],
  ],
}
/** More is no amount of money. */
const MOST_USD = 1e21
/** 999.6 thousand is a million: three digits would say 1,000K. */
const ROUNDS_UP = 0.9995

/** `$12.4M`, `-$640K`, `$1.24 亿`. */
export function bigUsd(value: unknown, language: Language): string {
  const amount = numberOf(value)
  if (amount === undefined || Math.abs(amount) > MOST_USD) return marketWordsOf(language).unknown
  const size = Math.abs(amount)
  const [unit, name] = BIG[language].find(([one]) => size >= one * ROUNDS_UP) ?? [1, '']
  const text = `$${digits(size / unit)}${name}`
  return amount < 0 && text !== '$0' ? `-${text}` : text
}

/** Three that count; whole numbers in full. */
function digits(size: number): string {
  if (size >= 99.95) return size.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',')
  const text = size.toFixed(size >= 9.995 ? 1 : 2)
  return text.replace(/\.?0+$/, '')
}

/** Of a share: `42.1 %`. */
export function shareText(value: unknown, language: Language): string {
  const share = numberOf(value)
  return share === undefined || Math.abs(share) > 1e6 ? marketWordsOf(language).unknown : `${tenths(share * 100)} %`
}

/** A price may move by less than a tenth of a per cent. */
export function smallShare(value: unknown, language: Language): string {
  const share = numberOf(value)
  return share === undefined || Math.abs(share) > 1e6
    ? marketWordsOf(language).unknown
    : `${noMinusZero((share * 100).toFixed(2))} %`
}

/** Without unit: `1.62`. */
export function timesText(value: unknown, language: Language): string {
  const times = numberOf(value)
  return times === undefined || Math.abs(times) > 1e9
    ? marketWordsOf(language).unknown
    : noMinusZero(times.toFixed(2)).replace(/\B(?=(\d{3})+\.)/g, ',')
}

/** `+$35M`, `-1.2 %`; undefined where one of the two is not known. Equal as shown: unchanged. */
export function changeText(
  now: unknown,
  before: unknown,
  language: Language,
  text: (value: unknown, language: Language) => string,
): string | undefined {
  const [to, from] = [numberOf(now), numberOf(before)]
  if (to === undefined || from === undefined) return undefined
  const shown = text(to - from, language)
  if (shown === text(0, language)) return marketWordsOf(language).unchanged
  return to > from ? `+${shown}` : shown
}

/** A fall as its size: `3`, `2.5`. */
export function pctText(value: unknown, language: Language): string {
  const pct = numberOf(value)
  return pct === undefined || Math.abs(pct) > 1e6 ? marketWordsOf(language).unknown : String(Math.round(pct * 10) / 10)
}

const tenths = (value: number): string => noMinusZero(value.toFixed(1))
const noMinusZero = (text: string): string => (Number(text) === 0 ? text.replace('-', '') : text)
