/** What to do about a call that failed: pure, so that every case is one row of a table. */
import { GrammyError } from 'grammy'

export type Verdict =
  | { readonly kind: 'wait'; readonly ms: number }
  /** Telegram will never take this message: a chat that blocked the bot, a text it cannot read. */
  | { readonly kind: 'refused' }

const FIRST_MS = 1_000
const LONGEST_MS = 60_000
/** Telegram has been seen to ask for hours. */
const LONGEST_FLOOD_S = 900

/** Not the message's fault: a wrong token or root (401, 404), another poller (409). They may be put right while we run. */
const OURS = new Set([401, 404, 409])

/** `attempt`: how many failed before this one. */
export function verdictOn(error: unknown, attempt: number): Verdict {
  const backoff = { kind: 'wait', ms: Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16)) } as const
  // No answer, or not from Telegram itself. The call may have taken effect: the one case in which a message can come twice.
  if (!(error instanceof GrammyError)) return backoff
  if (error.error_code === 429) {
    const seconds = error.parameters.retry_after
    return seconds === undefined ? backoff : { kind: 'wait', ms: Math.min(seconds, LONGEST_FLOOD_S) * 1_000 }
  }
  return error.error_code >= 500 || OURS.has(error.error_code) ? backoff : { kind: 'refused' }
}
