import { type Address, isAddress } from 'viem'
import type {
  AccountRow,
  AccountSort,
  Accounts,
  AccountsQuery,
  ChainStatus,
  Check,
  Explanation,
  Marked,
  MarketStatus,
  Queries,
  Status,
} from '../core/answers.ts'
import type { Book } from '../core/book.ts'
import { UsageError } from '../core/errors.ts'
import type { ControlPort } from '../core/people/ports.ts'
import type { Store } from '../core/ports.ts'
import type { ChainState } from './chain-state.ts'
import { explain, toAccountRow, toBlockRef } from './present.ts'
import { suspects } from './suspects.ts'
import { staleAfterMs } from './watchdog.ts'

export interface QueryOptions {
  readonly chains: readonly ChainState[]
  /** In the order of the configuration, with their chains. */
  readonly markets: ReadonlyMap<string, ChainState>
  readonly store: Store
  readonly version: string
  readonly control: Pick<ControlPort, 'paused' | 'mode' | 'configuredMode'>
  /** Health that a rescue aims at. */
  readonly rescueTargetWad: bigint
  /** Monotonic. */
  readonly nowMs: () => number
  /** Undefined unless live: whether the signer can sign. */
  readonly signer: (() => Check) | undefined
}

const LAG_LIMIT_BLOCKS = 3

export function createQueries(options: QueryOptions): Queries {
  const { chains, markets, store } = options
  const bookOf = (market: string): Book | undefined => markets.get(market)?.books.find((book) => book.name === market)
  const isDistrusted = (market: string): boolean => markets.get(market)?.distrust(market) !== undefined
  return {
    alive: () => chains.map((chain) => turns(chain, options.nowMs())),
    ready: () => [
      ...chains.flatMap((chain) => readyChecks(chain, options.nowMs())),
      storeCheck(store),
      ...signerCheck(options),
    ],
    status: () => status(options),
    accounts: (query) => {
      const market = query.market ?? markets.keys().next().value
      const book = market === undefined ? undefined : bookOf(market)
      const answer = book && accountsOf(book, markets.get(book.name)?.chainId ?? 0, query)
      return answer && marked(answer, isDistrusted(answer.market))
    },
    account: (market, address) => {
      const book = bookOf(market)
      const answer = book && accountIn(book, markets.get(market)?.chainId ?? 0, address, options.rescueTargetWad)
      return answer && marked(answer, isDistrusted(market))
    },
    markets: () => [...markets.keys()],
    journal: (query) => store.journal(query),
  }
}

/** Whoever reads the numbers of a mirror that is not trusted is to know it. */
export const marked = <T extends Marked>(answer: T, distrusted: boolean): T =>
  distrusted ? { ...answer, quarantined: true } : answer

function turns(chain: ChainState, nowMs: number): Check {
  const silentMs = chain.silentMs(nowMs)
  const ok = silentMs !== undefined && silentMs <= staleAfterMs(chain)
  const detail = silentMs === undefined ? 'no block yet' : `last block ${Math.round(silentMs / 1000)} s ago`
  return {
    name: `${chain.name}: loop turns`,
    ok,
    detail: chain.trouble === undefined ? detail : `${detail}; ${chain.trouble}`,
  }
}

function readyChecks(chain: ChainState, nowMs: number): Check[] {
  return [
    { name: `${chain.name}: synced`, ok: chain.synced, detail: chain.synced ? '' : (chain.trouble ?? 'catching up') },
    {
      name: `${chain.name}: head lag`,
      ok: chain.lagBlocks <= LAG_LIMIT_BLOCKS,
      detail: `${chain.lagBlocks} blocks behind`,
    },
    turns(chain, nowMs),
  ]
}

