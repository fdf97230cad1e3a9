/** Starts and stops the HTTP interface. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { ConfigError } from '../../core/errors.ts'
import { type AppOptions, createApp } from './app.ts'
import { isLoopback, SECURITY_HEADERS } from './guard.ts'
import { HttpProblem, problemBody } from './problem.ts'

export interface HttpOptions extends Omit<AppOptions, 'signal' | 'heartbeatMs' | 'maxStreams' | 'allowedHosts'> {
  /** 0: any free one. */
  readonly port: number
  readonly allowedHosts?: readonly string[]
  readonly heartbeatMs?: number
  readonly maxStreams?: number
}

export interface HttpServer {
  readonly url: string
  close(): Promise<void>
}

/** What requests in flight are given to end when the server closes. */
const GRACE_MS = 1_000

export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { host, port, allowedHosts = [], heartbeatMs = 15_000, maxStreams = 64 } = options
  if (!isLoopback(host) && !options.token) throw needsToken(host)
  const streams = new AbortController()
  const app = createApp({ ...options, allowedHosts, heartbeatMs, maxStreams, signal: streams.signal })
  // No replaced globals: viem and others use the same `Response`.
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: (error) => malformed(error, options),
  })
  const server = createServer((request, response) => void listener(request, response))
  server.on('connection', (socket) => socket.setKeepAlive(true, 30_000))
  await listening(server, host, port)
  server.on('error', (error) => options.log.error({ error: options.scrub(String(error)) }, 'http server failed'))
  const address = server.address() as AddressInfo
  return { url: `http://${reachable(host)}:${address.port}`, close: () => closed(server, streams) }
}

function listening(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)))
  server.listen(port, host.replace(/^\[(.*)\]$/, '$1'), () => {
    server.removeAllListeners('error')
    resolve()
  })
  return promise
}

function closed(server: Server, streams: AbortController): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const force = setTimeout(() => server.closeAllConnections(), GRACE_MS)
  server.close(() => {
    clearTimeout(force)
    resolve()
  })
  streams.abort()
  return promise
}

/** An address a client on this machine can use: one cannot connect to "all of them". */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::' || host === '') return '[::1]'
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

function malformed(error: unknown, { scrub }: HttpOptions): Response {
  const why = error instanceof Error ? error.message : String(error)
  const complaint = { code: 'BAD_REQUEST', what: 'The request cannot be read', why, fix: 'Correct its URL and Host.' }
  return Response.json(problemBody(new HttpProblem(400, complaint), scrub), { status: 400, headers: SECURITY_HEADERS })
}

const needsToken = (host: string): ConfigError =>
  new ConfigError({
    code: 'HTTP_TOKEN_MISSING',
    what: `The HTTP interface would listen on ${host || 'every address'} without a token`,
    why: 'everybody who reaches that address could read it',
    fix: 'Set http.token, or http.host to 127.0.0.1.',
  })

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): ConfigError {
  const where = `${host}:${port}`
  const what = `The HTTP interface cannot listen on ${where}`
  if (error.code === 'EADDRINUSE') {
    const fix = 'Stop the other program, or set http.port to another port (0: any free one).'
    return new ConfigError(
      { code: 'HTTP_PORT_IN_USE', what, why: 'another program uses that port', fix },
      { cause: error },
    )
  }
  const why = error.code === 'EACCES' ? 'the system does not allow it' : (error.code ?? error.message)
  const fix = 'Set http.host to an address of this machine and http.port to a free port above 1023.'
  return new ConfigError({ code: 'HTTP_CANNOT_LISTEN', what, why, fix }, { cause: error })
}
