import type { Address, Hex } from 'viem'
import type { Plan, Seizure } from '../../core/plan.ts'
import type { Liquidated, Terms } from '../../core/protocol.ts'
import type { Facts } from '../../core/types.ts'

/** What an executor must know of a market. */
export interface Marketplace {
  /** Our Liquidator; undefined where none is deployed. */
  readonly contract: Address | undefined
  encode(seizure: Seizure, terms: Terms): Hex
  /** Liquidations by anybody in a page. */
  liquidations(facts: Facts): readonly Liquidated[]
}

/** Calldata of a plan. */
export const calldata = (market: Marketplace, { quote, minProfit, deadline }: Plan): Hex =>
  market.encode(quote.seizure, { path: quote.path, minProfit, deadline })
