/**
 * What waits for a chat, as its next message: the oldest entry alone, or, when more than a few wait, all of them as one digest.
 * An alert that comes late is worth nothing, and a chat takes one message a second.
 */
import type { JournalEntry } from '../../core/ports.ts'
import { describe, type Naming } from './describe.ts'
import { section } from './section.ts'

export interface Outgoing {
  readonly text: string
  /** The journal up to here is told once this is delivered. */
  readonly seq: number
}

/**
 * Up to so many waiting entries go out one by one. It is also the most intervals that an entry ever waits for its message: two
 * wait, one is told, and if the other then has more than one beside it, they go together.
 */
export const SINGLE_MOST = 2

/** Telegram takes 4,096 characters; the rest is for what is put below, and for what the scrubber may lengthen. */
export const LONGEST = 3_900
/** Breakers come first and in full, but hundreds of them must not hide the liquidations. */
const LONGEST_URGENT = 2_400

/** `waiting`: entries that are told, by seq. Undefined when there is nothing to say. */
export function nextMessage(waiting: readonly JournalEntry[], naming: Naming): Outgoing | undefined {
  const [first] = waiting
  const last = waiting.at(-1)
  if (first === undefined || last === undefined) return undefined
  const alone = waiting.length <= SINGLE_MOST ? describe(first, naming) : undefined
  return alone === undefined ? { text: digest(waiting, naming), seq: last.seq } : { text: alone, seq: first.seq }
}

/** Accounts listed at each level; fewer when there are so many markets that the message gets too long. */
const LISTED = [3, 1, 0]

export function digest(entries: readonly JournalEntry[], naming: Naming): string {
  const title = `<b>🔔 ${entries.length} events</b>`
  const [urgent, others] = split(entries)
  const alarms = alarmsOf(urgent, naming)
  const markets = [...Map.groupBy(others, ({ chainId, market }) => `${chainId} ${market}`).values()]
  const room = LONGEST - title.length - alarms.reduce((sum, { length }) => sum + length + GAP.length, 0)
  let sections: readonly string[] = []
  for (const listed of LISTED) {
    sections = fitting(
      markets.map((market) => ({ text: section(market, naming, listed), entries: market.length })),
      room,
    )
    if (sections.length === markets.length) break
  }
  return [title, ...alarms, ...sections].join(GAP)
}

const GAP = '\n\n'

function split(entries: readonly JournalEntry[]): readonly [urgent: JournalEntry[], others: JournalEntry[]] {
  const isUrgent = ({ kind }: JournalEntry): boolean => kind === 'breaker'
  return [entries.filter(isUrgent), entries.filter((entry) => !isUrgent(entry))]
}

/** In order; when there are too many, the oldest are left out: the newest say how things stand. */
function alarmsOf(urgent: readonly JournalEntry[], naming: Naming): readonly string[] {
  const found: string[] = []
  let room = LONGEST_URGENT
  for (const [told, entry] of urgent.toReversed().entries()) {
    const text = describe(entry, naming) ?? ''
    room -= text.length + GAP.length
    if (room < 0) return [`… and ${urgent.length - told} more before these`, ...found]
    found.unshift(text)
  }
  return found
}

interface Part {
  readonly text: string
  /** How many entries it tells. */
  readonly entries: number
}

const MORE = 40

/** As many parts as there is room for, and how much was left out. */
function fitting(parts: readonly Part[], room: number): readonly string[] {
  const found: string[] = []
  let left = room - MORE
  for (const { text } of parts) {
    left -= text.length + GAP.length
    if (left < 0) break
    found.push(text)
  }
  const untold = parts.slice(found.length).reduce((sum, { entries }) => sum + entries, 0)
  return untold > 0 ? [...found, `… and ${untold} more`] : found
}
