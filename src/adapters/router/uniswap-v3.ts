import { type Address, encodeFunctionData, type Hex, parseAbi, serializeTransaction } from 'viem'
import type { Quote, Seizure } from '../../core/plan.ts'
import type { Batch, Router } from '../../core/ports.ts'
import type { Terms } from '../../core/protocol.ts'
import type { Call, Facts } from '../../core/types.ts'
import { liquidationGas, nextBaseFee } from './gas.ts'
import { createPools } from './pools.ts'
import { quoteCall, quotedBy } from './quoter.ts'

/** What the router must know of a market. */
export interface Marketplace {
  readonly contract: Address
  encode(seizure: Seizure, terms: Terms): Hex
  /** Base currency for one native coin, 8 decimals; 0 when the market has no price for it. */
  nativePriceUsd8(): bigint
}

export interface UniswapV3Options {
  readonly batch: Batch
  readonly chainId: number
  readonly factory: Address
  readonly quoter: Address
  /** Asset that routes may pass through. */
  readonly wrappedNative: Address
  readonly l1Fee: 'none' | 'op'
  /** Wei a unit of gas, beside the base fee. */
  readonly priorityFeeWei: bigint
  readonly marketplace: (market: string) => Marketplace | undefined
}

const GAS_PRICE_ORACLE: Address = '0x420000000000000000000000000000000000000F'

const L1_ABI = parseAbi(['function getL1Fee(bytes) view returns (uint256)'])

/** Sells what is seized on Uniswap V3, directly or through the wrapped native coin: the best quote of the existing pools. */
export function uniswapV3Router(options: UniswapV3Options): Router {
  const pools = createPools(options)
  return {
    async quote(market, seizures, facts) {
      const place = options.marketplace(market)
      if (place === undefined || place.nativePriceUsd8() === 0n) return []
      await pools.learn(seizures, facts.block)
      const routes = seizures.map((seizure) => ({ seizure, paths: pools.paths(seizure) }))
      return ask(options, place, routes, facts)
    },
  }
}

interface Routes {
  readonly seizure: Seizure
  readonly paths: readonly Hex[]
}

/** One batched read: a quote a route, and the L1 fee of the longest calldata a seizure may have. */
async function ask(
  options: UniswapV3Options,
  place: Marketplace,
  routes: readonly Routes[],
  facts: Facts,
): Promise<Quote[]> {
  const calls: Call[] = []
  for (const { seizure, paths } of routes) {
    for (const path of paths) if (path !== '0x') calls.push(quoteCall(options.quoter, path, seizure.collateralSeized))
    if (options.l1Fee === 'op' && paths.length > 0)
      calls.push(l1FeeCall(options.chainId, place, seizure, longest(paths)))
  }
  const reads = calls.length > 0 ? await options.batch.read(calls, { blockHash: facts.block.hash }) : []
  const answers = reads.values()
  const gasPriceWei = nextBaseFee(facts) + options.priorityFeeWei
  return routes.flatMap(({ seizure, paths }) => {
    const found = paths.map((path) => swapped(path, seizure, path === '0x' ? undefined : answers.next().value?.result))
    const l1 = options.l1Fee === 'op' && paths.length > 0 ? answers.next().value?.result : '0x0'
    const best = found.filter((f) => f !== undefined).sort((a, b) => (a.amountOut > b.amountOut ? -1 : 1))[0]
    if (best === undefined || l1 === undefined) return []
    return { seizure, ...best, gasPriceWei, l1FeeWei: BigInt(l1), nativePriceUsd8: place.nativePriceUsd8() }
  })
}

function swapped(
  path: Hex,
  seizure: Seizure,
  answer: Hex | undefined,
): { path: Hex; amountOut: bigint; gas: bigint } | undefined {
  if (path === '0x') return { path, amountOut: seizure.collateralSeized, gas: liquidationGas(seizure) }
  const quoted = quotedBy(answer)
  return quoted && { path, amountOut: quoted.amountOut, gas: liquidationGas(seizure) + quoted.gas }
}

const longest = (paths: readonly Hex[]): Hex => paths.reduce((a, b) => (b.length > a.length ? b : a))

/** The fee is taken by the size of the signed bytes; large filler numbers stand for what is not known yet. */
function l1FeeCall(chainId: number, place: Marketplace, seizure: Seizure, path: Hex): Call {
  const data = place.encode(seizure, { path, minProfit: 2n ** 96n - 1n, deadline: 2n ** 32n - 1n })
  const draft = serializeTransaction({
    chainId,
    to: place.contract,
    data,
    gas: 1_000_000n,
    nonce: 65_535,
    maxFeePerGas: 10n ** 12n - 1n,
    maxPriorityFeePerGas: 10n ** 10n - 1n,
    type: 'eip1559',
  })
  return { to: GAS_PRICE_ORACLE, data: encodeFunctionData({ abi: L1_ABI, functionName: 'getL1Fee', args: [draft] }) }
}
