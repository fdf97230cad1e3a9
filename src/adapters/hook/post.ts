/** One POST to somebody's URL. The URL is a secret, and answers may hold anything: neither is ever told. */
import type { Delivery } from '../../core/ports.ts'

export interface PostOptions {
  readonly url: string
  readonly timeoutMs: number
  /** Cuts what is under way. */
  readonly signal: AbortSignal
  readonly nowMs: () => number
}

/** An hour: who asks for longer is asked again anyway. */
const LONGEST_WAIT_MS = 3_600_000
/** The address itself is wrong, or we may not. */
const GONE = new Set([401, 403, 404, 405, 410])
const MAY_COME_AGAIN = new Set([408, 425, 429])
/** No connection was made. */
const NEVER_LEFT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** `id`: what a delivery is called when it was taken. */
export async function post(
  request: { readonly body: string; readonly headers: Readonly<Record<string, string>>; readonly id: string },
  { url, timeoutMs, signal, nowMs }: PostOptions,
): Promise<Delivery> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: request.body,
      headers: { 'content-type': 'application/json', ...request.headers },
      // Signed for this address and no other.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    await response.body?.cancel()
    return deliveryOf(response, request.id, nowMs())
  } catch (error) {
    const code = codeOf(error)
    return NEVER_LEFT.has(code) ? { kind: 'later', waitMs: undefined, detail: code } : { kind: 'unknown', detail: code }
  }
}

function deliveryOf({ ok, status, headers }: Response, id: string, nowMs: number): Delivery {
  const detail = `HTTP ${status}`
  if (ok) return { kind: 'done', id }
  if (status >= 500 || MAY_COME_AGAIN.has(status))
    return { kind: 'later', waitMs: retryAfterMs(headers.get('retry-after'), nowMs), detail }
  return { kind: GONE.has(status) || status < 400 ? 'gone' : 'refused', detail }
}

/** Seconds, or a date; undefined for nonsense. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null || header.trim() === '') return undefined
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs
  return Number.isFinite(ms) ? Math.min(LONGEST_WAIT_MS, Math.max(0, ms)) : undefined
}

/** Never the message: it may name the URL. */
export function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  if (typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string')
    return cause.code
  return cause instanceof Error ? cause.name : 'failed'
}
