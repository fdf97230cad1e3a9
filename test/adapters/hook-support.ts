/** Somebody else's server, which answers as it was told to. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Posted {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type Answer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** Takes it, and never answers; or breaks off. */
  | 'hang'
  | 'break'

/** `answers`: the next ones, in order; 200 after that. */
export async function startHook(answers: Answer[] = []) {
  const posted: Posted[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += String(chunk)
    })
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      posted.push({ method, path: url, headers, body })
      const answer = answers.shift() ?? { status: 200 }
      if (answer === 'hang') return
      if (answer === 'break') return void response.destroy()
      response.writeHead(answer.status, answer.headers ?? {})
      response.end(answer.body ?? 'CANARY of the answer')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/CANARY-path-of-the-webhook?key=CANARY-key`,
    posted,
    answers,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
