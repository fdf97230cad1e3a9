import { type Address, encodeFunctionData, erc20Abi, getAddress } from 'viem'
import type { RescueCall } from '../../core/answers.ts'
import type { PoolCall } from '../../core/protocol.ts'
import type { Call } from '../../core/types.ts'

/** What the owner has allowed a spender to take of an asset. */
export type Allowance = (asset: Address, spender: Address) => bigint

/** A swap, and what it takes from the wallet. */
export interface Swap {
  readonly call: Call
  readonly takes: { readonly asset: Address; readonly amount: bigint }
}

/** All that the owner sends, in order: the calls of the pool, the swap after its withdrawal, and an allowance before what needs one. */
export function ownerCalls(pool: readonly PoolCall[], swap: Swap | undefined, allowance: Allowance): RescueCall[] {
  return pool.flatMap((call) => [
    ...(call.takes ? approvals(call.to, call.takes, allowance) : []),
    toCall(call, call.what),
    ...(call.what === 'withdraw' && swap ? swapCalls(swap, allowance) : []),
  ])
}

const swapCalls = ({ call, takes }: Swap, allowance: Allowance): RescueCall[] => [
  ...approvals(call.to, takes, allowance),
  toCall(call, 'swap'),
]

const toCall = ({ to, data }: Call, what: RescueCall['what']): RescueCall => ({ to: getAddress(to), data, what })

/** None where enough is allowed. Some tokens (USDT) refuse to change an allowance that is left: it is taken back first. */
function approvals(spender: Address, { asset, amount }: Swap['takes'], allowance: Allowance): RescueCall[] {
  const left = allowance(asset, spender)
  if (left >= amount) return []
  const approve = (value: bigint): RescueCall => {
    const data = encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [spender, value] })
    return toCall({ to: asset, data }, 'approve')
  }
  return left === 0n ? [approve(amount)] : [approve(0n), approve(amount)]
}
