import { statSync } from 'node:fs'
import { basename } from 'node:path'
import type { Address } from 'viem'
import { RecordedFeed } from '../../adapters/recording/feed.ts'
import { openRecording, type Place, type Recording } from '../../adapters/recording/reader.ts'
import type { Config } from '../../config/config.ts'
import { Book } from '../../core/book.ts'
import type { Candidate, Plan, RefusalReason } from '../../core/plan.ts'
import type { Batch, JournalEntry } from '../../core/ports.ts'
import type { RecordingEntry } from '../../core/recording.ts'
import { decodeState, encodeState } from '../../core/state-codec.ts'
import type { Facts, Header } from '../../core/types.ts'
import { AlertDesk } from '../alerts.ts'
import { ChainState } from '../chain-state.ts'
import { Control } from '../control.ts'
import { Journal } from '../journal.ts'
import { runKeeper } from '../keeper.ts'
import { requireEnd } from '../record/check.ts'
import { bookOf } from '../record/recorded.ts'
import { Spoken } from '../spoken.ts'
import { Judge } from './judge.ts'
import { memoryStore } from './memory.ts'
import { PaperExecutor } from './paper.ts'
import { createQuotes } from './quotes.ts'
import { type BacktestState, fromHex, ResumeFile, type Seen, toHex } from './resume.ts'
import type { BacktestRun, OurRow, RefusedRow } from './run.ts'
import { type BacktestSettings, backtestSettings } from './settings.ts'
import type { Overrides } from './sweep-options.ts'

export interface BacktestOptions {
  readonly file: string
  /** Limits, contracts, chain; default: everything at its default. */
  readonly config: Config | undefined
  readonly overrides: Overrides
  /** A node's answers to quotes that were not recorded. */
  readonly node?: Batch | undefined
  readonly signal: AbortSignal
  readonly onProgress?: (progress: BacktestProgress) => void
  /** For whoever wants to do more with a plan than to count it. */
  readonly onPlan?: (planned: Planned) => void
  /** Where to keep what is done, so that a killed run goes on; none: nowhere. */
  readonly resumeFile?: string | undefined
  /** Milliseconds between two savings. */
  readonly saveEveryMs?: number
}

export interface BacktestProgress {
  readonly bytes: number
  readonly totalBytes: number
  readonly pages: number
  readonly liquidations: number
}

/** A plan with all that executing it needs. */
export interface Planned {
  readonly row: OurRow
  readonly candidate: Candidate
  readonly plan: Plan
  readonly book: Book
  readonly facts: Facts
}

const SAVE_EVERY_MS = 15_000
/** Recorded quotes come at once; the loop's own limit must never strike. */
const NO_DEADLINE_MS = 2 ** 31 - 1

/** The live loop over a recording: same pages, same books, same planner. Same file and settings, same rows. */
export async function runBacktest(options: BacktestOptions): Promise<BacktestRun> {
  const resume = options.resumeFile === undefined ? undefined : resumeFileOf(options, options.resumeFile)
  const saved = resume?.read()
  const recording = openRecording(options.file, saved && placeOf(saved))
  try {
    const settings = backtestSettings(recording.meta, options.config, options.overrides)
    const stage = setTheStage(options, recording, settings, saved)
    let savedAtMs = performance.now()
    let frames = recording.place.frames
    const afterEntry = (entry: RecordingEntry): void => {
      stage.note(entry)
      const isFrameEnd = recording.place.frames !== frames
      frames = recording.place.frames
      if (isFrameEnd) options.onProgress?.(stage.progress())
      if (!isFrameEnd || performance.now() - savedAtMs < (options.saveEveryMs ?? SAVE_EVERY_MS)) return
      resume?.write(stage.state())
      savedAtMs = performance.now()
    }
    await stage.run(afterEntry)
    options.signal.throwIfAborted()
    requireEnd(options.file, recording.place)
    resume?.remove()
    return stage.result()
  } finally {
    recording.close()
  }
}

