import type { JournalEntry } from '../../journal.ts'
import { encodeAction, type Verb } from '../buttons.ts'
import { EVENTS } from '../events.ts'
import type { Button, Message } from '../message.ts'
import { eventOf } from '../told.ts'
import { waysOut } from './advice.ts'
import { digestPassages } from './digest.ts'
import { passageOf } from './one.ts'
import { explorerOf, type Reader, sayingsOf } from './reader.ts'

/** An entry with the id that its buttons carry. */
export interface Told {
  readonly id: number
  readonly entry: JournalEntry
}

/** What people are told of one entry in full, of several as a digest; `entries` by seq, one at least. */
export function compose(entries: readonly Told[], reader: Reader): Message {
  const journal = entries.map(({ entry }) => entry)
  const alone = journal.length === 1 ? journal[0] : undefined
  return {
    ...(alone === undefined
      ? digestPassages(journal, reader)
      : { ...passageOf(alone, reader), parts: alone.kind === 'alert' ? waysOut(alone, reader) : [] }),
    links: [],
    footer: reader.role === 'operator' ? '' : sayingsOf(reader).noAdvice,
    buttons: buttonsOf(entries, reader),
  }
}

function buttonsOf(entries: readonly Told[], reader: Reader): readonly (readonly Button[])[] {
  const last = entries.at(-1)
  if (last === undefined) return []
  const { buttons } = sayingsOf(reader)
  const action = (verb: Verb, text: string, argument = ''): Button => ({
    text,
    action: encodeAction({ verb, id: last.id, argument }),
  })
  // In a digest of several positions a button could not say which one it is for.
  const isOfOne = positionOf(last.entry) !== undefined && entries.every(({ entry }) => isSame(entry, last.entry))
  const url = entries.length === 1 || isOfOne ? linkOf(last.entry, reader) : undefined
  const isHeard = reader.isHeard !== false
  const mayMute = isHeard && reader.role !== 'viewer'
  return [
    isHeard && isOfOne ? [action('details', buttons.details), action('whatif', buttons.whatIf, WHAT_IF_PCT)] : [],
    [
      ...(mayMute && entries.some(isMutable) ? [action('mute1h', buttons.mute)] : []),
      ...(mayMute && isOfOne ? [action('mutepos', buttons.mutePosition)] : []),
    ],
    url === undefined ? [] : [{ text: buttons.explorer, url }],
  ].filter((row) => row.length > 0)
}

/** Fall in per cent. */
const WHAT_IF_PCT = '10'

function linkOf(entry: JournalEntry, reader: Reader): string | undefined {
  const { advice } = reader
  const known = typeof advice === 'object' ? (advice.explorerUrl ?? undefined) : undefined
  return explorerOf(entry.chainId, entry.data, reader) ?? known
}

const positionOf = ({ kind, data }: JournalEntry): string | undefined =>
  kind === 'alert' && typeof data['address'] === 'string' ? data['address'] : undefined
const isSame = (a: JournalEntry, b: JournalEntry): boolean =>
  positionOf(a) === positionOf(b) && a.market === b.market && a.chainId === b.chainId

/** Mutes do not hold back what is critical: a button that promises it would lie. */
function isMutable({ entry }: Told): boolean {
  const event = eventOf(entry)
  return event === undefined || !EVENTS[event].critical || EVENTS[event].topic === 'positions'
}
