/**
 * Whether a message whose answer was lost is in the chat. Telegram has no question for that, but its ids grow: each one after the
 * last that was known is given the message's own buttons, which name its row of the outbox. "Not modified" is that very message.
 */
import type { InlineKeyboardMarkup } from 'grammy/types'
import type { Found } from '../../core/ports.ts'
import type { Wire } from './wire.ts'

/** So many ids in a row that are nobody's: the chat ends here. */
const GAP = 8
/** Each costs a message's time. */
const MOST = 40

export interface Wanted {
  readonly chatId: number
  readonly replyMarkup: InlineKeyboardMarkup
  /** Null: nothing was ever known of the chat. */
  readonly after: number | null
}

export async function search(wire: Wire, { chatId, replyMarkup, after }: Wanted): Promise<Found> {
  let gap = 0
  let asked = 0
  for (let id = (after ?? 0) + 1; asked < MOST; id++) {
    if (wire.isKnown(chatId, id)) continue
    asked++
    const called = await wire.run(chatId, (chat) =>
      wire.api.editMessageReplyMarkup(chat, id, { reply_markup: replyMarkup }),
    )
    const kind = called.kind === 'done' ? 'ours' : called.verdict.kind
    if (kind === 'same') return { kind: 'there', id: String(id) }
    if (kind === 'gone') return { kind: 'gone', detail: called.kind === 'failed' ? called.detail : '' }
    if (kind === 'missing') {
      // Ids beyond the last known one alone say that the chat ends.
      if (id > (wire.last(chatId) ?? 0)) gap++
      // Where the search began at random, that says nothing.
      if (gap >= GAP) return { kind: after === null ? 'undecided' : 'absent' }
    } else if (kind === 'foreign' || kind === 'ours') {
      gap = 0
      // Another message of ours: an answer to somebody, whose place nobody had written down. It keeps no wrong buttons.
      if (kind === 'ours') await wire.run(chatId, (chat) => wire.api.editMessageReplyMarkup(chat, id))
      wire.sent(chatId, id, null)
    } else if (called.kind === 'failed' && kind !== 'refused' && kind !== 'unreadable')
      return { kind: 'later', waitMs: undefined, detail: called.detail }
    else return { kind: 'undecided' }
  }
  return { kind: 'undecided' }
}
