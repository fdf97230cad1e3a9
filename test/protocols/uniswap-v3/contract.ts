import {
  type Address,
  encodeAbiParameters,
  type Hex,
  numberToHex,
  pad,
  parseAbiParameters,
  toEventSelector,
  toFunctionSelector,
  toHex,
} from 'viem'
import type { Call, Facts, Header, Log, Read } from '../../../src/core/types.ts'
import type { Spot } from '../../../src/protocols/uniswap-v3/curve.ts'
import { getSqrtRatioAtTick } from '../../../src/protocols/uniswap-v3/tick-math.ts'

/** A pool's storage, and its answers and logs, encoded by viem: everything the plug decodes by hand. */
export interface Storage {
  readonly token0: Address
  readonly token1: Address
  readonly fee: number
  readonly tickSpacing: number
  readonly tick: number
  /** 0 before `initialize`. Default: the tick's own. */
  readonly sqrtPriceX96?: bigint
  readonly ticks: ReadonlyMap<number, { readonly gross: bigint; readonly net: bigint }>
}

const zero = 0n
const slot0 = parseAbiParameters('uint160, int24, uint16, uint16, uint16, uint8, bool')
const tickInfo = parseAbiParameters('uint128, int128, uint256, uint256, int56, uint160, uint32, bool')

export const address = (n: number): Address => pad(toHex(n), { size: 20 })

/** Undefined for a question that such a contract does not know. */
export function answer(pool: Storage, { data }: Call): Hex | undefined {
  const price = pool.sqrtPriceX96 ?? getSqrtRatioAtTick(pool.tick)
  const liquidity = [...pool.ticks].reduce((sum, [tick, { net }]) => (tick <= pool.tick ? sum + net : sum), 0n)
  const at = Number(BigInt.asIntN(256, BigInt(`0x${data.slice(10) || '0'}`)))
  const byName: Readonly<Record<string, () => Hex>> = {
    'token0()': () => pad(pool.token0),
    'token1()': () => pad(pool.token1),
    'fee()': () => toHex(pool.fee, { size: 32 }),
    'tickSpacing()': () => toHex(pool.tickSpacing, { size: 32 }),
    'liquidity()': () => toHex(liquidity, { size: 32 }),
    'slot0()': () => encodeAbiParameters(slot0, [price, pool.tick, 0, 1, 1, 0x64, true]),
    'tickBitmap(int16)': () => toHex(word(pool, at), { size: 32 }),
    'ticks(int24)': () => {
      const { gross, net } = pool.ticks.get(at) ?? { gross: 0n, net: 0n }
      return encodeAbiParameters(tickInfo, [gross, net, zero, zero, zero, zero, 0, gross > 0n])
    },
  }
  const name = Object.keys(byName).find((signature) => toFunctionSelector(signature) === data.slice(0, 10))
  return name === undefined ? undefined : byName[name]?.()
}

function word({ ticks, tickSpacing }: Storage, at: number): bigint {
  let bits = 0n
  for (const [tick, { gross }] of ticks) {
    const compressed = tick / tickSpacing
    if (gross > 0n && Math.floor(compressed / 256) === at) bits |= 1n << BigInt(compressed - at * 256)
  }
  return bits
}

/** Storage after positions. */
export function ticksOf(positions: readonly (readonly [lower: number, upper: number, liquidity: bigint])[]) {
  const ticks = new Map<number, { gross: bigint; net: bigint }>()
  const add = (tick: number, gross: bigint, net: bigint) => {
    const was = ticks.get(tick) ?? { gross: 0n, net: 0n }
    ticks.set(tick, { gross: was.gross + gross, net: was.net + net })
  }
  for (const [lower, upper, liquidity] of positions) {
    add(lower, liquidity, liquidity)
    add(upper, liquidity, -liquidity)
  }
  return ticks
}

export const header = (number: bigint, branch = 0): Header => ({
  number,
  hash: pad(toHex(number * 16n + BigInt(branch)), { size: 32 }),
  parentHash: pad('0x0', { size: 32 }),
  timestamp: 1_760_000_000n + number * 12n,
  baseFeeWei: 0n,
  logsBloom: pad('0x0', { size: 256 }),
})

const log = (address: Address, topics: readonly Hex[], data: Hex): Log => ({
  ...{ address, topics, data, logIndex: 0, transactionHash: pad('0x1', { size: 32 }) },
})
const signedTopic = (tick: number): Hex => numberToHex(tick, { size: 32, signed: true })
const owner = pad(address(0xbeef))
const topic = (signature: string): Hex => toEventSelector(`event ${signature}`)

export const initialize = (pool: Address, tick: number): Log =>
  log(
    pool,
    [topic('Initialize(uint160,int24)')],
    encodeAbiParameters(parseAbiParameters('uint160, int24'), [getSqrtRatioAtTick(tick), tick]),
  )
export const mint = (pool: Address, lower: number, upper: number, amount: bigint): Log =>
  log(
    pool,
    [topic('Mint(address,address,int24,int24,uint128,uint256,uint256)'), owner, signedTopic(lower), signedTopic(upper)],
    encodeAbiParameters(parseAbiParameters('address, uint128, uint256, uint256'), [address(7), amount, 1n, 2n]),
  )
export const burn = (pool: Address, lower: number, upper: number, amount: bigint): Log =>
  log(
    pool,
    [topic('Burn(address,int24,int24,uint128,uint256,uint256)'), owner, signedTopic(lower), signedTopic(upper)],
    encodeAbiParameters(parseAbiParameters('uint128, uint256, uint256'), [amount, 1n, 2n]),
  )
export const swap = (pool: Address, { sqrtPriceX96, tick }: Spot, liquidity: bigint): Log =>
  log(
    pool,
    [topic('Swap(address,address,int256,int256,uint160,uint128,int24)'), owner, owner],
    encodeAbiParameters(parseAbiParameters('int256, int256, uint160, uint128, int24'), [
      1n,
      -1n,
      sqrtPriceX96,
      liquidity,
      tick,
    ]),
  )

/** A page whose questions were put to these pools, in rounds; and how many were asked in each. */
export function pageOf(
  block: Header,
  logs: readonly Log[],
  ask: (facts: Facts) => readonly Call[],
  pools: ReadonlyMap<Address, Storage>,
): { readonly facts: Facts; readonly rounds: readonly number[] } {
  const reads: Read[] = []
  const rounds: number[] = []
  for (;;) {
    const facts = { block, logs, reads: [...reads] }
    const asked = new Set(reads.map(({ to, data }) => `${to}${data}`))
    const calls = ask(facts).filter(({ to, data }) => !asked.has(`${to}${data}`))
    if (calls.length === 0) return { facts, rounds }
    rounds.push(calls.length)
    for (const call of calls) {
      const pool = pools.get(call.to)
      reads.push({ ...call, result: pool === undefined ? '0x' : answer(pool, call) })
    }
  }
}
