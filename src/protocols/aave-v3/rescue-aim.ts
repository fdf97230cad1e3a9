import type { Ledger } from '../../core/ledger.ts'
import { mulDivCeil, mulDivFloor } from '../../core/math.ts'
import type { KnownForRescue, Portion } from '../../core/protocol.ts'
import { healthFactor, type Position, type Positions, totalsOf } from './health.ts'
import type { Moment } from './moment.ts'

/** A position, and the health it is to reach. */
export interface Aim {
  readonly ledger: Ledger
  readonly moment: Moment
  readonly held: Positions
  /** 18 decimals. */
  readonly target: bigint
  readonly known: KnownForRescue
}

/** What is done with one side of a reserve; amounts in its smallest unit. */
interface Move {
  readonly of: Position
  readonly amount: bigint
}

/** Everything that a way out may do to a position, all of it at one timestamp. */
interface Moves {
  readonly repaid?: Move
  readonly added?: Move
  readonly taken?: Move
}

/** The health after these moves as the pool books them. */
export function healthAfter({ moment, held }: Aim, { repaid, added, taken }: Moves): bigint {
  const { rules } = moment
  const collaterals = held.collaterals.map((one) => {
    if (added?.of !== one && taken?.of !== one) return one
    const { normalizedIncome, unit } = one.reserve
    const more = added?.of === one ? rules.toScaled(added.amount, normalizedIncome) : 0n
    const less = taken?.of === one ? burned(taken.amount, one, moment) : 0n
    const balance = rules.aTokenBalance(one.scaled + more - less, normalizedIncome)
    return { ...one, valueBase: mulDivFloor(balance, one.priceUsd8, unit) }
  })
  const debts = held.debts.map((one) => {
    if (repaid?.of !== one) return one
    const { normalizedDebt, unit } = one.reserve
    const left = repaid.amount >= owedOf(one) ? 0n : one.scaled - rules.toScaled(repaid.amount, normalizedDebt)
    const owed = rules.vTokenBalance(left, normalizedDebt) + one.stable
    return { ...one, valueBase: rules.debtInBase(owed, one.priceUsd8, unit) }
  })
  return healthFactor(moment, totalsOf({ collaterals, debts }))
}

/** Scaled shares that a withdrawal burns: all of them with the whole balance. */
const burned = (amount: bigint, { amount: balance, scaled, reserve }: Position, { rules }: Moment): bigint =>
  amount >= balance ? scaled : rules.toBurned(amount, reserve.normalizedIncome)

/** What can be repaid: the debt at the variable rate. */
export const owedOf = ({ amount, stable }: Position): bigint => amount - stable

export const portion = ({ asset, symbol, decimals, priceUsd8, reserve }: Position, amount: bigint): Portion => ({
  asset,
  symbol,
  decimals,
  amount,
  valueBase: mulDivCeil(amount, priceUsd8, reserve.unit),
})

/**
 * The amount with which `reaches` holds and with one unit less does not, found from a guess that is close; undefined when
 * nothing up to `most` does. Where health is not monotone in the amount (an average threshold is floored until 3.4) there
 * may be several such amounts, a few units of base currency apart.
 */
export function least(reaches: (amount: bigint) => boolean, guess: bigint, most: bigint): bigint | undefined {
  if (most <= 0n) return undefined
  let short = 0n
  let enough = guess < 1n ? 1n : guess > most ? most : guess
  for (let step = 1n; !reaches(enough); step *= 2n) {
    if (enough === most) return undefined
    short = enough
    enough = enough + step > most ? most : enough + step
  }
  for (let step = 1n; enough - step > short; step *= 2n) {
    if (!reaches(enough - step)) {
      short = enough - step
      break
    }
    enough -= step
  }
  while (enough - short > 1n) {
    const middle = (short + enough) / 2n
    if (reaches(middle)) enough = middle
    else short = middle
  }
  return enough
}
