import { readFileSync } from 'node:fs'
import type { Address } from 'viem'
import type { Spot } from '../../../src/protocols/uniswap-v3/curve.ts'
import type { Ticks } from '../../../src/protocols/uniswap-v3/stops.ts'

interface Published {
  readonly pool: Address
  readonly fee: number
  readonly tick: number
  readonly liquidity: string
  readonly sqrtPriceX96: string
  /** The author's own model. */
  readonly modelSellToken0: readonly (readonly [sold: number, priceAfter: number])[]
  readonly modelSellToken1: readonly (readonly [sold: number, priceAfter: number])[]
  readonly ticks: readonly (readonly [tick: number, liquidityNet: string])[]
}

/** Uniswap V3 USDC/WETH 0.05 % of February 2026, every tick. */
export const published: Published = JSON.parse(
  readFileSync(new URL('../../fixtures/uniswap-v3-usdc-weth.json', import.meta.url), 'utf8'),
)
export const publishedTicks: Ticks = {
  index: published.ticks.map(([tick]) => tick),
  liquidityNet: published.ticks.map(([, net]) => BigInt(net)),
}
export const publishedKey = { feePips: published.fee, tickSpacing: 10 }
export const publishedSpot: Spot = { sqrtPriceX96: BigInt(published.sqrtPriceX96), tick: published.tick }
