import { packedBytes } from '../../adapters/recording/format.ts'
import type { Rpc } from '../../adapters/rpc/client.ts'
import { mergeFilters, ours } from '../../adapters/rpc/filters.ts'
import { rangedLogs } from '../../adapters/rpc/history.ts'
import type { ChainConfig, MarketConfig } from '../../config/config.ts'
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
  readonly signal: AbortSignal
}

const WINDOWS = 4n
const WINDOW_BLOCKS = 250n
/** A page's derived and asked reads beside its logs, in bytes of the file (`docs/evidence/backtest.json`: about the same again). */
const READS_BESIDE_LOGS = 2

/** Looks at a few stretches of the range and reckons from there. Rough: markets are quiet for days and loud for hours. */
export async function estimate(options: EstimateOptions): Promise<Estimate> {
  const { rpc, chain, markets, from, to, priceReadsS } = options
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
    reads: Math.min(allPages, priceReadsS === 0 ? allPages : Math.ceil(seconds / priceReadsS)),
  }
  const msARequest = (performance.now() - began) / (rpc.total - requestsBefore)
  const count = requests.borrowers + requests.logs + requests.headers + requests.reads
  return {
    blocks,
    pages: allPages,
    requests,
    bytes: Math.ceil(packedBytes(logs) * share * READS_BESIDE_LOGS),
    seconds: Math.ceil((count * msARequest) / 1000),
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
  const window = (to - from + 1n) / WINDOWS < WINDOW_BLOCKS ? (to - from + WINDOWS) / WINDOWS : WINDOW_BLOCKS
  const logs: Log[] = []
  const pages = new Set<bigint>()
  let looked = 0
  let range = chain.logRange
  for (let i = 0n; i < WINDOWS; i++) {
    const start = from + ((to - from + 1n) * i) / WINDOWS
    const end = start + window - 1n < to ? start + window - 1n : to
    if (start > end) continue
    looked += Number(end - start + 1n)
    const stretch = { ...mergeFilters(filters), from: start, to: end, range: BigInt(range) }
    for await (const part of rangedLogs(rpc, stretch, signal)) {
      range = Math.min(range, Number(part.range))
      for (const { log, blockNumber } of part.logs.filter((placed) => ours(filters)(placed.log))) {
        logs.push(log)
        pages.add(blockNumber)
      }
    }
  }
  return { looked, pages: pages.size, logs, range }
}
