/** What the answers are made of, and how one is given. */
import type { Address } from 'viem'
import type { Queries } from '../../core/answers.ts'
import type { LadderRule } from '../../core/people/alert-rule.ts'
import type { Speaker } from '../../core/people/control.ts'
import type { EventName, Loudness, Role } from '../../core/people/events.ts'
import type { Message } from '../../core/people/message.ts'
import type { Advisor, ControlPort, OperatorQueries } from '../../core/people/ports.ts'
import type { Language } from '../../core/people/words/catalogue.ts'
import type { Naming } from '../../core/people/words/reader.ts'
import type { Replies } from '../../core/people/words/replies-en.ts'
import type { WhatIf } from '../../core/people/words/what-if.ts'
import type { RiskDesk } from '../../core/ports.ts'
import type { BriefEntry } from '../../core/risk/brief.ts'
import type { HeardChat } from './admit.ts'

/** A chat as the configuration has it. */
export interface TalkChat extends HeardChat {
  readonly role: Role
  readonly language: Language
  readonly events: Readonly<Partial<Record<EventName, Loudness>>>
  readonly quiet: { readonly fromMinute: number; readonly toMinute: number } | undefined
}

export type Named =
  | { readonly kind: 'address'; readonly name: string; readonly address: Address }
  | { readonly kind: 'refused'; readonly why: 'no-name' | 'not-found' | 'unreachable' }

/** What a button's message spoke of. */
export interface Subject {
  readonly market: string
  readonly address: Address
}

/** Who answers about markets as a whole. */
export interface RiskHouse {
  readonly desk: RiskDesk
  /** A market's brief as of now. */
  brief(market: string): Promise<BriefEntry>
}

export interface House {
  readonly control: ControlPort
  readonly queries: Queries
  readonly operator: OperatorQueries
  readonly advisor: Advisor
  /** If all that moves with the driving collateral fell. Undefined: no such position. */
  whatIf(market: string, address: Address, fallPct: number): Omit<WhatIf, 'name' | 'fallPct'> | undefined
  /** Undefined: nobody works out the wave here. */
  readonly risk: RiskHouse | undefined
  /** Undefined where no chain with ENS is configured. */
  readonly ens: ((name: string) => Promise<Named>) | undefined
  /** What the message with that outbox id (or journal seq) told this chat; undefined: nothing. */
  lookup(chat: string, id: number): Subject | undefined
  /** What a watch uses that has no thresholds of its own. */
  readonly ladder: Pick<LadderRule, 'thresholdsWad' | 'distancesBps'>
  readonly timezone: string
  readonly naming: Naming
}

/** One person says one thing in one chat. */
export interface Talk {
  readonly chat: TalkChat
  /** `telegram:CHATID`. */
  readonly channel: string
  readonly by: Speaker
  readonly say: Replies
  readonly argument: string
  readonly nowS: number
  /** Into the log: a part of an answer failed, and the answer says so. */
  fault(error: unknown): void
}

/** To be confirmed before anything happens; `argument` is what will happen then. */
export interface Question {
  readonly kind: 'question'
  readonly message: Message
  readonly argument: string
}

export type Answer = readonly Message[] | Question
export const isQuestion = (answer: Answer): answer is Question => 'kind' in answer

export interface Command {
  readonly roles: readonly Role[]
  /** Asks the world: bounded in number and time. */
  readonly isSlow?: true
  run(talk: Talk, house: House): Answer | Promise<Answer>
  /** What a confirmed question does. Synchronous: it happens in one transaction. */
  confirmed?(talk: Talk, house: House): readonly Message[]
}

/** A message, complete from the parts that it has. */
export const message = (title: string, parts: Partial<Omit<Message, 'title'>> = {}): Message => ({
  title,
  place: '',
  rows: [],
  lines: [],
  code: [],
  links: [],
  footer: '',
  buttons: [],
  ...parts,
})

/** What was wrong, why, and how to put it right. */
export const complaint = (what: string, why: string, fix: string): Message =>
  message(`⚠️ ${what}`, { lines: [why, fix] })
