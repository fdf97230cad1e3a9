import { type Address, encodeFunctionData, erc20Abi, hexToBigInt } from 'viem'
import type { Rescue } from '../../core/protocol.ts'
import { type Call, callKey, type Read } from '../../core/types.ts'
import type { Allowance } from './owner-calls.ts'

/** What an owner holds and has allowed, as far as the ways out need it. */
export interface Wallet {
  balance(asset: Address): bigint
  readonly allowance: Allowance
}

interface Spenders {
  readonly pool: Address
  readonly venue: Address | undefined
}

const balanceCall = (asset: Address, owner: Address): Call => ({
  to: asset,
  data: encodeFunctionData({ abi: erc20Abi, functionName: 'balanceOf', args: [owner] }),
})
const allowanceCall = (asset: Address, owner: Address, spender: Address): Call => ({
  to: asset,
  data: encodeFunctionData({ abi: erc20Abi, functionName: 'allowance', args: [owner, spender] }),
})

/** Everything that any of the options may take: what is repaid or added from the wallet, and what a venue is sold. */
export function walletCalls(owner: Address, options: readonly Rescue[], { pool, venue }: Spenders): Call[] {
  const calls = options.flatMap(({ kind, asset, repays }) =>
    kind === 'sell'
      ? [
          ...(venue ? [allowanceCall(asset, owner, venue)] : []),
          ...(repays ? [allowanceCall(repays.asset, owner, pool)] : []),
        ]
      : [balanceCall(asset, owner), allowanceCall(asset, owner, pool)],
  )
  return [...new Map(calls.map((call) => [callKey(call), call])).values()]
}

/** From the answers. What reverted counts as nothing: a token that does not say how much there is gives nothing either. */
export function walletOf(owner: Address, reads: readonly Read[]): Wallet {
  const answers = new Map(reads.map((read) => [callKey(read), read.result]))
  const number = (call: Call): bigint => {
    const result = answers.get(callKey(call))
    return result === undefined || result === '0x' ? 0n : hexToBigInt(result)
  }
  return {
    balance: (asset) => number(balanceCall(asset, owner)),
    allowance: (asset, spender) => number(allowanceCall(asset, owner, spender)),
  }
}
