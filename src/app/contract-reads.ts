import type { EncodeFunctionDataParameters } from 'viem'
import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  encodeFunctionData,
  type Hex,
} from 'viem'
import type { Call } from '../core/types.ts'

/** A view call of a contract of ours, for a batch. */
export function call<const A extends Abi, N extends ContractFunctionName<A>>(
  to: Address,
  abi: A,
  functionName: N,
  args: ContractFunctionArgs<A, 'view' | 'pure' | 'nonpayable' | 'payable', N>,
): Call {
  return { to, data: encodeFunctionData({ abi, functionName, args } as EncodeFunctionDataParameters) }
}

/** Lower case; undefined for an answer that is no word. */
export const readAddress = (result: Hex | undefined): Address | undefined =>
  result?.length === 66 ? `0x${result.slice(26).toLowerCase()}` : undefined

export const readFlag = (result: Hex | undefined): boolean => result?.length === 66 && BigInt(result) === 1n
