import { type Address, decodeAbiParameters, type Hex } from 'viem'
import { RpcFault } from '../../core/errors.ts'
import { type Candidate, type Plan, type Refusal, refuse } from '../../core/plan.ts'
import type { Executor, Node } from '../../core/ports.ts'
import { calldata, type Marketplace } from './market.ts'
import { revertReason } from './revert.ts'

export interface Simulation {
  readonly to: Address
  readonly data: Hex
  /** In the debt asset, at the block being built. */
  readonly profit: bigint
}

/** The call as the node would run it in the block being built: its profit to the wei, or why it would revert. */
export async function simulate(
  node: Node,
  from: Address,
  market: Marketplace | undefined,
  candidate: Candidate,
  plan: Plan,
): Promise<Simulation | Refusal> {
  if (market?.contract === undefined) return refuse(candidate, 'no-contract', 'deploy one: plimsoll deploy')
  const call = { to: market.contract, data: calldata(market, plan) }
  try {
    const answer = await node.request('eth_call', [{ from, ...call }, 'pending'])
    const [profit] = decodeAbiParameters([{ type: 'uint256' }], answer as Hex)
    return { ...call, profit }
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error
    return refuse(candidate, 'simulation-reverted', revertReason(error))
  }
}

/** Asks the node, signs nothing. */
export function simulateExecutor(
  node: Node,
  keeper: Address,
  marketplace: (market: string) => Marketplace | undefined,
): Executor {
  return {
    mode: 'simulate',
    inFlight: () => false,
    async execute(market, candidate, plan, { block }, record) {
      const simulation = await simulate(node, keeper, marketplace(market), candidate, plan)
      const planned = {
        kind: 'planned' as const,
        plan: 'kind' in simulation ? plan : { ...plan, profit: simulation.profit },
      }
      record(market, block, 'kind' in simulation ? simulation : planned)
    },
    settle: async () => {},
    rollback: async () => {},
  }
}