const resumeFileOf = ({ file, config, overrides, node }: BacktestOptions, path: string): ResumeFile => {
  const { size, mtimeMs } = statSync(file)
  const executor =
    config &&
    [...config.executor.markets].map(([name, { contract, limits }]) => [
      name,
      contract,
      { ...limits, denyBorrowers: [...limits.denyBorrowers], denyAssets: [...limits.denyAssets] },
    ])
  return new ResumeFile(path, {
    version: 1,
    file,
    size,
    mtimeMs,
    executor,
    chains: config?.chains,
    alerts: config?.alerts,
    overrides,
    node: node !== undefined,
  })
}

const placeOf = ({ place }: BacktestState): Place => ({ ...place, link: fromHex(place.link) })

interface Stage {
  run(afterEntry: (entry: RecordingEntry) => void): Promise<void>
  note(entry: RecordingEntry): void
  progress(): BacktestProgress
  state(): BacktestState
  result(): BacktestRun
}

/** A book whose answers are listened to. */
class WatchedBook extends Book {
  readonly #onCandidates: (book: Book, candidates: readonly Candidate[]) => void

  constructor({ name, protocol }: Book, onCandidates: (book: Book, candidates: readonly Candidate[]) => void) {
    super(name, protocol)
    this.#onCandidates = onCandidates
  }

  override liquidatable(timestamp: bigint): Candidate[] {
    const candidates = super.liquidatable(timestamp)
    this.#onCandidates(this, candidates)
    return candidates
  }
}

function setTheStage(
  options: BacktestOptions,
  recording: Recording,
  settings: BacktestSettings,
  saved: BacktestState | undefined,
): Stage {
  const { meta, place } = recording
  const judge = new Judge(saved?.happened, saved?.stretches)
  const refused: RefusedRow[] = [...(saved?.refused ?? [])]
  const seen: Seen = {
    ...(saved?.seen ?? { pages: 0, derivedPages: 0, fromBlock: undefined, fromTimestamp: undefined, toTimestamp: 0n }),
  }
  let present: Facts | undefined
  const books = new Map<string, Book>(
    meta.markets.map((market) => [
      market.name,
      new WatchedBook(bookOf(market), (book, candidates) => {
        judge.candidates(book.name, (book.head as Header).number, candidates)
        paper.candidates(book.name, candidates)
      }),
    ]),
  )
  for (const { market, header, state } of saved?.books ?? [])
    books.get(market)?.restore({ block: header, ...decodeState(Buffer.from(state, 'base64')) })
  const quotes = createQuotes({ settings, books, node: options.node, remembered: saved?.remembered ?? [] })
  const paper: PaperExecutor = new PaperExecutor({
    books,
    judge,
    latencyBlocks: settings.latencyBlocks,
    quoteOf: (plan) => quotes.originOf(plan),
    contract: settings.contract,
    onPlan: (row, candidate, plan) => {
      const book = books.get(row.market)
      if (book && present) options.onPlan?.({ row, candidate, plan, book, facts: present })
    },
    ...(saved ? { ours: saved.ours, open: saved.open } : {}),
  })
  const store = memoryStore(saved?.values)
  const journal = new Journal(store, (error) => {
    throw error
  })
  const spoken = new Spoken(saved?.spoken)
  journal.subscribe((entry) => {
    if (entry.kind === 'refusal' && present) refused.push(refusedRow(entry, present))
  })
  const state = new ChainState(meta.chain, meta.chainId, meta.blockTimeS)
  state.books = [...books.values()]
  const { alerts } = settings
  const run = (afterEntry: (entry: RecordingEntry) => void): Promise<void> =>
    runKeeper({
      state,
      feed: new RecordedFeed({
        recording,
        signal: options.signal,
        onState: (entry) => books.get(entry.market)?.restore(entry.state),
        beforePage: (facts) => {
          present = facts
          quotes.turn(facts)
          judge.beforePage(state.books, facts)
        },
        afterEntry,
      }),
      books: state.books,
      store,
      journal,
      control: new Control(store),
      alerts: new AlertDesk(
        {
          thresholds: alerts.thresholdsWad,
          hysteresis: alerts.hysteresisWad,
          cooldownS: alerts.cooldownS,
          minDebtBase: alerts.minDebtUsd8,
        },
        store,
        journal,
      ),
      executor: paper,
      router: quotes.router,
      limits: settings.limits,
      afterPage: async (facts) => {
        judge.afterPage(state.books, facts)
        // Nothing here goes back: what could be undone is forgotten page by page.
        for (const book of state.books) book.finalize(facts.block.number)
      },
      quoteDeadlineMs: NO_DEADLINE_MS,
      signal: options.signal,
      spoken,
      onProblem: (problem) => {
        throw new Error(problem)
      },
    })
  return {
    run,
    note: (entry) => note(seen, entry),
    progress: () => ({
      bytes: place.bytes,
      totalBytes: recording.sizeBytes,
      pages: seen.pages,
      liquidations: judge.happened.length,
    }),
    state: () => ({
      place: { ...place, link: toHex(place.link) },
      books: state.books.map((book) => bookState(book)),
      spoken: spoken.said,
      values: [...store.values],
      stretches: judge.stretches,
      open: paper.open,
      remembered: quotes.remembered,
      happened: judge.happened,
      ours: paper.ours,
      refused,
      seen,
    }),
    result: () => resultOf(options, recording, settings, { judge, paper, refused, seen }),
  }
}

