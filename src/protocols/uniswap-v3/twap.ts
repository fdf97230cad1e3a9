import { type Address, encodeFunctionData, parseAbi } from 'viem'
import type { Call, Read } from '../../core/types.ts'
import { wordOf } from './abi.ts'

/** A price is the mean of so long: one block's price anybody can make. */
const TWAP_S = 1800

/** `UniswapV3Pool.observe` of `TWAP_S` ago and of now. Reverts where the pool does not remember so far back. */
const OBSERVE = encodeFunctionData({
  abi: parseAbi([
    'function observe(uint32[] secondsAgos) view returns (int56[] tickCumulatives, uint160[] secondsPerLiquidityCumulativeX128s)',
  ]),
  args: [[TWAP_S, 0]],
})

export const twapCall = (pool: Address): Call => ({ to: pool, data: OBSERVE })
export const isTwap = ({ data }: Call): boolean => data === OBSERVE

/** Words of the answer: two offsets, the length of the first array, then the two cumulative ticks. */
const [THEN, NOW] = [3, 4]

/**
 * Mean of token1's smallest units for one of token0's, geometric: 1.0001^((now − then)/`TWAP_S`). Null where the pool did not
 * answer.
 */
export function twapOf({ result }: Pick<Read, 'result'>): number | null {
  if (result === undefined || result.length < 2 + 64 * (NOW + 1)) return null
  const cumulative = (n: number): bigint => BigInt.asIntN(56, wordOf(result, n))
  return 1.0001 ** (Number(cumulative(NOW) - cumulative(THEN)) / TWAP_S)
}
