import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import { Book } from '../../src/core/book.ts'
import { aaveV3 } from '../../src/protocols/aave-v3/index.ts'
import { addressesProvider, bookOf, head, NOW } from './market.ts'

/**
 * `node --expose-gc memory-child.ts ACCOUNTS SEED`: what a book of so many weighs, how long a full collection takes beside
 * it, and how long it takes to come back from a checkpoint. One line of JSON.
 */
const [accounts, seed] = process.argv.slice(2).map(Number) as [number, number]
const collect = (): void => {
  if (globalThis.gc === undefined) throw new Error('node --expose-gc')
  globalThis.gc()
}
const bytes = (): number => {
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
const timed = <T>(work: () => T): readonly [ms: number, result: T] => {
  const started = performance.now()
  const result = work()
  return [performance.now() - started, result]
}

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
try {
  const path = join(folder, 'bench.db')
  const made = write(path)
  const before = bytes()
  const cpu = process.cpuUsage()
  const [coldMs, book] = restart(path)
  const { user, system } = process.cpuUsage(cpu)
  book.screen(NOW)
  const bytesAnAccount = (bytes() - before) / accounts
  const collections = Array.from({ length: 9 }, () => timed(collect)[0]).sort((a, b) => a - b)
  const again = Array.from({ length: 3 }, () => restart(path)[0])
  if (book.ledger.size !== accounts) throw new Error(`${book.ledger.size} accounts came back`)
  const line = {
    accounts,
    bytesAnAccount,
    gcMs: collections[4],
    coldMs,
    coldCpuMs: (user + system) / 1e3,
    warmMs: Math.min(...again),
    ...made,
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Its own scope: the book that was written is to be forgotten. */
function write(path: string): { readonly checkpointMs: number } {
  const book = bookOf({ accounts, seed, at1Pct: 263, at10Pct: 2_000 })
  const store = openStore(path)
  const [checkpointMs] = timed(() =>
    store.saveCheckpoints(1, head(1n), new Map([['bench', book.checkpoint(head(1n))]])),
  )
  store.close()
  return { checkpointMs }
}

/** The store opened, its checkpoint read and verified, a book that can screen. */
function restart(path: string): readonly [number, Book] {
  return timed(() => {
    const store = openStore(path)
    const checkpoint = store.checkpoint(1, 'bench')
    if (checkpoint === undefined) throw new Error('no checkpoint')
    const book = new Book('bench', aaveV3({ addressesProvider, rules: 'auto', priceReadsS: 0n }))
    book.restore(checkpoint)
    store.close()
    return book
  })
}
