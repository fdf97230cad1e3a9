import {
  mulDivCeil,
  percentDiv,
  percentDivCeil,
  percentDivFloor,
  percentMul,
  percentMulCeil,
  percentMulFloor,
  rayMulCeil,
  rayMulFloor,
} from '../../core/math.ts'

type Rounding = (a: bigint, b: bigint) => bigint

/** What differs between revisions of the pool: one readable row each, named after the step in the contracts. */
export interface Rules {
  readonly id: string
  readonly revision: bigint
  /** aToken balance from scaled balance and index (TokenMath.getATokenBalance). */
  readonly aTokenBalance: Rounding
  /** Debt from scaled debt and index (TokenMath.getVTokenBalance). */
  readonly vTokenBalance: Rounding
  /**
   * Both of these are strictly monotone in the scaled balance (a floor or a ceil at an index of one ray or more), so that
   * events, which tell balances, determine scaled balances. Not so where balances round half up (until 3.4).
   */
  readonly balancesAreExact: boolean
  /** Value of a debt in base currency: amount, price, unit. */
  readonly debtInBase: (amount: bigint, price: bigint, unit: bigint) => bigint
  /** LiquidationLogic._calculateAvailableCollateralToLiquidate: most collateral for a debt. */
  readonly maxCollateral: Rounding
  /** The same: the debt needed when the collateral caps. */
  readonly debtNeeded: Rounding
  /** The same: the collateral without its bonus, from which the protocol fee is taken. */
  readonly withoutBonus: Rounding
  readonly protocolFee: Rounding
  /** Whether a price oracle sentinel must consent at health ≥ 0.95. */
  readonly sentinel: boolean
}

const v36: Rules = {
  id: 'aave-v3.6',
  revision: 10n,
  aTokenBalance: rayMulFloor,
  vTokenBalance: rayMulCeil,
  balancesAreExact: true,
  debtInBase: mulDivCeil,
  maxCollateral: percentMul,
  debtNeeded: percentDivCeil,
  withoutBonus: percentDiv,
  protocolFee: percentMul,
  sentinel: true,
}

const v37: Rules = {
  ...v36,
  id: 'aave-v3.7',
  revision: 11n,
  maxCollateral: percentMulFloor,
  withoutBonus: percentDivFloor,
  protocolFee: percentMulCeil,
  sentinel: false,
}

/** Every rule set that is known here. */
export const RULES: readonly Rules[] = [v36, v37]

/** By configuration (`rules: <id>`) or, with `auto`, by `Pool.POOL_REVISION()`. Undefined: nobody here knows. */
export const rulesFor = (configured: string, revision: bigint): Rules | undefined =>
  configured === 'auto' ? RULES.find((r) => r.revision === revision) : RULES.find((r) => r.id === configured)

/** LiquidationLogic's constants (3.3 on). Base currency: 8 decimals; health: 18. */
export const CLOSE_FACTOR_HF_THRESHOLD = 950_000_000_000_000_000n
export const DEFAULT_LIQUIDATION_CLOSE_FACTOR_BPS = 5_000n
export const MIN_BASE_MAX_CLOSE_FACTOR_THRESHOLD = 2_000n * 10n ** 8n
export const MIN_LEFTOVER_BASE = 1_000n * 10n ** 8n
export const HEALTH_FACTOR_LIQUIDATION_THRESHOLD = 10n ** 18n
/** ValidationLogic: from here up a sentinel must consent. */
export const MINIMUM_HEALTH_FACTOR_LIQUIDATION_THRESHOLD = 950_000_000_000_000_000n
