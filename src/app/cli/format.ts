/** Numbers for people. Rounded down where a promise hangs on them; data goes out as `--json`. */

const GROUPS = /\B(?=(\d{3})+(?!\d))/g

/** Integer with `decimals` as text with `digits` behind the point, cut, thousands grouped. */
export function amount(value: bigint, decimals: number, digits: number): string {
  const sign = value < 0n ? '-' : ''
  const text = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0')
  const whole = text.slice(0, text.length - decimals).replace(GROUPS, ',')
  const fraction = text.slice(text.length - decimals, text.length - decimals + digits)
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** The same rounded up: what must suffice. */
export function amountUp(value: bigint, decimals: number, digits: number): string {
  const unit = 10n ** BigInt(Math.max(0, decimals - digits))
  return amount(((value + unit - 1n) / unit) * unit, decimals, digits)
}

export const usd = (usd8: bigint | string): string => {
  const value = BigInt(usd8)
  return value < 0n ? `-$${amount(-value, 8, 2)}` : `$${amount(value, 8, 2)}`
}

/** Four digits, cut: 0.99999 is not yet 1. */
export const health = (wad: string | null): string => (wad === null ? '∞' : amount(BigInt(wad), 18, 4))

/** `3 d 4 h`, the two largest units. */
export function duration(seconds: number | null): string {
  if (seconds === null) return '–'
  const units = [
    ['y', 31_536_000],
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ] as const
  const first = units.findIndex(([, size]) => seconds >= size)
  if (first === -1) return '0 s'
  let rest = seconds
  const parts = units.slice(first, first + 2).map(([unit, size]) => {
    const count = Math.floor(rest / size)
    rest -= count * size
    return count > 0 ? `${count} ${unit}` : ''
  })
  return parts.filter((part) => part !== '').join(' ')
}

export const percent = (value: number | null): string => (value === null ? '–' : `${value.toFixed(2)} %`)

/** `1.4 MB`: decimal units, two digits. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let [value, unit] = [count, 0]
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1]
  return `${value >= 99.5 || unit === 0 ? Math.round(value) : value.toPrecision(2)} ${units[unit]}`
}
