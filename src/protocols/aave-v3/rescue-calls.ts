import { type Address, encodeFunctionData, parseAbi } from 'viem'
import type { Ledger } from '../../core/ledger.ts'
import type { PoolCall, Portion, Rescue } from '../../core/protocol.ts'
import { addressIn, MARKET } from './cells.ts'

const POOL_ABI = parseAbi([
  'function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode)',
  'function withdraw(address asset, uint256 amount, address to) returns (uint256)',
  'function repay(address asset, uint256 amount, uint256 interestRateMode, address onBehalfOf) returns (uint256)',
  'function repayWithATokens(address asset, uint256 amount, uint256 interestRateMode) returns (uint256)',
])
const VARIABLE = 2n

/** What the owner sends to the pool, in order. A sale through a venue stands between its withdrawal and its repayment. */
export function rescueCalls(ledger: Ledger, owner: Address, { kind, asset, amount, repays }: Rescue): PoolCall[] {
  const to = addressIn(ledger, MARKET.pool)
  const repay = (part: Pick<Portion, 'asset' | 'amount'>): PoolCall => ({
    what: 'repay',
    to,
    data: encodeFunctionData({
      abi: POOL_ABI,
      functionName: 'repay',
      args: [part.asset, part.amount, VARIABLE, owner],
    }),
    takes: { asset: part.asset, amount: part.amount },
  })
  if (kind === 'repay') return [repay({ asset, amount })]
  if (kind === 'add') {
    const data = encodeFunctionData({ abi: POOL_ABI, functionName: 'supply', args: [asset, amount, owner, 0] })
    return [{ what: 'supply', to, data, takes: { asset, amount } }]
  }
  if (repays === undefined || repays.asset === asset) {
    const args = [asset, amount, VARIABLE] as const
    const data = encodeFunctionData({ abi: POOL_ABI, functionName: 'repayWithATokens', args })
    return [{ what: 'repayWithATokens', to, data, takes: undefined }]
  }
  const data = encodeFunctionData({ abi: POOL_ABI, functionName: 'withdraw', args: [asset, amount, owner] })
  return [{ what: 'withdraw', to, data, takes: undefined }, repay(repays)]
}
