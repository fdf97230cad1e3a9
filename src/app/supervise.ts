import type { PrivateKeyAccount } from 'viem'
import { getHeader } from '../adapters/rpc/client.ts'
import { pause } from '../adapters/rpc/heads.ts'
import type { ChainConfig, Config, MarketConfig } from '../config/config.ts'
import { ChainError, PlimsollError, StoreError, UnreachableError } from '../core/errors.ts'
import type { Store } from '../core/ports.ts'
import type { Facts } from '../core/types.ts'
import type { AlertDesk } from './alerts.ts'
import { isExact, verify } from './audit.ts'
import type { ChainState } from './chain-state.ts'
import type { Control } from './control.ts'
import { checkContracts, limitsOf, tradeOn } from './executors.ts'
import type { Journal } from './journal.ts'
import { runKeeper } from './keeper.ts'
import { checkpoint, type OpenChain, openChain, type Progress } from './open-chain.ts'
import { type ChainRecording, recordChain } from './record/record-chain.ts'

export interface SuperviseOptions {
  readonly chain: ChainConfig
  readonly config: Config
  readonly state: ChainState
  readonly store: Store
  readonly journal: Journal
  readonly control: Control
  readonly alerts: AlertDesk
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
  /** Of this program; a recording says it. */
  readonly version: string
}

const FIRST_RESTART_MS = 500
const LONGEST_RESTART_MS = 30_000
/** Blocks between two checkpoints; a restart applies the pages since. */
const CHECKPOINT_BLOCKS = 64n
/** Blocks between two looks at the node's finalized tag, and between two audits. */
const FINALITY_BLOCKS = 32n
const AUDIT_BLOCKS = 50n
/** Accounts that an audit compares: those closest to the line. */
const AUDIT_ACCOUNTS = 50

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

/** One life of the loop. */
async function turn(options: SuperviseOptions, life: Life): Promise<void> {
  const { chain, config, state, store, signal, account, onProblem, onCurrent, progress } = options
  const markets = config.markets.filter((market) => market.chain === chain.name)
  const open = await openChain({ chain, markets, store, state, signal, onProblem, onCurrent, progress })
  let recording: ChainRecording | undefined
  try {
    state.books = open.books
    if (account) await checkContracts(open, config, account)
    recording = recordChain(open, options)
    life.opened = true
    const keepHouse = housekeeping(options, open, markets, recording)
    await runKeeper({
      ...options,
      ...(await tradeOn({ ...open, batch: recording?.batch ?? open.batch }, options)),
      ...(recording && { afterActing: recording.afterActing }),
      feed: open.feed,
      books: open.books,
      limits: (market) => limitsOf(config, market),
      afterPage: async (facts, live) => {
        life.waitMs = FIRST_RESTART_MS
        await keepHouse(facts, live)
      },
      quoteDeadlineMs: Math.max(500, (chain.blockTimeS * 1000) / 2),
    })
  } finally {
    open.heads.close()
    await recording?.close(signal.aborted ? () => finalNumber(chain, open) : undefined)
  }
}

/** What is due after a page: audits, checkpoints. */
function housekeeping(
  options: SuperviseOptions,
  open: OpenChain,
  markets: readonly MarketConfig[],
  recording: ChainRecording | undefined,
): (facts: Facts, live: boolean) => Promise<void> {
  const { state, onPage } = options
  let looked = 0n
  let audited = 0n
  return async (facts, live) => {
    const { block } = facts
    quarantineUnknown(state, open)
    if (live && block.number >= audited + AUDIT_BLOCKS) {
      audited = block.number
      await audit(options, open)
    }
    if (block.number >= looked + FINALITY_BLOCKS) {
      looked = block.number
      await finalize(options, open, markets, recording)
    }
    onPage(facts, live)
  }
}

/** An upgrade may bring rules nobody here knows: watch, send nothing. */
function quarantineUnknown(state: ChainState, { books }: OpenChain): void {
  for (const book of books) {
    const { rules, revision } = book.protocol.market(book.ledger)
    if (rules === undefined) state.quarantined.set(book.name, `pool revision ${revision} is not known`)
    else if (state.quarantined.get(book.name)?.startsWith('pool revision')) state.quarantined.delete(book.name)
  }
}

const DIFFERED = 'the mirror differed from the chain'

/** The accounts closest to the line and every reserve's debt, against the chain. */
async function audit({ state, journal }: SuperviseOptions, { books, batch }: OpenChain): Promise<void> {
  for (const book of books) {
    if (book.head === undefined) continue
    book.screen(book.head.timestamp)
    const result = await verify(book, batch, book.ranked(AUDIT_ACCOUNTS))
    const { block, checked, mismatched } = result
    const exact = isExact(result)
    state.audits.set(book.name, { block, checked, mismatched: exact ? 0 : Math.max(1, mismatched) })
    const worst = result.mismatches[0] ?? null
    journal.add({
      chainId: state.chainId,
      market: book.name,
      block: block.toString(),
      kind: 'audit',
      data: { block, checked, mismatched: exact ? 0 : Math.max(1, mismatched), worst: worst && { ...worst } },
    })
    if (!exact) state.quarantined.set(book.name, `${DIFFERED} at block ${block}`)
    else if (state.quarantined.get(book.name)?.startsWith(DIFFERED)) state.quarantined.delete(book.name)
  }
}

/** Write down the state of the last final block, and forget how to undo what is below it. */
async function finalize(
  { chain, state, store }: SuperviseOptions,
  open: OpenChain,
  markets: readonly MarketConfig[],
  recording: ChainRecording | undefined,
): Promise<void> {
  const { feed, books } = open
  const { tip, oldest } = feed
  if (tip === undefined || oldest === undefined) return
  const final = await finalNumber(chain, open)
  // The tip itself is not acted on yet: its page is still to be added to.
  const block = final === undefined ? undefined : feed.lastAt(final < tip.number ? final : tip.number - 1n)
  if (block === undefined || block.number < oldest.number + CHECKPOINT_BLOCKS) return
  recording?.keep(block.number)
  checkpoint(store, state.chainId, block, markets, books)
  for (const book of books) book.finalize(block.number)
  feed.finalize(block.number)
}

/** The newest block that can no longer change, as far as anybody can tell. */
async function finalNumber({ finality }: ChainConfig, { rpc, feed }: OpenChain): Promise<bigint | undefined> {
  if (finality === 'tag') return (await getHeader(rpc, 'finalized'))?.number
  return feed.tip && feed.tip.number - BigInt(finality)
}
