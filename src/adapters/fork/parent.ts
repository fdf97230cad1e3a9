import { http } from 'viem'
import { ChainError, UnreachableError } from '../../core/errors.ts'

/** The node that a fork stands on. */
export interface Parent {
  /** Host only: the rest of a URL may be a key. */
  readonly label: string
  /** The answer, or the node's own no as a value. Throws UnreachableError. */
  ask(method: string, params: readonly unknown[]): Promise<unknown>
}

/** The node's own no. */
export class Refused extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

const TIMEOUT_MS = 15_000

export function openParent(url: string): Parent {
  const label = labelOf(url)
  const { request } = http(url, { retryCount: 0, timeout: TIMEOUT_MS })({})
  return {
    label,
    async ask(method, params) {
      try {
        return await (request as (args: { method: string; params: readonly unknown[] }) => Promise<unknown>)({
          method,
          params,
        })
      } catch (error) {
        const no = refusal(error)
        if (no !== undefined) return no
        throw unreachable(label, kindOf(error))
      }
    },
  }
}

function labelOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return 'the node'
  }
}

/**
 * Asked before a fork is opened, because the fork itself tells these faults late and without a name: the node answers,
 * serves this chain, has the block, and still has the block's state.
 */
export async function checkParent({ label, ask }: Parent, chainId: number, blockNumber: bigint): Promise<void> {
  const at = `0x${blockNumber.toString(16)}`
  const id = await ask('eth_chainId', [])
  if (Number(id) !== chainId) throw wrongChain(label, id, chainId)
  const block = await ask('eth_getBlockByNumber', [at, false])
  if (block === null || block instanceof Refused) throw missing(label, blockNumber)
  const state = await ask('eth_getBalance', [PROBE, at])
  if (state instanceof Refused) throw pruned(label, blockNumber, state.message)
}

/** Whose balance is asked for does not matter: only whether the state is there. */
const PROBE = '0x0000000000000000000000000000000000000001'

/** The JSON-RPC error under what the transport wrapped it in: only that is free of the URL. */
function refusal(error: unknown): Refused | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    if ('code' in at && typeof at.code === 'number')
      return new Refused(at.code, 'details' in at ? String(at.details) : at.message)
  return undefined
}

/** Name and status only: messages of HTTP errors carry the URL. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure'
  return 'status' in error && typeof error.status === 'number' ? `${error.name} ${error.status}` : error.name
}

const unreachable = (label: string, why: string): UnreachableError =>
  new UnreachableError({
    code: 'FORK_PARENT_UNREACHABLE',
    what: `${label}, the node to fork, does not answer`,
    why,
    fix: 'Check that the node runs and that its rpc URL is right; try again later.',
  })

const wrongChain = (label: string, found: unknown, wanted: number): ChainError =>
  new ChainError({
    code: 'WRONG_CHAIN_ID',
    what: `${label} serves chain id ${found instanceof Refused ? 'none' : Number(found)}, not ${wanted}`,
    why: 'a fork of another chain would prove nothing',
    fix: 'Correct the rpc URL of the chain.',
  })

const missing = (label: string, block: bigint): ChainError =>
  new ChainError({
    code: 'FORK_BLOCK_MISSING',
    what: `${label} does not have block ${block}`,
    why: 'it is above its head, or the node has dropped it',
    fix: 'Choose a block that the node has.',
  })

const pruned = (label: string, block: bigint, why: string): ChainError =>
  new ChainError({
    code: 'FORK_STATE_PRUNED',
    what: `${label} does not have the state of block ${block}`,
    why,
    fix: 'Choose a newer block (most nodes keep the last 128), or use an archive node.',
  })
