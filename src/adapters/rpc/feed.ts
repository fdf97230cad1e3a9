import { ChainError } from '../../core/errors.ts'
import type { Batch, Feed, FeedEvent, Follower } from '../../core/ports.ts'
import { type Call, callKey, type Facts, type Header, type Log, type LogFilter, type Read } from '../../core/types.ts'
import { getHeader, getLogs, type Reader } from './client.ts'
import { bloomMayContain, mergeFilters, ours } from './filters.ts'
import { type Heads, pause } from './heads.ts'
import { rangedLogs } from './history.ts'

export interface FeedOptions {
  readonly rpc: Reader
  readonly batch: Batch
  readonly heads: Heads
  readonly signal: AbortSignal
  /** Requests that one page took, fruitless polls not counted. */
  readonly onPage: (requests: number) => void
  /** The last page is the newest head that any node told. */
  readonly onCurrent: () => void
  readonly onProblem: (problem: string) => void
}

/** Further behind than this, a stretch of blocks becomes one page: its logs together, its reads at its last block. */
const BLOCK_BY_BLOCK = 64n
/** Rounds of reads that a page may need; more would be a protocol that never has enough. */
const MOST_ROUNDS = 10
/** Blocks of the first logs request after a long absence; found out from there. */
const GAP_RANGE = 2_000n
const RETRY_MS = 250

/** The live chain as pages and rollbacks. Everything about one page is asked at that block's hash. */
export class RpcFeed implements Feed {
  readonly #options: FeedOptions
  /** Headers of applied pages, ascending, as far back as the chain may still reorganise. */
  readonly #known: Header[]

  constructor(options: FeedOptions, known: readonly Header[]) {
    this.#options = options
    this.#known = [...known]
  }

  /** The page that came last, if any. */
  get tip(): Header | undefined {
    return this.#known.at(-1)
  }

  /** The oldest page that a reorganisation may still go back to. */
  get oldest(): Header | undefined {
    return this.#known[0]
  }

  /** How many pages that is. */
  get pages(): number {
    return this.#known.length
  }

  /** The newest page at or below `block`. */
  lastAt(block: bigint): Header | undefined {
    return this.#known.findLast((header) => header.number <= block)
  }

  /** Blocks up to here can no longer change. The last one stays: the next page is judged by it. */
  finalize(block: bigint): void {
    while (this.#known.length > 1 && (this.#known[1] as Header).number <= block) this.#known.shift()
  }

  /** Pages after the tip, for ever. A node in trouble makes it wait, not end. */
  async *follow(followers: () => readonly Follower[]): AsyncGenerator<FeedEvent> {
    const { heads, signal, onCurrent, onProblem } = this.#options
    let seen: Header | undefined
    while (!signal.aborted) {
      try {
        const head = await heads.next(seen)
        yield* this.#advance(head, followers)
        if (this.tip?.hash === head.hash) onCurrent()
        seen = head
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof ChainError) throw error
        onProblem(error instanceof Error ? error.message : String(error))
        await pause(RETRY_MS, signal)
        // The head may have been orphaned between the telling and the reading: ask anew, do not insist.
        heads.forget()
      }
    }
  }

