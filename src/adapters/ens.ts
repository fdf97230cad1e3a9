/** Names of the Ethereum Name Service, asked of the chain itself by way of its UniversalResolver. */
import { type Address, createClient, custom } from 'viem'
import { getEnsAddress, normalize } from 'viem/ens'
import { RpcFault } from '../core/errors.ts'
import type { Node } from '../core/ports.ts'

export interface EnsOptions {
  readonly node: Node
  /** `ensResolver` of the chain. */
  readonly resolver: Address
}

export type EnsAnswer =
  /** `name`: as ENS writes it. `address`: lower case. */
  | { readonly kind: 'address'; readonly name: string; readonly address: Address }
  | { readonly kind: 'refused'; readonly why: EnsRefusal }
export type EnsRefusal =
  /** Not allowed by ENSIP-15: letters that nobody sees, or of scripts that are not written together. */
  | 'no-name'
  /** Unknown, without an address, or kept outside of the chain. */
  | 'not-found'
  | 'unreachable'

export type EnsLookup = (name: string) => Promise<EnsAnswer>

/** DNS packets, in which names travel, take no more. */
const LONGEST = 255

export function ensLookup({ node, resolver }: EnsOptions): EnsLookup {
  const request = ({ method, params }: { method: string; params?: unknown }): Promise<unknown> =>
    node.request(method, Array.isArray(params) ? params : [])
  // No CCIP-read: the owner of a name would choose an address on the web that this machine then calls.
  const client = createClient({ transport: custom({ request }, { retryCount: 0 }), ccipRead: false })
  return async (given) => {
    const name = normalized(given)
    if (name === undefined) return { kind: 'refused', why: 'no-name' }
    try {
      const found = await getEnsAddress(client, { name, universalResolverAddress: resolver })
      if (found === null) return { kind: 'refused', why: 'not-found' }
      return { kind: 'address', name, address: `0x${found.slice(2).toLowerCase()}` }
    } catch (error) {
      return { kind: 'refused', why: isAnswer(error) ? 'not-found' : 'unreachable' }
    }
  }
}

function normalized(given: string): string | undefined {
  if (given.length > LONGEST || !given.includes('.')) return undefined
  try {
    return normalize(given)
  } catch {
    // ENSIP-15 says no in many words; to whoever asked they are one.
    return undefined
  }
}

/** The node did its part: the resolver reverted. Whatever else went wrong, nobody knows the answer. */
function isAnswer(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof RpcFault) return cause.code === REVERTED || cause.data !== undefined
    if (cause.name === 'ContractFunctionRevertedError') return true
  }
  return false
}
const REVERTED = 3
