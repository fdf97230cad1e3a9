/** The problems of the routes, with their stable codes. */
import { HttpProblem } from './problem.ts'

export function checkMarket(market: string, markets: readonly string[]): void {
  if (markets.includes(market)) return
  const why = markets.length === 0 ? 'no market is configured' : `the markets here are ${markets.join(', ')}`
  const what = `There is no market "${market.slice(0, 100)}"`
  throw new HttpProblem(404, { code: 'UNKNOWN_MARKET', what, why, fix: 'Use one of those names, or configure it.' })
}

export const notReady = (market: string | undefined): HttpProblem =>
  new HttpProblem(
    503,
    {
      code: 'NOT_READY',
      what: market === undefined ? 'There is no market to show yet' : `The market "${market}" is not ready yet`,
      why: 'its history has not been read to the end',
      fix: 'Try again later: /readyz tells when.',
    },
    { 'retry-after': '5' },
  )

export const badAddress = (address: string): HttpProblem =>
  new HttpProblem(400, {
    code: 'BAD_ADDRESS',
    what: `"${address.slice(0, 100)}" is not an address`,
    why: 'it must be 0x and 40 hexadecimal digits, and in mixed case its checksum must be right',
    fix: 'Copy the address again, or write it in lower case.',
  })

export const unknownAccount = (market: string, address: string): HttpProblem =>
  new HttpProblem(404, {
    code: 'UNKNOWN_ACCOUNT',
    what: `${address} has no position in "${market}"`,
    why: 'nothing of this address was ever seen there',
    fix: 'Check the address and the market.',
  })

export const tooManyStreams = (max: number): HttpProblem =>
  new HttpProblem(
    503,
    {
      code: 'TOO_MANY_STREAMS',
      what: 'No further stream can be opened',
      why: `${max} clients are connected already`,
      fix: 'Close one of them, or read /api/journal.',
    },
    { 'retry-after': '5' },
  )

export const unknownRoute = (path: string): HttpProblem =>
  new HttpProblem(404, {
    code: 'UNKNOWN_ROUTE',
    what: `There is nothing at "${path.slice(0, 200)}"`,
    why: 'no route has this path',
    fix: '/api/openapi.json lists every route.',
  })

export const methodNotAllowed = (method: string, path: string, allowed: 'GET' | 'POST' = 'GET'): HttpProblem =>
  new HttpProblem(
    405,
    {
      code: 'METHOD_NOT_ALLOWED',
      what: `${method} is not possible on ${path}`,
      why: allowed === 'GET' ? 'it is only read' : 'it changes something',
      fix: `Use ${allowed}.`,
    },
    { allow: allowed === 'GET' ? 'GET, HEAD' : 'POST' },
  )
