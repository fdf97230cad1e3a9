/** Who may ask: the right Host and Origin (a web page must not reach us through DNS rebinding), and the token where one is set. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { HttpProblem } from './problem.ts'

export const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)

/** Without its port, which a tunnel may change. */
const hostName = (host: string): string => host.toLowerCase().replace(/:\d+$/, '')
const originHost = (origin: string): string => (URL.canParse(origin) ? hostName(new URL(origin).host) : '')

export interface Doors {
  /** The address bound to. */
  readonly host: string
  /** Further names that clients use, such as that of a reverse proxy. */
  readonly allowedHosts: readonly string[]
}

/** Names to answer to; undefined: any (only ever with a token, which a page that rebinds a name does not have). */
function namesOf({ host, allowedHosts }: Doors): ReadonlySet<string> | undefined {
  if (!isLoopback(host) && allowedHosts.length === 0) return undefined
  const bound = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return new Set([...['127.0.0.1', 'localhost', '[::1]', bound], ...allowedHosts].map(hostName))
}

export function checkHost(doors: Doors): MiddlewareHandler {
  const names = namesOf(doors)
  return async (c, next) => {
    const host = hostName(c.req.header('host') ?? '')
    if (names && !names.has(host)) throw notAllowed('HOST_NOT_ALLOWED', 'Host', host)
    const origin = c.req.header('origin')
    if (origin !== undefined) {
      const from = originHost(origin)
      if (names ? !names.has(from) : from !== host) throw notAllowed('ORIGIN_NOT_ALLOWED', 'Origin', origin)
    }
    await next()
  }
}

const notAllowed = (code: string, header: string, value: string): HttpProblem =>
  new HttpProblem(403, {
    code,
    what: `The ${header} "${value.slice(0, 200)}" is not one of this server's`,
    why: 'a web page could reach this server through a name of its own',
    fix: 'Use the address this server is bound to, or allow the name in the configuration.',
  })

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Digests are compared, so that neither the token's bytes nor its length show in the time it takes. */
export function checkToken(token: string): MiddlewareHandler {
  const expected = digest(token)
  return async (c, next) => {
    const given = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1]
    if (given === undefined || !timingSafeEqual(digest(given), expected)) throw unauthorized(given !== undefined)
    await next()
  }
}

const unauthorized = (given: boolean): HttpProblem =>
  new HttpProblem(
    401,
    {
      code: 'UNAUTHORIZED',
      what: given ? 'The token is not the right one' : 'There is no token in the request',
      why: 'this server has one (`http.token` in its configuration)',
      fix: 'Send the header "Authorization: Bearer" followed by the token.',
    },
    { 'www-authenticate': 'Bearer' },
  )
