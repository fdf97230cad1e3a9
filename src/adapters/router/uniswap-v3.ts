import {
  type Address,
  concatHex,
  decodeAbiParameters,
  encodeFunctionData,
  type Hex,
  pad,
  parseAbi,
  parseAbiParameters,
  serializeTransaction,
  toHex,
} from 'viem'
import type { Quote, Seizure } from '../../core/plan.ts'
import type { Batch, Router } from '../../core/ports.ts'
import type { Terms } from '../../core/protocol.ts'
import type { Call, Facts } from '../../core/types.ts'
import { liquidationGas, nextBaseFee } from './gas.ts'

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

/** Most usually deep first. */
const FEE_TIERS = [500, 3000, 100, 10000] as const
/** A pool that was not there is looked for again after so many blocks. */
const FORGET_AFTER_BLOCKS = 300n
/** Quotes cost gas on the node: so many routes are tried for one seizure. */
const MOST_ROUTES = 8
const GAS_PRICE_ORACLE: Address = '0x420000000000000000000000000000000000000F'

const FACTORY_ABI = parseAbi(['function getPool(address,address,uint24) view returns (address)'])
const QUOTER_ABI = parseAbi([
  'function quoteExactInput(bytes path, uint256 amountIn) returns (uint256 amountOut, uint160[] sqrtPricesX96After, uint32[] ticksCrossed, uint256 gasEstimate)',
])
const L1_ABI = parseAbi(['function getL1Fee(bytes) view returns (uint256)'])
const QUOTED = parseAbiParameters('uint256, uint160[], uint32[], uint256')

/** Sells what is seized on Uniswap V3, directly or through the wrapped native coin: the best quote of the existing pools. */
export function uniswapV3Router(options: UniswapV3Options): Router {
  const pools = createPools(options)
  return {
    async quote(market, seizures, facts) {
      const place = options.marketplace(market)
      if (place === undefined || place.nativePriceUsd8() === 0n) return []
      await pools.learn(seizures, facts)
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
  if (answer === undefined || answer === '0x') return undefined
  const [amountOut, , , gasEstimate] = decodeAbiParameters(QUOTED, answer)
  return amountOut === 0n ? undefined : { path, amountOut, gas: liquidationGas(seizure) + gasEstimate }
}

const longest = (paths: readonly Hex[]): Hex => paths.reduce((a, b) => (b.length > a.length ? b : a))

const quoteCall = (quoter: Address, path: Hex, amountIn: bigint): Call => ({
  to: quoter,
  data: encodeFunctionData({ abi: QUOTER_ABI, functionName: 'quoteExactInput', args: [path, amountIn] }),
})

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

interface Pools {
  /** Ask once for the pools that these seizures may use. */
  learn(seizures: readonly Seizure[], facts: Facts): Promise<void>
  /** Encoded routes from collateral to debt through pools that exist; `0x` alone when they are one asset. */
  paths(seizure: Seizure): Hex[]
}

function createPools({ batch, factory, wrappedNative }: UniswapV3Options): Pools {
  const known = new Map<string, boolean>()
  const missingSince = new Map<string, bigint>()
  const hub: Address = `0x${wrappedNative.slice(2).toLowerCase()}`
  const key = (a: Address, b: Address, fee: number): string => (a < b ? `${a}${b}${fee}` : `${b}${a}${fee}`)
  const pairs = ({ collateralAsset, debtAsset }: Seizure): (readonly [Address, Address])[] =>
    (
      [
        [collateralAsset, debtAsset],
        [collateralAsset, hub],
        [hub, debtAsset],
      ] as const
    ).filter(([a, b]) => a !== b)
  const tiers = (a: Address, b: Address): number[] => FEE_TIERS.filter((fee) => known.get(key(a, b, fee)) === true)
  return {
    async learn(seizures, facts) {
      const wanted = new Map<string, Call>()
      for (const seizure of seizures)
        for (const [a, b] of pairs(seizure))
          for (const fee of FEE_TIERS) {
            const at = key(a, b, fee)
            const stale = facts.block.number - (missingSince.get(at) ?? 0n) > FORGET_AFTER_BLOCKS
            if (known.get(at) === undefined || (known.get(at) === false && stale))
              wanted.set(at, poolCall(factory, a, b, fee))
          }
      if (wanted.size === 0) return
      const reads = await batch.read([...wanted.values()], { blockHash: facts.block.hash })
      for (const [i, at] of [...wanted.keys()].entries()) {
        const exists = BigInt(reads[i]?.result || '0x0') !== 0n
        known.set(at, exists)
        if (!exists) missingSince.set(at, facts.block.number)
      }
    },
    paths({ collateralAsset, debtAsset }) {
      if (collateralAsset === debtAsset) return ['0x']
      const direct = tiers(collateralAsset, debtAsset).map((fee) => encodePath([collateralAsset, fee, debtAsset]))
      if (collateralAsset === hub || debtAsset === hub) return direct
      const through = tiers(collateralAsset, hub).flatMap((first, i) =>
        tiers(hub, debtAsset).map((second, j) => ({
          rank: i + j,
          path: encodePath([collateralAsset, first, hub, second, debtAsset]),
        })),
      )
      const best = through.sort((a, b) => a.rank - b.rank).map(({ path }) => path)
      return [...direct, ...best].slice(0, MOST_ROUTES)
    },
  }
}

/** The factory knows a pool in either order: asked in one, its answer is found again in a recording. */
const poolCall = (factory: Address, a: Address, b: Address, fee: number): Call => ({
  to: factory,
  data: encodeFunctionData({ abi: FACTORY_ABI, functionName: 'getPool', args: a < b ? [a, b, fee] : [b, a, fee] }),
})

/** Token, fee (3 bytes), token, …: as SwapRouter and Quoter read it. */
const encodePath = (steps: readonly (Address | number)[]): Hex =>
  concatHex(steps.map((step) => (typeof step === 'number' ? pad(toHex(step), { size: 3 }) : step)))
