import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Address } from 'viem'
import { createLines, type Lines, resumeLines } from '../../adapters/lines.ts'
import type { Rpc } from '../../adapters/rpc/client.ts'
import { openStore } from '../../adapters/store/sqlite.ts'
import type { ChainConfig, MarketConfig } from '../../config/config.ts'
import type { Book } from '../../core/book.ts'
import type { Limits } from '../../core/plan.ts'
import type { Batch } from '../../core/ports.ts'
import type { Header } from '../../core/types.ts'
import { firstPage, type Progress, requireKnownRules } from '../open-chain.ts'
import { debtors, rehearseAccount } from './account.ts'
import type { AccountResult } from './result.ts'
import { openRehearsal, type RehearsalStage } from './stage.ts'

export interface Work {
  readonly chain: ChainConfig
  readonly market: MarketConfig
  readonly limits: Limits
  readonly block: Header
  /** Of the program: another one may decide otherwise. */
  readonly version: string
}

export interface RehearseOptions extends Work {
  readonly rpc: Rpc
  readonly batch: Batch
  /** At most so many accounts, the largest debts first; undefined: all. */
  readonly limit: number | undefined
  /** Where results are kept as they come. */
  readonly folder: string
  readonly signal: AbortSignal
  readonly progress: Progress
  readonly onAccount: (done: number, total: number, result: AccountResult) => void
  readonly say: (line: string) => void
}

export interface Rehearsal {
  readonly book: Book
  readonly results: readonly AccountResult[]
}

/** So many accounts on one fork: its memory of what it executed grows. */
const ACCOUNTS_A_FORK = 500

/** Everybody with debt, pushed under and liquidated on a fork, one after the other; what was done before is not done again. */
export async function rehearse(options: RehearseOptions): Promise<Rehearsal> {
  const { chain, market, rpc, batch, block, folder, signal, progress } = options
  mkdirSync(folder, { recursive: true })
  const store = openStore(join(folder, 'borrowers.db'))
  try {
    const book = await firstPage({ chain, rpc, batch, store, signal, progress }, market, block)
    requireKnownRules(book, market.name)
    const all = debtors({ book, timestamp: block.timestamp }).slice(0, options.limit)
    const { done, lines } = openResults(options)
    try {
      return { book, results: await throughAll(options, book, all, { done, lines }) }
    } finally {
      lines.close()
    }
  } finally {
    store.close()
  }
}

interface Results {
  readonly done: ReadonlyMap<Address, AccountResult>
  readonly lines: Lines
}

/** The work's own words stand in the first line: results of other work are not taken over. */
function openResults(options: RehearseOptions): Results {
  const { folder, say } = options
  const path = join(folder, 'rehearsal.jsonl')
  const work = workOf(options)
  const resumed = resumeLines(path)
  const [first, ...rest] = resumed?.values ?? []
  if (resumed && isObject(first) && 'work' in first && first.work === work) {
    const results = rest.filter(isResult)
    if (results.length > 0) say(`${path}: ${results.length} accounts were rehearsed before`)
    return { done: new Map(results.map((result) => [result.address, result])), lines: resumed.lines }
  }
  resumed?.lines.close()
  if (resumed && resumed.values.length > 0) say(`${path} is of another block, configuration or version: beginning anew`)
  const lines = createLines(path)
  lines.append({ work })
  return { done: new Map(), lines }
}

/** Everything that a result depends on; not the node, which may be another one of the same chain. */
export function workOf({ chain, market, limits, block, version }: Work): string {
  const { id, blockTimeS, multicall, wrappedNative, nativeSymbol, l1Fee, uniswapV3 } = chain
  const { name, protocol, addressesProvider, fromBlock, rules, priceReads } = market
  const work = {
    version,
    block: block.hash,
    chain: { id, blockTimeS, multicall, wrappedNative, nativeSymbol, l1Fee, uniswapV3 },
    market: { name, protocol, addressesProvider, fromBlock, rules, priceReads },
    limits: { ...limits, denyBorrowers: [...limits.denyBorrowers].sort(), denyAssets: [...limits.denyAssets].sort() },
  }
  return JSON.stringify(work, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Below a first line that is our own, each line is as this version wrote it. */
const isResult = (value: unknown): value is AccountResult => isObject(value) && 'address' in value

async function throughAll(
  options: RehearseOptions,
  book: Book,
  all: readonly Address[],
  { done, lines }: Results,
): Promise<AccountResult[]> {
  const results: AccountResult[] = []
  let stage: RehearsalStage | undefined
  let onFork = 0
  try {
    for (const [i, address] of all.entries()) {
      options.signal.throwIfAborted()
      let result = done.get(address)
      if (result === undefined) {
        if (stage === undefined || onFork === ACCOUNTS_A_FORK) {
          await stage?.close()
          stage = await openRehearsal({ chain: options.chain, book, limits: options.limits })
          onFork = 0
        }
        onFork++
        const account = book.find(address)
        result = account === undefined ? undefined : await rehearseAccount(stage, account)
        if (result === undefined) continue
        lines.append(result)
      }
      results.push(result)
      options.onAccount(i + 1, all.length, result)
    }
  } finally {
    await stage?.close()
  }
  return results
}
