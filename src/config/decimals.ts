/** Decimals of money in base currency, of health, of gwei in wei, of a native coin in wei, of per cent in basis points. */
export const SCALE = { usd: 8, health: 18, gwei: 9, coin: 18, percent: 2 } as const

/** `text` as an integer with `scale` decimals, exactly. `undefined` when it is no plain decimal or has more digits than that. */
export function parseDecimal(text: string, scale: number): bigint | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (match === null) return undefined
  const [, sign = '', whole = '', fraction = ''] = match
  const digits = fraction.replace(/0+$/, '')
  if (digits.length > scale) return undefined
  const value = BigInt(whole + digits.padEnd(scale, '0'))
  return sign === '-' ? -value : value
}
