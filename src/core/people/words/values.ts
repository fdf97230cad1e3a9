/**
 * Values as people read them. What is missing or broken prints as "?": a message must never fail because of its data. Nothing
 * looks safer than it is: what is owed or must be paid is rounded up, what is owned or gained down.
 */
import type { Messages } from './messages-en.ts'
import { cutTo } from './width.ts'

export type ValueWords = Messages['values']

export interface Token {
  readonly symbol: string
  readonly decimals: number
}

const MISSING = '?'

/** Line breaks, controls, what turns the direction of text, what nobody can see. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\s\u115f\u1160\u2800\u3164\uffa0]+/gu
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u
/** More than two marks on one letter are no language. */
const PILED = /(\p{M}{2})\p{M}+/gu

/** One line of text of whoever wrote it, at most so many columns wide. Escaping is left to the channel. */
export function words(value: unknown, columns = 120): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return MISSING
  // Cut first: a text of megabytes is not worth a search.
  const text = String(value)
    .slice(0, columns * 8)
    .toWellFormed()
  const seen = text.replaceAll(UNSEEN, ' ').replaceAll(PILED, '$1').trim()
  return VISIBLE.test(seen) ? cutTo(seen, columns) : MISSING
}

/** A name that somebody gave: it must neither call anybody (`@`) nor become a command to tap on (`/`). */
export const personName = (value: unknown, columns = LONGEST_NAME): string =>
  words(words(value, columns).replaceAll('@', '＠').replaceAll('/', '∕'), columns)
const LONGEST_NAME = 24

export function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && /^-?\d{1,78}$/.test(value) ? BigInt(value) : undefined
}

export const count = (value: unknown): string => integerOf(value)?.toString() ?? MISSING

/** 0x1234…abcd */
export const shortAddress = (value: unknown): string =>
  typeof value === 'string' && /^0x[0-9a-fA-F]{8,64}$/.test(value) ? `${value.slice(0, 6)}…${value.slice(-4)}` : MISSING

const thousands = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',')

type Rounding = 'floor' | 'ceil'

/** Cut to `shown` digits after the point, `ceil` away from zero. */
function fixed(value: bigint, decimals: number, shown: number, rounding: Rounding = 'floor'): string {
  const kept = Math.min(decimals, shown)
  const unit = 10n ** BigInt(decimals - kept)
  const size = value < 0n ? -value : value
  const digits = ((rounding === 'ceil' ? size + unit - 1n : size) / unit).toString().padStart(kept + 1, '0')
  const text = kept === 0 ? thousands(digits) : `${thousands(digits.slice(0, -kept))}.${digits.slice(-kept)}`
  return value < 0n && /[1-9]/.test(digits) ? `-${text}` : text
}

/** `1,234.50`, never `1,234.500000`; two digits stay. */
const trimmed = (text: string): string => text.replace(/(\.\d\d\d*?)0+$/, '$1')

function dollars(value: unknown, rounding: Rounding): string {
  const amount = integerOf(value)
  if (amount === undefined) return MISSING
  // A loss is rounded the other way, so that it does not look smaller.
  const away: Rounding = amount < 0n ? (rounding === 'floor' ? 'ceil' : 'floor') : rounding
  const text = fixed(amount < 0n ? -amount : amount, 8, 2, away)
  return amount < 0n ? `-$${text}` : `$${text}`
}

/** Base currency with 8 decimals, as dollars and cents: what is owned or gained. */
export const usd = (value: unknown): string => dollars(value, 'floor')
/** What is owed or must be paid. */
export const usdUp = (value: unknown): string => dollars(value, 'ceil')

/** A price with 8 decimals at which something bad happens when it falls so far: cents are not enough below one dollar. */
export function priceUp(value: unknown): string {
  const amount = integerOf(value)
  if (amount === undefined) return MISSING
  return `$${fixed(amount, 8, amount < 10n ** 8n ? 6 : 2, 'ceil')}`
}

