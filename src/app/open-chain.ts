import { getHeader, type Reader, Rpc } from '../adapters/rpc/client.ts'
import { completeReads, RpcFeed } from '../adapters/rpc/feed.ts'
import { createHeads, type Heads } from '../adapters/rpc/heads.ts'
import { type HistoryProgress, scanHistory } from '../adapters/rpc/history.ts'
import { createBatch } from '../adapters/rpc/multicall.ts'
import type { ChainConfig, MarketConfig } from '../config/config.ts'
import { Book } from '../core/book.ts'
import { ChainError } from '../core/errors.ts'
import type { Batch, Node, Store } from '../core/ports.ts'
import type { Facts, Header, Log } from '../core/types.ts'
import { PROTOCOLS } from '../protocols/index.ts'
import type { ChainState } from './chain-state.ts'
import { endKeptPools, restorePools } from './pools/kept.ts'
import { PoolMirror, type PoolMirrorOptions } from './pools/mirror.ts'

export interface OpenChainOptions {
  readonly chain: ChainConfig
  readonly markets: readonly MarketConfig[]
  readonly store: Store
  readonly state: ChainState
  readonly signal: AbortSignal
  readonly onProblem: (problem: string) => void
  readonly progress: Progress
  /** The books have reached the newest head: now, and again after every page that does. */
  readonly onCurrent?: () => void
  /** What people are told of the mirrored pools; default: nothing. */
  readonly tellOfPools?: PoolMirrorOptions['tell']
}

/** Long work, as it goes on. */
export interface Progress {
  backfill(market: string, progress: HistoryProgress): void
  snapshot(market: string, calls: number): void
}

export interface OpenChain {
  readonly config: ChainConfig
  readonly rpc: Rpc
  readonly batch: Batch
  readonly heads: Heads
  readonly feed: RpcFeed
  readonly books: readonly Book[]
  /** Undefined where the configuration wants none. */
  readonly pools: PoolMirror | undefined
}

/** So many blocks below the head the first page is taken: old enough not to be reorganised, young enough for any node's state. */
export const FIRST_PAGE_DEPTH = 32n

/** Connect, restore what the store knows, and read the first page of what it does not. */
export async function openChain(options: OpenChainOptions): Promise<OpenChain> {
  const { chain, markets, store, state, signal, onProblem } = options
  const rpc = new Rpc({
    chain: chain.name,
    chainId: chain.id,
    urls: chain.rpc,
    onProblem,
    requestsPerDay: chain.requestsPerDay,
  })
  state.providers = () => rpc.providers
  await rpc.connect()
  state.node = rpc
  state.requestsTotal = () => rpc.total
  const batch = await createBatch(rpc, chain.multicall)
  state.batch = batch
  const context = { ...options, rpc, batch }
  const begun = restore(store, chain, markets) ?? (await begin(context))
  const { books, known } = begun
  const onHead = (head: Header): void => {
    state.newest = head
  }
  const heads = createHeads({ rpc, ws: chain.ws, blockTimeMs: chain.blockTimeS * 1000, signal, onHead, onProblem })
  const onPage = (requests: number): void => state.countPage(requests)
  const onCurrent = (): void => {
    state.synced = true
    state.trouble = undefined
    state.turnedAtMs ??= performance.now()
    options.onCurrent?.()
  }
  const aside = asideOf(rpc)
  const pools = await openPools(options, { ...begun, node: aside.node })
  const feed = new RpcFeed({ rpc: aside.counted, batch, heads, signal, onPage, onCurrent, onProblem }, known)
  return { config: chain, rpc, batch, heads, feed, books, pools }
}

interface Beginning {
  readonly books: readonly Book[]
  /** Of the pages, that of the checkpoint first. */
  readonly known: readonly Header[]
  readonly pages: readonly Facts[]
}

async function openPools(
  { chain, store, state, signal, onProblem, tellOfPools = () => {} }: OpenChainOptions,
  { books, known, pages, node }: Beginning & { readonly node: Node },
): Promise<PoolMirror | undefined> {
  state.exchanges = []
  if (chain.pools === 'off') return void endKeptPools(store, chain.id)
  const batch = await createBatch(node, chain.multicall)
  const options = { chain, books, batch, store, state, signal, onProblem, tell: tellOfPools }
  return new PoolMirror(options, restorePools(store, chain.id, known, pages))
}

