import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Asked } from './json-rpc.ts'

export interface JsonRpcProxy {
  readonly url: string
  /** What is passed on of a true answer; may take its time. */
  edit: (asked: Asked, result: unknown) => unknown
  close(): Promise<void>
}

/** Stands before a real node and lies about single answers. */
export async function startProxy(target: string): Promise<JsonRpcProxy> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    const upstream = await fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const answer = (await upstream.json()) as { result?: unknown }
    if ('result' in answer) answer.result = await proxy.edit(JSON.parse(body) as Asked, answer.result)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: JsonRpcProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    edit: (_, result) => result,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return proxy
}
