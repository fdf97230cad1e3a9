/** Numbers of the wave for people: three digits are enough to judge by; `--json` has all. */
import type { GroupAnswer, RiskHead } from '../../../core/risk/answers.ts'
import type { Measure } from '../../../core/risk/measure.ts'
import { printable, utc } from '../../backtest/text.ts'
import { amount, duration } from '../format.ts'
import { DISTRUSTED } from '../positions.ts'
import { type Look, styled, wrap } from './look.ts'

export const NONE = '–'

const UNITS = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const

/** What would be rounded up to 1000 belongs to the next unit. */
const unitOf = (size: number): readonly [number, string] => UNITS.find(([least]) => size >= least * 0.9995) ?? [1, '']

/** `1.23M`, `840`, `0.0123`: three digits. */
export function short(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NONE
  const size = Math.abs(value)
  const sign = value < 0 ? '−' : ''
  const [unit, mark] = unitOf(size)
  const scaled = size / unit
  if (unit === 1 && size >= 100) return `${sign}${Math.round(size)}`
  return `${sign}${trimmed(scaled)}${mark}`
}

/** Three digits without an exponent; whole numbers without a point. */
const trimmed = (value: number): string => (value < 1e-6 ? '0' : String(Number(value.toPrecision(3))))

/** `$1.20M`, `$31.0k`, `$12.50`, `$0`: always three digits, so that columns can be read down. */
export function money(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NONE
  const size = Math.abs(value)
  const sign = value < 0 ? '−' : ''
  const [unit, mark] = unitOf(size)
  if (unit > 1) return `${sign}$${digits3(size / unit)}${mark}`
  return `${sign}$${size === 0 ? '0' : size < 100 ? size.toFixed(2) : Math.round(size)}`
}
const digits3 = (value: number): string => value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)

/** Of an exact amount with 8 decimals. */
export const moneyBase = (base: string): string => money(Number(base) / 1e8)

/** A price of a feed: all that matters is before the second digit, but for what costs cents. */
export function price(usd8: string | null): string {
  if (usd8 === null) return 'never'
  const value = BigInt(usd8)
  return `$${amount(value, 8, value < 10n ** 9n ? 4 : 2)}`
}

/** 0.181 as `18.1 %`. */
export const share = (value: number | null): string => (value === null ? NONE : `${short(value * 100)} %`)
export const signed = (value: number | null): string =>
  value === null ? NONE : `${value > 0 ? '+' : ''}${short(value * 100)} %`
export const times = (value: number | null): string => (value === null ? NONE : value.toFixed(2))
export const count = (value: number | null): string => (value === null ? NONE : amount(BigInt(Math.round(value)), 0, 0))

/** As `show` says it, or a dash. */
export const measured = (measure: Measure, show: (value: number) => string): string =>
  measure.value === null ? NONE : show(measure.value)

/** `0xe5C2…4e4c`: where the whole one stands elsewhere. */
export const briefly = (address: string): string => `${address.slice(0, 6)}…${address.slice(-4)}`

/** A symbol is somebody else's text. */
export const symbol = (text: string, longest = 16): string => printable(text, longest)
export const symbolOf = (group: GroupAnswer): string => symbol(group.symbol)

/** Start of an hour of an answer, UTC without seconds. */
export const hourText = (hour: number, binS: number): string => utc(hour * binS).slice(0, 16)

export const plural = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`

/** First lines of every screen: which market, where, and whether to believe it. */
export function heading(head: RiskHead, look: Look): string {
  const { market, block, quarantined } = head
  const ageS = Math.max(0, look.nowS - block.timestamp)
  const place = `${market} at block ${count(Number(block.number))}, ${utc(block.timestamp)} UTC (${duration(ageS)} ago)`
  return quarantined ? `${place}\n${styled('red', wrap(DISTRUSTED, look.width), look)}` : place
}

/** The answer to the question, in one sentence. */
export const answer = (text: string, look: Look): string => styled('bold', wrap(text, look.width), look)
