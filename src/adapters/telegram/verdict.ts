/** What the failure of a call means for a message: pure, so that every case is one row of a table. */
import { GrammyError, HttpError } from 'grammy'
import { codeOf } from './caller.ts'

export type Verdict =
  /** `seconds` undefined: Telegram did not say how long. */
  | { readonly kind: 'flood'; readonly seconds: number | undefined }
  /** The group became a supergroup with another id. */
  | { readonly kind: 'moved'; readonly chatId: number }
  | {
      readonly kind: /** It never left, or Telegram did not look at it (a wrong token): nothing happened. */
        | 'unsent'
        /** No answer, or none that says whether it took effect. */
        | 'unknown'
        /** The chat takes nothing from us. */
        | 'gone'
        /** Of an edit: it is so already. */
        | 'same'
        /** Of an edit: there is no such message. */
        | 'missing'
        /** Of an edit: it is somebody else's, or too old. */
        | 'foreign'
        /** The thread is not there any more. */
        | 'threadless'
        /** Text that Telegram cannot read. */
        | 'unreadable'
        | 'refused'
    }

/** Telegram's only names for them are its descriptions. */
const DESCRIPTIONS: readonly (readonly [RegExp, Exclude<Verdict['kind'], 'flood' | 'moved'>])[] = [
  [/message is not modified/i, 'same'],
  [/message to edit not found|message_id_invalid|message not found/i, 'missing'],
  [/message can't be edited/i, 'foreign'],
  [/thread not found|topic_(closed|deleted)/i, 'threadless'],
  [
    /can't parse entities|message is too long|entity_|message text is empty|button_|reply markup is too long/i,
    'unreadable',
  ],
  [/chat not found|chat was (deleted|upgraded)|deactivated|kicked|blocked|not a member|peer_id_invalid/i, 'gone'],
  [/not enough rights|have no rights|chat_write_forbidden|need administrator rights/i, 'gone'],
]
/** Not the message's fault: a wrong token or root (401, 404). They may be put right while we run. */
const OURS = new Set([401, 404, 409])
/** No connection was made. */
const NEVER_LEFT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

export function verdictOf(error: unknown): Verdict {
  if (error instanceof HttpError) return { kind: NEVER_LEFT.has(codeOf(error.error)) ? 'unsent' : 'unknown' }
  if (!(error instanceof GrammyError)) return { kind: 'unknown' }
  const { error_code, description, parameters } = error
  if (parameters.migrate_to_chat_id !== undefined) return { kind: 'moved', chatId: parameters.migrate_to_chat_id }
  if (error_code === 429) return { kind: 'flood', seconds: parameters.retry_after }
  if (error_code >= 500) return { kind: 'unknown' }
  if (OURS.has(error_code)) return { kind: 'unsent' }
  const kind = DESCRIPTIONS.find(([pattern]) => pattern.test(description))?.[1]
  return { kind: kind ?? (error_code === 403 ? 'gone' : 'refused') }
}
