/** What is typed behind the options of `plimsoll risk`, checked before anything is opened. */
import { type Address, getAddress, isAddress } from 'viem'
import { parseDecimal, SCALE } from '../../../config/decimals.ts'
import { parseShock } from '../../shock.ts'
import { bad } from '../positions.ts'

const MOST_LISTED = 10_000
const PRICE_SCALE = 8

export function readCount(option: string, text: string): number {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count > MOST_LISTED)
    throw bad(option, text, `it is a whole number from 0 to ${MOST_LISTED}`)
  return count
}

export function readKappa(text: string): number {
  const kappa = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || kappa > 1)
    throw bad('--kappa', text, "it is the share of the pools' fall that the oracle follows, from 0 to 1")
  return kappa
}

/** As they were typed: the market says which feeds they are of. */
export function readShocks(shocks: readonly string[]): readonly string[] {
  if (shocks.length === 0) throw bad('--shock', '(none)', 'something must move')
  for (const shock of shocks) parseShock(shock)
  return shocks
}

export function readGroups(text: string | undefined): readonly [string, string] | undefined {
  if (text === undefined) return undefined
  const [first, second, ...more] = text.split(',').map((name) => name.trim())
  if (!first || !second || more.length > 0 || first.toLowerCase() === second.toLowerCase())
    throw bad('--groups', text, 'it names two groups with a comma between them, such as ETH,BTC')
  return [first, second]
}

export function readStop(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (/^[^=\s]+=[^=\s]*%$/.test(text)) {
    parseShock(text)
    return text
  }
  const [, asset, price] = /^([^=\s]+)=(\S+)$/.exec(text) ?? []
  const priceUsd8 = price === undefined ? undefined : parseDecimal(price, PRICE_SCALE)
  if (asset === undefined || priceUsd8 === undefined || priceUsd8 <= 0n)
    throw bad(
      '--stop',
      text,
      'it is an asset and its price in dollars or a change in per cent, such as WETH=1500 or WETH=-25%',
    )
  return text
}

export function readTarget(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const wad = parseDecimal(text, SCALE.health)
  if (wad === undefined || wad < 10n ** 18n) throw bad('--target', text, 'it is a health factor from 1, such as 1.25')
  return text
}

export function readAddress(text: string): Address {
  if (!isAddress(text))
    throw bad('address', text, 'it must be 0x and 40 hexadecimal digits, and in mixed case its checksum must be right')
  return getAddress(text)
}
