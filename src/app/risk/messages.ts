import type { Hex } from 'viem'
import type { MarketConfig } from '../../config/config.ts'
import { type Complaint, type ExitCode, PlimsollError, UsageError } from '../../core/errors.ts'
import type { RiskOverview } from '../../core/risk/answers.ts'
import type { RiskQuestion, RiskQuestions } from '../../core/risk/questions.ts'
import type { Call, Read } from '../../core/types.ts'
import type { Written } from './chronicle.ts'

/** What the thread is born with. Nothing secret: it neither calls a node nor tells people anything. */
export interface ThreadSettings {
  readonly storePath: string
  readonly binS: number
  readonly chains: readonly { readonly id: number; readonly markets: readonly MarketConfig[] }[]
}

/** To the thread. It has no clock: it looks when it is told to. */
export type ToThread =
  /** The store has other pages than before; `anew`: the loop has read its markets anew. */
  | { readonly kind: 'pages'; readonly chainId: number; readonly anew: boolean }
  /** Time for an overview of every market. */
  | { readonly kind: 'look' }
  | Asked
  | { readonly kind: 'reads'; readonly id: number; readonly reads: readonly Read[] | undefined }
  /** Keep what there is to keep, and end. */
  | { readonly kind: 'close' }

export interface Asked<Q extends RiskQuestion = RiskQuestion> {
  readonly kind: 'ask'
  readonly id: number
  readonly question: Q
  readonly about: RiskQuestions[Q][0]
}

/** From the thread. */
export type FromThread =
  | Told
  | { readonly kind: 'refused'; readonly id: number; readonly complaint: Complaint; readonly exitCode: ExitCode }
  | { readonly kind: 'overview'; readonly market: string; readonly overview: RiskOverview }
  /** Every overview that could be made was sent. */
  | { readonly kind: 'looked' }
  | ({ readonly kind: 'hours'; readonly chainId: number } & Written)
  | {
      readonly kind: 'read'
      readonly id: number
      readonly chainId: number
      readonly calls: readonly Call[]
      readonly blockHash: Hex
    }
  | { readonly kind: 'problem'; readonly problem: string }

export interface Told<Q extends RiskQuestion = RiskQuestion> {
  readonly kind: 'answer'
  readonly id: number
  readonly answer: RiskQuestions[Q][1]
}

/** An error loses its class on the way to another thread: it goes as its words, and comes back as what it was to whoever asked. */
export const revived = ({ complaint, exitCode }: Extract<FromThread, { kind: 'refused' }>): PlimsollError =>
  exitCode === 2 ? new UsageError(complaint) : new PlimsollError(complaint, exitCode)
