import type { ReserveView } from '../protocol.ts'
import { fundingAnnual, rayRate } from './carry.ts'
import type { Extras, ReserveExtras, Twap } from './extras.ts'
import type { ExtrasBody } from './hour-row.ts'
import { headroom } from './oracle-health.ts'
import { toUsd } from './price-moves.ts'
import { isStable } from './stable.ts'

/** A reserve that holds less of all that is supplied does not speak for the market: somewhere a dead one is always used up. */
const LEAST_SHARE = 0.01

/** Dollars of an amount of an asset; exact in integers up to the last division. */
const valueUsd = (amount: bigint, { priceUsd8, decimals }: Pick<ReserveView, 'priceUsd8' | 'decimals'>): number =>
  toUsd((amount * priceUsd8) / 10n ** BigInt(decimals))

/** Borrowed / supplied, 0 to 1; null where not told or nothing is supplied. */
const utilisationOf = ({ supplied, borrowed }: Pick<ReserveExtras, 'supplied' | 'borrowed'>): number | null =>
  supplied === null || borrowed === null || supplied === 0n ? null : Number(borrowed) / Number(supplied)

/** The few figures of it that are kept for years. */
export function extrasBody({ reserves, feeds, funding, twaps }: Extras, views: readonly ReserveView[]): ExtrasBody {
  const known = new Map(views.map((view) => [view.asset, view]))
  const both = reserves.flatMap((extras) => {
    const view = known.get(extras.asset)
    return view === undefined ? [] : [{ extras, view }]
  })
  const byAsset = (of: (one: Both) => number | null): Record<string, number> =>
    record(both.map((one) => [one.extras.asset, of(one)]))
  const insurance = byAsset(({ extras: { umbrella }, view }) =>
    umbrella === null ? null : valueUsd(umbrella.offset, view) + toUsd(umbrella.slashableBase),
  )
  const outstanding = byAsset(({ extras: { deficit }, view }) => (deficit === null ? null : valueUsd(deficit, view)))
  return {
    utilisation: highestUtilisation(both),
    fundingAnnual: fundingAnnual(funding).value,
    insuranceUsd: sumOf(insurance),
    outstandingUsd: sumOf(outstanding),
    kinks: byAsset(({ extras: { kinkRay } }) => (kinkRay === null ? null : rayRate(kinkRay))),
    insurance,
    headrooms: record(feeds.map(({ asset, capped }) => [asset, capped && headroom(capped).value])),
    roundsAtS: record(feeds.map(({ root, updatedAtS }) => [root, updatedAtS])),
    stables: stablesOf(both),
    pegs: Object.fromEntries(twaps.flatMap((twap) => pegOf(twap, known))),
    supplies: byAsset((one) => (one.view.liquidationThresholdBps > 0n ? unitsOf(one) : null)),
  }
}

/** In dollars by the oracle of the coin it is traded for. */
function pegOf(
  { asset, quote, price }: Twap,
  views: ReadonlyMap<string, ReserveView>,
): readonly (readonly [string, readonly [number, number]])[] {
  const [own, other] = [views.get(asset)?.priceUsd8, views.get(quote)?.priceUsd8]
  return own && other ? [[asset, [price * toUsd(other), toUsd(own)]]] : []
}

const record = (entries: readonly (readonly [string, number | null])[]): Record<string, number> =>
  Object.fromEntries(entries.flatMap(([key, value]) => (value === null ? [] : [[key, value]])))

/** Null where nobody told any of it. */
function sumOf(values: Readonly<Record<string, number>>): number | null {
  const found = Object.values(values)
  return found.length === 0 ? null : found.reduce((sum, value) => sum + value, 0)
}

/** Coins of one name (the chain's own and a bridged one) are added up; where one of them did not answer, the name is left out. */
function stablesOf(both: readonly Both[]): Record<string, number> {
  const sums = new Map<string, number | null>()
  for (const one of both) {
    if (!isStable(one.view)) continue
    const [sum, units] = [sums.get(one.view.symbol), unitsOf(one)]
    sums.set(one.view.symbol, sum === null || units === null ? null : (sum ?? 0) + units)
  }
  return record([...sums])
}

const unitsOf = ({ extras: { totalSupply }, view }: Both): number | null =>
  totalSupply === null ? null : Number(totalSupply) / 10 ** view.decimals

interface Both {
  readonly extras: ReserveExtras
  readonly view: ReserveView
}

function highestUtilisation(both: readonly Both[]): number | null {
  const supplied = both.map(({ extras, view }) => (extras.supplied === null ? 0 : valueUsd(extras.supplied, view)))
  const all = supplied.reduce((sum, usd) => sum + usd, 0)
  const found = both.flatMap(({ extras }, i) =>
    all > 0 && (supplied[i] as number) >= LEAST_SHARE * all ? (utilisationOf(extras) ?? []) : [],
  )
  return found.length === 0 ? null : Math.max(...found)
}
