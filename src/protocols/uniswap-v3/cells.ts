import type { Address } from 'viem'
import { padHex } from 'viem'
import type { Cell, Ledger } from '../../core/ledger.ts'
import type { PoolKey, Spot } from './curve.ts'
import type { Ticks } from './stops.ts'
import { MAX_TICK, MIN_TICK } from './tick-math.ts'

/** Where everything of a pool stands in the ledger. Pools are numbered in the order they were named in. */
export const POOL = {
  /** 0: not read yet. */
  state: 0,
  token0: 1,
  token1: 2,
  fee: 3,
  tickSpacing: 4,
  /** 0: not initialised, nobody can trade. */
  sqrtPriceX96: 5,
  tick: 6,
  feeProtocol: 7,
  liquidity: 8,
} as const

/** Everything is in the ledger, and logs carry it on. */
export const KNOWN = 1n
/** No pool answers there. A log of that address would be the first sign of one. */
export const ABSENT = 2n

const STRIDE = 2 ** 22
/** Cells are u32 where they are stored. */
export const MOST_POOLS = 2 ** 32 / STRIDE
const WORD_BASE = 4096
const TICK_BASE = 16_384
const WORD_BITS = 8

export const poolCell = (pool: number, field: keyof typeof POOL): Cell => pool * STRIDE + POOL[field]
/** tickBitmap. */
export const wordCell = (pool: number, word: number): Cell => pool * STRIDE + WORD_BASE + 4096 + word
export const grossCell = (pool: number, tick: number): Cell => pool * STRIDE + TICK_BASE + 2 * (tick - MIN_TICK)
export const netCell = (pool: number, tick: number): Cell => grossCell(pool, tick) + 1

/** Cells are uint256: what has a sign is kept as the EVM keeps it. */
export const signed = (value: bigint): bigint => BigInt.asIntN(256, value)
export const unsigned = (value: bigint): bigint => BigInt.asUintN(256, value)

export const addressIn = (ledger: Ledger, cell: Cell): Address =>
  padHex(`0x${ledger.get(cell).toString(16)}`, { size: 20 })

export const keyOf = (ledger: Ledger, pool: number): PoolKey => ({
  feePips: Number(ledger.get(poolCell(pool, 'fee'))),
  tickSpacing: Number(ledger.get(poolCell(pool, 'tickSpacing'))),
})

export const spotOf = (ledger: Ledger, pool: number): Spot => ({
  sqrtPriceX96: ledger.get(poolCell(pool, 'sqrtPriceX96')),
  tick: Number(signed(ledger.get(poolCell(pool, 'tick')))),
})

/** First and last word of a bitmap that can have a bit: 694 of them at a spacing of 10. */
export const wordRange = (tickSpacing: number): readonly [first: number, last: number] => [
  Math.floor(MIN_TICK / tickSpacing) >> WORD_BITS,
  Math.floor(MAX_TICK / tickSpacing) >> WORD_BITS,
]

/** The word of a tick, and its bit there. */
export function position(tick: number, tickSpacing: number): readonly [word: number, bit: bigint] {
  const compressed = Math.floor(tick / tickSpacing)
  return [compressed >> WORD_BITS, 1n << BigInt(compressed & 255)]
}

/** Ticks whose bit is set in a word, ascending. */
export function ticksIn(word: number, bits: bigint, tickSpacing: number): number[] {
  const found: number[] = []
  for (let rest = bits, first = 0; rest !== 0n; rest >>= 32n, first += 32)
    for (let part = Number(rest & 0xffffffffn); part !== 0; part = (part & (part - 1)) >>> 0)
      found.push(((word << WORD_BITS) + first + 31 - Math.clz32(part & -part)) * tickSpacing)
  return found
}

/** Every initialised tick. */
export function ticksOf(ledger: Ledger, pool: number): Ticks {
  const { tickSpacing } = keyOf(ledger, pool)
  const [first, last] = wordRange(tickSpacing)
  const index: number[] = []
  for (let word = first; word <= last; word++)
    index.push(...ticksIn(word, ledger.get(wordCell(pool, word)), tickSpacing))
  return { index, liquidityNet: index.map((tick) => signed(ledger.get(netCell(pool, tick)))) }
}
