/** Bad debt that became real, and what covers it (row 17). Amounts of `DeficitCreated` and `DeficitCovered` of the pool, in the asset's units. */
import { shareOf } from './measure.ts'

export interface DeficitEvent {
  readonly kind: 'created' | 'covered'
  readonly reserve: string
  readonly amount: bigint
}

/** In units of the reserve's asset. */
export interface RealisedDeficit {
  readonly created: bigint
  readonly covered: bigint
  /** Created less covered: the reserve's `getReserveDeficit` if the events are complete from its first on. */
  readonly outstanding: bigint
  /** Covered over created, 0 to 1; null where nothing was created. */
  readonly coveredShare: number | null
}

export function realisedDeficits(events: readonly DeficitEvent[]): ReadonlyMap<string, RealisedDeficit> {
  const sums = new Map<string, { readonly created: bigint; readonly covered: bigint }>()
  for (const { kind, reserve, amount } of events) {
    const so = sums.get(reserve) ?? { created: 0n, covered: 0n }
    sums.set(reserve, { ...so, [kind]: so[kind] + amount })
  }
  return new Map([...sums].map(([reserve, sum]) => [reserve, { ...sum, ...rest(sum) }]))
}

const rest = ({ created, covered }: { readonly created: bigint; readonly covered: bigint }) => ({
  outstanding: created - covered,
  coveredShare: shareOf(covered, created),
})

/** One reserve of Umbrella, all in one unit. */
export interface Insurance {
  /** `deficitOffset`: what the treasury bears before stakers do. */
  readonly offset: bigint
  /** Stake that may be slashed for this reserve. */
  readonly slashable: bigint
  /** Of a simulated fall, with what is outstanding already. */
  readonly deficit: bigint
}

/** (offset + slashable stake) / deficit; at least 1: covered. Null where there is no deficit to cover. */
export function insuranceCover({ offset, slashable, deficit }: Insurance) {
  const available = offset + slashable
  return {
    ratio: shareOf(available, deficit),
    shortfall: deficit > available ? deficit - available : 0n,
    slashed: deficit > offset ? bounded(deficit - offset, slashable) : 0n,
  }
}

const bounded = (value: bigint, most: bigint): bigint => (value < most ? value : most)
