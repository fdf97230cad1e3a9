import type { Address, Hex } from 'viem'

interface Happened {
  readonly transactionHash: Hex
  /** Place of its event in the block. */
  readonly logIndex: number
}

/** Somebody's own doing with one asset. Values in base currency, 8 decimals, at the oracle's price of that moment, rounded down. */
export interface OwnDeed extends Happened {
  readonly kind: 'supply' | 'withdraw' | 'borrow' | 'repay'
  /** Whose position it changes, in lower case. */
  readonly account: Address
  readonly asset: Address
  readonly amount: bigint
  /** 0 also where the asset had no price. */
  readonly valueBase: bigint
  /** Of a repayment: paid with the account's own collateral in that asset, so that it is a withdrawal, too. */
  readonly withCollateral: boolean
}

export interface LiquidationDeed extends Happened {
  readonly kind: 'liquidation'
  readonly account: Address
  readonly liquidator: Address
  readonly collateralAsset: Address
  /** As the event has it: without the protocol's fee. */
  readonly collateralSeized: bigint
  readonly seizedBase: bigint
  readonly debtAsset: Address
  readonly debtCovered: bigint
  readonly coveredBase: bigint
  readonly receivesTokens: boolean
}

export interface DeficitDeed extends Happened {
  readonly kind: 'deficit-created' | 'deficit-covered'
  /** Whose debt was given up; of a covered one: who pays. */
  readonly account: Address
  readonly asset: Address
  readonly amount: bigint
  readonly valueBase: bigint
}

/** A round of a followed feed. */
export interface AnswerDeed extends Happened {
  readonly kind: 'answer'
  /** Feeds that this aggregator stands behind: groups of assets. */
  readonly roots: readonly Address[]
  /** In the feed's own decimals. */
  readonly answer: bigint
  readonly updatedAtS: number
}

/** What a page's logs say that people, liquidators and oracles did, in the order in which they did it. */
export type Deed = OwnDeed | LiquidationDeed | DeficitDeed | AnswerDeed
