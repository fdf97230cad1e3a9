import { type Address, type Hex, hexToBytes, keccak256 } from 'viem'
import type { Log, LogFilter } from '../../core/types.ts'

/** One eth_getLogs for all: the union of addresses and of topics, a little wider than what was asked for. */
export function mergeFilters(filters: readonly LogFilter[]): { addresses: Address[]; topics: Hex[] } {
  return {
    addresses: [...new Set(filters.map((filter) => filter.address))],
    topics: [...new Set(filters.flatMap((filter) => filter.topics))],
  }
}

/** Exactly what was asked for. */
export function ours(filters: readonly LogFilter[]): (log: Log) => boolean {
  const topics = new Map<Address, Set<Hex>>()
  for (const filter of filters) {
    const known = topics.get(filter.address) ?? new Set<Hex>()
    for (const topic of filter.topics) known.add(topic)
    topics.set(filter.address, known)
  }
  return (log) => topics.get(log.address)?.has(log.topics[0] ?? '0x') ?? false
}

/** The three bits of a value in a header's bloom (yellow paper, section 4.3.1), found once and kept. */
const bitsOf = new Map<Hex, readonly (readonly [byte: number, mask: number])[]>()

function bits(value: Hex): readonly (readonly [byte: number, mask: number])[] {
  const known = bitsOf.get(value)
  if (known) return known
  const hash = hexToBytes(keccak256(value))
  const found = [0, 2, 4].map((i) => {
    const bit = (((hash[i] as number) << 8) | (hash[i + 1] as number)) & 2047
    return [255 - (bit >> 3), 1 << (bit & 7)] as const
  })
  bitsOf.set(value, found)
  return found
}

/** False only if the block surely holds no log for any of the filters: then it needs no request for logs. */
export function bloomMayContain(logsBloom: Hex, filters: readonly LogFilter[]): boolean {
  const bloom = hexToBytes(logsBloom)
  const has = (value: Hex): boolean => bits(value).every(([byte, mask]) => ((bloom[byte] as number) & mask) !== 0)
  return filters.some(({ address, topics }) => has(address) && topics.some(has))
}
