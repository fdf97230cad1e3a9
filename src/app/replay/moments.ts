import { openRecording } from '../../adapters/recording/reader.ts'
import { getLogs, Rpc } from '../../adapters/rpc/client.ts'
import { completeReads } from '../../adapters/rpc/feed.ts'
import { bloomMayContain, mergeFilters, ours } from '../../adapters/rpc/filters.ts'
import { createBatch } from '../../adapters/rpc/multicall.ts'
import { openStore } from '../../adapters/store/sqlite.ts'
import type { Config, MarketConfig } from '../../config/config.ts'
import { UsageError } from '../../core/errors.ts'
import type { Facts, Read } from '../../core/types.ts'
import { createQuotes } from '../offline/quotes.ts'
import { offlineSettings } from '../offline/settings.ts'
import { firstPage, type Progress, requireKnownRules } from '../open-chain.ts'
import { need } from '../record/blocks.ts'
import { bookOf, follow, toRecorded } from '../record/recorded.ts'
import type { Moment } from './decisions.ts'

/** The page at `block`, or the last one before it, with the books as they stood before. */
export function recordedMoment(file: string, block: bigint, config: Config | undefined, signal: AbortSignal): Moment {
  const recording = openRecording(file)
  try {
    const settings = offlineSettings(recording.meta, config, {})
    const books = new Map(recording.meta.markets.map((market) => [market.name, bookOf(market)]))
    const remembered: Read[] = []
    let page: Facts | undefined
    for (const entry of recording.entries()) {
      if (entry.kind === 'page' && entry.facts.block.number > block) break
      if (page !== undefined && entry.kind === 'page') {
        follow(books, { kind: 'page', facts: page, derived: 0 })
        remembered.push(...page.reads)
      }
      if (entry.kind === 'page') page = entry.facts
      else follow(books, entry)
    }
    if (page === undefined) throw noPage(file, block)
    const quotes = createQuotes({ settings, books, node: undefined, remembered })
    quotes.turn(page)
    return { books: [...books.values()], facts: page, router: quotes.router, settings, signal }
  } finally {
    recording.close()
  }
}

export interface NodeMoment {
  readonly config: Config
  readonly markets: readonly MarketConfig[]
  readonly block: bigint
  readonly progress: Progress
  readonly onProblem: (problem: string) => void
  readonly signal: AbortSignal
}

/** The same from a node that has the state of that block and of the one before. */
export async function nodeMoment({ config, markets, block, progress, onProblem, signal }: NodeMoment): Promise<Moment> {
  const chain = config.chains.find(({ name }) => name === markets[0]?.chain)
  if (chain === undefined) throw new RangeError('a market without its chain')
  const rpc = new Rpc({ chain: chain.name, chainId: chain.id, urls: chain.rpc, onProblem })
  await rpc.connect()
  const batch = await createBatch(rpc, chain.multicall)
  const header = await need(rpc, chain, block)
  const before = await need(rpc, chain, block - 1n)
  const store = openStore(':memory:')
  try {
    const books = []
    for (const market of markets) {
      const book = await firstPage({ chain, rpc, batch, store, signal, progress }, market, before)
      requireKnownRules(book, market.name)
      books.push(book)
    }
    const filters = books.flatMap((book) => book.filters())
    const logs = bloomMayContain(header.logsBloom, filters)
      ? await getLogs(rpc, { ...mergeFilters(filters), at: { blockHash: header.hash } })
      : []
    const facts = await completeReads({ batch }, header, logs.filter(ours(filters)), books)
    const { id: chainId, name, blockTimeS } = chain
    const recorded = markets.map((market) => toRecorded(market, 0))
    const meta = { chain: name, chainId, blockTimeS, markets: recorded, source: 'node' as const, version: '' }
    const settings = offlineSettings(meta, config, {})
    const byName = new Map(books.map((book) => [book.name, book]))
    const quotes = createQuotes({ settings, books: byName, node: batch, remembered: [] })
    return { books, facts, router: quotes.router, settings, signal }
  } finally {
    store.close()
  }
}

const noPage = (file: string, block: bigint): UsageError =>
  new UsageError({
    code: 'NO_PAGE',
    what: `${file} has no page at or before block ${block}`,
    why: 'the recording begins later',
    fix: 'Choose a later block: plimsoll record FILE --check says what the recording covers.',
  })
