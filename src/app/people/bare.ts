import type { JournalEntry } from '../../core/journal.ts'
import { EVENTS } from '../../core/people/events.ts'
import type { Message } from '../../core/people/message.ts'
import type { OutboxRow } from '../../core/people/outbox.ts'
import { eventOf } from '../../core/people/told.ts'

/** Rows listed when many are told without their proper words. */
const LISTED = 20

/** What is told when a message could not be composed: better bare than never. */
export function bare(rows: readonly Pick<OutboxRow, 'id' | 'entry'>[]): Message {
  const [first] = rows
  const alone = rows.length === 1 ? first?.entry : undefined
  const urgent = rows.some(({ entry }) => EVENTS[eventOf(entry) ?? 'planned'].critical)
  const listed = rows.slice(-LISTED)
  const more = rows.length - listed.length
  return {
    title: `${urgent ? '⚠️' : '🔔'} ${alone === undefined ? `${rows.length} events` : nameOf(alone)}`,
    place: alone?.market ?? '',
    rows: listed.map(({ entry }) => [`#${entry.seq}`, `${nameOf(entry)} ${entry.block}`]),
    lines: [...(alone === undefined ? [] : [detailOf(alone)]), ...(more > 0 ? [`… and ${more} before these`] : [])],
    code:
      alone === undefined ? [] : [alone.data['address'], alone.data['hash']].filter((one) => typeof one === 'string'),
    links: [],
    footer: '',
    buttons: [],
  }
}

const nameOf = (entry: JournalEntry): string =>
  String(entry.data['reason'] ?? eventOf(entry) ?? entry.kind).slice(0, 60)
const detailOf = ({ data }: JournalEntry): string => String(data['detail'] ?? '').slice(0, 500)
