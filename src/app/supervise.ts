import type { PrivateKeyAccount } from 'viem'
import { getHeader } from '../adapters/rpc/client.ts'
import { pause } from '../adapters/rpc/heads.ts'
import type { ChainConfig, MarketConfig } from '../config/config.ts'
import { ChainError, PlimsollError, StoreError, UnreachableError } from '../core/errors.ts'
import type { ControlPort } from '../core/people/ports.ts'
import type { Store } from '../core/ports.ts'
import type { Facts } from '../core/types.ts'
import { Auditor } from './auditor.ts'
import type { ChainState } from './chain-state.ts'
import { checkContracts, limitsOf, tradeOn } from './executors.ts'
import type { Journal } from './journal.ts'
import { runKeeper } from './keeper.ts'
import type { InForce } from './live.ts'
import { checkpoint, type OpenChain, type OpenChainOptions, openChain, type Progress, stored } from './open-chain.ts'
import type { Desk } from './people/desk.ts'
import { type ChainRecording, recordChain } from './record/record-chain.ts'
import { borrowerSearch } from './resync.ts'

export interface SuperviseOptions {
  readonly chain: ChainConfig
  readonly live: InForce
  readonly state: ChainState
  readonly store: Store
  readonly journal: Journal
  readonly control: Pick<ControlPort, 'paused' | 'mode' | 'configuredMode'>
  readonly alerts: Desk
  readonly account: PrivateKeyAccount | undefined
  readonly signal: AbortSignal
  readonly progress: Progress
  /** The books have reached the newest head. */
  readonly onCurrent: () => void
  /** No node answered at the start: the others go on, and this one is tried again. */
  readonly onAway: (error: unknown) => void
  /** The only chain there is: without it there is nothing to do. */
  readonly isAlone: boolean
  /** The loop has taken in this page; `live` when it is the newest. */
  readonly onPage: (facts: Facts, live: boolean) => void
  readonly onProblem: (problem: string) => void
  /** Follows the store's pages beside the loop; default: nobody does. */
  readonly risk?: RiskFollower | undefined
  /** Of this program; a recording says it. */
  readonly version: string
}

/** What the loop tells those who follow the store's pages, and what it asks of them. Nothing here waits. */
export interface RiskFollower {
  pages(chainId: number, options?: { readonly anew?: boolean }): void
  /** Pages above are still to be counted, and are not to be dropped; undefined: none are. */
  countedUpTo(chainId: number): bigint | undefined
}

const FIRST_RESTART_MS = 500
const LONGEST_RESTART_MS = 30_000
/** Blocks between two checkpoints; a restart applies the pages since. */
const CHECKPOINT_BLOCKS = 64n
/** Blocks between two looks at the node's finalized tag. */
const FINALITY_BLOCKS = 32n
/** Pages kept at most for those who have not counted them: a restart applies them. */
const PAGES_HELD = 1_024

/**
 * A chain's loop, started again from its checkpoint whenever it breaks; it touches no other chain. Before the first
 * page a fault is thrown: a wrong configuration does not get better by waiting (an absent node may, beside others).
 */
export async function superviseChain(options: SuperviseOptions): Promise<void> {
  const { state, signal, onProblem } = options
  const life: Life = { opened: false, waitMs: FIRST_RESTART_MS }
  while (!signal.aborted)
    try {
      await turn(options, life)
      state.synced = false
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof StoreError || (!life.opened && isFatal(error, options))) throw error
      state.synced = false
      state.trouble = error instanceof Error ? error.message : String(error)
      if (error instanceof ChainError && life.opened) return retire(options, error)
      if (!life.opened) options.onAway(error)
      onProblem(`the loop starts again in ${life.waitMs} ms: ${state.trouble}`)
      await pause(life.waitMs, signal)
      life.waitMs = Math.min(life.waitMs * 2, LONGEST_RESTART_MS)
    }
}

interface Life {
  /** The books stood once. */
  opened: boolean
  waitMs: number
}

const isFatal = (error: unknown, { isAlone }: SuperviseOptions): boolean =>
  error instanceof PlimsollError && (isAlone || !(error instanceof UnreachableError))

/** What the books say can no longer be trusted and only a person can mend it: serve what is known, send nothing. */
async function retire({ state, journal, onProblem, signal }: SuperviseOptions, error: ChainError): Promise<void> {
  for (const book of state.books) state.quarantined.set(book.name, error.what)
  const block = state.head?.number.toString() ?? '0'
  const data = { reason: 'below-finality', detail: `${error.what}: ${error.fix}` }
  journal.add({ chainId: state.chainId, market: '', block, kind: 'breaker', data })
  onProblem(`${error.what}: ${error.why}. ${error.fix}`)
  await new Promise((resolve) => signal.addEventListener('abort', resolve))
}

