import type { BlockRef } from '../../../core/answers.ts'
import type { ConditionAnswer } from '../../../core/risk/answers.ts'
import type { Measure } from '../../../core/risk/measure.ts'
import { isSource, SOURCE_WORDS } from '../../../core/risk/source-words.ts'
import { printable, utc } from '../../backtest/text.ts'
import { compact, compactUsd } from '../../page/frame.ts'
import type { Html } from '../../page/html.ts'
import { html } from '../../page/html.ts'

/** As in `Measure.lacks`; what is not in the table is said as it is. */
export const lackWords = (lacks: readonly string[]): string =>
  lacks.map((source) => (isSource(source) ? SOURCE_WORDS[source] : printable(source, 60))).join(', ')

export const NOT_KNOWN = 'not known'

/** A value, or what it lacks. */
export const measured = (measure: Measure, show: (value: number) => string): string =>
  measure.value === null ? `${NOT_KNOWN}: lacks ${lackWords(measure.lacks)}` : show(measure.value)

/** In a table's cell: the reason stands in the legend below. */
export const measuredShort = ({ value }: Measure, show: (value: number) => string): string =>
  value === null ? NOT_KNOWN : show(value)

export const orUnknown = (value: number | null, show: (value: number) => string): string =>
  value === null ? NOT_KNOWN : show(value)

export const dollars = (value: number): string => (Number.isFinite(value) ? minus(compactUsd(value)) : NOT_KNOWN)
/** Base currency of 8 decimals as dollars for people. */
export const base = (value: string): string => dollars(Number(BigInt(value)) / 1e8)
export const times = (value: number): string => `${digits(value)}×`
/** Of a share, 0 to 1. */
export const share = (value: number): string => `${digits(value * 100)} %`
export const pct = (value: number): string => `${digits(value)} %`
export const signedPct = (value: number): string =>
  `${value > 0 ? '+' : value < 0 ? '−' : ''}${digits(Math.abs(value))} %`
export const plain = (value: number): string => digits(value)
export const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 })

/** A hyphen is no sign. */
const minus = (figure: string): string => figure.replace('-', '−')

/** Three digits that count, and no exponent. */
function digits(value: number): string {
  if (!Number.isFinite(value)) return NOT_KNOWN
  const size = Math.abs(value)
  if (size >= 100) return minus(compact(Math.round(value)))
  return minus(String(Number(value.toFixed(size >= 10 ? 1 : size >= 0.1 || size === 0 ? 2 : 4))))
}

/** A feed's answer of 8 decimals. */
export function price(answer: string): string {
  const value = Number(BigInt(answer)) / 1e8
  return `$${value.toLocaleString('en-US', { maximumFractionDigits: value >= 100 ? 0 : value >= 1 ? 2 : 6 })}`
}

/** Symbols are anybody's words. */
export const symbol = (text: string): string => printable(text, 24)
export const code = (text: string): Html => html`<code>${printable(text)}</code>`

export const momentOf = (bin: number, binS: number): string => utc(bin * binS)
export const binWord = (binS: number): string => (binS === 3600 ? 'hour' : `bin of ${binS} s`)
export const bins = (amount: number, binS: number): string =>
  binS === 3600 ? `${compact(amount)} h` : `${compact(amount)} bins`

export const blockWords = ({ number, timestamp }: BlockRef): string => `block ${number}, ${utc(timestamp)} UTC`

/** Conditions are named in hours; in a rehearsal those are bins. */
export function conditionFigures({ name, value, threshold }: ConditionAnswer, binS: number): string {
  const figures =
    value === null && threshold === null ? '' : ` (${orUnknown(value, plain)} against ${orUnknown(threshold, plain)})`
  const named = printable(name, 120)
  return `${binS === 3600 ? named : named.replaceAll(/\bhour(s?)\b/g, 'bin$1')}${figures}`
}

export const conditionWords = (condition: ConditionAnswer, binS: number): string =>
  `${conditionFigures(condition, binS)}: ${condition.held === null ? NOT_KNOWN : condition.held ? 'holds' : 'does not hold'}`
