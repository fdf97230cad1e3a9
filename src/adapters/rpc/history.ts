import type { Address, Hex } from 'viem'
import { ChainError, RpcFault, UnreachableError } from '../../core/errors.ts'
import type { Scan } from '../../core/ports.ts'
import type { Log, LogFilter } from '../../core/types.ts'
import { getHeader, getPlacedLogs, type LogQuery, type PlacedLog, type Reader } from './client.ts'
import { pause } from './heads.ts'
import { AdaptiveRange } from './range.ts'

export interface HistoryOptions {
  readonly rpc: Reader
  readonly market: string
  readonly filter: LogFilter
  /** One log is kept for each key. */
  readonly key: (topics: readonly Hex[]) => Hex
  readonly from: bigint
  readonly to: bigint
  /** Blocks a request to begin with; found out from there. */
  readonly range: bigint
  readonly progress: Scan | undefined
  /** After every request: what is new, and the next block to look at. */
  readonly save: (scan: { readonly next: bigint; readonly found: readonly Log[] }) => void
  /** Before the first request, as an estimate, and after every one. */
  readonly onProgress: (state: HistoryProgress) => void
  readonly signal: AbortSignal
}

export interface HistoryProgress {
  readonly next: bigint
  readonly from: bigint
  readonly to: bigint
  readonly found: number
  readonly requests: number
  /** Requests still to come at the present size of range. */
  readonly requestsLeft: number
}

const RETRIES = 5
const RETRY_MS = 500

/**
 * All logs of `filter` in [from, to], one a key, in ranges that adapt to the node's limits (which nodes word in many
 * ways, so any refusal narrows). Resumes where `progress` ended.
 */
export async function scanHistory(options: HistoryOptions): Promise<readonly Log[]> {
  const { rpc, filter, key, from, to, progress, save, onProgress, signal } = options
  const found = new Map<Hex, Log>((progress?.logs ?? []).map((log) => [key(log.topics), log]))
  let next = progress?.next ?? from
  if (next === from) await refusePruned(rpc, options)
  if (next <= to)
    onProgress({
      next,
      from,
      to,
      found: found.size,
      requests: 0,
      requestsLeft: Number((to - next) / options.range) + 1,
    })
  const stretch = { addresses: [filter.address], topics: filter.topics, from: next, to, range: options.range }
  for await (const { logs, end, requests, requestsLeft } of rangedLogs(rpc, stretch, signal)) {
    const fresh = logs
      .map(({ log }) => log)
      .filter((log) => !found.has(key(log.topics)) && found.set(key(log.topics), log))
    next = end + 1n
    save({ next, found: fresh })
    onProgress({ next, from, to, found: found.size, requests, requestsLeft })
  }
  return [...found.values()]
}

export interface Stretch {
  readonly addresses: readonly Address[]
  readonly topics: readonly Hex[]
  readonly from: bigint
  readonly to: bigint
  /** Blocks of the first request. */
  readonly range: bigint
}

export interface StretchPart {
  readonly logs: readonly PlacedLog[]
  /** Blocks that the next request will ask for. */
  readonly range: bigint
  /** The last block that is done. */
  readonly end: bigint
  readonly requests: number
  readonly requestsLeft: number
}

/** The logs of a stretch of blocks, in as few requests as the node's limits allow. */
export async function* rangedLogs(
  rpc: Reader,
  { addresses, topics, from, to, range: first }: Stretch,
  signal: AbortSignal,
): AsyncGenerator<StretchPart> {
  const range = new AdaptiveRange(first)
  for (let next = from, requests = 0; next <= to; ) {
    signal.throwIfAborted()
    const end = next + range.size - 1n < to ? next + range.size - 1n : to
    const logs = await logsOrRefusal(rpc, { addresses, topics, at: { fromBlock: next, toBlock: end } }, signal)
    requests++
    if (logs instanceof RpcFault) {
      if (!range.refused()) throw logs
      continue
    }
    range.answered()
    next = end + 1n
    yield { logs, end, range: range.size, requests, requestsLeft: next > to ? 0 : Number((to - next) / range.size) + 1 }
  }
}

/** Too many requests, not too wide a one: narrower ones would only be more. */
const isHaste = ({ message }: RpcFault): boolean => /\brate\b|too many requests|per second|throttl/i.test(message)

/** A node that refuses is a value. */
async function logsOrRefusal(
  rpc: Reader,
  query: LogQuery,
  signal: AbortSignal,
): Promise<readonly PlacedLog[] | RpcFault> {
  try {
    return await patiently(() => getPlacedLogs(rpc, query), signal)
  } catch (error) {
    if (error instanceof RpcFault && !isHaste(error)) return error
    throw error
  }
}

/** A node that does not answer, or wants us to slow down, is asked again a few times: long work must not end by a hiccup. */
export async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++)
    try {
      return await ask()
    } catch (error) {
      const passing = error instanceof UnreachableError || (error instanceof RpcFault && isHaste(error))
      if (!passing || attempt === RETRIES) throw error
      await pause(RETRY_MS * 2 ** attempt, signal)
    }
}

/** A node that has thrown old blocks away answers with fewer logs, not with an error: ask for the first block itself. */
async function refusePruned(rpc: Reader, { from, market }: HistoryOptions): Promise<void> {
  if ((await getHeader(rpc, from)) !== undefined) return
  throw new ChainError({
    code: 'HISTORY_PRUNED',
    what: `the node of chain "${rpc.chain}" does not have block ${from}, where market "${market}" begins`,
    why: 'it was pruned (or fromBlock is beyond its head), so borrowers from before would be missed',
    fix: 'Use a node with full block history for the first start, or correct fromBlock.',
  })
}
