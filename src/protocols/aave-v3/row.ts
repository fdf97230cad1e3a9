import type { Ledger } from '../../core/ledger.ts'
import type { AccountId, Entry } from '../../core/types.ts'
import {
  COLLATERAL,
  configurationCell,
  DEBT,
  flags,
  reserveIds,
  type Side,
  scaledCell,
  userEModeCell,
} from './cells.ts'
import { collateralTerms, unitOf } from './health.ts'

export const column = (id: number, side: Side): number => id * 2 + side

/** What gives rows their weights and is the same for all accounts. By reserve id; a dropped one leaves a hole. */
export interface Shape {
  /** Smallest units in a whole one. */
  readonly units: readonly (number | undefined)[]
  /** Liquidation threshold of an account in an eMode category (0: none) as a factor. */
  thresholds(category: number): readonly (number | undefined)[]
}

/** The shape of each ledger as it is now: a page that touches a thousand accounts makes it once. */
export class Shapes {
  readonly #known = new WeakMap<Ledger, { readonly version: number; readonly shape: Shape }>()

  of(ledger: Ledger): Shape {
    const { version } = ledger
    const known = this.#known.get(ledger)
    if (known?.version === version) return known.shape
    const shape = shapeOf(ledger)
    this.#known.set(ledger, { version, shape })
    return shape
  }
}

function shapeOf(ledger: Ledger): Shape {
  const ids = reserveIds(ledger)
  const units: number[] = []
  for (const id of ids) units[id] = Number(unitOf(ledger, id))
  const known = new Map<number, number[]>()
  const thresholds = (category: number): readonly number[] => {
    const found = known.get(category) ?? []
    if (known.has(category)) return found
    for (const id of ids) found[id] = Number(collateralTerms(ledger, id, category).lt) / 1e4
    known.set(category, found)
    return found
  }
  return { units, thresholds }
}

/** Whole scaled units: + collateral × threshold, − debt. An account without debt has no row. */
export function row(ledger: Ledger, account: AccountId, { units, thresholds }: Shape): Entry[] {
  const flagged = flags(ledger.get(configurationCell(account)))
  if (!flagged.some(({ id, borrowing }) => borrowing && units[id] !== undefined)) return []
  const factors = thresholds(Number(ledger.get(userEModeCell(account))))
  const entries: Entry[] = []
  for (const { id, borrowing, collateral } of flagged) {
    const unit = units[id]
    const factor = factors[id]
    if (unit === undefined || factor === undefined) continue
    const weigh = (side: Side, by: number): void => {
      const weight = (Number(ledger.get(scaledCell(account, id, side))) / unit) * by
      if (weight !== 0) entries.push({ column: column(id, side), weight })
    }
    if (collateral) weigh(COLLATERAL, factor)
    if (borrowing) weigh(DEBT, -1)
  }
  return entries
}
