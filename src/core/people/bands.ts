import type { Sheet } from '../sheet.ts'
import type { AccountId } from '../types.ts'
import { FREE, type Guard, healthAtDistance } from './guard.ts'

/** Wider than the floats' own error, and than the rounding of a health that was computed in steps. */
export const MARGIN = 1.000001

/**
 * For every account three bounds on credit ÷ debit and on debit, between which no rule can speak: the loop that finds who left
 * theirs is a second screen. A bound only ever lets too many through: the exact look decides. What it is widened by: the
 * relative margin above, and the grain of the contract's rounding in base units.
 */
export class Bands {
  /** A look is due when credit ÷ debit is below. −1: never. */
  #low = new Float64Array(0)
  /** … when it is at or above. 0: after every page. */
  #high = new Float64Array(0)
  /** … when debit is at or above. */
  #most = new Float64Array(0)
  /** Of those with bounds on the distance as well, which is no function of credit ÷ debit. */
  readonly #zones = new Map<AccountId, Guard>()
  #size = 0
  #rest = FREE.near

  /** As if nothing were known of anybody: a look is due below this health. */
  reset(rest: number): void {
    this.#rest = rest
    this.#zones.clear()
    this.#low.fill(rest * MARGIN)
    this.#high.fill(FREE.far)
    this.#most.fill(FREE.most)
  }

  /** Room for accounts that are new, at rest. */
  grow(size: number): void {
    if (size > this.#low.length) {
      const capacity = Math.ceil(size * 1.25)
      this.#low = widen(capacity, this.#low, this.#rest * MARGIN)
      this.#high = widen(capacity, this.#high, FREE.far)
      this.#most = widen(capacity, this.#most, FREE.most)
    }
    this.#size = size
  }

  /** Nothing is known of this one: a look is due below this health, and below that of everybody. */
  rest(account: AccountId, near: number): void {
    this.#write(account, Math.max(near, this.#rest), FREE.far, FREE.most)
    this.#zones.delete(account)
  }

  /** `isTight`: the row cannot say less health than there is. */
  set(account: AccountId, guard: Guard, isTight: boolean): void {
    const isMeasured = guard.close > FREE.close || guard.wide < FREE.wide
    const near = guard.close > FREE.close ? Math.max(guard.near, healthAtDistance(guard.close)) : guard.near
    // A distance may grow whatever health does: as long as one is latched, the zone is asked after every page.
    const isAlways = guard.wide < FREE.wide || (!isTight && guard.far < FREE.far)
    this.#write(account, near, isAlways ? 0 : guard.far, guard.most)
    if (isMeasured) this.#zones.set(account, guard)
    else this.#zones.delete(account)
  }

  /** Whom the first bounds let through only because of the distance, and what they say. */
  zone(account: AccountId): Guard | undefined {
    return this.#zones.get(account)
  }

  /** Everybody is looked at below this health, whatever was known of them. */
  raise(near: number): void {
    this.#rest = Math.max(this.#rest, near)
    const low = near * MARGIN
    for (let i = 0; i < this.#low.length; i++) if ((this.#low[i] as number) < low) this.#low[i] = low
    for (const [account, guard] of this.#zones) this.#zones.set(account, { ...guard, near: Math.max(guard.near, near) })
  }

  /**
   * Who left their band, into `into`; returns how many. `grain`: base units by which a sum may be wrong. Without debt nobody is
   * below anything, but a latch opens; a sum that is not a number compares as false and stays silent.
   */
  left({ credit, debit }: Sheet, grain: number, into: Int32Array): number {
    const [low, high, most, size] = [this.#low, this.#high, this.#most, this.#size]
    let count = 0
    for (let i = 0; i < size; i++) {
      const plus = credit[i] as number
      const minus = debit[i] as number
      if (
        (minus > 0 && plus - grain < (low[i] as number) * (minus + grain)) ||
        plus + grain >= (high[i] as number) * minus - (high[i] as number) * grain ||
        minus + grain >= (most[i] as number)
      )
        into[count++] = i
    }
    return count
  }

  #write(account: AccountId, near: number, far: number, most: number): void {
    this.#low[account] = near * MARGIN
    this.#high[account] = far / MARGIN
    this.#most[account] = most
  }
}

function widen(capacity: number, from: Float64Array, rest: number): Float64Array<ArrayBuffer> {
  const into = new Float64Array(capacity).fill(rest)
  into.set(from)
  return into
}

/** Whether a guard's bounds on health and debt alone call for a look: those of `Bands.left`, for one account. */
export const isOutside = (
  { near, far, most }: Guard,
  { credit, debit }: { readonly credit: number; readonly debit: number },
  grain: number,
): boolean =>
  (debit > 0 && credit - grain < near * MARGIN * (debit + grain)) ||
  credit + grain >= (far / MARGIN) * debit - (far / MARGIN) * grain ||
  debit + grain >= most
