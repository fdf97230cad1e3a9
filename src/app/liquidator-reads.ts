import { type Address, encodeFunctionData, type Hex } from 'viem'
import { liquidatorAbi } from '../adapters/contracts/liquidator.ts'
import type { Batch } from '../core/ports.ts'

/** What a Liquidator says of itself, addresses in lower case; undefined where there is no such answer. */
export interface LiquidatorFacts {
  readonly pool: Address | undefined
  readonly treasury: Address | undefined
  readonly owner: Address | undefined
  readonly isKeeper: boolean
}

export async function readLiquidator(batch: Batch, contract: Address, keeper: Address): Promise<LiquidatorFacts> {
  const abi = liquidatorAbi
  const data = [
    encodeFunctionData({ abi, functionName: 'POOL' }),
    encodeFunctionData({ abi, functionName: 'TREASURY' }),
    encodeFunctionData({ abi, functionName: 'owner' }),
    encodeFunctionData({ abi, functionName: 'isKeeper', args: [keeper] }),
  ]
  const reads = await batch.read(
    data.map((data) => ({ to: contract, data })),
    'latest',
  )
  const [pool, treasury, owner, isKeeper] = reads.map(({ result }) => result)
  return { pool: toAddress(pool), treasury: toAddress(treasury), owner: toAddress(owner), isKeeper: isOne(isKeeper) }
}

const toAddress = (result: Hex | undefined): Address | undefined =>
  result?.length === 66 ? `0x${result.slice(26).toLowerCase()}` : undefined

const isOne = (result: Hex | undefined): boolean => result?.length === 66 && BigInt(result) === 1n
