import type { Hex } from 'viem'
import { mulDivFloor } from '../../core/math.ts'
import type { Quote, Seizure } from '../../core/plan.ts'
import type { Facts } from '../../core/types.ts'
import { liquidationGas, nextBaseFee } from './gas.ts'

export interface AssumedTerms {
  /** Basis points of the oracle's value that the sale of the collateral loses, fees included. */
  readonly slippageBps: number
  readonly priorityFeeWei: bigint
  readonly nativePriceUsd8: bigint
  /** Base currency for a whole unit of the collateral, and its decimals. */
  readonly collateralPriceUsd8: bigint
  readonly collateralDecimals: number
}

/** Gas of one swap through two pools. */
const SWAP_GAS = 200_000n
const NO_PATH: Hex = '0x'

/** For where nobody was asked: the collateral sold at the oracle's price less a share, whatever its size. */
export function assumedQuote(seizure: Seizure, facts: Facts, terms: AssumedTerms): Quote {
  const isSame = seizure.collateralAsset === seizure.debtAsset
  const valueUsd8 = mulDivFloor(
    seizure.collateralSeized,
    terms.collateralPriceUsd8,
    10n ** BigInt(terms.collateralDecimals),
  )
  const kept = mulDivFloor(valueUsd8, BigInt(10_000 - terms.slippageBps), 10_000n)
  return {
    seizure,
    path: NO_PATH,
    amountOut: isSame
      ? seizure.collateralSeized
      : mulDivFloor(kept, 10n ** BigInt(seizure.debtDecimals), seizure.debtPriceUsd8),
    gas: isSame ? liquidationGas(seizure) : liquidationGas(seizure) + SWAP_GAS,
    gasPriceWei: nextBaseFee(facts) + terms.priorityFeeWei,
    l1FeeWei: 0n,
    nativePriceUsd8: terms.nativePriceUsd8,
  }
}
