import type { Ledger } from '../../core/ledger.ts'
import { keyOf, ticksOf } from './cells.ts'
import { Curve } from './curve.ts'
import type { Ticks } from './stops.ts'

interface Kept {
  /** Of the ledger, when the ticks were last looked at. */
  version: number
  readonly ticks: Ticks
  down: Curve | undefined
  up: Curve | undefined
}

/**
 * Curves are kept until liquidity is added or removed. Whether it was is seen from the ticks themselves, so that no order of
 * pages and rollbacks can leave an old curve standing.
 */
export class Curves {
  readonly #kept = new WeakMap<Ledger, Map<number, Kept>>()

  of(ledger: Ledger, pool: number, zeroForOne: boolean): Curve {
    const kept = this.#current(ledger, pool)
    if (zeroForOne) {
      kept.down ??= new Curve(true, keyOf(ledger, pool), kept.ticks)
      return kept.down
    }
    kept.up ??= new Curve(false, keyOf(ledger, pool), kept.ticks)
    return kept.up
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
    const fresh: Kept = { version, ticks, down: undefined, up: undefined }
    pools.set(pool, fresh)
    return fresh
  }
}

const isSame = (a: Ticks, b: Ticks): boolean =>
  a.index.length === b.index.length &&
  a.index.every((tick, i) => tick === b.index[i] && a.liquidityNet[i] === b.liquidityNet[i])
