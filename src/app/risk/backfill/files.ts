import { openRecording, readTail } from '../../../adapters/recording/reader.ts'
import type { ChainConfig, MarketConfig } from '../../../config/config.ts'
import { UsageError } from '../../../core/errors.ts'
import type { RecordingMeta } from '../../../core/recording.ts'
import type { Header } from '../../../core/types.ts'
import { requireEnd } from '../../record/check.ts'

/** A market of the configuration, as far as its history is concerned. */
export type BackfillMarket = Pick<MarketConfig, 'name' | 'chain' | 'addressesProvider'>

/** A recording that tells of markets of the configuration. */
export interface BackfillFile {
  readonly path: string
  readonly meta: RecordingMeta
  /** By the name the recording gives it: the market of the configuration at the same address. */
  readonly markets: ReadonlyMap<string, BackfillMarket>
  /** The block of its first state, and the last one it tells of. */
  readonly first: Header
  readonly last: Header
  readonly sizeBytes: number
}

interface Known {
  readonly chains: readonly Pick<ChainConfig, 'id' | 'name'>[]
  readonly markets: readonly BackfillMarket[]
}

/**
 * What the files are, in the order of their chains and blocks; nothing is read but their beginnings and ends. Throws
 * RecordingError for a file that is none, and UsageError where the configuration has none of the markets.
 */
export function backfillFiles(
  paths: readonly string[],
  config: Known,
  say: (line: string) => void,
): readonly BackfillFile[] {
  const files = [...new Set(paths)].map((path) => lookAt(path, config))
  for (const { path, meta, markets } of files)
    for (const { name } of meta.markets.filter((market) => !markets.has(market.name)))
      say(`${path}: ${name} on ${meta.chain} is left out: it is not in the configuration`)
  const useful = files.filter(({ markets }) => markets.size > 0)
  if (useful.length === 0) throw noMarket(files, config)
  return useful.sort(
    (a, b) => a.meta.chainId - b.meta.chainId || Number(a.first.number - b.first.number) || compare(a.path, b.path),
  )
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function lookAt(path: string, config: Known): BackfillFile {
  const recording = openRecording(path)
  try {
    const { meta, sizeBytes } = recording
    const tail = readTail(path)
    requireEnd(path, tail)
    const [first] = recording.entries()
    const last = tail.last
    if (first?.kind !== 'state' || last === undefined) throw empty(path)
    const header = last.kind === 'state' ? last.state.block : last.facts.block
    return { path, meta, markets: marketsOf(meta, config), first: first.state.block, last: header, sizeBytes }
  } finally {
    recording.close()
  }
}

/** A name is only what somebody called it: chain and address say which market it is. */
function marketsOf({ chainId, markets }: RecordingMeta, config: Known): ReadonlyMap<string, BackfillMarket> {
  const chain = config.chains.find(({ id }) => id === chainId)
  const found = new Map<string, BackfillMarket>()
  for (const { name, addressesProvider } of markets) {
    const own = config.markets.find((one) => one.chain === chain?.name && one.addressesProvider === addressesProvider)
    if (own) found.set(name, own)
  }
  return found
}

const empty = (path: string): UsageError =>
  new UsageError({
    code: 'RECORDING_EMPTY',
    what: `${path} tells of no block`,
    why: 'its recording was stopped before the first one',
    fix: 'Give the command again with which it was begun: it goes on from there.',
  })

const noMarket = (files: readonly BackfillFile[], { chains, markets }: Known): UsageError => {
  const recorded = files.flatMap(({ meta }) =>
    meta.markets.map(({ name, addressesProvider }) => `${name} (${addressesProvider} on chain ${meta.chainId})`),
  )
  const known = markets.map(({ name, addressesProvider, chain }) => {
    const id = chains.find((one) => one.name === chain)?.id
    return `${name} (${addressesProvider} on chain ${id ?? '?'})`
  })
  return new UsageError({
    code: 'UNKNOWN_MARKET',
    what: `recorded is ${[...new Set(recorded)].join(', ')}`,
    why: `a history belongs to a market of the configuration, which has ${known.join(', ')}`,
    fix: 'Add the recorded market to the configuration, or name another recording.',
  })
}
