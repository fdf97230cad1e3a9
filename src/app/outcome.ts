import { type Address, getAddress } from 'viem'
import { never } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import type { Outcome, Settled } from '../core/ports.ts'

/** An outcome as the journal keeps it: decimal strings and checksummed addresses. */
export function outcomeData(outcome: Outcome): Record<string, unknown> {
  switch (outcome.kind) {
    case 'planned':
      return planData(outcome.plan)
    case 'refusal': {
      const { borrower, reason, detail, healthFactor } = outcome
      return { borrower: getAddress(borrower), reason, detail, healthFactor }
    }
    case 'sent': {
      const { hash, nonce, predictedProfit, plan } = outcome
      return { ...planData(plan), hash, nonce, predictedProfit }
    }
    case 'lost':
      return { ...settledData(outcome), reason: outcome.reason }
    case 'confirmed':
    case 'reorged':
      return settledData(outcome)
    default:
      return never(outcome)
  }
}

function planData({
  quote,
  healthFactor,
  profit,
  minProfit,
  grossUsd8,
  costUsd8,
  netUsd8,
  deadline,
}: Plan): Record<string, unknown> {
  const { seizure } = quote
  return {
    borrower: getAddress(seizure.borrower),
    healthFactor,
    collateralAsset: getAddress(seizure.collateralAsset),
    debtAsset: getAddress(seizure.debtAsset),
    debtToCover: seizure.debtToCover,
    firstCover: seizure.firstCover,
    debtCovered: seizure.debtCovered,
    collateralSeized: seizure.collateralSeized,
    protocolFee: seizure.protocolFee,
    path: quote.path,
    profit,
    minProfit,
    grossUsd8,
    costUsd8,
    netUsd8,
    deadline,
  }
}

const checksummed = (address: Address | undefined): Address | null =>
  address === undefined ? null : getAddress(address)

function settledData(settled: Settled): Record<string, unknown> {
  const { hash, nonce, predictedProfit, profit, profitUsd8, gasUsed, feeWei } = settled
  return {
    borrower: getAddress(settled.borrower),
    hash,
    nonce,
    predictedProfit,
    profit,
    profitUsd8,
    debtAsset: getAddress(settled.debtAsset),
    gasUsed,
    feeWei,
    winner: checksummed(settled.winner),
  }
}
