import { parseDecimal, SCALE } from '../../config/decimals.ts'
import { didYouMean } from '../../config/suggest.ts'
import { UsageError } from '../../core/errors.ts'
import type { Overrides } from '../offline/settings.ts'
import { usdText } from './text.ts'

interface Knob {
  readonly expects: string
  /** `undefined`: that is no value for it. */
  readonly read: (text: string) => Overrides | undefined
}

const KNOBS: Readonly<Record<string, Knob>> = {
  minProfitUsd: {
    expects: 'dollars from 0, such as 5 or 0.5',
    read: (text) => dollars(text, 0n, (minProfitUsd8) => ({ minProfitUsd8 })),
  },
  maxDebtUsd: {
    expects: 'dollars above 0, such as 100000',
    read: (text) => dollars(text, 1n, (maxDebtUsd8) => ({ maxDebtUsd8 })),
  },
  slippageBps: {
    expects: 'whole basis points from 0 to 10000',
    read: (text) => whole(text, 10_000, (slippageBps) => ({ slippageBps })),
  },
  latencyBlocks: {
    expects: 'whole blocks from 0 to 1000000',
    read: (text) => whole(text, 1_000_000, (latencyBlocks) => ({ latencyBlocks })),
  },
}

function dollars(text: string, leastUsd8: bigint, made: (usd8: bigint) => Overrides): Overrides | undefined {
  const usd8 = parseDecimal(text, SCALE.usd)
  return usd8 === undefined || usd8 < leastUsd8 ? undefined : made(usd8)
}

function whole(text: string, most: number, made: (count: number) => Overrides): Overrides | undefined {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN
  return count <= most ? made(count) : undefined
}

/** Each combination is a whole backtest. */
const MOST_COMBINATIONS = 256

/** `minProfitUsd=5`, each parameter once and with one value. */
export function parseSet(given: readonly string[]): Overrides {
  const [overrides = {}, ...more] = combinationsOf('--set', given)
  if (more.length === 0) return overrides
  throw bad(
    `--set ${given.find((option) => option.includes(','))}`,
    'that is more than one value',
    'Try several values with --sweep.',
  )
}

/** `minProfitUsd=1,5` and `latencyBlocks=0,1` as their four combinations; the last given changes fastest. None may be set as well. */
export function parseSweep(given: readonly string[], set: Overrides = {}): readonly Overrides[] {
  const combinations = combinationsOf('--sweep', given)
  const isSet = new Set(overrideCells(set).map(([name]) => name))
  const both = given.find((option) => isSet.has(option.split('=')[0] ?? ''))
  if (both === undefined) return combinations
  throw bad(`--sweep ${both}`, 'the parameter is given with --set, too', 'Leave one of the two out.')
}

function combinationsOf(flag: string, given: readonly string[]): readonly Overrides[] {
  const names = new Set<string>()
  let combinations: readonly Overrides[] = [{}]
  for (const words of given) {
    const option = `${flag} ${words}`
    const { name, values } = parseOne(flag, words)
    if (names.has(name)) throw bad(option, `${name} is given twice`, 'Give each parameter once.')
    names.add(name)
    if (combinations.length * values.length > MOST_COMBINATIONS)
      throw bad(
        option,
        `that makes ${combinations.length * values.length} combinations, each a backtest of its own`,
        `Sweep at most ${MOST_COMBINATIONS}.`,
      )
    combinations = combinations.flatMap((before) => values.map((value) => ({ ...before, ...value })))
  }
  return combinations
}

function parseOne(flag: string, given: string): { readonly name: string; readonly values: readonly Overrides[] } {
  const [, name, list] = /^([^=]*)=(.*)$/.exec(given) ?? []
  const option = `${flag} ${given}`
  if (name === undefined || list === undefined)
    throw bad(option, 'it has no =', `Write a parameter and its value, such as ${flag} minProfitUsd=5.`)
  const knob = Object.hasOwn(KNOBS, name) ? KNOBS[name] : undefined
  if (knob === undefined)
    throw bad(option, `"${name}" is no parameter of a backtest`, didYouMean(name, Object.keys(KNOBS)))
  const seen = new Set<string>()
  const values = list.split(',').map((text) => {
    const value = knob.read(text.trim())
    if (value === undefined) throw bad(option, `"${text}" is no value of ${name}`, `It takes ${knob.expects}.`)
    const words = describeOverrides(value)
    if (seen.has(words)) throw bad(option, `"${text}" is given twice`, 'Give each value once.')
    seen.add(words)
    return value
  })
  return { name, values }
}

const bad = (option: string, why: string, fix: string): UsageError =>
  new UsageError({ code: 'BAD_OPTION', what: option, why, fix })

/** Names and values as they are typed, for tables. */
export function overrideCells(overrides: Overrides): readonly (readonly [name: string, value: string])[] {
  const { minProfitUsd8, maxDebtUsd8, slippageBps, latencyBlocks } = overrides
  const cells: readonly (readonly [string, string | undefined])[] = [
    ['minProfitUsd', minProfitUsd8 === undefined ? undefined : short(minProfitUsd8)],
    ['maxDebtUsd', maxDebtUsd8 === undefined ? undefined : short(maxDebtUsd8)],
    ['slippageBps', slippageBps?.toString()],
    ['latencyBlocks', latencyBlocks?.toString()],
  ]
  return cells.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}

const short = (usd8: bigint): string => usdText(usd8).replace(/\.?0+$/, '')

/** `minProfitUsd=5 latencyBlocks=1`. */
export const describeOverrides = (overrides: Overrides): string =>
  overrideCells(overrides)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
