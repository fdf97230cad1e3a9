import { type Address, decodeFunctionResult, encodeFunctionData, type Hex, hexToBigInt, multicall3Abi } from 'viem'
import { erc20Abi, poolAbi } from '../../../scripts/devnet/abis.ts'
import type { Market } from '../../../scripts/devnet/market.ts'
import { multicall3Address } from '../../../scripts/devnet/multicall3.ts'
import type { Node } from '../../../src/core/ports.ts'

/** The real pool's answer to one call at its head; nothing is left behind. Multicall3 is the liquidator. */
export interface Probed {
  readonly debt: bigint
  readonly collateral: bigint
}

export interface Try {
  readonly collateralAsset: Address
  readonly debtAsset: Address
  readonly borrower: Address
  readonly debtToCover: bigint
}

const balanceOf = (asset: Address) => ({
  target: asset,
  allowFailure: false,
  callData: encodeFunctionData({ abi: erc20Abi, functionName: 'balanceOf', args: [multicall3Address] }),
})

/** Each liquidation in turn; undefined when the last one reverts. Of several in one asset only the difference is known. */
export async function probe(
  node: Node,
  { addresses }: Pick<Market, 'addresses'>,
  tries: readonly [Try, ...Try[]],
): Promise<readonly (Probed | undefined)[]> {
  const [{ collateralAsset, debtAsset }] = tries
  const balances = [balanceOf(debtAsset), balanceOf(collateralAsset)]
  const calls = tries.flatMap(({ borrower, debtToCover }) => {
    const args = [collateralAsset, debtAsset, borrower, debtToCover, false] as const
    const callData = encodeFunctionData({ abi: poolAbi, functionName: 'liquidationCall', args })
    return [{ target: addresses.pool, allowFailure: true, callData }, ...balances]
  })
  const data = encodeFunctionData({ abi: multicall3Abi, functionName: 'aggregate3', args: [[...balances, ...calls]] })
  const answer = await node.request('eth_call', [{ to: multicall3Address, data }, 'latest'])
  const results = decodeFunctionResult({ abi: multicall3Abi, functionName: 'aggregate3', data: answer as Hex })
  const balance = (i: number): bigint => hexToBigInt(results[i]?.returnData ?? '0x0')
  return tries.map((_, i) => {
    const at = 3 * i
    if (results[at + 2]?.success !== true) return undefined
    return { debt: balance(at) - balance(at + 3), collateral: balance(at + 4) - balance(at + 1) }
  })
}
