/** Characters that steer a terminal, hide, or turn the direction of writing: a token's symbol may hold any of them. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

const REPLACEMENT = '\uFFFD'

/** Words of others on one line, harmless wherever they are printed, cut to `longest` characters. */
export function printable(text: string, longest = 200): string {
  const characters = [...text.replace(UNPRINTABLE, REPLACEMENT)]
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : characters.join('')
}

export const isPrintable = (text: string): boolean => text.search(UNPRINTABLE) === -1

/** Integer with `decimals` as a plain decimal number, all digits: for files, not for people. */
export function exact(value: bigint, decimals: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const sign = value < 0n ? '-' : ''
  return decimals === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-decimals)}`
}

export const usdText = (usd8: bigint): string => exact(usd8, 8)

/** Back from the text of a report. */
export function usd8Of(usd: string): bigint {
  return BigInt(usd.replace('.', ''))
}

/** UTC, `2025-10-10 21:20:35`. */
export const utc = (timestamp: number): string =>
  new Date(timestamp * 1000).toISOString().slice(0, 19).replace('T', ' ')

/** UTC day, `2025-10-10`. */
export const utcDay = (timestamp: number): string => new Date(timestamp * 1000).toISOString().slice(0, 10)