/** One life of the loop. Ends without an error when it was told to stop, or to read its markets anew. */
async function turn(outside: SuperviseOptions, life: Life): Promise<void> {
  const anew = new AbortController()
  const options = { ...outside, signal: AbortSignal.any([outside.signal, anew.signal]) }
  const { chain, live, state, store, signal, account, onProblem, onCurrent, progress } = options
  const { config } = live
  const markets = config.markets.filter((market) => market.chain === chain.name)
  const tellOfPools = tellerOfPools(options)
  const open = await openChain({ chain, markets, store, state, signal, onProblem, onCurrent, progress, tellOfPools })
  let recording: ChainRecording | undefined
  try {
    state.books = open.books
    if (account) await checkContracts(open, config, account)
    recording = recordChain(open, { ...options, config })
    options.risk?.pages(state.chainId, { anew: life.opened })
    life.opened = true
    const auditor = auditorOf(options, open, markets, () => anew.abort())
    const keepHouse = housekeeping(options, open, markets, recording)
    await runKeeper({
      ...options,
      ...(await tradeOn({ ...open, batch: recording?.batch ?? open.batch }, options)),
      feed: open.feed,
      books: open.books,
      beside: open.pools,
      limits: (market) => limitsOf(live.config, market),
      afterPage: async (facts, live) => {
        life.waitMs = FIRST_RESTART_MS
        await auditor.afterPage(live)
        if (!signal.aborted) await keepHouse(facts, live)
        // A live page is told of once it was acted on.
        if (!live) options.risk?.pages(state.chainId)
      },
      afterActing: async (facts) => {
        recording?.afterActing(facts)
        options.risk?.pages(state.chainId)
        if (!signal.aborted) await auditor.afterActing()
        if (!signal.aborted) await open.pools?.afterActing()
      },
      quoteDeadlineMs: Math.max(500, (chain.blockTimeS * 1000) / 2),
    })
  } finally {
    // A search for borrowers may still go on: it belongs to this life.
    anew.abort()
    open.heads.close()
    await recording?.close(outside.signal.aborted ? () => finalNumber(chain, open) : undefined)
  }
}

/** People hear of pools as of a market that is read anew. */
function tellerOfPools({ state, journal, onProblem }: SuperviseOptions): NonNullable<OpenChainOptions['tellOfPools']> {
  return (reason, detail) => {
    const block = state.head?.number.toString() ?? '0'
    journal.add({ chainId: state.chainId, market: '', block, kind: 'breaker', data: { reason, detail } })
    onProblem(detail)
  }
}

function auditorOf(
  options: SuperviseOptions,
  open: OpenChain,
  markets: readonly MarketConfig[],
  startAnew: () => void,
): Auditor {
  return new Auditor({
    ...options,
    ...open,
    keyOf: (name) => stored(markets.find((market) => market.name === name) as MarketConfig),
    proveAccounts: options.live.config.executor.proveAccounts,
    search: borrowerSearch({ ...options, ...open, markets }),
    startAnew,
  })
}

/** What is due after a page: checkpoints. */
function housekeeping(
  options: SuperviseOptions,
  open: OpenChain,
  markets: readonly MarketConfig[],
  recording: ChainRecording | undefined,
): (facts: Facts, live: boolean) => Promise<void> {
  const { onPage } = options
  let looked = 0n
  return async (facts, live) => {
    const { block } = facts
    quarantineUnknown(options, open)
    if (block.number >= looked + FINALITY_BLOCKS) {
      looked = block.number
      await finalize(options, open, markets, recording)
    }
    onPage(facts, live)
  }
}

const UNKNOWN = 'pool revision'

/** An upgrade may bring rules nobody here knows: watch through the chain's own answers, send nothing, tell people once. */
function quarantineUnknown(
  { state, journal }: Pick<SuperviseOptions, 'state' | 'journal'>,
  { books }: OpenChain,
): void {
  for (const { name, protocol, ledger, head } of books) {
    const { rules, revision } = protocol.market(ledger)
    const was = state.quarantined.get(name)
    const isUnknown = rules === undefined
    if (was !== undefined && !was.startsWith(UNKNOWN)) continue
    if (isUnknown === (was !== undefined)) continue
    if (isUnknown) state.quarantined.set(name, `${UNKNOWN} ${revision} is not known`)
    else state.quarantined.delete(name)
    const data = isUnknown
      ? {
          reason: 'unknown-revision',
          detail: `the pool reports revision ${revision}, whose rules are not known here. It is watched through its own answers, and nothing is sent. Upgrade Plimsoll, or name a rule set that fits (rules: auto, ${revision} = aave-v3.6).`,
        }
      : { reason: 'known-revision', detail: `the pool reports revision ${revision}, whose rules are known: ${rules}` }
    journal.add({ chainId: state.chainId, market: name, block: String(head?.number ?? 0n), kind: 'breaker', data })
  }
}

/** Write down the state of the last final block, and forget how to undo what is below it. */
async function finalize(
  { chain, state, store, risk }: SuperviseOptions,
  open: OpenChain,
  markets: readonly MarketConfig[],
  recording: ChainRecording | undefined,
): Promise<void> {
  const { feed, books, pools } = open
  const { tip, oldest } = feed
  if (tip === undefined || oldest === undefined) return
  const final = await finalNumber(chain, open)
  // The tip itself is not acted on yet: its page is still to be added to.
  const counted = feed.pages < PAGES_HELD ? risk?.countedUpTo(state.chainId) : undefined
  const block = final === undefined ? undefined : feed.lastAt(least(final, tip.number - 1n, counted))
  if (block === undefined || block.number < oldest.number + CHECKPOINT_BLOCKS) return
  recording?.keep(block.number)
  checkpoint(store, state.chainId, block, markets, books, pools)
  for (const book of books) book.finalize(block.number)
  pools?.finalize(block.number)
  feed.finalize(block.number)
}

const least = (first: bigint, ...others: readonly (bigint | undefined)[]): bigint =>
  others.reduce<bigint>((found, one) => (one !== undefined && one < found ? one : found), first)

/** The newest block that can no longer change, as far as anybody can tell. */
async function finalNumber({ finality }: ChainConfig, { rpc, feed }: OpenChain): Promise<bigint | undefined> {
  if (finality === 'tag') return (await getHeader(rpc, 'finalized'))?.number
  return feed.tip && feed.tip.number - BigInt(finality)
}
