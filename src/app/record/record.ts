import { existsSync, rmSync } from 'node:fs'
import { RecordingError } from '../../adapters/recording/format.ts'
import { RecordingWriter } from '../../adapters/recording/writer.ts'
import { getHeader, type Rpc } from '../../adapters/rpc/client.ts'
import { patiently } from '../../adapters/rpc/history.ts'
import { type PastProgress, readPast } from '../../adapters/rpc/past.ts'
import { openStore } from '../../adapters/store/sqlite.ts'
import type { ChainConfig, MarketConfig } from '../../config/config.ts'
import type { Book } from '../../core/book.ts'
import type { Batch } from '../../core/ports.ts'
import type { RecordingEntry, RecordingMeta } from '../../core/recording.ts'
import type { AccountId, Header } from '../../core/types.ts'
import { everyAccount, isExact, sampleAccounts, verify } from '../audit.ts'
import { firstPage, type Progress, requireKnownRules } from '../open-chain.ts'
import { need } from './blocks.ts'
import { bookOf, follow } from './recorded.ts'

export interface RecordOptions {
  readonly rpc: Rpc
  readonly batch: Batch
  readonly chain: ChainConfig
  readonly markets: readonly MarketConfig[]
  readonly meta: RecordingMeta
  readonly path: string
  /** Both ends included; `to` must be final. */
  readonly from: bigint
  readonly to: bigint
  /** Comparisons with the chain on the way, beside the one at the end. */
  readonly proofs: number
  readonly derives: boolean
  readonly signal: AbortSignal
  readonly progress: Progress
  readonly onProgress: (progress: PastProgress) => void
  readonly say: (line: string) => void
}

/** What was written by this run; `bytes` and `blocks` are those of the file. */
export interface RecordSummary {
  readonly path: string
  readonly from: bigint
  readonly to: bigint
  readonly pages: number
  readonly pagesDerived: number
  readonly readsDerived: number
  readonly readsAsked: number
  readonly requests: number
  readonly bytes: number
  readonly proofs: number
  readonly compared: number
  readonly mismatched: number
}

/** Accounts that a comparison on the way looks at; the one at the end looks at all. */
const PROOF_ACCOUNTS = 200
/** What a crash may cost: so many pages are asked for again. */
const FLUSH_PAGES = 200

/** A range of past blocks into a file, or on with one that was begun. Throws RecordingError where they do not fit. */
export async function record(options: RecordOptions): Promise<RecordSummary> {
  const { rpc, path, meta, say } = options
  const before = rpc.total
  const books = new Map(meta.markets.map((market) => [market.name, bookOf(market)]))
  const proven = new Map<string, bigint>()
  const writer = existsSync(path) ? await resume(options, books, proven) : RecordingWriter.create(path, meta)
  try {
    await beginMarkets(options, writer, books)
    const next = (writer.block ?? options.from) + 1n
    if (next > options.to + 1n) throw beyond(path, writer.block ?? 0n, options.to)
    if (next > options.from) say(`${path}: going on at block ${next}`)
    const counts = await recordRange(options, writer, books, next)
    for (const book of books.values())
      if (proven.get(book.name) !== book.head?.number) await prove(options, writer, book, counts, everyAccount(book))
    writer.finish()
    return { path, from: options.from, to: options.to, ...counts, requests: rpc.total - before, bytes: writer.bytes }
  } finally {
    writer.close()
  }
}

async function resume(
  options: RecordOptions,
  books: ReadonlyMap<string, Book>,
  proven: Map<string, bigint>,
): Promise<RecordingWriter> {
  const { path, meta, rpc, say } = options
  let last: Header | undefined
  let first: bigint | undefined
  const {
    writer,
    meta: found,
    cutBytes,
  } = RecordingWriter.resume(path, (entry) => {
    follow(books, entry)
    if (entry.kind === 'page') last = entry.facts.block
    if (entry.kind === 'state') first ??= entry.state.block.number + 1n
    if (entry.kind === 'proof') proven.set(entry.market, entry.block)
  })
  if (cutBytes > 0) say(`${path}: an unfinished end of ${cutBytes} bytes was cut off`)
  const same = ({ chainId, markets }: RecordingMeta): string => JSON.stringify([chainId, markets])
  if (same(found) !== same(meta) || (first !== undefined && first !== options.from)) {
    writer.close()
    throw other(options, found, first)
  }
  if (last !== undefined && (await getHeader(rpc, last.number))?.hash !== last.hash) {
    writer.close()
    throw orphaned(path, last.number)
  }
  return writer
}

