/** OpenAPI 3.1, made from the same tables that the server answers by. */
import { z } from 'zod'
import { SCHEMA_VERSION } from '../../core/answers.ts'
import { CONTROLS, type ControlRoute, controlPath } from './control.ts'
import { lastEventId } from './parameters.ts'
import type { Route } from './route.ts'
import { ROUTES } from './routes.ts'
import { ANSWERS } from './schemas.ts'

// `io: 'input'`: what is published does not forbid further fields, so that adding one breaks no generated client.
const published = (schema: z.ZodType): Record<string, unknown> => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  return rest
}

export function openApi(version: string): object {
  return {
    schemaVersion: SCHEMA_VERSION,
    openapi: '3.1.0',
    info: { title: 'Plimsoll', version, description: 'Integers of the chain are decimal strings, times Unix seconds.' },
    paths: Object.fromEntries([
      ...Object.values(ROUTES).map((route: Route) => [route.path, { get: operation(route) }]),
      ...Object.entries(CONTROLS).map(([name, route]) => [controlPath(name), { post: change(route) }]),
    ]),
    components: {
      schemas: Object.fromEntries(Object.entries(ANSWERS).map(([name, schema]) => [name, published(schema)])),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  }
}

function operation(route: Route): object {
  const statuses = [401, 403, 500, ...route.also].filter((status) => status !== 401 || !route.open)
  return {
    summary: route.summary,
    security: route.open ? [] : [{ bearer: [] }],
    parameters: [...pathParameters(route.path), ...queryParameters(route.query), ...streamHeader(route)],
    responses: {
      200: { description: 'OK', content: { [route.answer.media]: content(route.answer.schema) } },
      ...Object.fromEntries(statuses.map((status) => [status, failure(route, status)])),
    },
  }
}

function change({ summary, body }: ControlRoute): object {
  const refused = { description: 'Refused', content: { 'application/json': reference('Error') } }
  return {
    summary,
    security: [{ bearer: [] }],
    requestBody: { required: false, content: { 'application/json': { schema: published(body) } } },
    responses: {
      200: { description: 'OK', content: { 'application/json': reference('Control') } },
      ...Object.fromEntries([400, 401, 403, 409, 413, 500].map((status) => [status, refused])),
    },
  }
}

const reference = (name: string): object => ({ schema: { $ref: `#/components/schemas/${name}` } })
const content = (name: string | undefined): object => (name === undefined ? {} : reference(name))

/** A probe that fails still answers with its checks; everything else that fails says why. */
const failure = (route: Route, status: number): object => ({
  description: status === 503 ? 'Not now' : 'Refused',
  content: { 'application/json': reference(status === 503 && route.answer.schema === 'Health' ? 'Health' : 'Error') },
})

const pathParameters = (path: string): object[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))

const queryParameters = (query: z.ZodObject | undefined): object[] =>
  Object.entries(query?.shape ?? {}).map(([name, schema]) => {
    const { description, ...rest } = published(schema)
    const required = !schema.safeParse(undefined).success
    return { name, in: 'query', required, description, schema: rest }
  })

const streamHeader = (route: Route): object[] =>
  route.answer.media === 'text/event-stream'
    ? [{ name: 'Last-Event-ID', in: 'header', required: false, schema: published(lastEventId) }]
    : []
