import { type Address, concatHex, encodeFunctionData, type Hex, pad, parseAbi, toHex } from 'viem'
import type { Batch } from '../../core/ports.ts'
import type { Call, Header } from '../../core/types.ts'

export interface PoolOptions {
  readonly batch: Batch
  readonly factory: Address
  /** Asset that routes may pass through. */
  readonly wrappedNative: Address
}

/** What is sold for what. */
export interface Pair {
  readonly collateralAsset: Address
  readonly debtAsset: Address
}

/** Most usually deep first. */
export const FEE_TIERS = [500, 3000, 100, 10000] as const
/** A pool that was not there is looked for again after so many blocks. */
const FORGET_AFTER_BLOCKS = 300n
/** Quotes cost gas on the node: so many routes are tried for one pair. */
const MOST_ROUTES = 8

const FACTORY_ABI = parseAbi(['function getPool(address,address,uint24) view returns (address)'])

export interface Pools {
  /** Ask once for the pools that these pairs may use. */
  learn(pairs: readonly Pair[], block: Header): Promise<void>
  /** Encoded routes from collateral to debt through pools that exist; `0x` alone when they are one asset. */
  paths(pair: Pair): Hex[]
}

export function createPools({ batch, factory, wrappedNative }: PoolOptions): Pools {
  const known = new Map<string, boolean>()
  const missingSince = new Map<string, bigint>()
  const hub: Address = `0x${wrappedNative.slice(2).toLowerCase()}`
  const key = (a: Address, b: Address, fee: number): string => (a < b ? `${a}${b}${fee}` : `${b}${a}${fee}`)
  const legs = ({ collateralAsset, debtAsset }: Pair): (readonly [Address, Address])[] =>
    (
      [
        [collateralAsset, debtAsset],
        [collateralAsset, hub],
        [hub, debtAsset],
      ] as const
    ).filter(([a, b]) => a !== b)
  const tiers = (a: Address, b: Address): number[] => FEE_TIERS.filter((fee) => known.get(key(a, b, fee)) === true)
  return {
    async learn(pairs, block) {
      const wanted = new Map<string, Call>()
      for (const pair of pairs)
        for (const [a, b] of legs(pair))
          for (const fee of FEE_TIERS) {
            const at = key(a, b, fee)
            const stale = block.number - (missingSince.get(at) ?? 0n) > FORGET_AFTER_BLOCKS
            if (known.get(at) === undefined || (known.get(at) === false && stale))
              wanted.set(at, poolCall(factory, a, b, fee))
          }
      if (wanted.size === 0) return
      const reads = await batch.read([...wanted.values()], { blockHash: block.hash })
      for (const [i, at] of [...wanted.keys()].entries()) {
        const exists = BigInt(reads[i]?.result || '0x0') !== 0n
        known.set(at, exists)
        if (!exists) missingSince.set(at, block.number)
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
export const poolCall = (factory: Address, a: Address, b: Address, fee: number): Call => ({
  to: factory,
  data: encodeFunctionData({ abi: FACTORY_ABI, functionName: 'getPool', args: a < b ? [a, b, fee] : [b, a, fee] }),
})

/** Token, fee (3 bytes), token, …: as SwapRouter and Quoter read it. */
const encodePath = (steps: readonly (Address | number)[]): Hex =>
  concatHex(steps.map((step) => (typeof step === 'number' ? pad(toHex(step), { size: 3 }) : step)))
