import { type Address, encodeFunctionData, parseAbi } from 'viem'
import { erc20Abi } from './abis.ts'
import { type Chain, namedAccount } from './chain.ts'
import type { ReserveSymbol } from './risk-parameters.ts'
import { type Priced, sqrtPriceX96, tickRange, unitsOf } from './uniswap-math.ts'

export interface PoolSpec {
  readonly pair: readonly [ReserveSymbol, ReserveSymbol]
  /** Hundredths of a basis point, as in the contract. */
  readonly fee: 100 | 500 | 3000
  readonly depthUsd: number
}

/** The pairs a liquidator trades; depths are those of mainnet, roughly. */
export const poolSpecs: readonly PoolSpec[] = [
  { pair: ['WETH', 'USDC'], fee: 500, depthUsd: 150e6 },
  { pair: ['WETH', 'USDC'], fee: 3000, depthUsd: 80e6 },
  { pair: ['wstETH', 'WETH'], fee: 100, depthUsd: 60e6 },
  { pair: ['WBTC', 'WETH'], fee: 3000, depthUsd: 100e6 },
  { pair: ['WBTC', 'USDC'], fee: 3000, depthUsd: 60e6 },
  { pair: ['USDC', 'USDT'], fee: 100, depthUsd: 50e6 },
  { pair: ['USDC', 'DAI'], fee: 100, depthUsd: 40e6 },
  { pair: ['LINK', 'WETH'], fee: 3000, depthUsd: 15e6 },
  { pair: ['DAI', 'WETH'], fee: 3000, depthUsd: 15e6 },
  { pair: ['USDT', 'WETH'], fee: 3000, depthUsd: 40e6 },
]

export interface Token extends Priced {
  readonly asset: Address
}

/** Width of each position and its share of the depth. The tight ones fall out of range in a crash, as they do. */
const loose = [
  { width: 0.9, share: 0.4 },
  { width: 0.12, share: 0.35 },
  { width: 0.025, share: 0.25 },
]
const pegged = [
  { width: 0.06, share: 0.15 },
  { width: 0.006, share: 0.45 },
  { width: 0.0012, share: 0.4 },
]

const tickSpacings = { 100: 1, 500: 10, 3000: 60 } as const
const poolAbi = parseAbi([
  'function getPool(address, address, uint24) view returns (address)',
  'function slot0() view returns (uint160 sqrtPriceX96, int24 tick, uint16, uint16, uint16, uint8, bool)',
])
const positionsAbi = parseAbi([
  'function createAndInitializePoolIfNecessary(address token0, address token1, uint24 fee, uint160 sqrtPriceX96) payable returns (address)',
  'struct MintParams { address token0; address token1; uint24 fee; int24 tickLower; int24 tickUpper; uint256 amount0Desired; uint256 amount1Desired; uint256 amount0Min; uint256 amount1Min; address recipient; uint256 deadline; }',
  'function mint(MintParams params) payable returns (uint256, uint128, uint256, uint256)',
])

export function sortTokens(a: Token, b: Token): readonly [Token, Token] {
  return a.asset.toLowerCase() < b.asset.toLowerCase() ? [a, b] : [b, a]
}

/** Creates the pools at the oracle's prices and fills them: one broad position and two around the price. */
export async function provideLiquidity(
  chain: Chain,
  positionManager: Address,
  owner: Address,
  tokens: Readonly<Record<ReserveSymbol, Token>>,
): Promise<void> {
  const provider = namedAccount('liquidity provider')
  for (const { asset } of Object.values(tokens)) {
    const amounts = [10n ** 40n] as const
    const data = encodeFunctionData({ abi: erc20Abi, functionName: 'mint', args: [provider, ...amounts] })
    await chain.send({ from: owner, to: asset, data })
    const approval = encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [positionManager, ...amounts] })
    await chain.send({ from: provider, to: asset, data: approval })
  }
  for (const spec of poolSpecs) await fillPool(chain, positionManager, provider, { spec, tokens })
}

async function fillPool(
  chain: Chain,
  positionManager: Address,
  from: Address,
  { spec, tokens }: { spec: PoolSpec; tokens: Readonly<Record<ReserveSymbol, Token>> },
): Promise<void> {
  const { pair, fee } = spec
  const [token0, token1] = sortTokens(tokens[pair[0]], tokens[pair[1]])
  const sqrtX96 = sqrtPriceX96(token0, token1)
  const args = [token0.asset, token1.asset, fee, sqrtX96] as const
  const create = encodeFunctionData({ abi: positionsAbi, functionName: 'createAndInitializePoolIfNecessary', args })
  await chain.send({ from, to: positionManager, data: create, gas: 8_000_000n })
  const positions = isPegged(pair) ? pegged : loose
  await mintAround(chain, positionManager, from, { spec, tokens: [token0, token1], sqrtX96, positions })
}

/**
 * Who provides around the price comes back to where it is now: the narrow positions of pools whose price moves, once more at
 * the price of each pool. Left pending.
 */
export async function returnLiquidity(
  chain: Chain,
  { uniswapFactory, positionManager }: { readonly uniswapFactory: Address; readonly positionManager: Address },
  tokens: Readonly<Record<ReserveSymbol, Token>>,
): Promise<void> {
  const from = namedAccount('liquidity provider')
  const positions = loose.slice(1)
  for (const spec of poolSpecs.filter(({ pair }) => !isPegged(pair))) {
    const [token0, token1] = sortTokens(tokens[spec.pair[0]], tokens[spec.pair[1]])
    const pool = await chain.client.readContract({
      address: uniswapFactory,
      abi: poolAbi,
      functionName: 'getPool',
      args: [token0.asset, token1.asset, spec.fee],
    })
    const [sqrtX96] = await chain.client.readContract({ address: pool, abi: poolAbi, functionName: 'slot0' })
    await mintAround(chain, positionManager, from, { spec, tokens: [token0, token1], sqrtX96, positions })
  }
}

interface Mints {
  readonly spec: PoolSpec
  readonly tokens: readonly [Token, Token]
  readonly sqrtX96: bigint
  readonly positions: readonly { readonly width: number; readonly share: number }[]
}

async function mintAround(
  chain: Chain,
  positionManager: Address,
  from: Address,
  { spec: { fee, depthUsd }, tokens: [token0, token1], sqrtX96, positions }: Mints,
): Promise<void> {
  for (const { width, share } of positions) {
    const { lower, upper } = tickRange(sqrtX96, width, tickSpacings[fee])
    const halfUsd = (depthUsd * share * chain.spec.depth) / 2
    const params = {
      token0: token0.asset,
      token1: token1.asset,
      fee,
      tickLower: lower,
      tickUpper: upper,
      amount0Desired: unitsOf(halfUsd, token0),
      amount1Desired: unitsOf(halfUsd, token1),
      amount0Min: 0n,
      amount1Min: 0n,
      recipient: from,
      deadline: 2n ** 64n,
    }
    const data = encodeFunctionData({ abi: positionsAbi, functionName: 'mint', args: [params] })
    await chain.send({ from, to: positionManager, data })
  }
}

function isPegged([a, b]: PoolSpec['pair']): boolean {
  const groups: readonly (readonly ReserveSymbol[])[] = [
    ['WETH', 'wstETH'],
    ['USDC', 'USDT', 'DAI'],
  ]
  return groups.some((group) => group.includes(a) && group.includes(b))
}
