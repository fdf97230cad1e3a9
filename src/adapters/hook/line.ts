/** The wire to one webhook, as couriers know it. */
import { createHmac } from 'node:crypto'
import type { Message } from '../../core/people/message.ts'
import type { Block } from '../../core/people/words/layout.ts'
import type { Envelope, Line } from '../../core/ports.ts'
import { post } from './post.ts'
import { slackMessage } from './slack.ts'

export interface HookOptions {
  readonly name: string
  readonly url: string
  readonly kind: 'json' | 'slack'
  /** Key of the signature; undefined: not signed. */
  readonly secret: string | undefined
  layout(message: Message): readonly Block[]
  /** Takes every secret out of a text. */
  readonly clean: (text: string) => string
  /** Unix milliseconds. */
  readonly nowMs: () => number
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>
  readonly timeoutMs: number
  readonly log: { warn(fields: object, message: string): void }
  /** We stop. */
  readonly signal: AbortSignal
  /** What is under way is cut. */
  readonly cut: AbortSignal
}

const SCHEMA_VERSION = 1
/** Slack takes a message a second. */
const SLACK_MS = 1_000

export function hookLine(options: HookOptions): Line {
  const { kind, nowMs, delay, signal } = options
  let freeMs = 0
  return {
    folding: kind === 'slack' ? 'new' : 'never',
    ready: async () => {
      const waitMs = Math.min(SLACK_MS, freeMs - nowMs())
      if (waitMs > 0) await delay(waitMs, signal).catch(() => {})
    },
    dress: (message, envelope) => ({ body: options.clean(bodyOf(message, envelope, options)), isFull: false }),
    send: async (body) => {
      const delivery = await post(signed(body, options), { ...options, signal: options.cut })
      if (kind === 'slack') freeMs = nowMs() + SLACK_MS
      if ('detail' in delivery) options.log.warn({ webhook: options.name, error: delivery.detail }, 'a webhook failed')
      return delivery
    },
    edit: async () => ({ kind: 'stale' }),
    // The other side knows by the key what it has already; Slack does not look at it.
    find: async () => ({ kind: kind === 'json' ? 'absent' : 'undecided' }),
    last: () => null,
    isLast: () => false,
  }
}

function bodyOf(message: Message, { key, event, loud, entries }: Envelope, { kind, layout }: HookOptions): string {
  const blocks = layout(message)
  if (kind === 'slack') return JSON.stringify(slackMessage(blocks))
  const text = blocks.map(({ text, url }) => (url === undefined ? text : `${text}: ${url}`)).join('\n')
  const [entry = null] = entries
  return JSON.stringify({
    schemaVersion: SCHEMA_VERSION,
    delivery: key,
    event,
    loud,
    title: message.title,
    text,
    entry,
  })
}

/** `t`: Unix seconds of this attempt; `v1`: HMAC-SHA256 of `t.body` in hex. */
function signed(body: string, { name, kind, secret, nowMs }: HookOptions) {
  const key = kind === 'json' ? String(JSON.parse(body).delivery) : `webhook:${name}`
  const t = Math.floor(nowMs() / 1_000)
  return {
    body,
    id: key,
    headers: {
      ...(kind === 'json' && { 'Plimsoll-Delivery': key }),
      ...(secret !== undefined && {
        'Plimsoll-Signature': `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`,
      }),
    },
  }
}