function storeCheck(store: Store): Check {
  try {
    store.check()
    return { name: 'store writable', ok: true, detail: '' }
  } catch (error) {
    return { name: 'store writable', ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

const signerCheck = ({ signer }: QueryOptions): Check[] => (signer === undefined ? [] : [signer()])

function status({ chains, markets, version, control, nowMs }: QueryOptions): Status {
  const { mode, configuredMode, paused } = control
  return {
    version,
    mode,
    configuredMode,
    paused,
    chains: chains.map((chain) => chainStatus(chain, nowMs())),
    markets: [...markets].map(([market, chain]) => marketStatus(market, chain)),
  }
}

function chainStatus(chain: ChainState, nowMs: number): ChainStatus {
  const { p50, max } = chain.requestsPerBlock
  return {
    name: chain.name,
    chainId: chain.chainId,
    head: chain.head ? toBlockRef(chain.head) : null,
    lagBlocks: chain.lagBlocks,
    ready: readyChecks(chain, nowMs).every((check) => check.ok),
    rpc: { total: chain.requestsTotal(), perBlockP50: p50, perBlockMax: max },
  }
}

function marketStatus(market: string, chain: ChainState): MarketStatus {
  const book = chain.books.find(({ name }) => name === market)
  const view = book?.protocol.market(book.ledger)
  const audit = chain.audits.get(market)
  return {
    market,
    chainId: chain.chainId,
    revision: Number(view?.revision ?? 0n),
    rules: view?.rules ?? null,
    liquidatable: book?.head ? book.unhealthy(book.head.timestamp).length : 0,
    accounts: book?.debtors ?? 0,
    quarantined: chain.distrust(market) !== undefined,
    quarantineReason: chain.distrust(market) ?? null,
    proven: chain.proven.has(market),
    resyncs: chain.resyncs.get(market) ?? 0,
    audit: audit ? { block: audit.block.toString(), checked: audit.checked, mismatched: audit.mismatched } : null,
  }
}

function accountIn(book: Book, chainId: number, address: string, targetWad: bigint): Explanation | undefined {
  if (!isAddress(address, { strict: false })) return undefined
  const account = book.find(address.toLowerCase() as Address)
  return account === undefined ? undefined : explain(book, chainId, account, targetWad)
}

/** How rows are ordered: a number per row, small first, and the address to break ties. */
const SORT_KEYS: Readonly<Record<AccountSort, (row: AccountRow) => number>> = {
  health: (row) => Number(row.healthFactor ?? Number.POSITIVE_INFINITY) / 1e18,
  distance: (row) => row.distancePct ?? Number.POSITIVE_INFINITY,
  debt: (row) => -Number(row.debtBase),
  time: (row) => row.timeToLiquidationS ?? Number.POSITIVE_INFINITY,
}

export function accountsOf(book: Book, chainId: number, query: AccountsQuery): Accounts | undefined {
  const { head } = book
  if (head === undefined) return undefined
  book.screen(head.timestamp)
  const key = SORT_KEYS[query.sort]
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor)
  const { belowWad } = query
  const rows = (belowWad === undefined ? book.ranked(Number.POSITIVE_INFINITY) : suspects(book, belowWad))
    .map((account) => book.account(account, head.timestamp))
    .filter((view) => view !== undefined)
    .filter((view) => view.totalDebtBase > 0n && (belowWad === undefined || view.healthFactor < belowWad))
    .map((view) => toAccountRow(book.name, chainId, view))
    .map((row) => ({ row, key: key(row) }))
    .sort((a, b) => order(a.key, a.row.address, b.key, b.row.address))
    .filter(({ row, key }) => after === undefined || order(key, row.address, after.key, after.address) > 0)
  const page = rows.slice(0, query.limit)
  const last = rows.length > page.length ? page.at(-1) : undefined
  return {
    market: book.name,
    block: toBlockRef(head),
    next: last ? writeCursor(last.key, last.row.address) : null,
    accounts: page.map(({ row }) => row),
  }
}

const order = (keyA: number, addressA: string, keyB: number, addressB: string): number =>
  keyA < keyB ? -1 : keyA > keyB ? 1 : addressA < addressB ? -1 : addressA > addressB ? 1 : 0

/** Where a page ended: key and address of its last row, so that it holds while the ranking moves. */
const writeCursor = (key: number, address: string): string =>
  Buffer.from(JSON.stringify([Number.isFinite(key) ? key : null, address])).toString('base64url')

function readCursor(cursor: string): { key: number; address: string } {
  try {
    const [key, address]: unknown[] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if ((typeof key === 'number' || key === null) && typeof address === 'string')
      return { key: key ?? Number.POSITIVE_INFINITY, address }
  } catch {
    // Falls through: whatever it is, it is not one of ours.
  }
  throw new UsageError({
    code: 'BAD_CURSOR',
    what: `cursor "${cursor}"`,
    why: 'it is not one that a previous page gave',
    fix: 'Take `next` of the previous answer as it is, or leave cursor out.',
  })
}
