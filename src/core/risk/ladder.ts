/**
 * The ladder of one group (row 2): who becomes liquidatable as its price falls, or, for those who owe it, rises. The factor on
 * the group's price at which an account's health is 1 is λ = (D_o − A_o) / (A_g − D_g) = 1 − (A − D) / (A_g − D_g), where A is
 * collateral × threshold, D debt, g the group and o the rest; A_g > D_g: long, reached by a fall; A_g < D_g: short, by a rise.
 * Whoever the group does not move stands in no ladder of it.
 *
 * Every value is at the price at which its account is reached (of those below 1 already: the present price), in dollars, as
 * floats. Three columns, each at most the next: what one call takes, what calls take until health is 1 again, all collateral. At
 * that price health is 1, so that calls repay half, all only of small positions; a jump past it takes more (`cascade`). Bad debt
 * is Σ max(0, D − Σ Cᵢ/(1+bᵢ)). Source: risk.md rows 1, 2, 8; DefiLlama and Block Analitica publish the first column.
 */
import type { Address } from 'viem'
import { Lowest } from '../lowest.ts'
import type { Closing } from '../row-terms.ts'
import type { AccountId } from '../types.ts'
import type { LadderPoint, RungSums } from './answers.ts'
import { seize } from './calls.ts'
import { Holdings } from './holdings.ts'
import { type Portrait, rulesUnknown, slopeOf } from './portrait.ts'

export type Side = 'fall' | 'rise'

/** Rungs of one per cent up to here. */
const MOST_PCT = 50
export const POINTS_PCT = [1, 2, 5, 10, 15, 20, 30, 50] as const
/** One account with so much of a rung's collateral is a cliff. */
const CLIFF_SHARE = 0.25
/** What is near, told more closely: up to this move. */
const NEAR_PCT = 10

export interface LadderRung extends RungSums {
  readonly fromPct: number
  readonly toPct: number
  readonly cliff: { readonly account: AccountId; readonly share: number } | undefined
}

export interface Ladder {
  /** Below 1 at the present price, and long of the group (`rise`: short). */
  readonly now: RungSums
  readonly rungs: readonly LadderRung[]
  /** Those of `now`, and of every rung up to `fallPct`. */
  readonly points: readonly LadderPoint[]
  /** Largest collateral first, with λ: above 1 of those below 1 (`rise`: below 1). */
  readonly largest: readonly { readonly account: AccountId; readonly factor: number }[]
  /** Until the price has moved by 10 %. */
  readonly near: Near
}

/** Base units. */
export interface Near {
  /** Of each account reached, `now` among them. */
  readonly collateralBase: Float64Array
  /** What the sequences take from each reserve, in the market's order, at present prices: a reserve runs out of amounts. */
  readonly seizedBase: Float64Array
}

/** Columns of sums by bin: 0 is `now`, 1… the rungs. */
const FIELDS = 6
const BINS = MOST_PCT + 1
const USD8 = 1e8

/** `largest`: so many accounts are named. Two passes over everybody, and a closer look at those reached. */
export function ladderOf(portrait: Portrait, root: Address, side: Side, largest: number): Ladder {
  const { closing } = portrait.terms
  if (closing === undefined) throw rulesUnknown(portrait)
  const climb = new Climb(portrait, root, largest)
  const { credit, debit, size } = portrait
  const slope = slopeOf(portrait, root)
  const sign = side === 'fall' ? 1 : -1
  for (let account = 0; account < size; account++) {
    const debt = debit[account] as number
    const pull = sign * (slope[account] as number)
    // Comparisons with NaN are false: accounts without a price are left out here.
    if (!(debt > 0 && pull > 0)) continue
    const margin = (credit[account] as number) - debt
    const pct = (100 * margin) / pull
    if (pct <= MOST_PCT) climb.add(account, pct, sign, margin < 0 ? (credit[account] as number) / debt : 1, closing)
  }
  return climb.ladder(
    (account) => 1 - ((credit[account] as number) - (debit[account] as number)) / (slope[account] as number),
  )
}

