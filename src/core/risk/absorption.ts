/**
 * Whether what would be liquidated can be sold (row 4).
 *
 * L(δ): seizable in the sequence of calls once a group has fallen by δ; given. Q(δ): dollars that the pools pay for the group's plain
 * asset until the price of each has fallen by δ from where it is, all pools against dollars (stable assets) together; where there are
 * none, against any asset of another group. Ratio L/Q; above 1 liquidators cannot leave. Largest size s at δ: the pools have been traded down
 * by δ, the oracle says as much, and s is sold for one of those assets: slippage(s) ≤ b/(1+b) − gas/s, with b the plain asset's
 * bonus; the largest over the assets. The protocol's part of the bonus and the gas of further pools are not taken off.
 */
import type { Address } from 'viem'
import { mulDivFloor, PERCENTAGE_FACTOR, WAD } from '../math.ts'
import type { PoolBook } from '../pool-book.ts'
import type { ReserveView } from '../protocol.ts'
import type { AbsorptionPoint } from './answers.ts'
import { bestPrice, fallen, largestSize, priceOf, sellAcross, sellTo } from './depth.ts'
import type { Group } from './groups.ts'
import { known, lacking } from './measure.ts'
import { dollarsIn } from './reference.ts'
import { Trading } from './trading.ts'

export interface AbsorptionFacts {
  readonly group: Group
  /** All of the market. */
  readonly reserves: readonly ReserveView[]
  /** Undefined: no pools are followed. */
  readonly exchange: PoolBook | undefined
  /** By fall, in whole per cent. */
  readonly ladder: readonly { readonly fallPct: number; readonly sequenceUsd: number }[]
  /** Of one sale, base currency (8 decimals). */
  readonly gasBase: bigint
}

export function absorption({ exchange, ...facts }: AbsorptionFacts): AbsorptionPoint[] {
  const quotes = exchange ? quotesOf(facts.group, facts.reserves, new Trading(exchange)) : []
  return facts.ladder.map(({ fallPct, sequenceUsd }) => {
    const at = { fallPct, liquidatableUsd: sequenceUsd }
    if (exchange === undefined || quotes.length === 0)
      return { ...at, depthUsd: lacking('depth'), ratio: lacking('depth'), largestUsd: lacking('depth') }
    const fallWad = wadOf(fallPct)
    const depthUsd = depthBase(facts.group.plain, quotes, { trading: new Trading(exchange), fallWad }) / 1e8
    return {
      ...at,
      depthUsd: known(depthUsd),
      ratio: depthUsd > 0 ? known(sequenceUsd / depthUsd) : lacking('depth'),
      largestUsd: known(largestBase(facts, quotes, { exchange, fallWad }) / 1e8),
    }
  })
}

/** L/Q as it is judged: without a bound where pools take nothing of what is there. Null: not known. */
export const pressureOf = ({ liquidatableUsd, depthUsd, ratio }: AbsorptionPoint): number | null =>
  ratio.value ?? (depthUsd.value === 0 && liquidatableUsd > 0 ? Number.POSITIVE_INFINITY : null)

/** Q(δ) alone, in dollars; null where nothing can be sold. */
export function depthUsdAt(
  fallPct: number,
  { group, reserves, exchange }: Pick<AbsorptionFacts, 'group' | 'reserves' | 'exchange'>,
): number | null {
  if (exchange === undefined) return null
  const trading = new Trading(exchange)
  const quotes = quotesOf(group, reserves, trading)
  return quotes.length === 0 ? null : depthBase(group.plain, quotes, { trading, fallWad: wadOf(fallPct) }) / 1e8
}

const wadOf = (fallPct: number): bigint => (WAD * BigInt(Math.round(fallPct * 100))) / 10_000n

/** Assets for which the plain one can be sold in one pool. */
export function quotesOf(group: Group, reserves: readonly ReserveView[], trading: Trading): readonly ReserveView[] {
  const traded = trading.partners(group.plain.asset)
  const others = reserves.filter(
    ({ root, asset, priceUsd8 }) => root !== group.root && priceUsd8 > 0n && traded.has(asset),
  )
  const dollars = dollarsIn(others)
  return dollars.length > 0 ? dollars : others
}

const baseOf = ({ priceUsd8, decimals }: ReserveView, amount: bigint): bigint =>
  mulDivFloor(amount, priceUsd8, 10n ** BigInt(decimals))

function depthBase(
  { asset }: ReserveView,
  quotes: readonly ReserveView[],
  { trading, fallWad }: { readonly trading: Trading; readonly fallWad: bigint },
): number {
  const paid = quotes.map((quote) => {
    const bids = trading.bids(asset, quote.asset)
    const best = bestPrice(bids)
    return best ? baseOf(quote, sellTo(bids, fallen(best, fallWad)).amountOut) : 0n
  })
  return Number(paid.reduce((sum, one) => sum + one, 0n))
}

function largestBase(
  { group, reserves, gasBase }: Omit<AbsorptionFacts, 'exchange'>,
  quotes: readonly ReserveView[],
  { exchange, fallWad }: { readonly exchange: PoolBook; readonly fallWad: bigint },
): number {
  const { plain, root } = group
  const trading = new Trading(exchange)
  const roots = new Map<Address, Address>(reserves.map((reserve) => [reserve.asset, reserve.root]))
  trading.arbitrage((asset) => (roots.has(asset) ? (roots.get(asset) === root ? WAD - fallWad : WAD) : undefined))
  const bonusBps = plain.liquidationBonusBps > PERCENTAGE_FACTOR ? plain.liquidationBonusBps - PERCENTAGE_FACTOR : 0n
  const bonusWad = mulDivFloor(WAD, bonusBps, PERCENTAGE_FACTOR + bonusBps)
  const sizes = quotes.map((quote) => {
    const bids = trading.bids(plain.asset, quote.asset)
    const gas = mulDivFloor(gasBase, 10n ** BigInt(quote.decimals), quote.priceUsd8)
    return largestSize((size) => sellAcross(bids, size), {
      price: fallen(priceOf(plain, quote), fallWad),
      bonusWad,
      gas,
    })
  })
  const largest = sizes.reduce((a, b) => (a > b ? a : b), 0n)
  return Number(mulDivFloor(baseOf(plain, largest), WAD - fallWad, WAD))
}
