import { Rpc } from '../../adapters/rpc/client.ts'
import type { ChainConfig } from '../../config/config.ts'
import { PlimsollError, RpcFault } from '../../core/errors.ts'
import { areaOf, type Finding } from './finding.ts'

/** Where ENS names are read, if anywhere. */
export async function checkNames(chains: readonly ChainConfig[]): Promise<readonly Finding[]> {
  const area = areaOf('names')
  const chain = chains.find(({ ensResolver }) => ensResolver !== undefined)
  if (chain?.ensResolver === undefined)
    return [area.ok('ENS', 'no chain with a resolver: names such as alice.eth are not understood')]
  const rpc = new Rpc({ chain: chain.name, chainId: chain.id, urls: chain.rpc, onProblem: () => {} })
  const trouble = {
    why: 'names such as alice.eth are not understood',
    fix: `Correct chains.${chain.name}.ensResolver.`,
  }
  try {
    const code = await rpc.request('eth_getCode', [chain.ensResolver, 'latest'])
    if (typeof code === 'string' && code.length > 2)
      return [area.ok('ENS', `${chain.ensResolver} on ${chain.name} is a contract`)]
    return [area.warning('ENS', { what: `there is no contract at ${chain.ensResolver} on ${chain.name}`, ...trouble })]
  } catch (error) {
    if (!(error instanceof PlimsollError || error instanceof RpcFault)) throw error
    return [
      area.warning('ENS', { what: `${chain.name} was not asked: no node can be used`, ...trouble, fix: 'See above.' }),
    ]
  }
}
