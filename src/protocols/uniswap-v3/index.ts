import type { Address } from 'viem'
import type { Exchange, PoolView } from '../../core/exchange.ts'
import type { Ledger } from '../../core/ledger.ts'
import type { Mismatch } from '../../core/protocol.ts'
import type { Read } from '../../core/types.ts'
import { EVENTS, spotCalls } from './abi.ts'
import { apply, type Directory, toldBy } from './apply.ts'
import { bidOf } from './bid.ts'
import { addressIn, KNOWN, keyOf, MOST_POOLS, poolCell, spotOf } from './cells.ts'
import { Curves } from './curves.ts'
import { allCalls, missingReads } from './reads.ts'

/** Uniswap V3: pools by address, mirrored whole. Forks that keep the pool's interface and arithmetic will do. */
export function uniswapV3(addresses: readonly Address[]): Exchange {
  const lower = addresses.map((address): Address => `0x${address.slice(2).toLowerCase()}`)
  if (lower.length > MOST_POOLS) throw new RangeError(`${lower.length} pools: a ledger holds ${MOST_POOLS}`)
  const directory: Directory = new Map(lower.map((address, pool) => [address, pool]))
  const curves = new Curves()
  const traded = (ledger: Ledger): readonly (PoolView & { readonly id: number })[] =>
    [...directory].flatMap(([pool, id]) => {
      const isTraded = ledger.get(poolCell(id, 'state')) === KNOWN && spotOf(ledger, id).sqrtPriceX96 !== 0n
      return isTraded ? [{ id, ...viewOf(ledger, id, pool) }] : []
    })
  return {
    name: 'uniswap-v3',
    filters: lower.map((address) => ({ address, topics: Object.values(EVENTS) })),
    reads: (ledger) => [...directory].flatMap(([address, pool]) => missingReads(ledger, pool, address)),
    apply: (facts, ledger) => apply(facts, ledger, directory),
    pools: (ledger) => traded(ledger).map(({ pool, assets, feePips }) => ({ pool, assets, feePips })),
    bids: (ledger, assetIn, assetOut) =>
      traded(ledger).flatMap(({ id, pool, assets: [token0, token1] }) => {
        const zeroForOne = assetIn === token0
        if (zeroForOne ? assetOut !== token1 : assetIn !== token1 || assetOut !== token0) return []
        return [bidOf(pool, curves.of(ledger, id, zeroForOne), spotOf(ledger, id))]
      }),
    audit: {
      spots: (ledger) => traded(ledger).flatMap(({ pool }) => spotCalls(pool)),
      calls: (ledger, pool) => {
        const id = directory.get(pool)
        return id === undefined || ledger.get(poolCell(id, 'state')) !== KNOWN ? [] : allCalls(ledger, id, pool)
      },
      compare: (ledger, answers) => answers.flatMap((read) => differences(ledger, read, directory.get(read.to))),
    },
  }
}

const viewOf = (ledger: Ledger, id: number, pool: Address): PoolView => ({
  pool,
  assets: [addressIn(ledger, poolCell(id, 'token0')), addressIn(ledger, poolCell(id, 'token1'))],
  feePips: keyOf(ledger, id).feePips,
})

/** Cells that are not what the chain says. */
function differences(ledger: Ledger, read: Read, pool: number | undefined): Mismatch[] {
  if (pool === undefined) return []
  const told = toldBy(read, pool)
  if (told === undefined) return [{ address: read.to, field: read.data, ours: 'known', chain: 'unknown' }]
  return told
    .filter(({ cell, value }) => ledger.get(cell) !== value)
    .map(({ cell, value, field }) => ({
      address: read.to,
      field,
      ours: BigInt.asIntN(256, ledger.get(cell)).toString(),
      chain: BigInt.asIntN(256, value).toString(),
    }))
}