/** Requests of what is done beside the pages are not those of a page. */
function asideOf(rpc: Rpc): { readonly node: Node; readonly counted: Reader } {
  let beside = 0
  return {
    node: {
      request(method, params) {
        beside++
        return rpc.request(method, params)
      },
    },
    counted: {
      chain: rpc.chain,
      get total() {
        return rpc.total - beside
      },
      request: (method, params) => rpc.request(method, params),
    },
  }
}

/** What it takes to read a market at one block. */
export interface Reading {
  readonly chain: ChainConfig
  readonly rpc: Rpc
  readonly batch: Batch
  /** Keeps how far the search for borrowers has come. */
  readonly store: Store
  readonly signal: AbortSignal
  readonly progress: Progress
}

interface Context extends Reading {
  readonly markets: readonly MarketConfig[]
}

export function newBook({ name, protocol, addressesProvider, rules, priceReads, umbrella }: MarketConfig): Book {
  const plug = PROTOCOLS[protocol]
  if (plug === undefined)
    throw new RangeError(`protocol ${protocol}: the configuration's check lets no unknown one pass`)
  const priceReadsS = priceReads === 'every-block' ? 0n : BigInt(priceReads.seconds)
  return new Book(name, plug({ addressesProvider, rules, priceReadsS, umbrella }))
}

/** Books as the store knows them: the checkpoint, then the pages since. Undefined unless it knows every market. */
function restore(store: Store, chain: ChainConfig, markets: readonly MarketConfig[]): Beginning | undefined {
  const begun = restoreBooks(store, chain.id, markets)
  if (begun === undefined) return undefined
  const { books, base } = begun
  const pages = store.pages(chain.id)
  for (const facts of pages) for (const book of books) book.apply(facts)
  return { books, known: [base, ...pages.map((facts) => facts.block)], pages }
}

/** Books as of the checkpoint. Undefined unless the store knows every market, all at one block. */
export function restoreBooks(
  store: Pick<Store, 'checkpoint'>,
  chainId: number,
  markets: readonly MarketConfig[],
): { readonly books: readonly Book[]; readonly base: Header } | undefined {
  const books: Book[] = []
  let base: Header | undefined
  for (const market of markets) {
    const saved = store.checkpoint(chainId, checkpointOf(market))
    if (saved === undefined || (base !== undefined && saved.block.hash !== base.hash)) return undefined
    base = saved.block
    const book = newBook(market)
    book.restore(saved)
    books.push(book)
  }
  return base && { books, base }
}

/** Where that checkpoint stands. */
export function restorePoint(
  store: Pick<Store, 'checkpointBlock'>,
  chainId: number,
  markets: readonly MarketConfig[],
): Header | undefined {
  const [base, ...others] = markets.map((market) => store.checkpointBlock(chainId, checkpointOf(market)))
  return others.every((other) => other?.hash === base?.hash) ? base : undefined
}

/** Another address under an old name is another market. */
export const stored = ({ name, addressesProvider }: Pick<MarketConfig, 'name' | 'addressesProvider'>): string =>
  `${name}@${addressesProvider}`

/** Cells are laid out anew now and then: state of another layout is not found, and read again from the chain. */
const LAYOUT = 2
const checkpointOf = (market: MarketConfig): string => `${stored(market)}#${LAYOUT}`

/** The first page of every market, at one block. A market that is new to the store takes the others along: it costs one reading. */
async function begin(context: Context): Promise<Beginning> {
  const { chain, markets, store } = context
  const first = await firstBlock(context, markets)
  const books: Book[] = []
  for (const market of markets) books.push(await firstPage(context, market, first))
  store.atomically(() => {
    store.dropPagesAbove(chain.id, first.number)
    checkpoint(store, chain.id, first, markets, books)
  })
  return { books, known: [first], pages: [] }
}

/** All books of a chain at one block: from here a restart goes on. */
export function checkpoint(
  store: Store,
  chainId: number,
  block: Header,
  markets: readonly MarketConfig[],
  books: readonly Book[],
  pools?: PoolMirror,
): void {
  const saved = markets.flatMap((market) => {
    const book = books.find(({ name }) => name === market.name)
    return book ? [[checkpointOf(market), book.checkpoint(block)] as const] : []
  })
  store.saveCheckpoints(chainId, block, new Map([...saved, ...(pools?.checkpoints(block) ?? [])]))
}

