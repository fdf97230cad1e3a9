import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { UnreachableError } from '../../core/errors.ts'
import { type Parent, Refused } from './parent.ts'

/**
 * What Hardhat forks instead of the node itself, on this machine only. It hides the node's URL, which may hold a key, and says
 * that the chain has gone on for long: Hardhat keeps what it read only of blocks too old to be reorganised, and asks for the
 * same code and storage again and again otherwise (about 850 requests a call of Aave's pool, then 0).
 */
export interface Front {
  readonly url: string
  /** Why the node did not answer last time; undefined while it does. */
  readonly trouble: UnreachableError | undefined
  close(): Promise<void>
}

/** A thousand blocks above: more than any depth at which Hardhat calls a block safe. */
const DEPTH = 1_000n
/** A refusal: anything that sounds as if it might pass, Hardhat asks again for most of a minute. */
const NO_ANSWER = 403

export async function startFront(parent: Parent, blockNumber: bigint): Promise<Front> {
  let trouble: UnreachableError | undefined
  const path = `/${randomUUID()}`
  const server = createServer((request, response) => {
    if (request.url !== path) return void response.writeHead(404).end()
    answer(parent, blockNumber, request, response).then(
      () => {
        trouble = undefined
      },
      (error: UnreachableError) => {
        trouble = error
        response.writeHead(NO_ANSWER).end()
      },
    )
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    get trouble() {
      return trouble
    },
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  }
}

interface Question {
  readonly id: number
  readonly method: string
  readonly params?: readonly unknown[]
}

async function answer(
  parent: Parent,
  blockNumber: bigint,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = JSON.parse(await text(request)) as Question | readonly Question[]
  const one = async ({ id, method, params = [] }: Question): Promise<object> => {
    const head = `0x${(blockNumber + DEPTH).toString(16)}`
    const result = method === 'eth_blockNumber' ? head : await parent.ask(method, params)
    const body = result instanceof Refused ? { error: { code: result.code, message: result.message } } : { result }
    return { jsonrpc: '2.0', id, ...body }
  }
  const told = 'method' in asked ? await one(asked) : await Promise.all(asked.map(one))
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(told))
}
