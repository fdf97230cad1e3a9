/** Every route, once: the server answers these and the OpenAPI document lists them. */
import { accountsParameters, journalParameters, noParameters } from './parameters.ts'
import { RISK_ROUTES } from './risk-routes.ts'
import type { Route } from './route.ts'
import type { AnswerName } from './schemas.ts'

const json = (schema: AnswerName): Route['answer'] => ({ media: 'application/json', schema })
const closed = { open: false } as const

export const ROUTES = {
  healthz: {
    path: '/healthz',
    summary: 'The loop turns.',
    query: undefined,
    answer: json('Health'),
    also: [503],
    open: true,
  },
  readyz: {
    path: '/readyz',
    summary: 'Synced, head lag in limits, store writable, signer when live.',
    query: undefined,
    answer: json('Health'),
    also: [503],
    open: true,
  },
  metrics: {
    ...closed,
    path: '/metrics',
    summary: 'Metrics in the text format of Prometheus.',
    query: undefined,
    answer: { media: 'text/plain', schema: undefined },
    also: [],
  },
  status: {
    ...closed,
    path: '/api/status',
    summary: 'Chains and markets at a glance.',
    query: noParameters,
    answer: json('Status'),
    also: [400],
  },
  accounts: {
    ...closed,
    path: '/api/accounts',
    summary: 'Accounts with debt of one market at one block.',
    query: accountsParameters,
    answer: json('Accounts'),
    also: [400, 404, 503],
  },
  account: {
    ...closed,
    path: '/api/accounts/{market}/{address}',
    summary: 'All that is known of one account.',
    query: noParameters,
    answer: json('Account'),
    also: [400, 404],
  },
  advice: {
    ...closed,
    path: '/api/accounts/{market}/{address}/advice',
    summary: 'What its owner can do, cheapest first, with ready calls. Asks the node about wallet, caps and venues.',
    query: noParameters,
    answer: json('Advice'),
    also: [400, 404, 503],
  },
  ...RISK_ROUTES,
  journal: {
    ...closed,
    path: '/api/journal',
    summary: 'What happened, in order.',
    query: journalParameters,
    answer: json('Journal'),
    also: [400],
  },
  stream: {
    ...closed,
    path: '/api/stream',
    summary: 'The journal as server-sent events: `id` is the `seq`, `event` the kind, `data` one entry.',
    query: noParameters,
    answer: { media: 'text/event-stream', schema: 'Entry' },
    also: [400, 503],
  },
  openapi: {
    ...closed,
    path: '/api/openapi.json',
    summary: 'This document.',
    query: noParameters,
    answer: { media: 'application/json', schema: undefined },
    also: [400],
  },
} as const satisfies Record<string, Route>

export type RouteName = keyof typeof ROUTES
