/** What others promise to those who are told and who say something; like all ports, some of it takes its time. */
import type { Address } from 'viem'
import type { Advice, BalanceAnswer, GasAnswer, RpcAnswer, SummaryDay, WhyAnswer } from '../answers.ts'
import type { JournalEntry } from '../journal.ts'
import type { ControlAnswer, Lines, Mode, Reloaded, Speaker, WatchRequest } from './control.ts'
import type { Mute, Watch } from './watch.ts'

/** All that people can ever say. Every change is journaled with who said it, and survives a restart. */
export interface ControlPort {
  readonly paused: boolean
  /** In force now. */
  readonly mode: Mode
  /** What configuration and flag allow at most. */
  readonly configuredMode: Mode
  /** No new signature from this moment on. */
  pause(by: Speaker): ControlAnswer
  resume(by: Speaker): ControlAnswer
  setMode(by: Speaker, mode: string): ControlAnswer
  /** Reads the configuration file anew; a bad one changes nothing. */
  reload(by: Speaker): Promise<ControlAnswer<Reloaded>>
  mute(by: Speaker, mute: Mute): ControlAnswer
  unmute(by: Speaker, chat: string, scope: string): ControlAnswer
  watch(by: Speaker, chat: string, request: WatchRequest): ControlAnswer<Watch>
  unwatch(by: Speaker, chat: string, address: Address): ControlAnswer
  /** `address` undefined: of every watch of the chat. */
  setLines(by: Speaker, chat: string, address: Address | undefined, lines: Lines): ControlAnswer
  watches(chat?: string): readonly Watch[]
  /** Those still in force at `nowS`, Unix seconds. */
  mutes(chat: string, nowS: number): readonly Mute[]
  /** Called after watches changed. Returns how to stop listening. */
  onWatches(listener: () => void): () => void
}

/** What an owner needs to know, with what must be asked of the node (wallet, quotes). Undefined: no such position. */
export interface Advisor {
  /** Throws UnreachableError when the node does not answer, or not in time. */
  advise(market: string, address: Address): Promise<Advice | undefined>
}

/** For those who run the program. */
export interface OperatorQueries {
  balances(): Promise<readonly BalanceAnswer[]>
  gas(): readonly GasAnswer[]
  rpc(): readonly RpcAnswer[]
  /** The last lines of the log at `warn` and above, newest last, without secrets. */
  logs(limit: number): readonly string[]
  why(address: string): readonly WhyAnswer[]
  /** Newest first. */
  liquidations(limit: number): readonly JournalEntry[]
  /** Of the last days, newest first. */
  profit(days: number): readonly SummaryDay[]
}
