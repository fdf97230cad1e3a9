import { type Address, keccak256, stringToHex } from 'viem'
import { packedBytes } from '../../adapters/recording/format.ts'
import { getPlacedLogs, type Rpc } from '../../adapters/rpc/client.ts'
import { mergeFilters, ours } from '../../adapters/rpc/filters.ts'
import { rangedLogs } from '../../adapters/rpc/history.ts'
import { AdaptiveRange } from '../../adapters/rpc/range.ts'
import type { ChainConfig, MarketConfig } from '../../config/config.ts'
import { RpcFault } from '../../core/errors.ts'
import type { Batch } from '../../core/ports.ts'
import type { Log, LogFilter } from '../../core/types.ts'
import { discover } from '../open-chain.ts'
import { need } from './blocks.ts'

export interface Estimate {
  readonly blocks: bigint
  readonly pages: number
  /** By what they are for. */
  readonly requests: {
    readonly borrowers: number
    readonly logs: number
    readonly headers: number
    readonly reads: number
  }
  readonly bytes: number
  readonly seconds: number
  /** Blocks that the node answers in one request for logs, as far as it was found out. */
  readonly range: number
  /** Blocks that were looked at for this. */
  readonly sampled: number
}

export interface EstimateOptions {
  readonly rpc: Rpc
  readonly batch: Batch
  readonly chain: ChainConfig
  readonly markets: readonly MarketConfig[]
  readonly from: bigint
  readonly to: bigint
  readonly priceReadsS: number
  /** Balances follow from logs; otherwise every page is read. */
  readonly derives: boolean
  readonly signal: AbortSignal
}

/** Stretches that are looked at, and the widest of them in blocks. */
const WINDOWS = 8n
const WINDOW_BLOCKS = 2_000n
/** Wider and wider requests by which the node's limit is searched for. */
const PROBES = 9
/** A topic that no contract emits: what is searched for is the limit on blocks, not logs. */
const NO_TOPIC = keccak256(stringToHex('plimsoll: how many blocks at once?'))
/** A page's derived and asked reads beside its logs, in bytes of the file: measured on the devnet's story (`docs/recording.md`). */
const READS_BESIDE_LOGS = 2

/** Looks at a few stretches of the range and reckons from there. Rough: markets are quiet for days and loud for hours. */
export async function estimate(options: EstimateOptions): Promise<Estimate> {
  const { rpc, chain, markets, from, to, priceReadsS, derives } = options
  const began = performance.now()
  const requestsBefore = rpc.total
  const blocks = to - from + 1n
  const first = await need(rpc, chain, from)
  const last = await need(rpc, chain, to)
  const { looked, logs, pages, range } = await look(options)
  const share = Number(blocks) / looked
  const seconds = Number(last.timestamp - first.timestamp)
  const allPages = Math.ceil(pages * share)
  const history = markets.reduce((sum, { fromBlock }) => sum + Math.ceil(Number(from - fromBlock) / range), 0)
  const requests = {
    borrowers: history,
    logs: Math.ceil(Number(blocks) / range),
    headers: allPages,
    reads: derives && priceReadsS > 0 ? Math.min(allPages, Math.ceil(seconds / priceReadsS)) : allPages,
  }
  const msARequest = (performance.now() - began) / (rpc.total - requestsBefore)
  const count = requests.borrowers + requests.logs + requests.headers + requests.reads
  return {
    blocks,
    pages: allPages,
    requests,
    bytes: Math.ceil(packedBytes(logs) * share * READS_BESIDE_LOGS),
    seconds: Math.ceil((count * msARequest) / 1000),
    range,
    sampled: looked,
  }
}

interface Look {
  readonly looked: number
  readonly pages: number
  readonly logs: readonly Log[]
  /** Blocks that the node answers in one request, as far as it was found out. */
  readonly range: number
}

async function look({ rpc, batch, chain, markets, from, to, signal }: EstimateOptions): Promise<Look> {
  const at = await need(rpc, chain, from)
  const filters: LogFilter[] = []
  for (const market of markets) filters.push(...(await discover({ rpc, batch }, market, at)).filters())
  const logs: Log[] = []
  const pages = new Set<bigint>()
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
      for (const { log, blockNumber } of part.logs.filter((placed) => ours(filters)(placed.log))) {
        logs.push(log)
        pages.add(blockNumber)
      }
    }
  }
  return { looked, pages: pages.size, logs, range }
}

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
