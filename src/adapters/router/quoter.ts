import { type Address, decodeAbiParameters, encodeFunctionData, type Hex, parseAbi, parseAbiParameters } from 'viem'
import type { Call } from '../../core/types.ts'

const QUOTER_ABI = parseAbi([
  'function quoteExactInput(bytes path, uint256 amountIn) returns (uint256 amountOut, uint160[] sqrtPricesX96After, uint32[] ticksCrossed, uint256 gasEstimate)',
])
const QUOTED = parseAbiParameters('uint256, uint160[], uint32[], uint256')

export const quoteCall = (quoter: Address, path: Hex, amountIn: bigint): Call => ({
  to: quoter,
  data: encodeFunctionData({ abi: QUOTER_ABI, functionName: 'quoteExactInput', args: [path, amountIn] }),
})

/** Undefined: the route gives nothing, or cannot take the amount. */
export function quotedBy(answer: Hex | undefined): { readonly amountOut: bigint; readonly gas: bigint } | undefined {
  if (answer === undefined || answer === '0x') return undefined
  const [amountOut, , , gas] = decodeAbiParameters(QUOTED, answer)
  return amountOut === 0n ? undefined : { amountOut, gas }
}