/** The state of every market at the end of the block before the range. */
async function beginMarkets(
  options: RecordOptions,
  writer: RecordingWriter,
  books: ReadonlyMap<string, Book>,
): Promise<void> {
  const missing = options.markets.filter(({ name }) => books.get(name)?.head === undefined)
  if (missing.length === 0) return
  const block = await need(options.rpc, options.chain, options.from - 1n)
  // The search for borrowers is long and is kept beside the recording until it is done.
  const scans = `${options.path}.scan.db`
  const store = openStore(scans)
  try {
    for (const market of missing) {
      const book = await firstPage({ ...options, store }, market, block)
      requireKnownRules(book, market.name)
      const { cells, ...state } = book.checkpoint(block)
      // Read twice: by the file and by the book that goes on from there.
      const entry: RecordingEntry = { kind: 'state', market: market.name, state: { ...state, cells: [...cells] } }
      writer.append(entry)
      follow(books, entry)
    }
    writer.flush()
  } finally {
    store.close()
  }
  for (const suffix of ['', '-wal', '-shm', '.lock']) rmSync(`${scans}${suffix}`, { force: true })
}

type Counts = Pick<
  RecordSummary,
  'pages' | 'pagesDerived' | 'readsDerived' | 'readsAsked' | 'proofs' | 'compared' | 'mismatched'
>

async function recordRange(
  options: RecordOptions,
  writer: RecordingWriter,
  books: ReadonlyMap<string, Book>,
  from: bigint,
): Promise<Counts> {
  const counts = { pages: 0, pagesDerived: 0, readsDerived: 0, readsAsked: 0, proofs: 0, compared: 0, mismatched: 0 }
  const { to, proofs } = options
  const every = (to - options.from) / BigInt(proofs + 1) + 1n
  let due = options.from + every
  while (due <= from) due += every
  const followers = [...books.values()]
  let gap: (RecordingEntry & { kind: 'gap' }) | undefined
  for await (const step of readPast({ ...options, followers, from, range: BigInt(options.chain.logRange) })) {
    if (step.kind === 'gap') {
      gap = { ...step, from: gap?.from ?? step.from }
      continue
    }
    if (gap) writer.append(gap)
    gap = undefined
    writer.append(step)
    follow(books, step)
    const { block, reads } = step.facts
    counts.pages++
    counts.pagesDerived += step.derived === reads.length ? 1 : 0
    counts.readsDerived += step.derived
    counts.readsAsked += reads.length - step.derived
    if (counts.pages % FLUSH_PAGES === 0) writer.flush()
    if (block.number < due || block.number === to) continue
    while (due <= block.number) due += every
    for (const book of followers) await prove(options, writer, book, counts, sampleAccounts(book, PROOF_ACCOUNTS))
  }
  return counts
}

/** The mirror against the chain at its block; the file says what came of it. */
async function prove(
  { batch, say, signal }: RecordOptions,
  writer: RecordingWriter,
  book: Book,
  counts: { proofs: number; compared: number; mismatched: number },
  accounts: readonly AccountId[],
): Promise<void> {
  const verification = await patiently(() => verify(book, batch, accounts), signal)
  const { block, checked, mismatches } = verification
  const mismatched = isExact(verification) ? 0 : Math.max(1, verification.mismatched)
  writer.append({ kind: 'proof', market: book.name, block, checked, mismatched })
  counts.proofs++
  counts.compared += checked
  counts.mismatched += mismatched
  const [worst] = mismatches
  if (mismatched > 0)
    say(
      `${book.name} at block ${block}: ${mismatched} of ${checked} accounts differ from the chain${worst ? `; ${worst.address} ${worst.field}: ours ${worst.ours}, chain ${worst.chain}` : ''}`,
    )
}

const beyond = (path: string, last: bigint, to: bigint): RecordingError =>
  new RecordingError({
    code: 'RECORDING_COMPLETE',
    what: `${path} already goes to block ${last}`,
    why: `that is beyond --to ${to}`,
    fix: 'Nothing is to be done; give a later --to to go on.',
  })

const namesOf = ({ markets }: RecordingMeta): string =>
  markets.map(({ name, priceReadsS }) => `${name} (prices ${priceReadsS} s)`).join(', ')

const other = ({ path, meta, from }: RecordOptions, found: RecordingMeta, first: bigint | undefined): RecordingError =>
  new RecordingError({
    code: 'RECORDING_OTHER',
    what: `${path} holds ${namesOf(found)} on ${found.chain} from block ${first ?? '?'}`,
    why: `that is not what is to be recorded: ${namesOf(meta)} on ${meta.chain} from block ${from}`,
    fix: 'Name another file, or give the options with which this one was begun.',
  })

const orphaned = (path: string, block: bigint): RecordingError =>
  new RecordingError({
    code: 'RECORDING_ORPHANED',
    what: `${path} ends in a block ${block} that the node does not have`,
    why: 'the chain was reorganised below what was taken as final, or the node is of another network',
    fix: 'Check the node; if it is right, record the range again.',
  })
