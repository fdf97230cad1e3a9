/** How near a reserve is to having nothing left (row 9). */
import { knownOr, lacking, type Measure } from './measure.ts'

/** One reserve in plain figures; dollars. */
export interface ReserveFacts {
  /** What lies in it and can be taken out. */
  readonly idleUsd: number
  /** Null: not known. */
  readonly borrowedUsd: number | null
  /** Utilisation from which the interest rises steeply (`optimalUsageRatio`), 0 to 1; null: nobody asked. */
  readonly kink: number | null
  /** Collateral in it that liquidations take if prices fall by 10 %, at the prices of `idleUsd`; null: not known. */
  readonly seized10Usd: number | null
}

export interface Stress {
  /** Idle and borrowed: what depositors can claim, treasury's part and deficits aside. */
  readonly suppliedUsd: number | null
  /** Borrowed over idle and borrowed, as the pool's own rate strategy has it; null where there is neither. */
  readonly utilisation: number | null
  readonly kink: Measure
  /** Kink − utilisation: below 0 it is passed. */
  readonly distanceToKink: Measure
  /** Idle less what those liquidations take out: below 0 they revert, unless the liquidator takes aTokens. */
  readonly idleAfter10Usd: number | null
}

export function stressOf({ idleUsd, borrowedUsd, kink, seized10Usd }: ReserveFacts): Stress {
  const suppliedUsd = borrowedUsd === null ? null : idleUsd + borrowedUsd
  const utilisation = borrowedUsd === null || !suppliedUsd ? null : borrowedUsd / suppliedUsd
  return {
    suppliedUsd,
    utilisation,
    kink: knownOr(kink, 'utilisation'),
    distanceToKink:
      kink === null || utilisation === null ? lacking('utilisation') : knownOr(kink - utilisation, 'utilisation'),
    idleAfter10Usd: seized10Usd === null ? null : idleUsd - seized10Usd,
  }
}
