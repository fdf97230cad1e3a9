/** The routes that read. Answers come from `Queries`; this file only reads requests and names what is wrong with them. */

import type { Context, Handler } from 'hono'
import { Hono } from 'hono'
import type { Address } from 'viem'
import { getAddress, isAddress } from 'viem/utils'
import { type Check, type Queries, SCHEMA_VERSION } from '../../core/answers.ts'
import type { Advisor } from '../../core/people/ports.ts'
import type { Sink } from '../../core/ports.ts'
import { type ControlDoor, controlRoutes } from './control.ts'
import { checkHost, checkToken, type Doors, SECURITY_HEADERS } from './guard.ts'
import { openApi } from './openapi.ts'
import { accountsParameters, badParameter, journalParameters, lastEventId, readQuery } from './parameters.ts'
import { answerProblem, type Scrub, toProblem } from './problem.ts'
import {
  badAddress,
  checkMarket,
  methodNotAllowed,
  notReady,
  tooManyStreams,
  unknownAccount,
  unknownRoute,
} from './problems.ts'
import { type RiskDoor, riskHandlers } from './risk.ts'
import type { Route } from './route.ts'
import { ROUTES, type RouteName } from './routes.ts'
import { eventStream } from './stream.ts'

export interface AppOptions extends Doors, ControlDoor, RiskDoor {
  readonly queries: Queries
  readonly advisor: Advisor
  subscribe(sink: Sink): () => void
  readonly metrics: { readonly contentType: string; text(): Promise<string> }
  readonly log: { error(fields: object, message: string): void }
  readonly scrub: Scrub
  readonly version: string
  readonly heartbeatMs: number
  readonly maxStreams: number
  /** Ends the streams. */
  readonly signal: AbortSignal
}

export function createApp(options: AppOptions): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value)
  })
  app.use(checkHost(options))
  if (options.token) for (const path of ['/api/*', '/metrics']) app.use(path, checkToken(options.token))
  const handlers = handlersOf(options)
  for (const [name, route] of Object.entries(ROUTES) as [RouteName, Route][]) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1')
    app.get(path, (c, next) => {
      if (route.query) readQuery(c, route.query)
      return handlers[name](c, next)
    })
    app.all(path, (c) => {
      throw methodNotAllowed(c.req.method, route.path)
    })
  }
  controlRoutes(app, options)
  app.notFound((c) => answerProblem(c, unknownRoute(c.req.path), options.scrub))
  app.onError((error, c) => {
    const problem = toProblem(error)
    if (problem.status >= 500)
      options.log.error(
        { code: problem.complaint.code, path: c.req.path, error: options.scrub(String(error.stack)) },
        'request failed',
      )
    return answerProblem(c, problem, options.scrub)
  })
  return app
}

function handlersOf(options: AppOptions): Record<RouteName, Handler> {
  const { queries, metrics, scrub } = options
  const answer = (c: Context, body: object): Response => c.json({ schemaVersion: SCHEMA_VERSION, ...body })
  const document = openApi(options.version)
  return {
    healthz: (c) => answerChecks(c, queries.alive(), scrub),
    readyz: (c) => answerChecks(c, queries.ready(), scrub),
    metrics: async (c) => c.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
    status: (c) => answer(c, queries.status()),
    accounts: (c) => answer(c, accounts(c, queries)),
    account: (c) => answer(c, account(c, queries)),
    advice: async (c) => answer(c, await advice(c, options)),
    ...riskHandlers(options),
    journal: (c) => answer(c, journal(c, queries)),
    stream: streamHandler(options),
    openapi: (c) => c.json(document),
  }
}

function answerChecks(c: Context, checks: readonly Check[], scrub: Scrub): Response {
  const failed = checks.filter((check) => !check.ok).map((check) => check.name)
  const shown = checks.map(({ name, ok, detail }) => ({ name, ok, detail: scrub(detail) }))
  const body = { schemaVersion: SCHEMA_VERSION, ok: failed.length === 0, failed, checks: shown }
  return c.json(body, failed.length === 0 ? 200 : 503)
}

function accounts(c: Context, queries: Queries): object {
  const { market, below, sort, limit, cursor } = readQuery(c, accountsParameters)
  if (market !== undefined) checkMarket(market, queries.markets())
  const found = queries.accounts({ market, belowWad: below, sort, limit, cursor })
  if (!found) throw notReady(market)
  return found
}

function account(c: Context, queries: Queries): object {
  const { market, address } = position(c, queries)
  const found = queries.account(market, address)
  if (!found) throw unknownAccount(market, address)
  return found
}

async function advice(c: Context, { queries, advisor }: AppOptions): Promise<object> {
  const { market, address } = position(c, queries)
  const found = await advisor.advise(market, address)
  if (!found) throw unknownAccount(market, address)
  return found
}

function position(c: Context, queries: Queries): { readonly market: string; readonly address: Address } {
  const market = c.req.param('market') ?? ''
  const address = c.req.param('address') ?? ''
  if (!isAddress(address)) throw badAddress(address)
  checkMarket(market, queries.markets())
  return { market, address: getAddress(address) }
}

function journal(c: Context, queries: Queries): object {
  const { after, kind, limit } = readQuery(c, journalParameters)
  const entries = queries.journal({ after, kind, limit })
  return { entries, next: entries.length < limit ? null : (entries.at(-1)?.seq ?? null) }
}

function streamHandler(options: AppOptions): Handler {
  let open = 0
  return (c) => {
    const header = c.req.header('last-event-id')
    const after = header === undefined || header === '' ? undefined : lastEventId.safeParse(header)
    if (after?.success === false) throw badParameter('Last-Event-ID', header ?? '', 'it must be the `id` of an event')
    // Nothing can follow on this connection, so it need not outlive the stream.
    const headers = {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      connection: 'close',
    }
    if (c.req.method === 'HEAD') return c.body(null, 200, headers)
    if (open >= options.maxStreams) throw tooManyStreams(options.maxStreams)
    open++
    const ended = (error?: unknown): void => {
      open--
      if (error !== undefined) options.log.error({ error: options.scrub(String(error)) }, 'stream failed')
    }
    const { heartbeatMs, signal } = options
    const { queries, subscribe } = options
    const source = { journal: (query: { after: number; limit: number }) => queries.journal(query), subscribe }
    return c.body(eventStream(source, { after: after?.data, heartbeatMs, signal, ended }), 200, headers)
  }
}