  /** From the tip to `head`: back to the common ancestor first if they are on different branches. */
  async *#advance(head: Header, followers: () => readonly Follower[]): AsyncGenerator<FeedEvent> {
    const oldest = this.#known[0]
    if (this.tip === undefined || oldest === undefined) throw new RangeError('RpcFeed.follow before the first page')
    const ours = this.#known.findLast((header) => header.number === head.number)
    if (ours?.hash === head.hash) return
    // A node that lags behind what is final proves nothing: the head never goes back except by another branch.
    if (head.number < oldest.number) return
    // Neither does one that lags into a stretch that was read as one page, as long as it shows no other branch.
    if (ours === undefined && head.number < this.tip.number && !(await this.#replaced(this.tip))) return
    if (head.number <= this.tip.number || !(await this.#continues(this.tip, head))) yield await this.#rollback(head)
    for (let from = this.tip; from.number < head.number; from = this.tip) {
      const gap = head.number - from.number
      const header = gap === 1n ? head : await this.#header(gap > BLOCK_BY_BLOCK ? head.number : from.number + 1n)
      if (gap <= BLOCK_BY_BLOCK && header.parentHash !== from.hash) yield await this.#rollback(header)
      else yield await this.#page(header, from, followers(), header.number === head.number)
    }
  }

  async #continues(tip: Header, head: Header): Promise<boolean> {
    if (head.number === tip.number + 1n) return head.parentHash === tip.hash
    return (await getHeader(this.#options.rpc, tip.number))?.hash === tip.hash
  }

  async #replaced({ number, hash }: Header): Promise<boolean> {
    const now = await getHeader(this.#options.rpc, number)
    return now !== undefined && now.hash !== hash
  }

  async #header(number: bigint): Promise<Header> {
    const header = await getHeader(this.#options.rpc, number)
    if (header === undefined) throw new Error(`the node does not have block ${number} yet`)
    return header
  }

  /**
   * Forget the pages that are not on the branch of `head`; none before the common ancestor is found, since a search cut
   * short by a node in trouble would lose pages that nobody was told to undo.
   */
  async #rollback(head: Header): Promise<FeedEvent> {
    for (let at = this.#known.length - 1; at >= 0; at--) {
      const last = this.#known[at] as Header
      if (last.number >= head.number || (await this.#header(last.number)).hash !== last.hash) continue
      const depth = this.#known.splice(at + 1).length
      // The tip is on the node's branch and `head` is not on the tip: it was orphaned since it was told.
      if (depth === 0) throw new Error(`block ${head.number} is no longer on the chain`)
      return { kind: 'rollback', to: last, depth }
    }
    throw belowFinality(this.#options.rpc.chain, head)
  }

  async #page(header: Header, from: Header, followers: readonly Follower[], live: boolean): Promise<FeedEvent> {
    const { rpc, onPage } = this.#options
    const before = rpc.total
    const facts = await readPage(this.#options, header, from, followers)
    this.#known.push(header)
    onPage(rpc.total - before + 1)
    return { kind: 'page', facts, live }
  }
}

type PageReader = Pick<FeedOptions, 'rpc' | 'batch' | 'signal'>

/** The logs since `from` and the reads that its followers name, all as of `header`. */
async function readPage(
  reader: PageReader,
  header: Header,
  from: Header,
  followers: readonly Follower[],
): Promise<Facts> {
  const filters = followers.flatMap((follower) => follower.filters())
  const single = header.number === from.number + 1n
  const logs = single ? await logsOf(reader, header, filters) : await logsSince(reader, header, from, filters)
  return completeReads(reader, header, logs.filter(ours(filters)), followers)
}

/** By hash; no request at all where the header's bloom rules them out. */
async function logsOf({ rpc }: PageReader, header: Header, filters: readonly LogFilter[]): Promise<readonly Log[]> {
  if (!bloomMayContain(header.logsBloom, filters)) return []
  return getLogs(rpc, { ...mergeFilters(filters), at: { blockHash: header.hash } })
}

/** Of all blocks after `from` up to `header`, which must still be on the chain once they are read. */
async function logsSince(
  { rpc, signal }: PageReader,
  header: Header,
  from: Header,
  filters: readonly LogFilter[],
): Promise<readonly Log[]> {
  const logs: Log[] = []
  const stretch = { ...mergeFilters(filters), from: from.number + 1n, to: header.number, range: GAP_RANGE }
  for await (const part of rangedLogs(rpc, stretch, signal)) for (const { log } of part.logs) logs.push(log)
  if ((await getHeader(rpc, header.number))?.hash !== header.hash)
    throw new Error(`block ${header.number} changed while its logs were read`)
  return logs
}

/** Ask what the followers name until they have enough: one round in an ordinary block. */
export async function completeReads(
  { batch }: Pick<PageReader, 'batch'>,
  header: Header,
  logs: Facts['logs'],
  followers: readonly Follower[],
  onRound: (calls: number) => void = () => {},
): Promise<Facts> {
  const answered = new Set<string>()
  const reads: Read[] = []
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const facts: Facts = { block: header, logs, reads }
    const calls = new Map<string, Call>()
    for (const follower of followers) for (const call of follower.reads(facts)) calls.set(callKey(call), call)
    const missing = [...calls].filter(([key]) => !answered.has(key))
    if (missing.length === 0) return facts
    onRound(missing.length)
    reads.push(
      ...(await batch.read(
        missing.map(([, call]) => call),
        { blockHash: header.hash },
      )),
    )
    for (const [key] of missing) answered.add(key)
  }
  throw new RangeError(`block ${header.number}: still not enough after ${MOST_ROUNDS} rounds of reads`)
}

const belowFinality = (chain: string, head: Header): ChainError =>
  new ChainError({
    code: 'REORG_BELOW_FINALITY',
    what: `chain "${chain}" was reorganised below the blocks that were taken as final (head ${head.number})`,
    why: 'the mirror cannot be rolled back so far, so nothing it says can be trusted',
    fix: 'Check the node. If the new branch is the right one, move the store away and start again.',
  })
