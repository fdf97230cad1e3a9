import type { Address } from 'viem'
import { feedCall } from '../abis.ts'
import { listingOf, type World } from '../world.ts'
import { type Kind, type Order, type Planned, sending, someReserve, type Turn } from './kind.ts'

const govern = ({ addresses }: World, to: Address, data: `0x${string}`): Order => ({
  from: addresses.governance,
  to,
  data,
})

const report = (turn: Turn, aggregator: Address, priceUsd8: bigint): Planned =>
  sending(turn.world, govern(turn.world, aggregator, feedCall('report', [priceUsd8])))

/** An asset with a feed of its own. */
function someFeed(turn: Turn) {
  const reserve = someReserve(turn)
  const listing = listingOf(turn.world, reserve.asset)
  return listing?.aggregator === undefined ? undefined : { reserve, listing, aggregator: listing.aggregator }
}

function movePrice(turn: Turn): Planned | undefined {
  const feed = someFeed(turn)
  if (feed === undefined) return undefined
  const price = feed.reserve.priceUsd8 || feed.listing.priceUsd8
  return report(turn, feed.aggregator, (price * BigInt(turn.random.int(9_000, 11_000))) / 10_000n || 1n)
}

export const priceKinds: readonly Kind[] = [{ name: 'price moves', weight: 6, plan: movePrice }]
