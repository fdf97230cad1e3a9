import { type Address, encodeFunctionData, erc20Abi, parseAbi } from 'viem'
import { FEE_TIERS, poolCall } from '../../adapters/router/pools.ts'
import type { Book } from '../../core/book.ts'
import type { Batch } from '../../core/ports.ts'
import type { Call, Header } from '../../core/types.ts'

export interface DiscoverOptions {
  readonly batch: Batch
  readonly factory: Address
  readonly wrappedNative: Address | undefined
  readonly books: readonly Book[]
  /** Followed already: they stay unless others have become twice as large. */
  readonly followed: readonly Address[]
}

/** An asset of the chain's markets. Floats: they only choose. */
interface Asset {
  readonly asset: Address
  /** US dollars for the smallest unit; 0 where there is no price. */
  readonly unitUsd: number
  /** Owed, without the interest since the market began: it only ranks. */
  readonly debtUsd: number
}

/** Debts that pools are looked for against, beside the wrapped native coin: the largest. */
const HUBS = 4
/** Pools followed at most: the largest. */
const MOST_FOLLOWED = 48
/** Dollars of both assets in a pool, below which it takes nothing worth a liquidation. */
const LEAST_USD = 100_000

const POOL_ABI = parseAbi(['function liquidity() view returns (uint128)'])

/** Text that changes when a market lists another asset. */
export const assetsOf = (books: readonly Book[]): string =>
  [...new Set(books.flatMap(({ protocol, ledger }) => protocol.market(ledger).reserves.map(({ asset }) => asset)))]
    .sort()
    .join(',')

/**
 * Pools in which the markets' assets are sold for what is owed: every asset against every hub, in every tier that the
 * factory knows; those with liquidity at their price, the most valuable first. As of `block`.
 */
export async function discoverPools(options: DiscoverOptions, block: Header): Promise<readonly Address[]> {
  const { batch, factory, followed } = options
  const assets = assetsBy(options.books)
  const at = { blockHash: block.hash }
  const asked = pairsOf(assets, options.wrappedNative).flatMap((pair) => FEE_TIERS.map((fee) => ({ pair, fee })))
  const answers = await batch.read(
    asked.map(({ pair: [a, b], fee }) => poolCall(factory, a.asset, b.asset, fee)),
    at,
  )
  const found = asked.flatMap(({ pair }, i) => {
    const pool = addressOf(answers[i]?.result)
    return pool === undefined ? [] : [{ pool, pair }]
  })
  const contents = await batch.read(
    found.flatMap(({ pool, pair }) => contentsOf(pool, pair)),
    at,
  )
  const sized = found.map(({ pool, pair: [a, b] }, i) => {
    const [liquidity = 0n, ofA = 0n, ofB = 0n] = contents.slice(3 * i, 3 * i + 3).map(({ result }) => numberOf(result))
    const usd = Number(ofA) * a.unitUsd + Number(ofB) * b.unitUsd
    return { pool, usd: liquidity === 0n ? 0 : followed.includes(pool) ? usd * 2 : usd }
  })
  return sized
    .filter(({ usd }) => usd >= LEAST_USD)
    .sort((a, b) => b.usd - a.usd || (a.pool < b.pool ? -1 : 1))
    .slice(0, MOST_FOLLOWED)
    .map(({ pool }) => pool)
}

function assetsBy(books: readonly Book[]): Map<Address, Asset> {
  const assets = new Map<Address, Asset>()
  for (const { protocol, ledger } of books) {
    const owed = new Map(protocol.audit.sums(ledger, []).map(({ asset, sumScaledDebt }) => [asset, sumScaledDebt]))
    for (const { asset, decimals, priceUsd8 } of protocol.market(ledger).reserves) {
      const unitUsd = Number(priceUsd8) / 1e8 / 10 ** decimals
      const debtUsd = (assets.get(asset)?.debtUsd ?? 0) + Number(owed.get(asset) ?? 0n) * unitUsd
      assets.set(asset, { asset, unitUsd, debtUsd })
    }
  }
  return assets
}

/** Each once, in whatever order. */
function pairsOf(assets: ReadonlyMap<Address, Asset>, wrappedNative: Address | undefined): (readonly [Asset, Asset])[] {
  const all = [...assets.values()]
  const native = wrappedNative && assets.get(wrappedNative)
  const largest = all
    .filter((one) => one !== native && one.debtUsd > 0)
    .sort((a, b) => b.debtUsd - a.debtUsd)
    .slice(0, HUBS)
  const hubs = native ? [native, ...largest] : largest
  return hubs.flatMap((hub, i) =>
    all.filter((one) => !hubs.slice(0, i + 1).includes(one)).map((one) => [one, hub] as const),
  )
}

const contentsOf = (pool: Address, [a, b]: readonly [Asset, Asset]): Call[] => [
  { to: pool, data: encodeFunctionData({ abi: POOL_ABI, functionName: 'liquidity' }) },
  ...[a, b].map(({ asset }) => ({
    to: asset,
    data: encodeFunctionData({ abi: erc20Abi, functionName: 'balanceOf', args: [pool] }),
  })),
]

const numberOf = (result: string | undefined): bigint => (result === undefined || result === '0x' ? 0n : BigInt(result))

function addressOf(result: string | undefined): Address | undefined {
  return numberOf(result) === 0n ? undefined : `0x${String(result).slice(-40)}`
}
