import type { Ledger } from '../../core/ledger.ts'
import { keyOf, ticksOf } from './cells.ts'
import { Curve } from './curve.ts'
import type { Ticks } from './stops.ts'

interface Kept {
  /** Of the ledger, when the ticks were last looked at. */
  version: number
  readonly ticks: Ticks
  /** The direction that was asked for first; it keeps the other. */
  curve: Curve | undefined
}

/**
 * Curves are kept until liquidity is added or removed. Whether it was is seen from the ticks themselves, so that no order of
 * pages and rollbacks can leave an old curve standing.
 */
export class Curves {
  readonly #kept = new WeakMap<Ledger, Map<number, Kept>>()

  of(ledger: Ledger, pool: number, zeroForOne: boolean): Curve {
    const kept = this.#current(ledger, pool)
    kept.curve ??= new Curve(zeroForOne, keyOf(ledger, pool), kept.ticks)
    return kept.curve.zeroForOne === zeroForOne ? kept.curve : kept.curve.reversed
  }

  #current(ledger: Ledger, pool: number): Kept {
    const pools = this.#kept.get(ledger) ?? new Map<number, Kept>()
    this.#kept.set(ledger, pools)
    const kept = pools.get(pool)
    const { version } = ledger
    if (kept?.version === version) return kept
    const ticks = ticksOf(ledger, pool)
    if (kept !== undefined && isSame(kept.ticks, ticks)) {
      kept.version = version
      return kept
    }
    const fresh: Kept = { version, ticks, curve: undefined }
    pools.set(pool, fresh)
    return fresh
  }
}

const isSame = (a: Ticks, b: Ticks): boolean =>
  a.index.length === b.index.length &&
  a.index.every((tick, i) => tick === b.index[i] && a.liquidityNet[i] === b.liquidityNet[i])
