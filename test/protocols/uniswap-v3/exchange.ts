import { type Address, decodeEventLog, encodeFunctionData, type Hex, parseAbi } from 'viem'
import { encodeApprove, encodeMint } from '../../../scripts/devnet/actions.ts'
import { Chain, namedAccount } from '../../../scripts/devnet/chain.ts'
import { chainSpec } from '../../../scripts/devnet/chain-spec.ts'
import { deployToken } from '../../../scripts/devnet/deploy-tokens.ts'
import { deployUniswap, type UniswapAddresses } from '../../../scripts/devnet/deploy-uniswap.ts'
import { Deployer } from '../../../scripts/devnet/deployer.ts'
import { installMulticall3, multicall3Address } from '../../../scripts/devnet/multicall3.ts'
import { openNetwork } from '../../../scripts/devnet/network.ts'
import { getHeader, getLogs } from '../../../src/adapters/rpc/client.ts'
import { completeReads } from '../../../src/adapters/rpc/feed.ts'
import { createBatch } from '../../../src/adapters/rpc/multicall.ts'
import { PoolBook } from '../../../src/core/pool-book.ts'
import type { Batch } from '../../../src/core/ports.ts'
import type { Facts } from '../../../src/core/types.ts'
import type { Spot } from '../../../src/protocols/uniswap-v3/curve.ts'
import { uniswapV3 } from '../../../src/protocols/uniswap-v3/index.ts'
import { getSqrtRatioAtTick } from '../../../src/protocols/uniswap-v3/tick-math.ts'

const managerAbi = parseAbi([
  'event IncreaseLiquidity(uint256 indexed tokenId, uint128 liquidity, uint256 amount0, uint256 amount1)',
  'function createAndInitializePoolIfNecessary(address token0, address token1, uint24 fee, uint160 sqrtPriceX96) payable returns (address)',
  'struct MintParams { address token0; address token1; uint24 fee; int24 tickLower; int24 tickUpper; uint256 amount0Desired; uint256 amount1Desired; uint256 amount0Min; uint256 amount1Min; address recipient; uint256 deadline; }',
  'function mint(MintParams params) payable returns (uint256, uint128, uint256, uint256)',
  'struct Decrease { uint256 tokenId; uint128 liquidity; uint256 amount0Min; uint256 amount1Min; uint256 deadline; }',
  'function decreaseLiquidity(Decrease params) payable returns (uint256, uint256)',
  'struct Collect { uint256 tokenId; address recipient; uint128 amount0Max; uint128 amount1Max; }',
  'function collect(Collect params) payable returns (uint256, uint256)',
])
const factoryAbi = parseAbi(['function getPool(address, address, uint24) view returns (address)'])
const poolAbi = parseAbi([
  'event Swap(address indexed sender, address indexed recipient, int256 amount0, int256 amount1, uint160 sqrtPriceX96, uint128 liquidity, int24 tick)',
  'function setFeeProtocol(uint8 feeProtocol0, uint8 feeProtocol1)',
  'function increaseObservationCardinalityNext(uint16 observationCardinalityNext)',
])
const swapAbi = parseAbi([
  'struct Swap { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 deadline; uint256 amountIn; uint256 amountOutMinimum; uint160 sqrtPriceLimitX96; }',
  'function exactInputSingle(Swap params) payable returns (uint256)',
])
const quoterAbi = parseAbi([
  'struct Quote { address tokenIn; address tokenOut; uint256 amountIn; uint24 fee; uint160 sqrtPriceLimitX96; }',
  'function quoteExactInputSingle(Quote params) returns (uint256 amountOut, uint160 sqrtPriceX96After, uint32 ticksCrossed, uint256 gas)',
])

const deadline = 2n ** 64n
const rich = 2n ** 250n
/** A swap through a whole pool of spacing 1 stops 6,931 times. */
const swapGas = 400_000_000n

export interface PoolSpec {
  /** Numbers of the tokens. */
  readonly tokens: readonly [number, number]
  readonly fee: 100 | 500 | 3000 | 10_000
  readonly tick: number
}

export interface PoolHere {
  readonly address: Address
  readonly token0: Address
  readonly token1: Address
  readonly fee: number
  readonly tickSpacing: number
}

export interface Order {
  readonly pool: PoolHere
  readonly zeroForOne: boolean
  readonly amountIn: bigint
  readonly sqrtPriceLimitX96: bigint
}

/** What the contracts answered. */
export interface Answer extends Spot {
  readonly amountIn: bigint
  readonly amountOut: bigint
}

const spacings = { 100: 1, 500: 10, 3000: 60, 10000: 200 } as const

