import type { Address, Hex } from 'viem'
import type { JournalEntry, JournalKind } from './journal.ts'
import type { Cell } from './ledger.ts'
import type { Message } from './people/message.ts'
import type { Outbox } from './people/outbox.ts'
import type { Mute, Watch } from './people/watch.ts'
import type { Candidate, Plan, Quote, Refusal, Seizure } from './plan.ts'
import type { Sale } from './protocol.ts'
import type { HourRow } from './risk/hour-row.ts'
import type { RiskQuestion, RiskQuestions } from './risk/questions.ts'
import type { Call, Facts, Header, Log, Read } from './types.ts'

/** The world, one page at a time. `live` is false while catching up: nothing is decided on old pages. */
export type FeedEvent =
  | { readonly kind: 'page'; readonly facts: Facts; readonly live: boolean }
  | { readonly kind: 'rollback'; readonly to: Header; readonly depth: number }

/** A node. Throws RpcFault when it says no, UnreachableError when none answers. */
export interface Node {
  request(method: string, params: readonly unknown[]): Promise<unknown>
}

/** Where an answer is asked for: a block by its hash (never another branch), or the block being built. */
export type At = { readonly blockHash: Hex } | 'pending' | 'latest'

/** Many calls in one request. */
export interface Batch {
  /** Answers in the order of the calls; a reverted call answers `undefined`. `size` bounds the calls of one request. */
  read(calls: readonly Call[], at: At, options?: { readonly size?: number }): Promise<Read[]>
}

/** What a feed asks of those who follow it. */
export interface Follower {
  filters(): readonly { address: Address; topics: readonly Hex[] }[]
  /** Calls the page still lacks; asked again until there are none. */
  reads(facts: Facts): readonly Call[]
}

export interface Feed {
  /** Pages after `from`, for ever. */
  follow(followers: () => readonly Follower[]): AsyncIterable<FeedEvent>
  /** Blocks up to here can no longer change. */
  finalize(block: bigint): void
}

/** A venue (or several): turns seizures into quotes. Unquotable ones are left out. */
export interface Router {
  quote(market: string, seizures: readonly Seizure[], facts: Facts): Promise<readonly Quote[]>
}

/** What a venue gives for something that is sold there. */
export interface Offer extends Sale {
  /** As the venue encodes it. */
  readonly path: Hex
}

/** A venue for somebody who sells what is their own, with a deadline and a least amount. */
export interface Venue {
  /** Who must be allowed to take what is sold. */
  readonly spender: Address
  /** The best offer for each at the block; undefined where there is none. */
  offers(sales: readonly Omit<Sale, 'received'>[], block: Header): Promise<readonly (Offer | undefined)[]>
  swap(offer: Offer, terms: SwapTerms): Call
}

export interface SwapTerms {
  readonly recipient: Address
  readonly minimum: bigint
  /** Unix seconds of the chain. */
  readonly deadline: bigint
}

/** What came of a plan, at once or later. */
export type Outcome =
  | { readonly kind: 'planned'; readonly plan: Plan }
  | Refusal
  | Sent
  | (Settled & { readonly kind: 'confirmed' | 'reorged' })
  | (Settled & { readonly kind: 'lost'; readonly reason: LostReason })

export interface Sent {
  readonly kind: 'sent'
  readonly borrower: Address
  readonly hash: Hex
  readonly nonce: number
  /** In the debt asset, as the node simulated it at the time of execution. */
  readonly predictedProfit: bigint
  readonly plan: Plan
}

/** It ran and failed; its time is over and nobody has it; another transaction of the same key took its nonce. */
export type LostReason = 'reverted' | 'expired' | 'nonce-used'

export interface Settled {
  readonly borrower: Address
  readonly hash: Hex
  readonly nonce: number
  readonly block: bigint
  readonly predictedProfit: bigint
  /** In the debt asset; 0 unless confirmed. */
  readonly profit: bigint
  readonly profitUsd8: bigint
  readonly debtAsset: Address
  readonly gasUsed: bigint
  readonly feeWei: bigint
  /** Who was first, where the chain says it. */
  readonly winner: Address | undefined
}

