import type { Address } from 'viem'
import type { Ledger } from '../../core/ledger.ts'
import type { Call } from '../../core/types.ts'
import { fixedCalls, tickCall, wordCall } from './abi.ts'
import { ABSENT, grossCell, KNOWN, poolCell, ticksIn, wordCell, wordRange } from './cells.ts'

/** What a pool's first page still lacks: what is fixed, then every word of its bitmap, then every tick of those. Later pages lack nothing. */
export function missingReads(ledger: Ledger, pool: number, address: Address): readonly Call[] {
  const state = ledger.get(poolCell(pool, 'state'))
  if (state === KNOWN || state === ABSENT) return []
  const tickSpacing = Number(ledger.get(poolCell(pool, 'tickSpacing')))
  if (tickSpacing === 0) return fixedCalls(address)
  const words = wordsOf(tickSpacing)
  const unread = words.filter((word) => !ledger.has(wordCell(pool, word)))
  if (unread.length > 0) return unread.map((word) => wordCall(address, word))
  return words
    .flatMap((word) => ticksIn(word, ledger.get(wordCell(pool, word)), tickSpacing))
    .filter((tick) => !ledger.has(grossCell(pool, tick)))
    .map((tick) => tickCall(address, tick))
}

/** Nothing is lacking. */
export const isRead = (ledger: Ledger, pool: number): boolean =>
  ledger.get(poolCell(pool, 'state')) !== ABSENT && missingReads(ledger, pool, '0x').length === 0

/** Everything that is mirrored of a known pool, asked again. */
export function allCalls(ledger: Ledger, pool: number, address: Address): readonly Call[] {
  const tickSpacing = Number(ledger.get(poolCell(pool, 'tickSpacing')))
  const words = wordsOf(tickSpacing)
  const ticks = words.flatMap((word) => ticksIn(word, ledger.get(wordCell(pool, word)), tickSpacing))
  return [
    ...fixedCalls(address),
    ...words.map((word) => wordCall(address, word)),
    ...ticks.map((tick) => tickCall(address, tick)),
  ]
}

function wordsOf(tickSpacing: number): number[] {
  const [first, last] = wordRange(tickSpacing)
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}
