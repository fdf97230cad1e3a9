/** Several entries as one message: troubles first and in full, then what was said, the markets, the day's figures. */
import type { JournalEntry } from '../../journal.ts'
import type { Passage } from '../message.ts'
import { BRIEF_SIGN, briefPassage } from './brief.ts'
import { LONGEST, lengthOf } from './length.ts'
import { REFUSED_SIGN } from './liquidation.ts'
import { marketWordsOf } from './market.ts'
import { passageOf } from './one.ts'
import { controlTitle, dayOf, SUMMARY_SIGN, speakerOf, summaryPassage } from './program.ts'
import { type Reader, sayingsOf } from './reader.ts'
import { section } from './section.ts'

/** Troubles come first and in full, but hundreds of them must not hide the liquidations. */
const LONGEST_URGENT = 2_400
/** Accounts listed at each level; fewer when there are so many markets that the message gets too long. */
const LISTED = [3, 1, 0]
const MOST_SAID = 8

/** `entries` by seq, two at least. */
export function digestPassages(
  entries: readonly JournalEntry[],
  reader: Reader,
): Passage & { readonly parts: readonly Passage[] } {
  const of = (...kinds: readonly string[]): readonly JournalEntry[] =>
    entries.filter(({ kind }) => kinds.includes(kind))
  const others = entries.filter(({ kind }) => !['breaker', 'control', 'summary', 'brief'].includes(kind))
  const heading = bare(digestTitle(entries, reader))
  const urgent = [...troubles(of('breaker'), reader), ...said(of('control'), reader)]
  const isOfDay = areOfOneDay(entries)
  const days = [
    ...of('summary').map((entry) => ({ passage: summaryPassage(entry, reader, isOfDay), entries: 1 })),
    ...of('brief').map((entry) => ({ passage: briefPassage(entry, reader, true), entries: 1 })),
  ]
  const markets = [...Map.groupBy(others, ({ chainId, market }) => `${chainId} ${market}`).values()]
  const room = LONGEST - lengthOf(heading) - urgent.reduce((sum, passage) => sum + lengthOf(passage), 0)
  let parts: readonly Passage[] = []
  for (const listed of LISTED) {
    const sections = markets.map((market) => ({ passage: section(market, reader, listed), entries: market.length }))
    parts = fitting([...sections, ...days], room, reader)
    if (parts.length === sections.length + days.length) break
  }
  return { ...heading, parts: [...urgent, ...parts] }
}

const bare = (title: string): Passage => ({ title, place: '', rows: [], lines: [], code: [] })

function digestTitle(entries: readonly JournalEntry[], reader: Reader): string {
  const { digest, titles } = sayingsOf(reader)
  const first = entries[0]!
  if (areOfOneDay(entries)) return `${SUMMARY_SIGN} ${titles.summary(dayOf(first.data))}`
  if (entries.every(({ kind, data }) => kind === 'brief' && dayOf(data) === dayOf(first.data)))
    return `${BRIEF_SIGN} ${marketWordsOf(reader.language).titles.briefs(dayOf(first.data))}`
  if (entries.every(({ kind }) => kind === 'refusal')) return `${REFUSED_SIGN} ${titles.refused}`
  return `🔔 ${digest.title(entries.length)}`
}

/** Nothing but the figures of one day, a market each. */
const areOfOneDay = (entries: readonly JournalEntry[]): boolean =>
  entries.every(({ kind, data }) => kind === 'summary' && dayOf(data) === dayOf(entries[0]!.data))

/** In order; when there are too many, the oldest are left out: the newest say how things stand. */
function troubles(entries: readonly JournalEntry[], reader: Reader): readonly Passage[] {
  const found: Passage[] = []
  let room = LONGEST_URGENT
  for (const [told, entry] of entries.toReversed().entries()) {
    const passage = passageOf(entry, reader)
    room -= lengthOf(passage)
    if (room < 0)
      return [{ ...bare(''), lines: [sayingsOf(reader).digest.moreBefore(entries.length - told)] }, ...found]
    found.unshift(passage)
  }
  return found
}

function said(entries: readonly JournalEntry[], reader: Reader): readonly Passage[] {
  if (entries.length === 0) return []
  const more = entries.length - MOST_SAID
  const lines = entries
    .slice(-MOST_SAID)
    .map(({ data }) => `${controlTitle(data, reader)} · ${speakerOf(data, reader)}`)
  return [{ ...bare(''), lines: [...(more > 0 ? [sayingsOf(reader).digest.moreBefore(more)] : []), ...lines] }]
}

interface Part {
  readonly passage: Passage
  /** How many entries it tells. */
  readonly entries: number
}

const MORE = 40

/** As many parts as there is room for, and how many entries were left out. */
function fitting(parts: readonly Part[], room: number, reader: Reader): readonly Passage[] {
  const found: Passage[] = []
  let left = room - MORE
  for (const { passage } of parts) {
    left -= lengthOf(passage)
    if (left < 0) break
    found.push(passage)
  }
  const untold = parts.slice(found.length).reduce((sum, { entries }) => sum + entries, 0)
  return untold > 0 ? [...found, { ...bare(''), lines: [sayingsOf(reader).digest.more(untold)] }] : found
}
