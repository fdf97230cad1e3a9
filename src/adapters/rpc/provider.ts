import { type CircuitBreakerPolicy, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel'
import { type EIP1193RequestFn, http } from 'viem'
import { RpcFault } from '../../core/errors.ts'

/** The node did not answer, or not in JSON-RPC. Carries the label of the provider, never its URL: that may hold a key. */
export class TransportFault extends Error {
  readonly label: string

  constructor(label: string, method: string, why: string) {
    super(`${label} did not answer ${method}: ${why}`)
    this.name = 'TransportFault'
    this.label = label
  }
}

export const REQUEST_TIMEOUT_MS = 15_000
/** After so many failures in a row a provider is left alone for a while. */
const FAILURES_BEFORE_REST = 3
const REST_MS = 2_000

/** One URL. */
export interface Provider {
  readonly label: string
  /** Throws RpcFault or TransportFault; rejects at once while the provider rests. */
  request(method: string, params: readonly unknown[]): Promise<unknown>
}

/** Host and position only. */
const labelOf = (url: string, index: number): string => {
  try {
    return `${new URL(url).host}#${index + 1}`
  } catch {
    return `provider#${index + 1}`
  }
}

export function httpProvider(url: string, index: number, count: () => void, timeoutMs: number): Provider {
  const label = labelOf(url, index)
  const { request } = http(url, { retryCount: 0, timeout: timeoutMs })({})
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: REST_MS,
    breaker: new ConsecutiveBreaker(FAILURES_BEFORE_REST),
  })
  return {
    label,
    async request(method, params) {
      const answer = await send(breaker, request, { label, method, params, count })
      if (answer instanceof RpcFault) throw answer
      return answer
    },
  }
}

interface Question {
  readonly label: string
  readonly method: string
  readonly params: readonly unknown[]
  readonly count: () => void
}

/** A refusal by the node comes back as a value: it must not count against the provider. */
async function send(
  breaker: CircuitBreakerPolicy,
  request: EIP1193RequestFn,
  { label, method, params, count }: Question,
): Promise<unknown> {
  try {
    return await breaker.execute(async () => {
      count()
      try {
        return await (request as (args: { method: string; params: readonly unknown[] }) => Promise<unknown>)({
          method,
          params,
        })
      } catch (error) {
        const fault = asRpcFault(method, error)
        if (fault) return fault
        throw error
      }
    })
  } catch (error) {
    throw new TransportFault(label, method, kindOf(error))
  }
}

/** The JSON-RPC error at the bottom of whatever the transport wrapped it in. */
function asRpcFault(method: string, error: unknown): RpcFault | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (!('code' in at) || typeof at.code !== 'number' || at.code === 429) continue
    const details = 'details' in at && typeof at.details === 'string' ? at.details : at.message
    return new RpcFault(method, at.code, details, 'data' in at ? at.data : undefined)
  }
  return undefined
}

/** Name and status only: messages of HTTP errors carry the URL. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure'
  const status = 'status' in error && typeof error.status === 'number' ? ` ${error.status}` : ''
  const cause = error.cause instanceof Error ? rootCause(error.cause) : ''
  return `${error.name}${status}${cause}`
}

function rootCause(error: Error): string {
  let at = error
  while (at.cause instanceof Error) at = at.cause
  return 'code' in at && typeof at.code === 'string' ? ` (${at.code})` : ''
}
