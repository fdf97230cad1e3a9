import { dirname, resolve } from 'node:path'
import { config as readEnvFile } from 'dotenv'
import { scrubber } from '../../adapters/log.ts'
import { getHeader } from '../../adapters/rpc/client.ts'
import { openStore } from '../../adapters/store/sqlite.ts'
import type { Config } from '../../config/config.ts'
import { type Loaded, loadConfig } from '../../config/load.ts'
import type { Book } from '../../core/book.ts'
import { StoreError, UsageError } from '../../core/errors.ts'
import type { PoolBook } from '../../core/pool-book.ts'
import type { Store } from '../../core/ports.ts'
import { PROTOCOLS, RULES_PROBLEMS } from '../../protocols/index.ts'
import { ChainState } from '../chain-state.ts'
import { type OpenChain, openChain, requireMarket, stored } from '../open-chain.ts'
import { readKept } from '../trust-store.ts'
import { talk } from './output.ts'
import { createProgress } from './progress.ts'

export interface GlobalOptions {
  readonly config: string
  readonly json: boolean
  readonly verbose: boolean
  readonly color: boolean
}

export interface Settings extends Loaded {
  readonly scrub: (text: string) => string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** `.env` beside a file; what is set in the environment wins. */
export function environmentBeside(file: string): Readonly<Record<string, string | undefined>> {
  const fromFile: Record<string, string> = {}
  readEnvFile({ path: resolve(dirname(file), '.env'), processEnv: fromFile, quiet: true })
  return { ...fromFile, ...process.env }
}

/** The configuration file with `.env` beside it (the environment wins). */
export function readSettings(file: string): Settings {
  const env = environmentBeside(file)
  const loaded = loadConfig({
    file,
    env,
    known: { protocols: Object.keys(PROTOCOLS), rulesProblems: RULES_PROBLEMS },
  })
  return { ...loaded, scrub: scrubber(loaded.secrets), env }
}

/** One synced market. */
export interface Mirror {
  readonly book: Book
  readonly chainId: number
  readonly open: OpenChain
  /** The mirrored pools of its chain; undefined: the configuration wants none, or none could be read. */
  readonly exchange: PoolBook | undefined
  /** The daemon of this store does not trust the mirror. */
  readonly distrusted: boolean
}

export interface MirrorOptions {
  /** Read the pools the configuration wants where the store does not hold them: some hundred requests. */
  readonly pools?: boolean
}

/**
 * The markets (all, or the one named), synced to the head. Works on the store like the daemon does; beside a running
 * daemon on a copy of it in memory.
 */
export async function withMirrors<T>(
  { config }: Settings,
  market: string | undefined,
  signal: AbortSignal,
  work: (mirrors: readonly Mirror[], store: Store) => Promise<T>,
  { pools = false }: MirrorOptions = {},
): Promise<T> {
  const chosen = config.markets.filter(({ name }) => market === undefined || name === market)
  if (chosen.length === 0) throw unknownMarket(market ?? '', config)
  const store = openStoreOrCopy(config.store.path)
  const progress = createProgress(process.stderr.isTTY === true)
  const opened: OpenChain[] = []
  try {
    const mirrors: Mirror[] = []
    for (const chain of config.chains.filter(({ name }) => chosen.some((m) => m.chain === name))) {
      const markets = config.markets.filter((m) => m.chain === chain.name)
      const state = new ChainState(chain.name, chain.id, chain.blockTimeS)
      const open = await openChain({
        chain: { ...chain, ws: [] },
        markets,
        store,
        state,
        signal,
        onProblem: talk,
        progress,
      })
      opened.push(open)
      await catchUp(open, store)
      if (pools) await open.pools?.read()
      // Cut short, the books are not at the head: an answer would pass for the present.
      signal.throwIfAborted()
      for (const wanted of chosen.filter((m) => m.chain === chain.name)) {
        const book = open.books.find(({ name }) => name === wanted.name)
        if (book === undefined) throw new RangeError(`market ${wanted.name} has no book after it was added`)
        // A store may be older than an upgrade of the pool.
        requireMarket(book, wanted)
        const distrusted = readKept(store, stored(wanted)).difference !== undefined
        mirrors.push({ book, chainId: chain.id, open, exchange: open.pools?.book, distrusted })
      }
    }
    return await work(mirrors, store)
  } finally {
    progress.stop()
    for (const open of opened) open.heads.close()
    store.close()
  }
}

function openStoreOrCopy(path: string): Store {
  try {
    return openStore(path)
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'STORE_LOCKED') throw error
    return openStore(path, { share: 'copy' })
  }
}

/** Pages until the newest head. After a rollback nothing more is written: what became of transactions is the daemon's to say. */
async function catchUp({ feed, books, pools, rpc, config }: OpenChain, store: Store): Promise<void> {
  const head = await getHeader(rpc, 'latest')
  if (head === undefined || head.hash === feed.tip?.hash) return
  let orphaned = false
  for await (const event of feed.follow(() => [...books, ...(pools?.followers() ?? [])])) {
    if (event.kind === 'rollback') {
      orphaned = true
      for (const book of books) book.rollback(event.to)
      pools?.rollback(event.to)
      continue
    }
    for (const book of books) book.apply(event.facts)
    pools?.page(event.facts)
    if (!orphaned) store.savePage(config.id, event.facts)
    if (event.live) return
  }
}

export const unknownMarket = (market: string, config: Pick<Config, 'markets'>): UsageError =>
  new UsageError({
    code: 'UNKNOWN_MARKET',
    what: `market "${market}" is not in the configuration`,
    why: `it names ${config.markets.map(({ name }) => name).join(', ')}`,
    fix: 'Choose one of these with --market, or leave it out.',
  })
