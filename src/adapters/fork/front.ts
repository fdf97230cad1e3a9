import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { UnreachableError } from '../../core/errors.ts'
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
/** An answer, not a failed request: Hardhat asks again for most of a minute after one of those. */
const NO_ANSWER = { code: -32603, message: 'the node to fork does not answer' }

export async function startFront(parent: Parent, blockNumber: bigint): Promise<Front> {
  let trouble: UnreachableError | undefined
  const path = `/${randomUUID()}`
  const head = `0x${(blockNumber + DEPTH).toString(16)}`
  const answer = async ({ id, method, params = [] }: Question): Promise<object> => {
    if (method === 'eth_blockNumber') return { jsonrpc: '2.0', id, result: head }
    try {
      const result = await parent.ask(method, params)
      trouble = undefined
      const body = result instanceof Refused ? { error: { code: result.code, message: result.message } } : { result }
      return { jsonrpc: '2.0', id, ...body }
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error
      trouble = error
      return { jsonrpc: '2.0', id, error: NO_ANSWER }
    }
  }
  const server = createServer(async (request, response) => {
    if (request.url !== path) return void response.writeHead(404).end()
    try {
      const asked = JSON.parse(await text(request)) as Question | readonly Question[]
      const told = 'method' in asked ? await answer(asked) : await Promise.all(asked.map(answer))
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(told))
    } catch {
      // Hardhat left in the middle of its question: nobody waits for an answer.
      response.destroy()
    }
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