/** Uniswap V3 on a chain of its own, in process, and one trader who owns everything. */
export class Exchange {
  readonly chain: Chain
  readonly batch: Batch
  readonly pools: readonly PoolHere[]
  readonly close: () => Promise<void>
  readonly #uniswap: UniswapAddresses
  readonly #trader: Address
  readonly #node: { request(method: string, params: readonly unknown[]): Promise<unknown> }

  static async open(specs: readonly PoolSpec[]): Promise<Exchange> {
    const spec = chainSpec('ethereum')
    const connection = await openNetwork(spec, 'prague')
    const chain = new Chain(spec, connection.provider)
    await chain.sync()
    await chain.setBlockGasLimit()
    const trader = namedAccount('trader')
    const deployer = await Deployer.create(chain, namedAccount('governance'))
    await installMulticall3(chain)
    const tokens: Address[] = []
    for (const [i, decimals] of [18, 6, 8, 18].entries()) tokens.push(await deployToken(deployer, `T${i}`, decimals))
    const uniswap = await deployUniswap(deployer, await deployToken(deployer, 'WETH', 18))
    await chain.settle()
    for (const to of tokens) {
      await chain.send({ from: deployer.account, to, data: encodeMint(trader, rich) })
      for (const spender of [uniswap.positionManager, uniswap.swapRouter])
        await chain.send({ from: trader, to, data: encodeApprove(spender, rich) })
    }
    const pools: PoolHere[] = []
    for (const one of specs) pools.push(await openPool(chain, uniswap, trader, { spec: one, tokens }))
    const node = { request: (method: string, params: readonly unknown[]) => chain.rpc(method, ...params) }
    const batch = await createBatch(node, multicall3Address)
    return new Exchange({ chain, batch, pools, close: () => connection.close(), uniswap, trader, node })
  }

  private constructor(parts: {
    chain: Chain
    batch: Batch
    pools: readonly PoolHere[]
    close: () => Promise<void>
    uniswap: UniswapAddresses
    trader: Address
    node: { request(method: string, params: readonly unknown[]): Promise<unknown> }
  }) {
    this.chain = parts.chain
    this.batch = parts.batch
    this.pools = parts.pools
    this.close = parts.close
    this.#uniswap = parts.uniswap
    this.#trader = parts.trader
    this.#node = parts.node
  }