/** The sums while they grow. */
class Climb {
  readonly #holdings: Holdings
  readonly #moved: Float64Array
  readonly #sums = new Float64Array(BINS * FIELDS)
  readonly #tallest = new Float64Array(BINS)
  readonly #owner = new Int32Array(BINS)
  readonly #largest: Lowest
  readonly #near: number[] = []
  readonly #seizedBase: Float64Array
  #isNear = false
  /** On the group's price, where the account is looked at. */
  #factor = 1

  constructor(portrait: Portrait, root: Address, largest: number) {
    this.#holdings = new Holdings(portrait)
    this.#moved = portrait.moves(root)
    this.#largest = new Lowest(Math.min(largest, portrait.size))
    this.#seizedBase = new Float64Array(portrait.reserves.length)
  }

  /** `pct`: the move that reaches it; below 0 (health below 1): the account is looked at where it is. */
  add(account: AccountId, pct: number, sign: number, health: number, closing: Closing): void {
    const bin = health < 1 ? 0 : Math.max(1, Math.ceil(pct))
    this.#factor = health < 1 ? 1 : 1 - (sign * pct) / 100
    this.#holdings.read(account, this.#moved, this.#factor)
    const { collateral, debt, repayable } = this.#holdings.sums()
    this.#isNear = bin <= NEAR_PCT
    if (this.#isNear) this.#near.push(collateral)
    const { oneCall, sequence } = seize(this.#holdings, closing, health, this.#onSeized)
    const badDebt = Math.max(0, debt - repayable)
    for (const [field, value] of [1, collateral, oneCall, sequence, debt, badDebt].entries())
      this.#sums[bin * FIELDS + field] = (this.#sums[bin * FIELDS + field] as number) + value
    this.#largest.offer(account, -collateral, Number.POSITIVE_INFINITY)
    if (collateral <= (this.#tallest[bin] as number)) return
    this.#tallest[bin] = collateral
    this.#owner[bin] = account
  }

  readonly #onSeized = (collateral: number, base: number): void => {
    const reserve = this.#holdings.reserve(collateral)
    if (!this.#isNear || reserve < 0) return
    const isMoved = this.#moved[this.#holdings.column[collateral] as number] === 1
    this.#seizedBase[reserve] = (this.#seizedBase[reserve] as number) + (isMoved ? base / this.#factor : base)
  }

  ladder(factorOf: (account: AccountId) => number): Ladder {
    return {
      now: this.#sumsOf(0, 0),
      rungs: Array.from({ length: MOST_PCT }, (_, i) => this.#rung(i + 1)),
      points: POINTS_PCT.map((fallPct) => ({ fallPct, ...this.#sumsOf(0, fallPct) })),
      largest: this.#largest.ordered().map((account) => ({ account, factor: factorOf(account) })),
      near: { collateralBase: Float64Array.from(this.#near), seizedBase: this.#seizedBase },
    }
  }

  #rung(bin: number): LadderRung {
    const sums = this.#sumsOf(bin, bin)
    const share = (this.#tallest[bin] as number) / USD8 / sums.collateralUsd
    const cliff = share >= CLIFF_SHARE ? { account: this.#owner[bin] as number, share } : undefined
    return { fromPct: bin - 1, toPct: bin, ...sums, cliff }
  }

  /** Of the bins from the first to the last, both among them. */
  #sumsOf(first: number, last: number): RungSums {
    const sum = (field: number): number => {
      let total = 0
      for (let bin = first; bin <= last; bin++) total += this.#sums[bin * FIELDS + field] as number
      return total
    }
    return {
      accounts: sum(0),
      collateralUsd: sum(1) / USD8,
      oneCallUsd: sum(2) / USD8,
      sequenceUsd: sum(3) / USD8,
      debtUsd: sum(4) / USD8,
      badDebtUsd: sum(5) / USD8,
    }
  }
}
