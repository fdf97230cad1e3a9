import { decodeErrorResult, type Hex, isHex } from 'viem'
import type { RpcFault } from '../../core/errors.ts'
import { liquidatorAbi } from '../contracts/liquidator.ts'
import { poolErrors } from '../contracts/pool-errors.ts'

const KNOWN = [...liquidatorAbi.filter(({ type }) => type === 'error'), ...poolErrors]

/** The custom error by its name where we know it, else its selector, else what the node said. */
export function revertReason(fault: RpcFault): string {
  const data = revertData(fault.data)
  return (data && decodeRevert(data)) ?? fault.message
}

/** Ours, the pool's, a string or a panic; the selector alone of another that has no arguments; else undefined. */
export function decodeRevert(data: Hex): string | undefined {
  try {
    const { errorName, args } = decodeErrorResult({ abi: KNOWN, data })
    return `${errorName}(${(args ?? []).map(String).join(', ')})`
  } catch {
    return data.length === 10 ? `custom error ${data}` : undefined
  }
}

/** Nodes put it at different depths. */
function revertData(data: unknown): Hex | undefined {
  if (isHex(data) && data.length >= 10) return data
  if (typeof data !== 'object' || data === null || !('data' in data)) return undefined
  return revertData(data.data)
}
