import type { JournalEntry } from '../journal.ts'
import type { EventName } from './events.ts'

/** One entry of the journal for one channel. */
export interface OutboxRow {
  readonly id: number
  readonly channel: string
  readonly event: EventName
  readonly loud: boolean
  readonly entry: JournalEntry
}

export interface NewRow {
  readonly channel: string
  readonly seq: number
  readonly event: EventName
  readonly loud: boolean
  readonly createdS: number
  /** Not before this. */
  readonly dueS: number
}

/** How rows are put together: alone, several as a digest, refusals by reason. */
export type Fold = 'one' | 'digest' | 'refusals'

/** A message of a channel, with the rows that it tells. */
export interface Outgoing {
  readonly id: number
  readonly channel: string
  readonly fold: Fold
  readonly thread: number | null
  readonly loud: boolean
  readonly createdS: number
  /** Last written into: sent, or edited. */
  readonly changedS: number
  /** `sending`: handed to the channel, its answer is not known. `told`. `closed`: told, and nothing is added any more. */
  readonly state: 'sending' | 'told' | 'closed'
  /** Before it was sent this was the last message known in the chat; null where channels have no such thing. */
  readonly after: number | null
  /** The channel's own id; null until it was told. */
  readonly toldAs: string | null
  /** Exactly what is handed to the channel. */
  readonly body: string
  readonly rows: number
}

export interface NewOutgoing {
  readonly channel: string
  readonly fold: Fold
  readonly thread: number | null
  readonly loud: boolean
  readonly nowS: number
  readonly after: number | null
  readonly body: string
}

/** What people are still to be told. Each call is one transaction. */
export interface Outbox {
  /** A channel is told of an entry once for ever: what is there already is left alone. */
  add(rows: readonly NewRow[]): void
  /** Due at `nowS`, oldest first. */
  waiting(channel: string, query: { readonly nowS: number; readonly limit: number }): readonly OutboxRow[]
  /** When the next of those is due that are not yet. */
  nextDueS(channel: string, nowS: number): number | undefined
  /** For buttons: what a row told, by its id. Undefined: pruned long ago. */
  row(id: number): OutboxRow | undefined
  postpone(ids: readonly number[], dueS: number): void
  drop(ids: readonly number[]): void
  /** Written down before it is sent. Returns its id. */
  begin(message: NewOutgoing, rows: readonly number[]): number
  /** The same for further rows of a message that was told before, or for another body. */
  amend(message: number, change: { readonly body: string; readonly nowS: number }, rows: readonly number[]): void
  told(message: number, toldAs: string): void
  /** It did not arrive: its rows wait again. `close`: nothing is added to it any more. */
  release(message: number, close: boolean): void
  /** It never will: its rows are dropped. */
  refuse(message: number): void
  close(message: number): void
  /** The message whose fate is not known. */
  sending(channel: string): Outgoing | undefined
  /** The youngest of its kind that may still be added to. */
  open(channel: string, fold: Fold, thread: number | null): Outgoing | undefined
  rowsOf(message: number): readonly OutboxRow[]
  /** Messages told since then, to know whose an id is. */
  toldSince(sinceS: number): readonly { readonly channel: string; readonly toldAs: string; readonly changedS: number }[]
  /** Forgets what was told or dropped before. */
  prune(beforeS: number): void
}
