import type { EventName, Loudness, Role, Topic } from './events.ts'

/** Whoever is told: a chat or a webhook. */
export interface Channel {
  /** `telegram:123`, `webhook:NAME`. */
  readonly name: string
  readonly role: Role
  readonly language: 'en' | 'zh'
  /** Where it differs from the role's defaults. */
  readonly events: Readonly<Partial<Record<EventName, Loudness>>>
  /** Threads of a group, by topic. */
  readonly topics: Readonly<Partial<Record<Topic, number>>>
  readonly quiet: QuietHours | undefined
  /** Of `quiet`. */
  readonly timezone: string
}

/** Minutes after midnight in the channel's time zone; may pass midnight. */
export interface QuietHours {
  readonly fromMinute: number
  readonly toMinute: number
}
