import { type Address, type Hex, numberToHex, toEventSelector, toFunctionSelector } from 'viem'
import type { Call } from '../../core/types.ts'

const event = (signature: string): Hex => toEventSelector(`event ${signature}`)

/**
 * First topics of what changes a price, liquidity or `slot0`. The other events of a pool change none of it: `Collect`,
 * `CollectProtocol` and `Flash` move what is owed, observations are not mirrored.
 */
export const EVENTS = {
  Initialize: event('Initialize(uint160,int24)'),
  Mint: event('Mint(address,address,int24,int24,uint128,uint256,uint256)'),
  Burn: event('Burn(address,int24,int24,uint128,uint256,uint256)'),
  Swap: event('Swap(address,address,int256,int256,uint160,uint128,int24)'),
  SetFeeProtocol: event('SetFeeProtocol(uint8,uint8,uint8,uint8)'),
} as const

const selector = (signature: string): Hex => toFunctionSelector(`function ${signature}`)

/** Selectors of the questions the mirror asks. Every answer is a row of 32-byte words. */
export const SELECTORS = {
  token0: selector('token0()'),
  token1: selector('token1()'),
  fee: selector('fee()'),
  tickSpacing: selector('tickSpacing()'),
  slot0: selector('slot0()'),
  liquidity: selector('liquidity()'),
  tickBitmap: selector('tickBitmap(int16)'),
  ticks: selector('ticks(int24)'),
} as const

/** What does not depend on the tick spacing. */
export const fixedCalls = (to: Address): Call[] => {
  const { token0, token1, fee, tickSpacing } = SELECTORS
  return [...[token0, token1, fee, tickSpacing].map((data) => ({ to, data })), ...spotCalls(to)]
}
export const spotCalls = (to: Address): Call[] => [SELECTORS.slot0, SELECTORS.liquidity].map((data) => ({ to, data }))
export const wordCall = (to: Address, word: number): Call => call(to, SELECTORS.tickBitmap, word)
export const tickCall = (to: Address, tick: number): Call => call(to, SELECTORS.ticks, tick)

const call = (to: Address, name: Hex, argument: number): Call => ({
  to,
  data: `${name}${numberToHex(argument, { signed: true, size: 32 }).slice(2)}`,
})

/** The n-th 32-byte word of an answer or of event data; 0 beyond its end. */
export const wordOf = (hex: Hex, n: number): bigint => BigInt(`0x${hex.slice(2 + 64 * n, 66 + 64 * n) || '0'}`)
/** The one argument of a call, or an indexed topic, with its sign. */
export const tickFrom = (word: Hex | undefined): number => Number(BigInt.asIntN(24, BigInt(word ?? '0x0')))
export const argumentOf = (data: Hex): number => tickFrom(`0x${data.slice(10)}`)
