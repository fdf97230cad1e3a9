import { type Logger, pino, stdSerializers } from 'pino'
import { prettyFactory } from 'pino-pretty'
import { never } from '../core/errors.ts'
import type { JournalEntry, JournalKind } from '../core/journal.ts'
import type { Sink } from '../core/ports.ts'

export interface LogOptions {
  readonly level: string
  /** For people at a terminal; else one JSON object a line. */
  readonly pretty: boolean
  /** Hides what must never leave: keys, passwords, tokens, URLs of nodes. */
  readonly scrub: (text: string) => string
  /** Standard error when absent: standard output is for data. */
  readonly destination?: { write(text: string): unknown }
  /** Gets every line too, as JSON, scrubbed. */
  readonly recent?: { push(line: string): void }
}

/** A pino logger whose every line passes the scrubber as its last step. Big integers become decimal strings. */
export function createLogger({ level, pretty, scrub, destination = process.stderr, recent }: LogOptions): Logger {
  const format = pretty ? prettyFactory({ ignore: 'pid,hostname,entry', translateTime: 'SYS:HH:MM:ss' }) : asIs
  // Scrubbed before it is made pretty too: line breaks inside a secret are indented there, and would hide it.
  const write = (line: string): void => {
    const clean = scrub(line)
    recent?.push(clean)
    destination.write(scrub(format(clean) ?? ''))
  }
  const serializers = { err: stdSerializers.errWithCause }
  return pino({ level, serializers, formatters: { log: speakable } }, { write })
}

const asIs = (line: string): string => line

/** pino prints a bigint as a bare number, which readers round, and an error that is not `err` as `{}`. */
const speakable = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, key === 'err' ? value : speak(value)]))

const speak = (value: unknown): unknown => {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Error) return stdSerializers.errWithCause(value)
  return Array.isArray(value) ? value.map(speak) : value
}

const REDACTED = '[redacted]'
/** Shorter values are words of the language, not secrets: to redact them would tell more than it hides. */
const SHORTEST_SECRET = 4
/** Bodies of requests in messages of errors in lines of the log: one more than ever seen. */
const JSON_DEPTH = 4
/** A part of a URL this long is taken for a key. */
const KEY_LENGTH = 16

/**
 * Replaces every secret in a text by `[redacted]`, in any case and however it was written: as it is, URL-encoded, or
 * inside JSON. Of a URL, its parts that look like keys are secrets too; one that is nothing but scheme
 * and host is none. For everything that leaves: logs, answers, messages.
 */
export function scrubber(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(secrets.flatMap(partsOf).filter(isSecret).flatMap(formsOf))
  if (forms.size === 0) return asIs
  const longestFirst = [...forms].sort((a, b) => b.length - a.length)
  const pattern = new RegExp(longestFirst.map(literal).join('|'), 'gi')
  return (text) => text.replace(pattern, REDACTED)
}

/** A scrubber that learns: what was once a secret stays one. */
export function learningScrubber(): {
  readonly scrub: (text: string) => string
  readonly hide: (secrets: readonly string[]) => void
} {
  const known = new Set<string>()
  let now = scrubber([])
  return {
    scrub: (text) => now(text),
    hide(secrets) {
      for (const secret of secrets) known.add(secret)
      now = scrubber([...known])
    },
  }
}

const isSecret = (value: string): boolean => value.length >= SHORTEST_SECRET
const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** The secret and what of it is a secret by itself. */
function partsOf(secret: string): string[] {
  const trimmed = secret.trim()
  if (/^(0x)?[0-9a-f]{64}$/i.test(trimmed)) return keyParts(trimmed)
  const url = /^(https?|wss?):\/\//i.test(trimmed) ? URL.parse(trimmed) : null
  return url === null ? [secret, trimmed] : urlParts(trimmed, url)
}

/** A private key is also a number. */
function keyParts(key: string): string[] {
  const digits = key.replace(/^0x/i, '')
  return [`0x${digits}`, digits, BigInt(`0x${digits}`).toString()]
}

