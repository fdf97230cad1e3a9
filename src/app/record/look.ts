import { type Address, type Hex, keccak256, stringToHex } from 'viem'
import { getPlacedLogs, type Rpc } from '../../adapters/rpc/client.ts'
import { completeReads } from '../../adapters/rpc/feed.ts'
import { mergeFilters, ours } from '../../adapters/rpc/filters.ts'
import { rangedLogs } from '../../adapters/rpc/history.ts'
import { AdaptiveRange } from '../../adapters/rpc/range.ts'
import type { ChainConfig, MarketConfig } from '../../config/config.ts'
import type { Book } from '../../core/book.ts'
import { RpcFault } from '../../core/errors.ts'
import type { Batch } from '../../core/ports.ts'
import { callKey, type Facts, type Log } from '../../core/types.ts'
import { discover, requireKnownRules } from '../open-chain.ts'
import { need } from './blocks.ts'

/** Stretches that are looked at, and the widest of them in blocks. */
const WINDOWS = 8n
const WINDOW_BLOCKS = 2_000n
/** Wider and wider requests by which the node's limit is searched for. */
const PROBES = 9
/** A topic that no contract emits: what is searched for is the limit on blocks, not logs. */
const NO_TOPIC = keccak256(stringToHex('plimsoll: how many blocks at once?'))
/** So that nothing is due by time. */
const NEVER = { seconds: 10 ** 12 }

export interface LookOptions {
  readonly rpc: Rpc
  readonly batch: Batch
  readonly chain: ChainConfig
  readonly markets: readonly MarketConfig[]
  readonly from: bigint
  readonly to: bigint
  readonly signal: AbortSignal
}

export interface Look {
  readonly looked: number
  readonly pages: number
  /** Pages that need an answer of the node by what they hold, but for those about accounts that are new. */
  readonly asking: number
  readonly logs: readonly Log[]
  /** Blocks that the node answers in one request, as far as it was found out. */
  readonly range: number
}

export async function look({ rpc, batch, chain, markets, from, to, signal }: LookOptions): Promise<Look> {
  const at = await need(rpc, chain, from)
  const probes: Book[] = []
  for (const market of markets) {
    const probe = await discover({ rpc, batch }, { ...market, priceReads: NEVER }, at)
    requireKnownRules(probe, market.name)
    probes.push(probe)
  }
  const filters = probes.flatMap((probe) => probe.filters())
  const pages = new Map<bigint, Log[]>()
  let looked = 0
  let range = await widestRange(rpc, mergeFilters(filters).addresses, chain.logRange, { from, to })
  for (const { start, end } of windows(from, to)) {
    looked += Number(end - start + 1n)
    const stretch = { ...mergeFilters(filters), from: start, to: end, range: BigInt(chain.logRange) }
    let wanted = Math.min(chain.logRange, Number(end - start + 1n))
    for await (const part of rangedLogs(rpc, stretch, signal)) {
      // Narrower than what was asked for first: the node found the logs too many.
      if (Number(part.range) < wanted) range = Math.min(range, Number(part.range))
      wanted = Math.min(Number(part.range), Number(end - part.end))
      for (const { log, blockNumber } of part.logs.filter((placed) => ours(filters)(placed.log)))
        pages.set(blockNumber, [...(pages.get(blockNumber) ?? []), log])
    }
  }
  // Some things are asked once, on the first page that comes.
  const [first = []] = pages.values()
  for (const probe of probes) probe.apply(await completeReads({ batch }, at, first, [probe]))
  const asking = [...pages].filter(([number, logs]) =>
    probes.some((probe) => asks(probe, { block: { ...at, number, timestamp: at.timestamp + 1n }, logs, reads: [] })),
  )
  return { looked, pages: pages.size, asking: asking.length, logs: [...pages.values()].flat(), range }
}

/** Whether something is needed that does not follow from the logs. Whoever a log names is taken for known. */
function asks(probe: Book, facts: Facts): boolean {
  const calls = probe.reads(facts)
  const derived = new Set(probe.derive(facts, calls).map(callKey))
  const assets = new Set(probe.protocol.market(probe.ledger).reserves.map(({ asset }) => wordOf(asset)))
  const named = new Set(facts.logs.flatMap(({ topics }) => topics.map(wordOf)))
  return calls.some((call) => {
    const about = wordOf(call.data)
    return !derived.has(callKey(call)) && (assets.has(about) || !named.has(about))
  })
}

/** The last address that stands in it. */
const wordOf = (hex: Hex): string => hex.slice(-40).toLowerCase()

/** Evenly over the range; all of it where it is short. */
function* windows(from: bigint, to: bigint): Generator<{ readonly start: bigint; readonly end: bigint }> {
  const blocks = to - from + 1n
  const width = blocks / WINDOWS < WINDOW_BLOCKS ? (blocks + WINDOWS - 1n) / WINDOWS : WINDOW_BLOCKS
  for (let i = 0n; i < WINDOWS; i++) {
    const start = from + (blocks * i) / WINDOWS
    const next = from + (blocks * (i + 1n)) / WINDOWS
    const end = start + width < next ? start + width - 1n : next - 1n
    if (start <= end) yield { start, end }
  }
}

/** As the recording itself will find it out: by asking for more and more. No more than the range has. */
async function widestRange(
  rpc: Rpc,
  addresses: readonly Address[],
  first: number,
  { from, to }: { readonly from: bigint; readonly to: bigint },
): Promise<number> {
  const range = new AdaptiveRange(BigInt(first))
  const found = { answered: false, refused: false }
  for (let probe = 0; probe < PROBES && range.size < to - from && !(found.answered && found.refused); probe++) {
    const at = { fromBlock: from, toBlock: from + range.size - 1n }
    try {
      await getPlacedLogs(rpc, { addresses, topics: [NO_TOPIC], at })
      range.answered()
      found.answered = true
    } catch (error) {
      if (!(error instanceof RpcFault) || !range.refused()) throw error
      found.refused = true
    }
  }
  return Number(range.size)
}
