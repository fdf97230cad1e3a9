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
import { firstPage, type Progress } from '../open-chain.ts'
import { debtors, rehearseAccount } from './account.ts'
import type { AccountResult } from './result.ts'
import { openRehearsal, type RehearsalStage } from './stage.ts'

export interface RehearseOptions {
  readonly chain: ChainConfig
  readonly market: MarketConfig
  readonly limits: Limits
  readonly rpc: Rpc
  readonly batch: Batch
  readonly block: Header
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
  const { chain, market, limits, rpc, batch, block, folder, signal, progress } = options
  mkdirSync(folder, { recursive: true })
  const store = openStore(join(folder, 'borrowers.db'))
  try {
    const book = await firstPage({ chain, rpc, batch, store, signal, progress }, market, block)
    const all = debtors({ book, timestamp: block.timestamp }).slice(0, options.limit)
    const { done, lines } = openResults(options, limits)
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

/** The work's own words stand in the first line: results of another block or of other limits are not taken over. */
function openResults({ market, block, folder, say }: RehearseOptions, limits: Limits): Results {
  const path = join(folder, 'rehearsal.jsonl')
  const { denyBorrowers, denyAssets, ...amounts } = limits
  const work = JSON.stringify(
    {
      market: market.name,
      block: block.hash,
      ...amounts,
      denyBorrowers: [...denyBorrowers],
      denyAssets: [...denyAssets],
    },
    (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  )
  const resumed = resumeLines(path)
  const [first, ...rest] = (resumed?.values ?? []) as readonly ({ readonly work: string } | AccountResult)[]
  if (resumed && first && 'work' in first && first.work === work) {
    const results = rest.filter((value) => 'address' in value)
    if (results.length > 0) say(`${path}: ${results.length} accounts were rehearsed before`)
    return { done: new Map(results.map((result) => [result.address, result])), lines: resumed.lines }
  }
  resumed?.lines.close()
  const lines = createLines(path)
  lines.append({ work })
  return { done: new Map(), lines }
}

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
