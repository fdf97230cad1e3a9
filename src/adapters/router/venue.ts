import { type Address, encodeFunctionData, parseAbi } from 'viem'
import type { Offer, Venue } from '../../core/ports.ts'
import { createPools, type PoolOptions } from './pools.ts'
import { quoteCall, quotedBy } from './quoter.ts'

export interface VenueOptions extends PoolOptions {
  readonly quoter: Address
  /** SwapRouter of periphery 1.x. */
  readonly router: Address
}

const ROUTER_ABI = parseAbi([
  'struct ExactInputParams { bytes path; address recipient; uint256 deadline; uint256 amountIn; uint256 amountOutMinimum; }',
  'function exactInput(ExactInputParams params) payable returns (uint256 amountOut)',
])

/** Uniswap V3 for somebody who sells what is their own: the best quote of the existing pools, and the call of its router. */
export function uniswapV3Venue(options: VenueOptions): Venue {
  const { batch, quoter, router } = options
  const pools = createPools(options)
  return {
    spender: router,
    async offers(sales, block) {
      await pools.learn(sales, block)
      const routes = sales.flatMap((sale) => pools.paths(sale).map((path) => ({ sale, path })))
      const calls = routes.map(({ sale, path }) => quoteCall(quoter, path, sale.sold))
      const reads = calls.length > 0 ? await batch.read(calls, { blockHash: block.hash }) : []
      const offers = routes.flatMap(({ sale, path }, i): { sale: object; offer: Offer }[] => {
        const quoted = quotedBy(reads[i]?.result)
        return quoted ? [{ sale, offer: { ...sale, path, received: quoted.amountOut } }] : []
      })
      return sales.map((sale) =>
        offers
          .filter((one) => one.sale === sale)
          .map(({ offer }) => offer)
          .reduce<Offer | undefined>((a, b) => (a !== undefined && a.received >= b.received ? a : b), undefined),
      )
    },
    swap: ({ path, sold }, { recipient, minimum, deadline }) => ({
      to: router,
      data: encodeFunctionData({
        abi: ROUTER_ABI,
        functionName: 'exactInput',
        args: [{ path, recipient, deadline, amountIn: sold, amountOutMinimum: minimum }],
      }),
    }),
  }
}