function note(seen: Seen, entry: RecordingEntry): void {
  if (entry.kind === 'state') seen.fromBlock ??= entry.state.block.number + 1n
  if (entry.kind !== 'page') return
  const { block, reads } = entry.facts
  seen.pages++
  seen.derivedPages += entry.derived === reads.length ? 1 : 0
  seen.fromTimestamp ??= block.timestamp
  seen.toTimestamp = block.timestamp
}

function bookState(book: Book): BacktestState['books'][number] {
  const { name, head } = book
  if (head === undefined) throw new RangeError(`market ${name} has no state in the recording`)
  return { market: name, header: head, state: encodeState(book.checkpoint(head)).toString('base64') }
}

const refusedRow = ({ market, block, data }: JournalEntry, { block: { timestamp } }: Facts): RefusedRow => ({
  market,
  block: BigInt(block),
  timestamp,
  user: String(data['borrower']).toLowerCase() as Address,
  reason: String(data['reason']) as RefusalReason,
  detail: String(data['detail']),
})

function resultOf(
  { file }: BacktestOptions,
  { meta, place }: Recording,
  settings: BacktestSettings,
  { judge, paper, refused, seen }: { judge: Judge; paper: PaperExecutor; refused: readonly RefusedRow[]; seen: Seen },
): BacktestRun {
  const fromBlock = seen.fromBlock ?? 0n
  const toBlock = place.block ?? fromBlock
  const limits = settings.limits(meta.markets[0]?.name ?? '')
  return {
    recording: {
      file: basename(file),
      chain: meta.chain,
      chainId: meta.chainId,
      blockTimeS: meta.blockTimeS,
      markets: meta.markets.map(({ name }) => name),
      fromBlock,
      toBlock,
      fromTimestamp: seen.fromTimestamp ?? 0n,
      toTimestamp: seen.toTimestamp,
      pages: seen.pages,
      derivedPages: seen.derivedPages,
      digest: place.link.toString('hex'),
    },
    parameters: {
      minProfitUsd8: limits.minProfitUsd8,
      maxDebtUsd8: limits.maxDebtUsd8 ?? null,
      slippageBps: settings.slippageBps,
      latencyBlocks: settings.latencyBlocks,
    },
    blocks: Number(toBlock - fromBlock) + 1,
    happened: judge.happened,
    ours: paper.ours,
    refused,
    assumptions: assumptionsOf(settings, paper.ours),
  }
}

function assumptionsOf({ slippageBps, latencyBlocks, chain }: BacktestSettings, ours: readonly OurRow[]): string[] {
  const assumed = ours.filter(({ quote }) => quote === 'assumed').length
  return [
    `A plan made on a page is included ${latencyBlocks} block${latencyBlocks === 1 ? '' : 's'} later; nothing of ours changes the history that is played.`,
    'After a plan the account is left alone until somebody liquidates it or it is healthy again.',
    'Blocks without a page are not decided on: who becomes liquidatable by interest alone is noticed on the next page.',
    ...(assumed > 0
      ? [
          `${assumed} of ${ours.length} plans rest on assumed quotes: collateral sold at the oracle's price less ${slippageBps} basis points, whatever the size${chain.l1Fee === 'op' ? '; the fee for data on the parent chain is not counted' : ''}.`,
        ]
      : []),
  ]
}
