/** What people write behind a command, read with care. Pure. Undefined: it is not that. */
import { type Address, getAddress } from 'viem'
import type { Lines } from '../../core/people/control.ts'
import type { Watch } from '../../core/people/watch.ts'

export type Target =
  | { readonly kind: 'address'; readonly address: Address }
  | { readonly kind: 'checksum' }
  /** No address at all. */
  | { readonly kind: 'other' }

/** An address, lower case; a mixed-case one must carry a correct checksum. */
export function targetOf(text: string): Target {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return { kind: 'other' }
  const address: Address = `0x${text.slice(2).toLowerCase()}`
  const isChecked = text === address || text === getAddress(address)
  return isChecked ? { kind: 'address', address } : { kind: 'checksum' }
}

/** By address or, whatever its case, by name. */
export function watchCalled(watches: readonly Watch[], text: string): Watch | undefined {
  const wanted = text.toLowerCase()
  return watches.find(({ address }) => address === wanted) ?? watches.find(({ name }) => name.toLowerCase() === wanted)
}

/** A watch named at the start (names may have spaces) and what follows it. */
export function leadingWatch(watches: readonly Watch[], argument: string): readonly [Watch, rest: string] | undefined {
  const text = argument.toLowerCase()
  const called = watches
    .flatMap((watch) => [watch.address, watch.name].map((word) => ({ watch, word: word.toLowerCase() })))
    .filter(({ word }) => word !== '' && (text === word || text.startsWith(`${word} `)))
    .sort((a, b) => b.word.length - a.word.length)[0]
  return called && [called.watch, argument.slice(called.word.length).trim()]
}

/** First word and the rest. */
export function split(argument: string): readonly [first: string, rest: string] {
  const [first = '', ...rest] = argument.split(/\s+/)
  return [first, rest.join(' ')]
}

export function countOf(argument: string, few: number, most: number): number | undefined {
  if (argument === '') return few
  const count = /^\d{1,6}$/.test(argument) ? Number(argument) : 0
  return count >= 1 ? Math.min(count, most) : undefined
}

const UNIT_S: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 }
const LONGEST_S = 30 * 86_400

/** Seconds of `90m`, `1h`, `2d`. */
export function durationOf(text: string): number | undefined {
  const [, count = '', unit = ''] = /^(\d{1,4})([mhd])$/i.exec(text) ?? []
  const seconds = Number(count) * (UNIT_S[unit.toLowerCase()] ?? 0)
  return seconds > 0 && seconds <= LONGEST_S ? seconds : undefined
}

const WAD_DIGITS = 18
const LEAST_WAD = 10n ** 18n
const MOST_WAD = 10n ** 19n

export type ReadLines =
  | { readonly kind: 'lines'; readonly lines: Lines }
  | { readonly kind: 'bad'; readonly given: string }

/** `1.2 1.1 5%`; `default` gives back the thresholds of the configuration. */
export function linesOf(text: string): ReadLines {
  const given = text.split(/[\s,]+/).filter(Boolean)
  if (given.length === 1 && given[0]?.toLowerCase() === 'default')
    return { kind: 'lines', lines: { thresholdsWad: null, distancesBps: null } }
  const read = given.map((word) => ({ word, line: lineOf(word) }))
  const bad = read.find(({ line }) => line === undefined)
  if (bad !== undefined || read.length === 0) return { kind: 'bad', given: bad?.word ?? '' }
  const lines = read.map(({ line }) => line)
  const thresholds = lines.filter((line) => typeof line === 'bigint')
  const distances = lines.filter((line) => typeof line === 'number')
  const [thresholdsWad, distancesBps] = [orNull(descending(thresholds)), orNull(descending(distances))]
  return { kind: 'lines', lines: { thresholdsWad, distancesBps } }
}

/** Health as a wad, or a distance in basis points. */
function lineOf(word: string): bigint | number | undefined {
  const [, whole = '', fraction = '', sign = ''] = /^(\d{1,3})(?:\.(\d{1,18}))?(%?)$/.exec(word) ?? []
  if (whole === '') return undefined
  if (sign === '') {
    const wad = BigInt(whole + fraction.padEnd(WAD_DIGITS, '0'))
    return wad >= LEAST_WAD && wad <= MOST_WAD ? wad : undefined
  }
  const bps = Number(whole + fraction.padEnd(2, '0').slice(0, 2))
  return fraction.length <= 2 && bps > 0 && bps < 10_000 ? bps : undefined
}

const descending = <T extends bigint | number>(values: readonly T[]): readonly T[] =>
  [...new Set(values)].sort((a, b) => (a === b ? 0 : a > b ? -1 : 1))
const orNull = <T>(values: readonly T[]): readonly T[] | null => (values.length > 0 ? values : null)
