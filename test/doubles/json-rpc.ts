import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Hex, toHex } from 'viem'
import type { FakeBlock, FakeChain } from './fake-chain.ts'

/** What a node may do instead of answering. */
export type Lie =
  | { readonly kind: 'error'; readonly code: number; readonly message: string; readonly status?: number }
  | { readonly kind: 'http'; readonly status: number; readonly body: string; readonly headers?: Record<string, string> }
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }

export interface Asked {
  readonly method: string
  readonly params: readonly unknown[]
}

export interface JsonRpcDouble {
  readonly url: string
  readonly asked: Asked[]
  /** Looked at before every answer; undefined: tell the truth. */
  lie: (asked: Asked) => Lie | undefined
  chainId: number
  count(method: string): number
  close(): Promise<void>
}

/** A node over real HTTP that serves a made-up chain, and lies when told to. */
export async function startJsonRpc(chain: FakeChain, chainId = 1): Promise<JsonRpcDouble> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const { id, method, params = [] } = JSON.parse(body) as Asked & { id: number }
      asked.push({ method, params })
      answer(double.lie({ method, params }) ?? truth(chain, double.chainId, { method, params }), id, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const double: JsonRpcDouble = {
    // A path like those that carry keys.
    url: `http://127.0.0.1:${port}/v2/canary-key`,
    asked,
    lie: () => undefined,
    chainId,
    count: (method) => asked.filter((one) => one.method === method).length,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return double
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += chunk
  return body
}

function answer(lie: Lie, id: number, response: ServerResponse): void {
  const json = (status: number, body: object) =>
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ jsonrpc: '2.0', id, ...body }))
  switch (lie.kind) {
    case 'hang':
      return
    case 'reset':
      response.destroy()
      return
    case 'http':
      response.writeHead(lie.status, { 'content-type': 'text/html', ...lie.headers }).end(lie.body)
      return
    case 'error':
      json(lie.status ?? 200, { error: { code: lie.code, message: lie.message } })
      return
    case 'result':
      json(200, { result: lie.result })
  }
}

function truth(chain: FakeChain, chainId: number, { method, params }: Asked): Lie {
  const result = (value: unknown): Lie => ({ kind: 'result', result: value })
  const [first] = params
  switch (method) {
    case 'eth_chainId':
      return result(toHex(chainId))
    case 'eth_getBlockByNumber': {
      const block = first === 'latest' || first === 'finalized' ? chain.head : chain.blocks[Number(first)]
      return result(block ? toRawHeader(block) : null)
    }
    case 'eth_getLogs':
      return logsIn(chain, first as LogParameters)
    default:
      return { kind: 'error', code: -32601, message: `the method ${method} does not exist` }
  }
}

export interface LogParameters {
  readonly address: readonly string[]
  readonly topics: readonly (readonly Hex[])[]
  readonly blockHash?: Hex
  readonly fromBlock?: Hex
  readonly toBlock?: Hex
}

function logsIn(chain: FakeChain, { address, topics, blockHash, fromBlock, toBlock }: LogParameters): Lie {
  const one = chain.byHash(blockHash)
  if (blockHash !== undefined && one === undefined) return { kind: 'error', code: -32000, message: 'unknown block' }
  const blocks = one ? [one] : chain.blocks.slice(Number(fromBlock), Number(toBlock) + 1)
  const result = blocks.flatMap((block) =>
    block.logs
      .filter((log) => address.includes(log.address) && topics[0]?.includes(log.topics[0] ?? '0x'))
      .map((log) => ({
        ...log,
        logIndex: toHex(log.logIndex),
        blockHash: block.hash,
        blockNumber: toHex(block.number),
      })),
  )
  return { kind: 'result', result }
}

export const toRawHeader = ({ logs: _, ...block }: FakeBlock) => ({
  ...block,
  number: toHex(block.number),
  timestamp: toHex(block.timestamp),
  baseFeePerGas: '0x1',
})
