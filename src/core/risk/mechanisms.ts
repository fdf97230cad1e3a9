/**
 * One book under one set of rules (row 20): a shock, then calls until nobody is left whom the rules let anybody call, at the shocked
 * prices. Nothing is sold and no price moves on, so that only the rules differ. Base currency, 8 decimals, at the oracle's prices.
 */
import type { Address } from 'viem'
import type { Book } from '../book.ts'
import { cascade } from './cascade.ts'
import { sum, volumeOf } from './multiplier.ts'

export interface Outcome {
  /** Health below 1 after the shock. */
  readonly liquidatable: number
  readonly calls: number
  /** The protocol's fee included. */
  readonly seizedBase: bigint
  /** Seized less repaid: bonus and fee. */
  readonly borrowersLossBase: bigint
  /** Received less repaid; gas and slippage are not in it. */
  readonly liquidatorsProfitBase: bigint
  /** Debt that no collateral backs any more, burnt or left. */
  readonly badDebtBase: bigint
}

export function outcomeOf(book: Book, factors: ReadonlyMap<Address, bigint>): Outcome {
  const { rounds, left } = cascade(book, undefined, { factors, kappaWad: 0n })
  const calls = rounds.flatMap((round) => round.calls)
  const [seized, repaid] = [sum(rounds, volumeOf), sum(calls, ({ repaidBase }) => repaidBase)]
  return {
    liquidatable: rounds[0]?.liquidatable ?? left.accounts,
    calls: calls.length,
    seizedBase: seized,
    borrowersLossBase: seized - repaid,
    liquidatorsProfitBase: sum(calls, ({ receivedBase }) => receivedBase) - repaid,
    badDebtBase: sum(calls, ({ badDebtBase }) => badDebtBase),
  }
}
