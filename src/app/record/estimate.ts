import { packedBytes } from '../../adapters/recording/format.ts'
import { need } from './blocks.ts'
import { type LookOptions, look } from './look.ts'

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

export interface EstimateOptions extends LookOptions {
  readonly priceReadsS: number
  /** Balances follow from logs; otherwise every page is read. */
  readonly derives: boolean
}

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
  const { looked, logs, pages, asking, range } = await look(options)
  const share = Number(blocks) / looked
  const seconds = Number(last.timestamp - first.timestamp)
  const allPages = Math.ceil(pages * share)
  const history = markets.reduce((sum, { fromBlock }) => sum + Math.ceil(Number(from - fromBlock) / range), 0)
  const requests = {
    borrowers: history,
    logs: Math.ceil(Number(blocks) / range),
    headers: allPages,
    reads: derives && priceReadsS > 0 ? readsOf(allPages, asking / pages, seconds / priceReadsS) : allPages,
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

/** Pages that ask for something by what they hold, and of the others those at which prices are due. */
function readsOf(pages: number, share: number, due: number): number {
  if (pages === 0) return 0
  const asking = pages * share
  return Math.ceil(asking + (pages - asking) * Math.min(1, due / pages))
}
