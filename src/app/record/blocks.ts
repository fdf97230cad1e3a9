import { getHeader } from '../../adapters/rpc/client.ts'
import type { ChainConfig } from '../../config/config.ts'
import { ChainError, RpcFault, UsageError } from '../../core/errors.ts'
import type { Node } from '../../core/ports.ts'
import type { Header } from '../../core/types.ts'

/** The last block that can no longer change. */
export async function finalBlock(node: Node, chain: ChainConfig): Promise<Header> {
  const head = await need(node, chain, 'latest')
  if (chain.finality !== 'tag') {
    const depth = BigInt(chain.finality)
    return need(node, chain, head.number > depth ? head.number - depth : 0n)
  }
  const final = await getHeader(node, 'finalized').catch((error: unknown) => {
    if (error instanceof RpcFault) return undefined
    throw error
  })
  if (final !== undefined) return final
  throw new ChainError({
    code: 'NO_FINALITY',
    what: `the node of chain "${chain.name}" names no finalized block`,
    why: 'only blocks that can no longer change are recorded',
    fix: `Set chains.${chain.name}.finality to a depth in blocks.`,
  })
}

/** A day, or a moment to the minute or second; always UTC. */
const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?Z?$/

/** `--from`, `--to` as given: a block's number, or a day or moment (UTC), which stands for the first block from then on. */
export async function readBlock(node: Node, chain: ChainConfig, option: string, text: string): Promise<bigint> {
  if (/^\d+$/.test(text)) return BigInt(text)
  const ms = MOMENT.test(text)
    ? Date.parse(text.length > 'YYYY-MM-DDZ'.length ? `${text.replace('Z', '')}Z` : text.replace('Z', ''))
    : Number.NaN
  if (Number.isNaN(ms))
    throw new UsageError({
      code: 'BAD_BLOCK',
      what: `${option} ${text}`,
      why: 'it is neither a block number nor a day (2026-10-01) nor a moment (2026-10-01T12:00Z, UTC)',
      fix: `Give ${option} as a number or a date.`,
    })
  return firstBlockFrom(node, chain, BigInt(Math.ceil(ms / 1000)))
}

/** By halving: about as many requests as the head's number has bits. */
async function firstBlockFrom(node: Node, chain: ChainConfig, timestamp: bigint): Promise<bigint> {
  let [low, high] = [0n, (await need(node, chain, 'latest')).number + 1n]
  while (low < high) {
    const middle = (low + high) / 2n
    if ((await need(node, chain, middle)).timestamp < timestamp) low = middle + 1n
    else high = middle
  }
  return low
}

export async function need(node: Node, chain: ChainConfig, block: bigint | 'latest'): Promise<Header> {
  const header = await getHeader(node, block)
  if (header !== undefined) return header
  throw new ChainError({
    code: 'NO_BLOCK',
    what: `the node of chain "${chain.name}" does not have block ${block}`,
    why: 'it was pruned, or the block is beyond its head',
    fix: 'Choose a block that the node has, or use an archive node.',
  })
}
