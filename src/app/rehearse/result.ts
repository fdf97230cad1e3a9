import type { Address } from 'viem'
import type { Plan, RefusalReason } from '../../core/plan.ts'
import type { ForkExecution } from '../fork-stage.ts'

/** Integers of the chain are decimal strings; USD and base currency have 8 decimals, health 18. */
export interface AccountResult {
  readonly address: Address
  /** As the account stands at the block. */
  readonly debtBase: string
  readonly collateralBase: string
  readonly healthFactor: string
  /** One a push; the second only where the first brought no liquidation. */
  readonly attempts: readonly Attempt[]
  /** Of the last attempt; `unmoved`: no price of its own brings the account under. */
  readonly outcome: Attempt['outcome'] | 'unmoved'
}

export interface Attempt {
  /** What health was pushed below. */
  readonly target: string
  /** Null where the account was under already. */
  readonly move: Move | null
  readonly healthFactor: string
  readonly debtBase: string
  readonly collateralBase: string
  readonly outcome: 'ok' | 'refused' | 'failed'
  readonly reason: FailureReason | RefusalReason | null
  /** The decoded revert, or the refusal's own words. */
  readonly detail: string
  /** Of the plan, else of the best call that the rules allow. */
  readonly pair: Pair | null
  /** As planned from mirror and quotes. */
  readonly predicted: Amounts | null
  /** Profit as the node simulates it at the block of execution, which is what the live journal predicts. */
  readonly simulatedProfit: string | null
  readonly executed: Amounts | null
  /** Pairs that were asked for and that no venue quotes. */
  readonly unserved: readonly Pair[]
}

/** `simulation-reverted` is one too, though the live loop tells it as a refusal. */
export type FailureReason = 'not-flagged' | 'reverted'

export interface Move {
  readonly symbol: string
  readonly direction: 'fall' | 'rise'
  readonly source: Address
  readonly fromUsd8: string
  readonly toUsd8: string
}

export interface Pair {
  readonly collateralAsset: Address
  readonly debtAsset: Address
}

export interface Amounts {
  /** Debt asset. */
  readonly profit: string
  readonly profitUsd8: string
  readonly debtCovered: string
  readonly collateralSeized: string
  readonly gas: string
  /** Gas and L1 fee, wei. */
  readonly feeWei: string
}

export function predictedAmounts({ quote, profit, grossUsd8 }: Plan): Amounts {
  const { seizure, gas, gasPriceWei, l1FeeWei } = quote
  return {
    profit: `${profit}`,
    profitUsd8: `${grossUsd8}`,
    debtCovered: `${seizure.debtCovered}`,
    collateralSeized: `${seizure.collateralSeized}`,
    gas: `${gas}`,
    feeWei: `${gas * gasPriceWei + l1FeeWei}`,
  }
}

export function executedAmounts({ quote }: Plan, done: ForkExecution): Amounts {
  const { debtPriceUsd8, debtDecimals } = quote.seizure
  return {
    profit: `${done.profit}`,
    profitUsd8: `${(done.profit * debtPriceUsd8) / 10n ** BigInt(debtDecimals)}`,
    debtCovered: `${done.debtCovered}`,
    collateralSeized: `${done.collateralSeized}`,
    gas: `${done.gasUsed}`,
    feeWei: `${done.gasUsed * done.effectiveGasPriceWei + done.l1FeeWei}`,
  }
}
