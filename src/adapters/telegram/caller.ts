/** Calls the Bot API until it answers, is refused, or we stop. The only place that sees errors which may carry the token. */
import { GrammyError, HttpError } from 'grammy'
import { verdictOn } from './retry.ts'

export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface CallerOptions {
  /** Takes every secret out of a text. */
  readonly clean: (text: string) => string
  readonly log: Log
  /** Rejects when the signal is aborted. */
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>
  /** We stop: no further attempt. */
  readonly signal: AbortSignal
}

export type Called<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'refused' }
  /** Neither done nor refused for good. */
  | { readonly kind: 'stopped' }

export type Caller = <T>(what: string, call: () => Promise<T>, attempts?: number) => Promise<Called<T>>

export function newCaller({ clean, log, delay, signal }: CallerOptions): Caller {
  return async (what, call, attempts = Number.POSITIVE_INFINITY) => {
    for (let attempt = 0; attempt < attempts && !signal.aborted; attempt++) {
      try {
        return { kind: 'done', value: await call() }
      } catch (error) {
        if (signal.aborted) break
        const verdict = verdictOn(error, attempt)
        const fields = { what, attempt, error: clean(messageOf(error)) }
        if (verdict.kind === 'refused') {
          log.error(fields, 'telegram refused')
          return { kind: 'refused' }
        }
        log.warn({ ...fields, waitMs: verdict.ms }, 'telegram failed, trying again')
        await delay(verdict.ms, signal).catch(() => {})
      }
    }
    return { kind: 'stopped' }
  }
}

/** Never the stack or the object: an error of fetch carries the URL, and the URL carries the token. */
export function messageOf(error: unknown): string {
  if (error instanceof GrammyError) return `${error.error_code} ${error.description}`
  if (error instanceof HttpError) return `${error.message} ${codeOf(error.error)}`
  return error instanceof Error ? error.message : String(error)
}
export const codeOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''
