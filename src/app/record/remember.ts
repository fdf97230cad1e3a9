import type { Hex } from 'viem'
import type { Batch } from '../../core/ports.ts'
import { callKey, type Facts, type Read } from '../../core/types.ts'

/** A batch whose answers at a block are kept until they are asked for. */
export interface RememberingBatch extends Batch {
  /** The page, and behind its own reads what was asked at its block besides. What was asked at other blocks is forgotten. */
  added(facts: Facts): Facts
}

export function remembering(batch: Batch): RememberingBatch {
  const asked = new Map<Hex, Map<string, Read>>()
  return {
    async read(calls, at, options) {
      const reads = await batch.read(calls, at, options)
      if (typeof at === 'object') {
        const known = asked.get(at.blockHash) ?? new Map<string, Read>()
        for (const read of reads) known.set(callKey(read), read)
        asked.set(at.blockHash, known)
      }
      return reads
    },
    added(facts) {
      const besides = new Map(asked.get(facts.block.hash))
      asked.clear()
      for (const read of facts.reads) besides.delete(callKey(read))
      return besides.size === 0 ? facts : { ...facts, reads: [...facts.reads, ...besides.values()] }
    },
  }
}
