import { type Address, encodeFunctionData, type Hex } from 'viem'
import { erc20Abi, poolAbi } from './abis.ts'

/** What a user signs, as calldata. */
const variableRate = 2n

export function encodeSupply(asset: Address, amount: bigint, onBehalfOf: Address): Hex {
  return encodeFunctionData({ abi: poolAbi, functionName: 'supply', args: [asset, amount, onBehalfOf, 0] })
}

export function encodeWithdraw(asset: Address, amount: bigint, to: Address): Hex {
  return encodeFunctionData({ abi: poolAbi, functionName: 'withdraw', args: [asset, amount, to] })
}

export function encodeBorrow(asset: Address, amount: bigint, onBehalfOf: Address): Hex {
  const args = [asset, amount, variableRate, 0, onBehalfOf] as const
  return encodeFunctionData({ abi: poolAbi, functionName: 'borrow', args })
}

export function encodeRepay(asset: Address, amount: bigint, onBehalfOf: Address): Hex {
  const args = [asset, amount, variableRate, onBehalfOf] as const
  return encodeFunctionData({ abi: poolAbi, functionName: 'repay', args })
}

export function encodeSetEMode(category: number): Hex {
  return encodeFunctionData({ abi: poolAbi, functionName: 'setUserEMode', args: [category] })
}

export function encodeUseAsCollateral(asset: Address, use: boolean): Hex {
  return encodeFunctionData({ abi: poolAbi, functionName: 'setUserUseReserveAsCollateral', args: [asset, use] })
}

export function encodeMint(account: Address, amount: bigint): Hex {
  return encodeFunctionData({ abi: erc20Abi, functionName: 'mint', args: [account, amount] })
}

export function encodeApprove(spender: Address, amount: bigint): Hex {
  return encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [spender, amount] })
}

export function encodeTransfer(to: Address, amount: bigint): Hex {
  return encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [to, amount] })
}
