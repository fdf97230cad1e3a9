import type { Hex } from 'viem'
import { ChainError } from '../../core/errors.ts'
import type { Batch, Follower } from '../../core/ports.ts'
import { type Call, callKey, type Facts, type Header, type Log, type Read } from '../../core/types.ts'
import { getHeader, type PlacedLog, type Rpc } from './client.ts'
import { completeReads } from './feed.ts'
import { mergeFilters, ours } from './filters.ts'
import { patiently, rangedLogs } from './history.ts'

/** A follower that can answer calls from logs. */
export interface PastFollower extends Follower {
  derive(facts: Facts, calls: readonly Call[]): readonly Read[]
}

export interface PastOptions {
  readonly rpc: Rpc
  readonly batch: Batch
  readonly followers: readonly PastFollower[]
  readonly from: bigint
  /** Becomes a page whatever it holds. */
  readonly to: bigint
  /** Blocks of the first request for logs; it adapts. */
  readonly range: bigint
  /** False: every read is asked of the node. */
  readonly derives: boolean
  readonly signal: AbortSignal
  readonly onProgress: (progress: PastProgress) => void
}

export interface PastProgress {
  readonly next: bigint
  readonly pages: number
}

export type PastStep =
  | { readonly kind: 'page'; readonly facts: Facts; readonly derived: number }
  | { readonly kind: 'gap'; readonly from: bigint; readonly to: bigint }

/** Headers asked for at once. */
const HEADERS_AT_ONCE = 16

/**
 * Past blocks: logs in wide ranges, a page only for a block that carries one of ours, a gap for each stretch without. Each
 * page must be applied to the followers before the next is taken. What the followers can derive from logs is not asked.
 */
export async function* readPast(options: PastOptions): AsyncGenerator<PastStep> {
  const { rpc, followers, from, to, signal, onProgress } = options
  let range = options.range
  let pages = 0
  for (let next = from; next <= to; ) {
    const filters = followers.flatMap((follower) => follower.filters())
    const fingerprint = JSON.stringify(filters)
    const stretch = { ...mergeFilters(filters), from: next, to, range }
    for await (const part of rangedLogs(rpc, stretch, signal)) {
      range = part.range
      const blocks = byBlock(part.logs.filter(({ log }) => ours(filters)(log)))
      if (part.end === to && !blocks.has(to)) blocks.set(to, { hash: undefined, logs: [] })
      let isStale = false
      for await (const [header, logs] of withHeaders(rpc, blocks, signal)) {
        if (header.number > next) yield { kind: 'gap', from: next, to: header.number - 1n }
        yield await page(options, header, logs)
        pages++
        next = header.number + 1n
        onProgress({ next, pages })
        // The market grew: what follows may hold logs that nobody has asked for.
        isStale = JSON.stringify(followers.flatMap((follower) => follower.filters())) !== fingerprint
        if (isStale) break
      }
      if (isStale) break
      if (part.end >= next) yield { kind: 'gap', from: next, to: part.end }
      next = part.end + 1n
      onProgress({ next, pages })
    }
  }
}

interface BlockLogs {
  /** Undefined where there is no log to say it. */
  readonly hash: Hex | undefined
  readonly logs: Log[]
}

function byBlock(placed: readonly PlacedLog[]): Map<bigint, BlockLogs> {
  const blocks = new Map<bigint, BlockLogs>()
  for (const { log, blockNumber, blockHash } of placed) {
    const known = blocks.get(blockNumber) ?? { hash: blockHash, logs: [] }
    known.logs.push(log)
    blocks.set(blockNumber, known)
  }
  return blocks
}

/** In order, with headers fetched a few at a time. Throws when a header is not that of the logs: the range is not final. */
async function* withHeaders(
  rpc: Rpc,
  blocks: ReadonlyMap<bigint, BlockLogs>,
  signal: AbortSignal,
): AsyncGenerator<readonly [Header, readonly Log[]]> {
  const numbers = [...blocks.keys()].sort((a, b) => (a < b ? -1 : 1))
  for (let i = 0; i < numbers.length; i += HEADERS_AT_ONCE) {
    signal.throwIfAborted()
    const some = numbers.slice(i, i + HEADERS_AT_ONCE)
    const headers = await Promise.all(some.map((number) => patiently(() => getHeader(rpc, number), signal)))
    for (const [n, number] of some.entries()) {
      const header = headers[n]
      const { hash, logs } = blocks.get(number) as BlockLogs
      if (header === undefined || (hash !== undefined && header.hash !== hash)) throw changed(rpc.chain, number)
      yield [header, logs.sort((a, b) => a.logIndex - b.logIndex)]
    }
  }
}

const changed = (chain: string, block: bigint): ChainError =>
  new ChainError({
    code: 'PAST_CHANGED',
    what: `chain "${chain}": block ${block} is another one than that of its logs`,
    why: 'it was reorganised while it was read, or two nodes of the configuration disagree',
    fix: 'Record up to a block that is final, or use one node.',
  })

/** One page; its derived reads come first. */
async function page(options: PastOptions, header: Header, logs: readonly Log[]): Promise<PastStep> {
  const derived = new Map<string, Read>()
  const { signal } = options
  const node: Batch = { read: (...question) => patiently(() => options.batch.read(...question), signal) }
  const batch = options.derives ? deriving(node, options, { block: header, logs, reads: [] }, derived) : node
  const facts = await completeReads({ batch }, header, logs, options.followers)
  const asked = facts.reads.filter((read) => !derived.has(callKey(read)))
  return { kind: 'page', facts: { ...facts, reads: [...derived.values(), ...asked] }, derived: derived.size }
}

/** Answers from the logs what can be, and asks the node for the rest. */
function deriving(node: Batch, { followers }: PastOptions, facts: Facts, derived: Map<string, Read>): Batch {
  return {
    async read(calls, at, options) {
      const found = new Map<string, Read>()
      for (const follower of followers) for (const read of follower.derive(facts, calls)) found.set(callKey(read), read)
      const rest = calls.filter((call) => !found.has(callKey(call)))
      const asked = rest.length > 0 ? await node.read(rest, at, options) : []
      for (const [key, read] of found) derived.set(key, read)
      const answers = new Map([...found, ...asked.map((read) => [callKey(read), read] as const)])
      return calls.map((call) => answers.get(callKey(call)) as Read)
    },
  }
}
