import type { Address } from 'viem'
import { getAddress } from 'viem/utils'
import * as z from 'zod'
import { parseDecimal, SCALE } from './decimals.ts'

/** What a person is told about a value that was refused; travels in the issue's `params`. */
interface Refused {
  readonly what: string
  readonly why: string
  readonly fix: string
}

type Context = { issues: { push(issue: { code: 'custom'; input: unknown; message: string; params: object }): unknown } }

function refuse(context: Context, input: unknown, { what, why, fix }: Refused): never {
  context.issues.push({ code: 'custom', input, message: what, params: { why, fix } })
  return z.NEVER
}

/** An exact decimal, quoted or not, as an integer. Nothing goes through a float. */
const decimal = (scale: number, unit: string) =>
  z.union([z.string(), z.number()]).transform((input, context): bigint => {
    const value = parseDecimal(String(input), scale)
    if (value !== undefined && value >= 0n) return value
    return refuse(context, input, {
      what: `${JSON.stringify(input)} is no ${unit}`,
      why: `it is read exactly, as a plain decimal of at least 0 with at most ${scale} decimals`,
      fix: 'Write digits and a point, such as "12.5", without exponent, sign or separators.',
    })
  })

/** US dollars, 8 decimals. */
export const usd8 = decimal(SCALE.usd, 'amount in US dollars')
/** Health, 18 decimals. */
export const wad = decimal(SCALE.health, 'health factor')
/** Given in gwei, kept in wei. */
export const gasWei = decimal(SCALE.gwei, 'gas price in gwei')

/** Given in whole native coins, kept in wei. */
export const wei18 = decimal(SCALE.coin, 'amount of the native coin')
/** Given in per cent, kept in basis points. */
export const bps = decimal(SCALE.percent, 'percentage').transform(Number)

/** Lower case, as everywhere inside; a mixed-case address must carry a correct checksum. */
export const address = z.string().transform((input, context): Address => {
  if (!/^0x[0-9a-fA-F]{40}$/.test(input))
    return refuse(context, input, {
      what: `${JSON.stringify(input)} is no address`,
      why: 'an address is 0x and 40 hex digits',
      fix: 'Copy it from the block explorer.',
    })
  const lower: Address = `0x${input.slice(2).toLowerCase()}`
  if (input === lower || input === getAddress(lower)) return lower
  return refuse(context, input, {
    what: `${input} has a wrong checksum`,
    why: 'the mix of upper and lower case letters does not fit the digits: one of them is probably mistyped',
    fix: 'Copy it again from the block explorer; or write it all in lower case if you are sure of every digit.',
  })
})

const url = (kind: string, schemes: readonly string[]) =>
  z.string().transform((input, context): string => {
    if (URL.canParse(input) && schemes.includes(new URL(input).protocol)) return input
    const starts = schemes.map((scheme) => `${scheme}//`).join(' or ')
    return refuse(context, input, {
      // The value may hold a key: it is not repeated.
      what: `this is no ${kind} URL`,
      why: `it must start with ${starts}`,
      fix: `Write it as ${schemes.at(-1)}//host/path.`,
    })
  })

export const httpUrl = url('HTTP', ['http:', 'https:'])
export const wsUrl = url('WebSocket', ['ws:', 'wss:'])

/** A name that also serves as a metric's label and in the path of a URL. */
export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, dot, dash and underscore only')

export const positive = z.int().min(1)
export const count = z.int().min(0)

/** Minutes after midnight. */
export const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as "08:00"')
  .transform((text) => minutesOf(text))

/** From and to, as minutes after midnight; may pass midnight. */
export const quietHours = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, 'hours such as "22:00-07:00"')
  .transform((text) => {
    const [from = '', to = ''] = text.split('-')
    return { fromMinute: minutesOf(from), toMinute: minutesOf(to) }
  })

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))

export const timezone = z.string().refine(isTimezone, 'a time zone such as "Europe/Berlin"')

function isTimezone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
