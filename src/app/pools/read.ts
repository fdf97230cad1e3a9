import type { Address } from 'viem'
import { completeReads } from '../../adapters/rpc/feed.ts'
import { patiently } from '../../adapters/rpc/history.ts'
import type { Batch } from '../../core/ports.ts'
import type { Header, Read } from '../../core/types.ts'
import { poolBookOf } from './kept.ts'

/** Everything of one pool at one block; undefined where it cannot be read: no pool, or one that reverts or never has enough. */
export async function readPool(
  batch: Batch,
  pool: Address,
  block: Header,
  signal: AbortSignal,
): Promise<readonly Read[] | undefined> {
  const probe = poolBookOf([pool])
  try {
    const facts = await patiently(() => completeReads({ batch }, block, [], [probe]), signal)
    probe.apply(facts)
    const { exchange, ledger } = probe
    return exchange.audit.calls(ledger, pool).length > 0 ? facts.reads : undefined
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