/** Writes an outcome into the journal and, in the same transaction, what must stand or fall with it. */
export type RecordOutcome = (market: string, block: Header, outcome: Outcome, together?: () => void) => void

/** Chosen once: what is done with a plan. The only place that may sign. Every outcome is told through `record`. */
export interface Executor {
  readonly mode: 'watch' | 'dry-run' | 'simulate' | 'live'
  /** True while something of ours is on its way for this borrower that can still do something at `timestamp`. */
  inFlight(market: string, borrower: Address, timestamp: bigint): boolean
  execute(market: string, candidate: Candidate, plan: Plan, facts: Facts, record: RecordOutcome): Promise<void>
  /** What this page brought for transactions under way. */
  settle(facts: Facts, record: RecordOutcome): Promise<void>
  /** The blocks above `to` are gone. */
  rollback(to: Header, record: RecordOutcome): Promise<void>
}

/** What came of handing a message to a channel. */
export type Delivery =
  /** `id`: the channel's own. */
  | { readonly kind: 'done'; readonly id: string }
  /** It did not arrive, and may later; `waitMs` undefined: nobody knows when. */
  | { readonly kind: 'later'; readonly waitMs: number | undefined; readonly detail: string }
  /** Nobody knows whether it arrived. */
  | { readonly kind: 'unknown'; readonly detail: string }
  /** The channel takes nothing any more: a chat that blocked the bot. */
  | { readonly kind: 'gone'; readonly detail: string }
  /** The channel takes others, not this one. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** Of an edit: the message is not there any more, or cannot be changed. */
  | { readonly kind: 'stale' }

/** Whether a message that may have arrived did. `undecided`: it cannot be known. */
export type Found =
  | { readonly kind: 'there'; readonly id: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'undecided' }
  | Extract<Delivery, { kind: 'later' | 'gone' }>

/** What a message is told for, beside its words. */
export interface Envelope {
  /** Of the first row: makes the message unlike any other. */
  readonly id: number
  /** What makes a repetition harmless where the other side looks at it. */
  readonly key: string
  readonly loud: boolean
  readonly thread: number | null
  readonly entries: readonly JournalEntry[]
  readonly event: string
}

/** The wire to one channel. Nothing here throws. */
export interface Line {
  /** `edit`: several entries may become one message that grows. `new`: it cannot grow. `never`: each entry by itself. */
  readonly folding: 'edit' | 'new' | 'never'
  /** Resolves when the channel takes another message. */
  ready(): Promise<void>
  /** Exactly what will be handed over. `isFull`: nothing should be added to it. */
  dress(message: Message, envelope: Envelope): { readonly body: string; readonly isFull: boolean }
  send(body: string): Promise<Delivery>
  edit(id: string, body: string): Promise<Delivery>
  find(body: string, after: number | null): Promise<Found>
  /** The last message known in the chat; null where there is no such thing. */
  last(): number | null
  /** Whether no other message of ours stands below it. */
  isLast(id: string, thread: number | null): boolean
}

/** A reader of the journal. Must not throw; a slow one must queue. */
export type Sink = (entry: JournalEntry) => void

/** State of one market at a block that is final. */
export interface Checkpoint {
  readonly block: Header
  readonly accounts: Iterable<Address>
  readonly cells: Iterable<readonly [Cell, bigint]>
}

/** Progress of a back-fill: logs found so far, one an account, and the next block to look at. */
export interface Scan {
  readonly next: bigint
  readonly logs: readonly Log[]
}

/** The bin of a market that is not over. */
export interface OpenBin {
  readonly market: string
  /** JSON, of the historian's making. */
  readonly body: string
}

export type IntentStatus = 'signed' | 'confirmed' | 'lost'

/** A transaction of ours, written down before anybody else can know of it. */
export interface Intent {
  readonly chainId: number
  /** The key it was signed with. */
  readonly from: Address
  readonly nonce: number
  readonly hash: Hex
  /** Signed bytes: sent again as they are after a crash. */
  readonly raw: Hex
  readonly market: string
  readonly borrower: Address
  /** Block of the decision, and the one that settled it. */
  readonly block: bigint
  readonly settledBlock: bigint | undefined
  readonly status: IntentStatus
  readonly deadline: bigint
  readonly debtAsset: Address
  readonly debtDecimals: number
  readonly debtPriceUsd8: bigint
  readonly predictedProfit: bigint
}

