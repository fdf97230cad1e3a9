import type { Hex } from 'viem'
import type { Bin } from './bin.ts'
import type { PageMark } from './historian-port.ts'
import type { SunkState } from './sunk.ts'

/** Everything a historian must remember over a restart. */
export interface HistorianState {
  readonly binS: number
  /** The last block that was counted. */
  readonly last: PageMark | undefined
  /** Of blocks that may still be reorganised away. */
  readonly hashes: readonly (readonly [number: bigint, hash: Hex])[]
  readonly sunk: SunkState
  /** Those that may still change, the open one last. */
  readonly bins: readonly Bin[]
  readonly isOpen: boolean
}

/** Another number: the layout has changed, and what was kept is not taken up. */
const VERSION = 1

/** JSON; what JSON has no words for is written as a text with a mark. */
export const stateToText = (state: HistorianState): string =>
  JSON.stringify({ version: VERSION, ...state }, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`
    return value instanceof Map ? { $map: [...value] } : value
  })

/** Undefined for another layout, or bins of another length. Throws SyntaxError for what is no JSON. */
export function stateFromText(text: string, binS: number): HistorianState | undefined {
  const told = JSON.parse(text, (_, value: unknown) => {
    if (typeof value === 'string' && /^-?\d+n$/.test(value)) return BigInt(value.slice(0, -1))
    return isMap(value) ? new Map(value.$map) : value
  }) as HistorianState & { readonly version: number }
  return told.version === VERSION && told.binS === binS ? told : undefined
}

const isMap = (value: unknown): value is { readonly $map: readonly (readonly [unknown, unknown])[] } =>
  typeof value === 'object' && value !== null && '$map' in value
