import { mulDivFloor, PERCENTAGE_FACTOR } from '../../core/math.ts'
import type { Offer, Venue } from '../../core/ports.ts'
import type { Rescue, Sale } from '../../core/protocol.ts'
import type { Header } from '../../core/types.ts'

/** What is sold beyond what the quote says is needed, so that a pool that moves a little does not undo the plan. */
const TOLERANCE_BPS = 50n
/** Of a quote this must be left over; less, and the sale is sized again. */
const LEFT_OVER_BPS = 25n
/** A quote speaks for amounts that differ by so much at most. */
const NEAR_BPS = 100n
const MOST_ROUNDS = 4
/** Quotes cost gas on the node: so many pairs are tried, those first that move least. */
const MOST_PAIRS = 8

export interface Priced {
  readonly sales: readonly Sale[]
  /** The offer that stands behind a sale; undefined: nobody gives enough for it. */
  offerFor(option: Rescue): Offer | undefined
}

/** True for a sale that needs a venue: in the pool itself one asset pays for itself. */
export const needsVenue = ({ kind, asset, repays }: Rescue): boolean =>
  kind === 'sell' && repays !== undefined && repays.asset !== asset

/** Asks the venue about every sale that the pool would allow, and again about the size that its answer leads to. */
export async function priceSales(
  venue: Venue,
  size: (sales: readonly Sale[]) => readonly Rescue[],
  block: Header,
): Promise<Priced> {
  const sales = new Map<string, Sale>()
  const offers = new Map<string, Offer | undefined>()
  const offerFor = (option: Rescue): Offer | undefined => {
    const offer = offers.get(keyOf(option))
    return offer && covers(offer, option) ? offer : undefined
  }
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const open = size([...sales.values()])
      .filter((option) => needsVenue(option) && option.obstacle === undefined)
      .slice(0, MOST_PAIRS)
      .filter((option) => offerFor(option) === undefined && !isRefused(offers, option))
    if (open.length === 0) break
    const found = await venue.offers(open.map(saleOf), block)
    for (const [i, option] of open.entries()) {
      const offer = found[i]
      offers.set(keyOf(option), offer)
      if (offer) sales.set(keyOf(option), { ...offer, received: less(offer.received, TOLERANCE_BPS) })
    }
  }
  return { sales: [...sales.values()], offerFor }
}

/** What the offer gives for the amount of this option, which may differ a little from what was asked. */
export const receivedFor = ({ sold, received }: Offer, { amount }: Rescue): bigint =>
  mulDivFloor(amount, received, sold)

function covers(offer: Offer, option: Rescue): boolean {
  const { amount, repays } = option
  const apart = amount > offer.sold ? amount - offer.sold : offer.sold - amount
  const isNear = apart * PERCENTAGE_FACTOR <= offer.sold * NEAR_BPS
  return isNear && less(receivedFor(offer, option), LEFT_OVER_BPS) >= (repays?.amount ?? 0n)
}

const isRefused = (offers: ReadonlyMap<string, Offer | undefined>, option: Rescue): boolean =>
  offers.has(keyOf(option)) && offers.get(keyOf(option)) === undefined

const less = (amount: bigint, bps: bigint): bigint => mulDivFloor(amount, PERCENTAGE_FACTOR - bps, PERCENTAGE_FACTOR)

const keyOf = ({ asset, repays }: Rescue): string => `${asset}${repays?.asset}`

const saleOf = ({ asset, amount, repays }: Rescue): Omit<Sale, 'received'> => ({
  collateralAsset: asset,
  debtAsset: repays?.asset ?? asset,
  sold: amount,
})
