import type { ChainConfig, Config } from '../../config/config.ts'
import { PlimsollError } from '../../core/errors.ts'
import type { Batch, Store } from '../../core/ports.ts'
import type { Facts } from '../../core/types.ts'
import type { OpenChain } from '../open-chain.ts'
import { type Kept, keepRecording } from './keep.ts'
import { toRecorded } from './recorded.ts'
import { remembering } from './remember.ts'

export interface RecordChainOptions {
  readonly chain: ChainConfig
  readonly config: Config
  readonly store: Pick<Store, 'pages' | 'savePage'>
  readonly version: string
  readonly onProblem: (problem: string) => void
}

/** What the loop of a chain does for its recording. */
export interface ChainRecording {
  /** For the router: what it is answered becomes part of the page. */
  readonly batch: Batch
  readonly afterActing: (facts: Facts) => void
  /** Appends the pages up to a final block, before a checkpoint swallows them. */
  keep(block: bigint): void
  /** With `final`: first appends what has become final since. */
  close(final?: () => Promise<bigint | undefined>): Promise<void>
}

/** A node that does not answer must not hold up the end. */
const LAST_WAIT_MS = 3_000

/** Undefined where nothing is to be recorded. Throws RecordingError when the folder takes no file. */
export function recordChain(open: OpenChain, options: RecordChainOptions): ChainRecording | undefined {
  const { chain, config, store, onProblem } = options
  if (config.recording === undefined) return undefined
  const kept = keepRecording({
    ...options,
    ...open,
    ...config.recording,
    meta: metaOf(options),
    known: open.feed,
    say: onProblem,
  })
  const batch = remembering(open.batch)
  const keep = (block: bigint): void => despiteDisk(onProblem, () => kept.keep(block))
  return {
    batch,
    afterActing(facts) {
      const whole = batch.added(facts)
      if (whole !== facts) store.savePage(chain.id, whole)
    },
    keep,
    async close(final = async () => undefined) {
      const block = await inTime(final()).catch(() => undefined)
      if (block !== undefined) keep(block)
      despiteDisk(onProblem, () => kept.close())
    },
  }
}

function metaOf({ chain, config, version }: RecordChainOptions): Parameters<typeof keepRecording>[0]['meta'] {
  const markets = config.markets.filter((market) => market.chain === chain.name)
  return {
    chain: chain.name,
    chainId: chain.id,
    blockTimeS: chain.blockTimeS,
    markets: markets.map((market) =>
      toRecorded(market, market.priceReads === 'every-block' ? 0 : market.priceReads.seconds),
    ),
    source: 'daemon',
    version,
  }
}

/** A recording that cannot be written costs itself, not the loop: what is missing is tried again with the next pages. */
function despiteDisk(onProblem: (problem: string) => void, work: Kept['close']): void {
  try {
    work()
  } catch (error) {
    const isDisk = error instanceof Error && 'syscall' in error
    if (!isDisk && !(error instanceof PlimsollError && error.code.startsWith('RECORDING_'))) throw error
    onProblem(`recording: ${error.message}`)
  }
}

async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), LAST_WAIT_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
