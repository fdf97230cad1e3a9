import type { ReserveView } from '../protocol.ts'
import { fundingAnnual } from './carry.ts'
import type { Extras, ReserveExtras } from './extras.ts'
import type { ExtrasBody } from './hour-row.ts'
import { toUsd } from './price-moves.ts'
import { isStable } from './stable.ts'

/** A reserve that holds less of all that is supplied does not speak for the market: somewhere a dead one is always used up. */
const LEAST_SHARE = 0.01

/** Dollars of an amount of an asset; exact in integers up to the last division. */
export const valueUsd = (
  amount: bigint,
  { priceUsd8, decimals }: Pick<ReserveView, 'priceUsd8' | 'decimals'>,
): number => toUsd((amount * priceUsd8) / 10n ** BigInt(decimals))

export const unitsOf = (amount: bigint, decimals: number): number => Number(amount) / 10 ** decimals

/** Borrowed / supplied, 0 to 1; null where not told or nothing is supplied. */
export const utilisationOf = ({ supplied, borrowed }: Pick<ReserveExtras, 'supplied' | 'borrowed'>): number | null =>
  supplied === null || borrowed === null || supplied === 0n ? null : Number(borrowed) / Number(supplied)

/** The few figures of it that are kept for years. */
export function extrasBody({ reserves, funding }: Extras, views: readonly ReserveView[]): ExtrasBody {
  const known = new Map(views.map((view) => [view.asset, view]))
  const both = reserves.flatMap((extras) => {
    const view = known.get(extras.asset)
    return view === undefined ? [] : [{ extras, view }]
  })
  return {
    utilisation: highestUtilisation(both),
    fundingAnnual: fundingAnnual(funding).value,
    insuranceUsd: sumKnown(both, ({ extras: { umbrella }, view }) =>
      umbrella === null ? null : valueUsd(umbrella.offset, view) + toUsd(umbrella.slashableBase),
    ),
    outstandingUsd: sumKnown(both, ({ extras: { deficit }, view }) =>
      deficit === null ? null : valueUsd(deficit, view),
    ),
    stables: Object.fromEntries(
      both.flatMap(({ extras: { totalSupply }, view }) =>
        isStable(view) && totalSupply !== null ? [[view.symbol, unitsOf(totalSupply, view.decimals)]] : [],
      ),
    ),
    supplies: Object.fromEntries(
      both.flatMap(({ extras: { asset, totalSupply }, view }) =>
        view.liquidationThresholdBps > 0n && totalSupply !== null ? [[asset, unitsOf(totalSupply, view.decimals)]] : [],
      ),
    ),
  }
}

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

/** Null where nobody told any of it. */
function sumKnown(both: readonly Both[], of: (one: Both) => number | null): number | null {
  const found = both.map(of).filter((usd) => usd !== null)
  return found.length === 0 ? null : found.reduce((sum, usd) => sum + usd, 0)
}
