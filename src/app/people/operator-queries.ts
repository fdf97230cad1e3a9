import { type Address, getAddress, isAddress } from 'viem'
import type { BalanceAnswer, GasAnswer, RpcAnswer, WhyAnswer } from '../../core/answers.ts'
import type { JournalEntry, JournalKind } from '../../core/journal.ts'
import type { ControlPort, OperatorQueries } from '../../core/people/ports.ts'
import type { Store } from '../../core/ports.ts'
import type { ChainState } from '../chain-state.ts'
import { PRIORITY_FEE_WEI } from '../fees.ts'
import { toAccountRow, toBlockRef } from '../present.ts'
import type { Days } from './days.ts'
import { type BalanceWatchOptions, balanceOf } from './low-balance.ts'

export interface OperatorQueryOptions {
  readonly chains: readonly ChainState[]
  readonly settings: BalanceWatchOptions['settings']
  readonly store: Pick<Store, 'journalBack'>
  readonly control: Pick<ControlPort, 'paused' | 'mode'>
  readonly days: Pick<Days, 'days' | 'figures'>
  /** Who sends or would send; undefined: no key is configured. */
  readonly signer: Address | undefined
  readonly recent: { last(limit: number): readonly string[] }
  readonly scrub: (text: string) => string
  /** Monotonic. */
  readonly nowMs: () => number
}

/** Several people asking at once cost the node one request. */
const BALANCE_GOOD_FOR_MS = 5_000
const DECISIONS: readonly JournalKind[] = ['plan', 'refusal', 'sent', 'confirmed', 'lost', 'reorged']
const SETTLED: readonly JournalKind[] = ['confirmed', 'lost', 'reorged']

export function createOperatorQueries(options: OperatorQueryOptions): OperatorQueries {
  const { chains, store, days, recent, scrub } = options
  return {
    balances: cached(() => balances(options), BALANCE_GOOD_FOR_MS, options.nowMs),
    gas: () => chains.flatMap(gasOf),
    rpc: () => chains.flatMap((chain) => rpcOf(chain, scrub)),
    logs: (limit) => recent.last(limit).map(scrub),
    why: (address) => why(options, address),
    liquidations: (limit) => liquidations(store, limit),
    profit: (count) => days.days.slice(0, count).flatMap((day) => days.figures(day)),
  }
}

function cached<T>(ask: () => Promise<T>, goodForMs: number, nowMs: () => number): () => Promise<T> {
  let last: { readonly atMs: number; readonly answer: Promise<T> } | undefined
  return () => {
    if (last === undefined || nowMs() - last.atMs > goodForMs) last = { atMs: nowMs(), answer: ask() }
    const asked = last
    asked.answer.catch(() => {
      if (last === asked) last = undefined
    })
    return asked.answer
  }
}

/** A chain whose node does not answer is left out. */
async function balances({ chains, signer, settings }: OperatorQueryOptions): Promise<readonly BalanceAnswer[]> {
  if (signer === undefined) return []
  const { lowBalanceWei, symbolOf } = settings()
  const found = await Promise.all(
    chains.map(async (chain): Promise<BalanceAnswer | undefined> => {
      const wei = await balanceOf(chain, signer)
      const symbol = symbolOf(chain.chainId)
      const address = getAddress(signer)
      return wei === undefined
        ? undefined
        : { chain: chain.name, address, wei: wei.toString(), symbol, isLow: wei < lowBalanceWei }
    }),
  )
  return found.filter((one) => one !== undefined)
}

function gasOf({ name, newest, head }: ChainState): GasAnswer[] {
  const at = newest !== undefined && (head === undefined || newest.number > head.number) ? newest : head
  if (at === undefined) return []
  const fees = { baseFeeWei: at.baseFeeWei.toString(), priorityFeeWei: PRIORITY_FEE_WEI.toString() }
  return [{ chain: name, block: at.number.toString(), ...fees }]
}

const rpcOf = ({ name, lagBlocks, providers }: ChainState, scrub: (text: string) => string): RpcAnswer[] =>
  providers().map(({ host, ok, lastError, requestsToday }) => {
    const error = lastError === undefined ? null : scrub(lastError)
    return { chain: name, host, ok, lagBlocks, lastError: error, requestsToday }
  })

function why({ chains, store, control }: OperatorQueryOptions, text: string): readonly WhyAnswer[] {
  if (!isAddress(text, { strict: false })) return []
  const address = text.toLowerCase() as Address
  return chains.flatMap((chain) =>
    chain.books.flatMap((book) => {
      const account = book.find(address)
      const view =
        account === undefined || book.head === undefined ? undefined : book.account(account, book.head.timestamp)
      if (view === undefined || book.head === undefined) return []
      return {
        market: book.name,
        chainId: chain.chainId,
        block: toBlockRef(book.head),
        row: toAccountRow(book.name, chain.chainId, view),
        heldBackBy: heldBackBy(chain, book.name, control),
        last: lastWord(store, book.name, getAddress(address)),
      }
    }),
  )
}

/** In the order in which the loop asks. */
function heldBackBy(
  chain: ChainState,
  market: string,
  { mode, paused }: OperatorQueryOptions['control'],
): WhyAnswer['heldBackBy'] {
  if (mode === 'watch') return 'mode-watch'
  if (chain.distrust(market) !== undefined) return 'market-quarantined'
  if (!chain.proven.has(market)) return 'market-unproven'
  return paused ? 'control-paused' : null
}

/** What was decided of it; else what people were told of it. */
function lastWord(store: OperatorQueryOptions['store'], market: string, subject: string): JournalEntry | null {
  const of = (kinds: readonly JournalKind[]) => store.journalBack({ kinds, subject, market, limit: 1 })[0]
  return of(DECISIONS) ?? of(['alert']) ?? null
}

/** What came of each transaction of ours, and those of which nothing is known yet. */
function liquidations(store: OperatorQueryOptions['store'], limit: number): readonly JournalEntry[] {
  const settled = store.journalBack({ kinds: SETTLED, limit })
  const hashes = new Set(settled.map(({ data }) => data['hash']))
  const oldest = settled.length === limit ? (settled.at(-1)?.seq ?? 0) : 0
  const open = store
    .journalBack({ kinds: ['sent'], limit })
    .filter(({ seq, data }) => seq > oldest && !hashes.has(data['hash']))
  return [...settled, ...open].sort((a, b) => b.seq - a.seq).slice(0, limit)
}