/** A block that is final or nearly so, unless a market is younger than that: then the head. */
async function firstBlock(context: Reading, markets: readonly MarketConfig[]): Promise<Header> {
  const { rpc, chain } = context
  const head = await getHeader(rpc, 'latest')
  if (head === undefined) throw new Error(`chain ${chain.name}: the node has no head`)
  const depth = chain.finality === 'tag' ? FIRST_PAGE_DEPTH : BigInt(Math.min(chain.finality, Number(FIRST_PAGE_DEPTH)))
  const final = chain.finality === 'tag' ? ((await getHeader(rpc, 'finalized'))?.number ?? 0n) : 0n
  const number = [head.number - depth, final, 0n].reduce((a, b) => (b > a ? b : a))
  const settled = number === head.number ? undefined : await getHeader(rpc, number)
  try {
    if (settled === undefined) return head
    for (const market of markets) await discover(context, market, settled)
    return settled
  } catch (error) {
    if (error instanceof ChainError) return head
    throw error
  }
}

/** The market at `block`, without its accounts. Throws ChainError when there is none. */
export async function discover(
  { rpc, batch }: Pick<Reading, 'rpc' | 'batch'>,
  market: MarketConfig,
  block: Header,
): Promise<Book> {
  await requireContract(rpc, market, block)
  const probe = newBook(market)
  probe.apply(await completeReads({ batch }, block, [], [probe]))
  requireMarket(probe, market)
  return probe
}

/** Find the market, find its borrowers, read their state at `block`: a page like any other, only larger. */
export async function firstPage(context: Reading, market: MarketConfig, block: Header): Promise<Book> {
  const { batch, progress } = context
  const probe = await discover(context, market, block)
  const logs = await findBorrowers(context, market, probe, block.number)
  const book = newBook(market)
  const facts = await completeReads({ batch }, block, logs, [book], (calls) => progress.snapshot(market.name, calls))
  book.apply(facts)
  return book
}

/** A log of everyone who borrowed up to block `to`. Goes on where an earlier search ended. */
export function findBorrowers(
  { rpc, chain, store, signal, progress }: Omit<Reading, 'batch'>,
  market: MarketConfig,
  { protocol, ledger }: Book,
  to: bigint,
): Promise<readonly Log[]> {
  const { filter, key } = protocol.history(ledger)
  return scanHistory({
    rpc,
    market: market.name,
    filter,
    key,
    from: market.fromBlock,
    to,
    range: BigInt(chain.logRange),
    progress: store.scan(stored(market)),
    save: (scan) => store.saveScan(stored(market), scan),
    onProgress: (state) => progress.backfill(market.name, state),
    signal,
  })
}

async function requireContract(rpc: Rpc, market: MarketConfig, block: Header): Promise<void> {
  const at = `0x${block.number.toString(16)}`
  const code = await rpc.request('eth_getCode', [market.addressesProvider, at])
  if (typeof code === 'string' && code.length > 2) return
  throw new ChainError({
    code: 'NO_CONTRACT',
    what: `market "${market.name}": there is no contract at ${market.addressesProvider} on chain "${rpc.chain}" (block ${block.number})`,
    why: 'a market is found from its PoolAddressesProvider',
    fix: `Correct addressesProvider (or the chain) of market "${market.name}".`,
  })
}

/** Throws ChainError unless there is a market. One whose rules are not known is watched through the chain's own answers. */
export function requireMarket(probe: Book, market: MarketConfig): void {
  const { pool, reserves } = probe.protocol.market(probe.ledger)
  if (BigInt(pool) !== 0n && reserves.length > 0) return
  throw new ChainError({
    code: 'NO_POOL',
    what: `market "${market.name}": the contract at ${market.addressesProvider} names no pool with reserves`,
    why: 'it is not the PoolAddressesProvider of a lending market, or the market is empty',
    fix: `Correct addressesProvider of market "${market.name}".`,
  })
}

/** For work that is nothing without the pool's rules: recordings and what is made of them. Throws ChainError. */
export function requireKnownRules(probe: Book, market: string): void {
  const { revision, rules } = probe.protocol.market(probe.ledger)
  if (rules !== undefined) return
  throw new ChainError({
    code: 'UNKNOWN_REVISION',
    what: `market "${market}": its pool reports revision ${revision}`,
    why: 'the rules of that revision are not known here, so health and sizes could be wrong',
    fix: `Upgrade Plimsoll, or name the rule set that fits in the configuration, such as rules: auto, ${revision} = aave-v3.6.`,
  })
}