  async mint(pool: PoolHere, range: { lower: number; upper: number }, desired: readonly [bigint, bigint]) {
    const { token0, token1, fee } = pool
    const params = {
      ...{ token0, token1, fee, tickLower: range.lower, tickUpper: range.upper },
      ...{ amount0Desired: desired[0], amount1Desired: desired[1], amount0Min: 0n, amount1Min: 0n },
      ...{ recipient: this.#trader, deadline },
    }
    await this.#send(encodeFunctionData({ abi: managerAbi, functionName: 'mint', args: [params] }))
  }

  async burn(tokenId: bigint, liquidity: bigint): Promise<void> {
    const params = { tokenId, liquidity, amount0Min: 0n, amount1Min: 0n, deadline }
    await this.#send(encodeFunctionData({ abi: managerAbi, functionName: 'decreaseLiquidity', args: [params] }))
  }

  /** Also burns nothing, which the pool logs. */
  async collect(tokenId: bigint): Promise<void> {
    const most = 2n ** 128n - 1n
    const params = { tokenId, recipient: this.#trader, amount0Max: most, amount1Max: most }
    await this.#send(encodeFunctionData({ abi: managerAbi, functionName: 'collect', args: [params] }))
  }

  async setFeeProtocol({ address }: PoolHere, feeProtocol: readonly [number, number]): Promise<void> {
    const data = encodeFunctionData({ abi: poolAbi, functionName: 'setFeeProtocol', args: feeProtocol })
    await this.chain.send({ from: namedAccount('governance'), to: address, data })
  }

  /** From now on the pool remembers so many of its ticks. */
  async remember({ address }: PoolHere, observations: number): Promise<void> {
    const data = encodeFunctionData({
      ...{ abi: poolAbi, functionName: 'increaseObservationCardinalityNext', args: [observations] },
    })
    await this.chain.send({ from: this.#trader, to: address, data, gas: swapGas })
  }

  async swap({ pool, zeroForOne, amountIn, sqrtPriceLimitX96 }: Order): Promise<void> {
    const [tokenIn, tokenOut] = zeroForOne ? [pool.token0, pool.token1] : [pool.token1, pool.token0]
    const params = {
      ...{ tokenIn, tokenOut, fee: pool.fee, recipient: this.#trader, deadline },
      ...{ amountIn, amountOutMinimum: 0n, sqrtPriceLimitX96 },
    }
    const data = encodeFunctionData({ abi: swapAbi, functionName: 'exactInputSingle', args: [params] })
    await this.chain.send({ from: this.#trader, to: this.#uniswap.swapRouter, data, gas: swapGas })
  }

  /** One block; the positions it made. What reverted is left out. */
  async mine(timestamp?: bigint): Promise<{ tokenId: bigint; liquidity: bigint }[]> {
    await this.chain.mineBlock(timestamp)
    const receipts = await this.chain.takeReceipts()
    return receipts.flatMap(({ receipt }) =>
      receipt.logs
        .filter(({ address }) => address.toLowerCase() === this.#uniswap.positionManager.toLowerCase())
        .flatMap(({ topics, data }) => {
          const log = decodeLog(managerAbi, topics, data)
          return log?.eventName === 'IncreaseLiquidity' ? [log.args] : []
        }),
    )
  }

  /** QuoterV2 at the head; undefined when it reverts. */
  async quote({ pool, zeroForOne, amountIn, sqrtPriceLimitX96 }: Order) {
    const [tokenIn, tokenOut] = zeroForOne ? [pool.token0, pool.token1] : [pool.token1, pool.token0]
    const params = { tokenIn, tokenOut, amountIn, fee: pool.fee, sqrtPriceLimitX96 }
    const contract = { address: this.#uniswap.quoter, abi: quoterAbi, functionName: 'quoteExactInputSingle' } as const
    try {
      const { result } = await this.chain.client.simulateContract({ ...contract, args: [params], gas: swapGas })
      const [amountOut, sqrtPriceX96] = result
      return { amountOut, sqrtPriceX96 }
    } catch (error) {
      if (String(error).includes('reverted')) return undefined
      throw error
    }
  }

  /** The page of the head, as the feed would read it. */
  async page(book: PoolBook): Promise<Facts> {
    const header = await getHeader(this.#node, 'latest')
    if (header === undefined) throw new Error('the chain has no head')
    const filters = book.filters()
    const logs = await getLogs(this.#node, {
      addresses: filters.map(({ address }) => address),
      topics: [...new Set(filters.flatMap(({ topics }) => topics))],
      at: { blockHash: header.hash },
    })
    return completeReads({ batch: this.batch }, header, logs, [book])
  }

  /** Every pool read whole at the head. */
  async read(): Promise<PoolBook> {
    const book = new PoolBook('exchange', uniswapV3(this.pools.map(({ address }) => address)))
    book.apply(await this.page(book))
    return book
  }

  async #send(data: Hex): Promise<void> {
    await this.chain.send({ from: this.#trader, to: this.#uniswap.positionManager, data })
  }
}

/** What a page's swaps took and gave. */
export function swapsIn({ logs }: Facts, { address }: PoolHere): Answer[] {
  return logs
    .filter((log) => log.address === address)
    .flatMap(({ topics, data }) => {
      const log = decodeLog(poolAbi, topics, data)
      if (log?.eventName !== 'Swap') return []
      const { amount0, amount1, sqrtPriceX96, tick } = log.args
      const [amountIn, amountOut] = amount0 > 0n ? [amount0, -amount1] : [amount1, -amount0]
      return [{ amountIn, amountOut, sqrtPriceX96, tick }]
    })
}

async function openPool(
  chain: Chain,
  { positionManager, uniswapFactory }: UniswapAddresses,
  from: Address,
  { spec, tokens }: { spec: PoolSpec; tokens: readonly Address[] },
): Promise<PoolHere> {
  const [a, b] = spec.tokens.map((i) => (tokens[i] as Address).toLowerCase() as Address) as [Address, Address]
  const [token0, token1] = a < b ? [a, b] : [b, a]
  const args = [token0, token1, spec.fee, getSqrtRatioAtTick(spec.tick)] as const
  const data = encodeFunctionData({ abi: managerAbi, functionName: 'createAndInitializePoolIfNecessary', args })
  await chain.send({ from, to: positionManager, data, gas: 8_000_000n })
  await chain.settle()
  const address = await chain.client.readContract({
    address: uniswapFactory,
    abi: factoryAbi,
    functionName: 'getPool',
    args: [token0, token1, spec.fee],
  })
  return {
    address: address.toLowerCase() as Address,
    ...{ token0, token1, fee: spec.fee, tickSpacing: spacings[spec.fee] },
  }
}

/** Undefined for an event that the ABI does not name. */
function decodeLog<const A extends typeof managerAbi | typeof poolAbi>(abi: A, topics: readonly Hex[], data: Hex) {
  const [first, ...rest] = topics
  if (first === undefined) return undefined
  try {
    return decodeEventLog({ abi, topics: [first, ...rest], data })
  } catch {
    return undefined
  }
}