function urlParts(text: string, url: URL): string[] {
  const bare = url.pathname === '/' && url.search === '' && url.username === '' && url.password === ''
  if (bare) return []
  const values = [url.username, ...url.pathname.split('/'), ...url.searchParams.values()].filter(
    (part) => part.length >= KEY_LENGTH,
  )
  const afterHost =
    url.pathname === '/' ? [] : [`${url.pathname}${url.search}`].filter((path) => path.length >= KEY_LENGTH)
  return [text, url.href, ...afterHost, ...values, ...values.map(decoded), url.password, decoded(url.password)]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** However a value may be written on its way out: in a URL (of a URL), in JSON (of JSON, of JSON …). */
function formsOf(secret: string): string[] {
  const inUrl = wellFormed(secret) ? [encodeURIComponent(secret), encodeURI(secret)] : []
  return [secret, ...inUrl, ...inUrl.map(encodeURIComponent)].flatMap(nested)
}

function nested(text: string): string[] {
  const forms = [text]
  for (let depth = 0; depth < JSON_DEPTH; depth++) forms.push(inJson(forms.at(-1) as string))
  return forms
}

/** `encodeURIComponent` throws on half a surrogate pair. */
const wellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text)
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

/** Says each entry of the journal in one line; the entry itself goes along as fields of the JSON. */
export const logSink =
  (logger: Logger): Sink =>
  (entry) =>
    logger[levelOf(entry)]({ entry }, sentence(entry))

function levelOf({ kind, data }: JournalEntry): 'info' | 'warn' | 'error' {
  switch (kind) {
    case 'plan':
    case 'sent':
    case 'confirmed':
    case 'refusal':
    case 'rollback':
    case 'control':
    case 'summary':
    case 'brief':
      return 'info'
    case 'risk':
      return data['state'] === 'on' ? 'warn' : 'info'
    case 'audit':
      return data['mismatched'] === 0 ? 'info' : 'error'
    case 'alert':
    case 'replaced':
    case 'lost':
    case 'reorged':
      return 'warn'
    case 'breaker':
      return 'error'
    default:
      return never(kind)
  }
}

/** `[ethereum-core #123] sent: borrower 0x…, hash 0x…`, with the fields in which the kind is told. */
function sentence({ chainId, market, block, kind, data }: JournalEntry): string {
  const told = fieldsOf(kind).filter((name) => data[name] !== undefined && data[name] !== null && data[name] !== '')
  const details = told.map((name) => `${name} ${say(name, data[name])}`).join(', ')
  return `[${market === '' ? `chain ${chainId}` : market} #${block}] ${kind}${details === '' ? '' : `: ${details}`}`
}

/** In the order in which a person asks. */
function fieldsOf(kind: JournalKind): readonly string[] {
  switch (kind) {
    case 'rollback':
      return ['to', 'depth']
    case 'alert':
      return ['type', 'address', 'healthFactor', 'threshold', 'debtBase']
    case 'refusal':
      return ['reason', 'borrower', 'healthFactor', 'detail']
    case 'plan':
      return ['borrower', 'healthFactor', 'collateralAsset', 'debtAsset', 'debtToCover', 'netUsd8', 'costUsd8']
    case 'sent':
    case 'replaced':
      return ['borrower', 'hash', 'nonce', 'predictedProfit']
    case 'confirmed':
      return ['borrower', 'hash', 'profit', 'profitUsd8', 'gasUsed', 'feeWei']
    case 'lost':
    case 'reorged':
      return ['borrower', 'hash', 'nonce', 'winner', 'feeWei']
    case 'audit':
      return ['checked', 'mismatched', 'worst']
    case 'breaker':
      return ['reason', 'detail']
    case 'control':
      return ['said', 'via', 'by', 'detail']
    case 'summary':
      return ['day', 'liquidations', 'profitUsd8', 'refused', 'lost']
    case 'risk':
      return ['type', 'state', 'group', 'phase', 'previous', 'value', 'threshold', 'address']
    case 'brief':
      return ['day']
    default:
      return never(kind)
  }
}

/** The unit is in the name: dollars and health are put into the form that people read, the rest is said as it is. */
function say(name: string, value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  if (/^-?\d+$/.test(value) && /(Usd8|Base)$/.test(name)) return `$${fixed(value, 8, 2)}`
  if (/^-?\d+$/.test(value) && (name === 'healthFactor' || name === 'threshold')) return fixed(value, 18, 4)
  return value
}

/** A scaled integer with `digits` after the point, the rest cut off: for reading, never for deciding. */
function fixed(value: string, scale: number, digits: number): string {
  const sign = value.startsWith('-') ? '-' : ''
  const padded = value.replace('-', '').padStart(scale + 1, '0')
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale).slice(0, digits)}`
}