export interface JournalBackQuery {
  readonly kinds: readonly JournalKind[]
  readonly subject?: string | undefined
  readonly market?: string | undefined
  /** Only entries with a smaller `seq`. */
  readonly before?: number | undefined
  readonly limit: number
}

/** Everything that must survive. Each call is one transaction. */
export interface Store {
  /** Several calls as one transaction: all of them or none. */
  atomically<T>(fn: () => T): T
  /** Several questions, all answered as of one moment; nothing is written. */
  asOfOneMoment<T>(fn: () => T): T
  /** Facts and cursor together. Pages at or above the block are replaced. */
  savePage(chainId: number, facts: Facts): void
  /** Pages in order of number, those up to `upTo` where it is given; throws StoreError naming the first damaged one. */
  pages(chainId: number, upTo?: bigint): readonly Facts[]
  /** Those above a block. */
  pagesAfter(chainId: number, after: bigint): readonly Facts[]
  dropPagesAbove(chainId: number, block: bigint): void
  /** Also drops the chain's pages up to `block`: they are inside. One that began later may stand at a later block. */
  saveCheckpoints(chainId: number, block: Header, markets: ReadonlyMap<string, Checkpoint>): void
  /** One more, at or above the others': no page is dropped. */
  addCheckpoint(chainId: number, name: string, checkpoint: Checkpoint): void
  checkpoint(chainId: number, market: string): Checkpoint | undefined
  /** Where it stands. */
  checkpointBlock(chainId: number, market: string): Header | undefined
  /** Drops the checkpoints and pages of a chain: its markets are read anew at the next start. */
  forget(chainId: number): void
  saveScan(market: string, scan: { readonly next: bigint; readonly found: readonly Log[] }): void
  scan(market: string): Scan | undefined
  appendJournal(entry: Omit<JournalEntry, 'seq'>): JournalEntry
  journal(query: { after: number; kind?: string | undefined; limit: number }): readonly JournalEntry[]
  /** Newest first. `subject`: only entries of this borrower or address, checksummed. */
  journalBack(query: JournalBackQuery): readonly JournalEntry[]
  lastSeq(): number
  /** What was told under which rule of whom; bodies are JSON. */
  latches(): readonly { readonly rule: string; readonly subject: string; readonly body: string }[]
  /** `body` undefined: forgotten. */
  saveLatch(latch: { readonly rule: string; readonly subject: string; readonly body: string | undefined }): void
  /** Finished bins of the history, and with them how the open ones stand: both or neither, so that nothing is counted twice. */
  saveHours(rows: readonly HourRow[], open: readonly OpenBin[]): void
  /** In order, from an hour on. `root` empty: the market as a whole. */
  hours(market: string, root: string, from?: number): readonly HourRow[]
  dropHoursBefore(market: string, hour: number): void
  /** What `HistorianPort.open` said when it was saved. */
  openBin(market: string): string | undefined
  saveIntent(intent: Intent): void
  intents(chainId: number, status: IntentStatus): readonly Intent[]
  readonly outbox: Outbox
  /** Small named values: cursors of readers, control. */
  value(name: string): string | undefined
  setValue(name: string, value: string): void
  /** Of one chat, or of all. */
  watches(chat?: string): readonly Watch[]
  /** One a chat and address: the id stays, the rest is replaced. */
  saveWatch(watch: Omit<Watch, 'id'>): Watch
  /** False when there was none. */
  dropWatch(chat: string, address: Address): boolean
  mutes(chat: string): readonly Mute[]
  saveMute(mute: Mute): void
  dropMute(chat: string, scope: string): boolean
  /** Throws when the disk no longer takes a write. */
  check(): void
  close(): void
}

/** Who answers what is asked about the wave: in the daemon a thread of its own, in a command the command itself. */
export interface RiskDesk {
  /** Throws UsageError for what makes no sense, such as a market or a group that is not there. */
  ask<Q extends RiskQuestion>(question: Q, about: RiskQuestions[Q][0]): Promise<RiskQuestions[Q][1]>
}
