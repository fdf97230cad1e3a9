/** Values as people read them. What is missing or broken prints as "?": a message must never fail because of its data. */

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const MISSING = '?'

/** Cut, so that no value makes a message longer than Telegram takes. */
export function words(value: unknown, longest = 120): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return MISSING
  const text = String(value)
  return text.length > longest ? `${text.slice(0, longest)}…` : text || MISSING
}

export function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && /^-?\d{1,78}$/.test(value) ? BigInt(value) : undefined
}

export const count = (value: unknown): string => integerOf(value)?.toString() ?? MISSING

/** 0x1234…abcd */
export const shortAddress = (value: unknown): string =>
  typeof value === 'string' && /^0x[0-9a-fA-F]{8,}$/.test(value) ? `${value.slice(0, 6)}…${value.slice(-4)}` : MISSING

const thousands = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',')

/** Towards zero: an amount never looks larger, nor a health safer, than it is. */
function fixed(value: bigint, decimals: number, shown: number): string {
  if (decimals === 0) return `${value < 0n ? '-' : ''}${thousands((value < 0n ? -value : value).toString())}`
  const size = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0')
  const fraction = size.slice(-decimals).slice(0, shown)
  return `${value < 0n ? '-' : ''}${thousands(size.slice(0, -decimals))}${shown > 0 ? `.${fraction}` : ''}`
}

/** Base currency with 8 decimals, as dollars and cents. */
export function usd(value: unknown): string {
  const amount = integerOf(value)
  if (amount === undefined) return MISSING
  return amount < 0n ? `-$${fixed(-amount, 8, 2)}` : `$${fixed(amount, 8, 2)}`
}

/** A price with 8 decimals: cents are not enough below one dollar. */
export function price(value: unknown): string {
  const amount = integerOf(value)
  if (amount === undefined) return MISSING
  return `$${fixed(amount, 8, amount < 10n ** 8n ? 6 : 2)}`
}

/** An amount of a token; the symbol is the token's own word for itself, and so not to be trusted with the width of a phone. */
export function tokens(value: unknown, { symbol, decimals }: { symbol: string; decimals: number }): string {
  const amount = integerOf(value)
  return `${amount === undefined ? MISSING : fixed(amount, decimals, 4)} ${words(symbol, LONGEST_SYMBOL)}`
}
export const LONGEST_SYMBOL = 11

const MICRO = 10n ** 12n
/** What was paid to the chain, up to the next millionth: a cost never looks smaller than it is. */
export function ether(wei: unknown): string {
  const amount = integerOf(wei)
  if (amount === undefined) return MISSING
  return `${fixed((amount + MICRO - 1n) / MICRO, 6, 6).replace(/(\.\d+?)0+$/, '$1')} ETH`
}

/** A wad with four decimals; null is an account without debt. */
export function health(value: unknown): string {
  if (value === null) return 'no debt'
  const wad = integerOf(value)
  if (wad === undefined) return MISSING
  return wad >= 10n ** 24n ? 'very high' : fixed(wad, 18, 4)
}

export const percent = (value: unknown): string =>
  typeof value === 'number' && Number.isFinite(value) ? `${value.toFixed(1)} %` : MISSING

/** Characters of a line in `<pre>` that a phone shows without breaking it. */
export const PHONE = 40

/** `<pre>` lines with the values in one column, none wider than a phone. Escapes. */
export function table(rows: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...rows.map(([label]) => label.length)) + 2
  return `<pre>${rows.map(([label, value]) => escapeHtml(words((label.padEnd(width) + value).trimEnd(), PHONE - 1))).join('\n')}</pre>`
}
