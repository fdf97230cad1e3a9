import type { Address } from 'viem'
import type { Book } from '../../core/book.ts'
import { WAD } from '../../core/math.ts'
import type { PoolBook } from '../../core/pool-book.ts'
import { fallen } from '../../core/risk/depth.ts'
import type { Twap } from '../../core/risk/extras.ts'
import { isStable } from '../../core/risk/stable.ts'
import type { Call, Read } from '../../core/types.ts'
import { isTwap, twapCall, twapOf } from '../../protocols/uniswap-v3/twap.ts'

/** The pool that takes most of a coin before its price there has fallen so far is the one whose price counts. */
const FALL_WAD = WAD / 50n

/**
 * For each stable coin of the market its deepest pool against another one. Against anything else the mean price of half an hour
 * would tell how that moved.
 */
export function twapCalls(book: Book, exchange: PoolBook | undefined): readonly Call[] {
  if (exchange === undefined) return []
  const coins = stablesOf(book).map(({ asset }) => asset)
  const pools = coins.flatMap((coin) => {
    const bids = coins.flatMap((quote) => (quote === coin ? [] : exchange.bids(coin, quote)))
    const taken = bids.map((bid) => ({ pool: bid.pool, sold: bid.sellTo(fallen(bid.price, FALL_WAD)).amountIn }))
    return taken.reduce<Taken | undefined>((most, one) => (most && most.sold >= one.sold ? most : one), undefined) ?? []
  })
  return [...new Set(pools.map(({ pool }) => pool))].map(twapCall)
}

interface Taken {
  readonly pool: Address
  readonly sold: bigint
}

const stablesOf = (book: Book) => book.protocol.market(book.ledger).reserves.filter(isStable)

/** What the pools answered, for either of their coins. A coin of two pools is told by the first. */
export function twapsOf(book: Book, exchange: PoolBook | undefined, reads: readonly Read[]): readonly Twap[] {
  const views = new Map(stablesOf(book).map((view) => [view.asset, view]))
  const pools = new Map(exchange?.pools().map(({ pool, assets }) => [pool, assets]))
  const found = new Map<Address, Twap>()
  const note = (twap: Twap): void => {
    if (!found.has(twap.asset)) found.set(twap.asset, twap)
  }
  for (const read of reads.filter(isTwap)) {
    const [raw, assets] = [twapOf(read), pools.get(read.to)]
    const [base, quote] = assets?.map((asset) => views.get(asset)) ?? []
    if (raw === null || base === undefined || quote === undefined) continue
    const price = raw * 10 ** (base.decimals - quote.decimals)
    note({ asset: base.asset, quote: quote.asset, price })
    note({ asset: quote.asset, quote: base.asset, price: 1 / price })
  }
  return [...found.values()]
}
