import { type Address, encodeFunctionData, parseAbi } from 'viem'
import { encodeApprove, encodeMint } from './actions.ts'
import { namedAccount } from './chain.ts'
import { type PoolSpec, poolSpecs, sortTokens, type Token } from './liquidity.ts'
import type { Market } from './market.ts'
import { type ReserveSymbol, reserveSymbols } from './risk-parameters.ts'
import { sqrtPriceX96 } from './uniswap-math.ts'

const factoryAbi = parseAbi(['function getPool(address, address, uint24) view returns (address)'])
const slotAbi = parseAbi([
  'function slot0() view returns (uint160 sqrtPriceX96, int24 tick, uint16, uint16, uint16, uint8, bool)',
])
const routerAbi = parseAbi([
  'struct Swap { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 deadline; uint256 amountIn; uint256 amountOutMinimum; uint160 sqrtPriceLimitX96; }',
  'function exactInputSingle(Swap params) payable returns (uint256)',
])
const feeUnit = 1_000_000n
const endless = 2n ** 120n
/** Nobody bothers for less than this beyond the fee, in hundredths of a basis point. */
const leastGain = 300n

/** Moves the exchange's pools to the oracle's prices, as far as it pays: up to the fee. */
export class Arbitrageur {
  readonly #market: Market
  readonly #account = namedAccount('arbitrageur')
  #pools: { spec: PoolSpec; pool: Address }[] | undefined

  constructor(market: Market) {
    this.#market = market
  }

  /** Sends the swaps that pay at these prices; returns what it sent. */
  async trade(pricesUsd8: Readonly<Record<ReserveSymbol, bigint>>): Promise<string[]> {
    this.#pools ??= await this.#prepare()
    const traded: string[] = []
    for (const { spec, pool } of this.#pools) {
      const [token0, token1] = sortTokens(...this.#tokens(spec, pricesUsd8))
      const slot = await this.#market.chain.client.readContract({ address: pool, abi: slotAbi, functionName: 'slot0' })
      const limit = swapLimit(slot[0], sqrtPriceX96(token0, token1), BigInt(spec.fee))
      if (limit === undefined) continue
      await this.#swap(spec, slot[0] > limit ? [token0, token1] : [token1, token0], limit)
      traded.push(`${spec.pair.join('/')} ${spec.fee}`)
    }
    return traded
  }

  #tokens({ pair }: PoolSpec, pricesUsd8: Readonly<Record<ReserveSymbol, bigint>>): [Token, Token] {
    const token = (symbol: ReserveSymbol) => {
      const { asset, decimals } = this.#market.reserves[symbol]
      return { asset, decimals, priceUsd8: pricesUsd8[symbol] }
    }
    return [token(pair[0]), token(pair[1])]
  }

  async #swap({ fee }: PoolSpec, [sold, bought]: readonly [Token, Token], sqrtPriceLimitX96: bigint): Promise<void> {
    const { chain, addresses } = this.#market
    const params = {
      tokenIn: sold.asset,
      tokenOut: bought.asset,
      fee,
      recipient: this.#account,
      deadline: 2n ** 64n,
      amountIn: endless,
      amountOutMinimum: 0n,
      sqrtPriceLimitX96,
    }
    const data = encodeFunctionData({ abi: routerAbi, functionName: 'exactInputSingle', args: [params] })
    await chain.send({ from: this.#account, to: addresses.swapRouter, data })
  }

  /** The first trade finds the pools and brings the capital. */
  async #prepare() {
    const { chain, addresses, reserves } = this.#market
    for (const symbol of reserveSymbols) {
      const { asset } = reserves[symbol]
      await chain.send({ from: addresses.governance, to: asset, data: encodeMint(this.#account, 2n * endless) })
      await chain.send({ from: this.#account, to: asset, data: encodeApprove(addresses.swapRouter, 2n ** 255n) })
    }
    const contract = { address: addresses.uniswapFactory, abi: factoryAbi, functionName: 'getPool' } as const
    return Promise.all(
      poolSpecs.map(async (spec) => {
        const [a, b] = spec.pair
        const args = [reserves[a].asset, reserves[b].asset, spec.fee] as const
        return { spec, pool: await chain.client.readContract({ ...contract, args }) }
      }),
    )
  }
}

/** The price to stop at, as a square root, or nothing if the pool is within its fee of the target. */
function swapLimit(current: bigint, target: bigint, fee: bigint): bigint | undefined {
  const gap = ((current > target ? current - target : target - current) * 2n * feeUnit) / target
  if (gap <= fee + leastGain) return undefined
  // Half the fee on the square root is the fee on the price.
  const margin = (target * fee) / (2n * feeUnit)
  return current > target ? target + margin : target - margin
}
