import type { Address, Hex } from 'viem'
import type { Cell, Ledger } from '../../core/ledger.ts'
import type { Facts, Log, Read } from '../../core/types.ts'
import { argumentOf, EVENTS, SELECTORS, tickFrom, wordOf } from './abi.ts'
import {
  ABSENT,
  grossCell,
  KNOWN,
  netCell,
  type POOL,
  poolCell,
  position,
  signed,
  spotOf,
  unsigned,
  wordCell,
} from './cells.ts'
import { isRead } from './reads.ts'

/** Numbers of the pools, by address in lower case. */
export type Directory = ReadonlyMap<Address, number>

/**
 * Write one page. A pool is read whole once, as of its first page's block; from then on its logs alone carry it, in their
 * order, and nothing is asked. They say everything: `Swap` what price, tick and liquidity are afterwards, `Mint` and `Burn`
 * the amount by which the two ticks, and liquidity between them, change.
 */
export function apply(facts: Facts, ledger: Ledger, pools: Directory): void {
  const known = (pool: number): boolean => ledger.get(poolCell(pool, 'state')) === KNOWN
  const unread = new Set([...pools.values()].filter((pool) => !known(pool)))
  for (const log of facts.logs) {
    const pool = pools.get(log.address)
    if (pool === undefined) continue
    if (!unread.has(pool)) applyLog(log, ledger, pool)
    // Somebody answers there now: worth reading.
    else if (ledger.get(poolCell(pool, 'state')) === ABSENT) ledger.set(poolCell(pool, 'state'), 0n)
  }
  if (unread.size === 0) return
  for (const read of facts.reads) {
    const pool = pools.get(read.to)
    if (pool === undefined || !unread.has(pool)) continue
    const told = toldBy(read, pool)
    if (told === undefined) ledger.set(poolCell(pool, 'state'), ABSENT)
    else for (const { cell, value } of told) ledger.set(cell, value)
  }
  for (const pool of unread) if (isRead(ledger, pool)) ledger.set(poolCell(pool, 'state'), KNOWN)
}

/** One cell that an answer fills, and what people call it. */
export interface Told {
  readonly cell: Cell
  readonly value: bigint
  readonly field: string
}

const FIXED: Readonly<Record<Hex, keyof typeof POOL>> = {
  [SELECTORS.token0]: 'token0',
  [SELECTORS.token1]: 'token1',
  [SELECTORS.fee]: 'fee',
  [SELECTORS.tickSpacing]: 'tickSpacing',
  [SELECTORS.liquidity]: 'liquidity',
}

/** What an answer says of the pool, cell by cell; undefined where nobody answered, none where it is not about the mirror. */
export function toldBy({ data, result }: Read, pool: number): readonly Told[] | undefined {
  const selector: Hex = `0x${data.slice(2, 10)}`
  const fixed = FIXED[selector]
  const isOurs = fixed !== undefined || ASKED.has(selector)
  if (!isOurs) return []
  if (result === undefined || result === '0x') return undefined
  if (fixed !== undefined) return [{ cell: poolCell(pool, fixed), value: wordOf(result, 0), field: fixed }]
  const field = (name: keyof typeof POOL, n: number): Told => ({
    cell: poolCell(pool, name),
    value: wordOf(result, n),
    field: `slot0.${name}`,
  })
  if (selector === SELECTORS.slot0) return [field('sqrtPriceX96', 0), field('tick', 1), field('feeProtocol', 5)]
  const at = argumentOf(data)
  if (selector === SELECTORS.tickBitmap)
    return [{ cell: wordCell(pool, at), value: wordOf(result, 0), field: `tickBitmap(${at})` }]
  return [
    { cell: grossCell(pool, at), value: wordOf(result, 0), field: `ticks(${at}).liquidityGross` },
    { cell: netCell(pool, at), value: wordOf(result, 1), field: `ticks(${at}).liquidityNet` },
  ]
}

const ASKED: ReadonlySet<Hex> = new Set([SELECTORS.slot0, SELECTORS.tickBitmap, SELECTORS.ticks])

function applyLog({ topics, data }: Log, ledger: Ledger, pool: number): void {
  const set = (field: keyof typeof POOL, value: bigint): void => ledger.set(poolCell(pool, field), value)
  switch (topics[0]) {
    case EVENTS.Initialize:
      set('sqrtPriceX96', wordOf(data, 0))
      return set('tick', wordOf(data, 1))
    case EVENTS.Swap:
      set('sqrtPriceX96', wordOf(data, 2))
      set('liquidity', wordOf(data, 3))
      return set('tick', wordOf(data, 4))
    case EVENTS.Mint:
      return modifyPosition(ledger, pool, { lower: tickFrom(topics[2]), upper: tickFrom(topics[3]) }, wordOf(data, 1))
    case EVENTS.Burn:
      return modifyPosition(ledger, pool, { lower: tickFrom(topics[2]), upper: tickFrom(topics[3]) }, -wordOf(data, 0))
    case EVENTS.SetFeeProtocol:
      return set('feeProtocol', wordOf(data, 2) + (wordOf(data, 3) << 4n))
  }
}

/** UniswapV3Pool._modifyPosition, as far as it concerns prices. */
function modifyPosition(
  ledger: Ledger,
  pool: number,
  { lower, upper }: { readonly lower: number; readonly upper: number },
  liquidityDelta: bigint,
): void {
  // A burn of nothing collects fees and changes no tick.
  if (liquidityDelta === 0n) return
  updateTick(ledger, pool, lower, { gross: liquidityDelta, net: liquidityDelta })
  updateTick(ledger, pool, upper, { gross: liquidityDelta, net: -liquidityDelta })
  const { tick } = spotOf(ledger, pool)
  const liquidity = poolCell(pool, 'liquidity')
  if (lower <= tick && tick < upper) ledger.set(liquidity, ledger.get(liquidity) + liquidityDelta)
}

/** Tick.update, and TickBitmap.flipTick when the tick begins or ceases to be one. */
function updateTick(
  ledger: Ledger,
  pool: number,
  tick: number,
  change: { readonly gross: bigint; readonly net: bigint },
): void {
  const before = ledger.get(grossCell(pool, tick))
  const after = before + change.gross
  ledger.set(grossCell(pool, tick), after)
  ledger.set(netCell(pool, tick), unsigned(signed(ledger.get(netCell(pool, tick))) + change.net))
  if ((before === 0n) === (after === 0n)) return
  const [word, bit] = position(tick, Number(ledger.get(poolCell(pool, 'tickSpacing'))))
  ledger.set(wordCell(pool, word), ledger.get(wordCell(pool, word)) ^ bit)
}