/** The symbol is the token's own word for itself, and so not to be trusted with the width of a phone. */
const LONGEST_SYMBOL = 11
const MOST_DECIMALS = 77
export const symbolOf = ({ symbol }: { readonly symbol: string }): string => personName(symbol, LONGEST_SYMBOL)

function amountOf(value: unknown, token: Token, shown: number, rounding: Rounding): string {
  const amount = integerOf(value)
  const isScaled = Number.isInteger(token.decimals) && token.decimals >= 0 && token.decimals <= MOST_DECIMALS
  const text = amount === undefined || !isScaled ? MISSING : trimmed(fixed(amount, token.decimals, shown, rounding))
  return `${text} ${symbolOf(token)}`
}

/** Six digits: of any token that is less than a dollar. */
const SHOWN = 6
/** What is held or received. */
export const tokens = (value: unknown, token: Token): string => amountOf(value, token, SHOWN, 'floor')
/** What must be paid. */
export const tokensUp = (value: unknown, token: Token): string => amountOf(value, token, SHOWN, 'ceil')
/** To the last digit. */
export const exactTokens = (value: unknown, token: Token): string => amountOf(value, token, MOST_DECIMALS, 'floor')

/** What was paid to the chain, up to the next millionth: a cost never looks smaller than it is. */
export function ether(wei: unknown, symbol = 'ETH'): string {
  const amount = integerOf(wei)
  if (amount === undefined) return MISSING
  return `${fixed(amount, 18, 6, 'ceil').replace(/(\.\d+?)0+$/, '$1')} ${symbol}`
}

/** A wad with four decimals; null is an account without debt. */
export function health(value: unknown, say: ValueWords): string {
  if (value === null) return say.noDebt
  const wad = integerOf(value)
  if (wad === undefined) return MISSING
  return wad >= 10n ** 24n ? say.veryHigh : fixed(wad, 18, 4)
}

/** A wad that somebody chose, such as a target: `1.25`. */
export function decimal(value: unknown): string {
  const wad = integerOf(value)
  return wad === undefined ? MISSING : fixed(wad, 18, 18).replace(/(\.\d+?)0+$/, '$1')
}

/** Towards zero: a distance never looks longer than it is. */
export const percent = (value: unknown): string =>
  typeof value === 'number' && Number.isFinite(value) ? `${(Math.trunc(value * 10) / 10).toFixed(1)} %` : MISSING

const MINUTE = 60
const HOUR = 3_600
const DAY = 86_400
const YEAR = 365 * DAY

/** `3 d 4 h`: two units at most, towards zero. */
export function duration(seconds: unknown, say: ValueWords): string {
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds > Number.MAX_SAFE_INTEGER) return MISSING
  const left = Math.max(0, Math.floor(seconds))
  const whole = (unit: number, within = Number.POSITIVE_INFINITY): number => Math.floor((left % within) / unit)
  const two = (more: string, less: number, text: (n: string) => string): string =>
    less > 0 ? `${more} ${text(String(less))}` : more
  if (left >= YEAR) return two(say.years(thousands(String(whole(YEAR)))), whole(DAY, YEAR), say.days)
  if (left >= DAY) return two(say.days(String(whole(DAY))), whole(HOUR, DAY), say.hours)
  if (left >= HOUR) return two(say.hours(String(whole(HOUR))), whole(MINUTE, HOUR), say.minutes)
  return left >= MINUTE ? say.minutes(String(whole(MINUTE))) : say.seconds(String(left))
}

/** `12:34:56 UTC`. */
export function utcTime(timestamp: number): string {
  if (!Number.isFinite(timestamp) || timestamp < 0) return MISSING
  const inDay = timestamp % DAY
  const parts = [inDay / HOUR, (inDay % HOUR) / MINUTE, inDay % MINUTE]
  return `${parts.map((part) => String(Math.floor(part)).padStart(2, '0')).join(':')} UTC`
}
