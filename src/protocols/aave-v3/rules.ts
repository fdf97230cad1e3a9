import {
  mulDivCeil,
  mulDivFloor,
  PERCENTAGE_FACTOR,
  percentDiv,
  percentDivCeil,
  percentDivFloor,
  percentMul,
  percentMulCeil,
  percentMulFloor,
  rayDiv,
  rayDivCeil,
  rayDivFloor,
  rayMul,
  rayMulCeil,
  rayMulFloor,
  UINT256_MAX,
  wadDiv,
} from '../../core/math.ts'
import { calculateCompoundedInterest, calculateCompoundedInterestUntil33, type Interest } from './interest.ts'

type Rounding = (a: bigint, b: bigint) => bigint
/** Health, 18 decimals, from Σ value × threshold (basis points), total collateral and total debt above 0. */
type Health = (weighted: bigint, collateralBase: bigint, debtBase: bigint) => bigint

/** What differs between revisions of the pool: one readable row each, named after the step in the contracts. */
export interface Rules {
  readonly id: string
  /** Answers of `Pool.POOL_REVISION()` that mean this row under `auto`; none where a fork reuses numbers. */
  readonly revisions: readonly bigint[]

  /** How eMode is told: a category in each reserve, which may have a price of its own, or bitmaps in each category. */
  readonly eMode: 'category' | 'bitmaps'
  /** `getEModeCategoryLtvzeroBitmap` decides on LTV in eMode; before, a reserve's own LTV of 0 did. */
  readonly ltvzeroBitmap: boolean
  /** `getIsEModeCategoryIsolated`: in such a category no other collateral backs new debt. */
  readonly isolatedEMode: boolean
  /** The pool counts its own assets (`getVirtualUnderlyingBalance`); before, what lies in the aToken is what there is. */
  readonly virtualBalance: boolean
  readonly gracePeriod: boolean
  /** There is a second debt token, at a fixed rate. It is mirrored; nothing is sent against it. */
  readonly stableDebt: boolean
  /** A reserve outside of virtual accounting (GHO) has debt that only its token can tell: then nothing is known. */
  readonly foreignDebt: boolean

  /** MathUtils.calculateCompoundedInterest. */
  readonly compounded: Interest
  /** aToken balance from scaled balance and index (TokenMath.getATokenBalance). */
  readonly aTokenBalance: Rounding
  /** Debt from scaled debt and index (TokenMath.getVTokenBalance). */
  readonly vTokenBalance: Rounding
  /**
   * Both of these are strictly monotone in the scaled balance (a floor or a ceil at an index of one ray or more), so that
   * events, which tell balances, determine scaled balances. Not so where balances round half up.
   */
  readonly balancesAreExact: boolean
  /** ValidationLogic.validateSupply holds the cap against the balance of all shares; before, against what there is plus the amount. */
  readonly capCountsShares: boolean
  /** What a supply adds to a scaled balance, and a repayment takes from a scaled debt: amount, index. */
  readonly toScaled: Rounding
  /** What a withdrawal takes from a scaled balance: amount, index. */
  readonly toBurned: Rounding
  /** Value of a debt in base currency: amount, price, unit. */
  readonly debtInBase: (amount: bigint, price: bigint, unit: bigint) => bigint
  readonly health: Health
  /** Health is that of an average threshold in whole basis points: it may lose up to one of them. */
  readonly floorsThreshold: boolean
  /** Whether an enabled asset with a threshold of 0 counts in total collateral, and may be seized. */
  readonly zeroThresholdCounts: boolean
  /** GenericLogic.calculateAvailableBorrows: total collateral, LTV. */
  readonly availableBorrows: Rounding

  /** What the close factor is a share of: the debt in the chosen reserve, or all debt of the account. */
  readonly closeFactorOf: 'reserve' | 'account'
  /** Under $2,000 all may be closed, and leftovers under $1,000 are refused. */
  readonly dustRules: boolean
  /** Debt of an account whose collateral is gone is burnt; before, it stays. */
  readonly deficits: boolean
  /** LiquidationLogic._calculateAvailableCollateralToLiquidate: most collateral for a debt. */
  readonly maxCollateral: Rounding
  /** The same: the debt needed when the collateral caps. */
  readonly debtNeeded: Rounding
  /** The same: the collateral without its bonus, from which the protocol fee is taken. */
  readonly withoutBonus: Rounding
  readonly protocolFee: Rounding
  /** Pool.flashLoanSimple. */
  readonly flashPremium: Rounding
  /** Whether a price oracle sentinel must consent at health ≥ 0.95. */
  readonly sentinel: boolean
}

/** GenericLogic until 3.4: of the average threshold, which was floored. */
const healthOfAverage: Health = (weighted, collateralBase, debtBase) =>
  wadDiv(collateralBase === 0n ? 0n : percentMul(collateralBase, weighted / collateralBase), debtBase)
/** From 3.5 on: of the sum itself. */
const healthOfSum: Health = (weighted, _, debtBase) => wadDiv(weighted, debtBase) / PERCENTAGE_FACTOR

const v30: Rules = {
  id: 'aave-v3.0',
  revisions: [1n, 2n, 3n],
  eMode: 'category',
  ltvzeroBitmap: false,
  isolatedEMode: false,
  virtualBalance: false,
  gracePeriod: false,
  stableDebt: true,
  foreignDebt: false,
  compounded: calculateCompoundedInterestUntil33,
  aTokenBalance: rayMul,
  vTokenBalance: rayMul,
  balancesAreExact: false,
  capCountsShares: false,
  toScaled: rayDiv,
  toBurned: rayDiv,
  debtInBase: mulDivFloor,
  health: healthOfAverage,
  floorsThreshold: true,
  zeroThresholdCounts: false,
  availableBorrows: percentMul,
  closeFactorOf: 'reserve',
  dustRules: false,
  deficits: false,
  maxCollateral: percentMul,
  debtNeeded: percentDiv,
  withoutBonus: percentDiv,
  protocolFee: percentMul,
  flashPremium: percentMul,
  sentinel: true,
}

const v31: Rules = {
  ...v30,
  id: 'aave-v3.1',
  revisions: [4n],
  virtualBalance: true,
  gracePeriod: true,
  foreignDebt: true,
}

/** 3.2 and 3.2.1. */
const v32: Rules = { ...v31, id: 'aave-v3.2', revisions: [5n, 6n], eMode: 'bitmaps', stableDebt: false }

const v33: Rules = {
  ...v32,
  id: 'aave-v3.3',
  revisions: [7n],
  closeFactorOf: 'account',
  dustRules: true,
  deficits: true,
}

const v34: Rules = {
  ...v33,
  id: 'aave-v3.4',
  revisions: [8n],
  foreignDebt: false,
  compounded: calculateCompoundedInterest,
}

const v35: Rules = {
  ...v34,
  id: 'aave-v3.5',
  revisions: [9n],
  aTokenBalance: rayMulFloor,
  vTokenBalance: rayMulCeil,
  balancesAreExact: true,
  capCountsShares: true,
  toScaled: rayDivFloor,
  toBurned: rayDivCeil,
  debtInBase: mulDivCeil,
  health: healthOfSum,
  floorsThreshold: false,
  availableBorrows: percentMulFloor,
  debtNeeded: percentDivCeil,
  flashPremium: percentMulCeil,
}

const v36: Rules = {
  ...v35,
  id: 'aave-v3.6',
  revisions: [10n],
  ltvzeroBitmap: true,
  zeroThresholdCounts: true,
}

const v37: Rules = {
  ...v36,
  id: 'aave-v3.7',
  revisions: [11n],
  isolatedEMode: true,
  maxCollateral: percentMulFloor,
  withoutBonus: percentDivFloor,
  protocolFee: percentMulCeil,
  sentinel: false,
}

/** A fork of 3.0.2 with the balances and the health of 3.5 and the old seizure. Its revisions are numbers of its own. */
const sparklend: Rules = {
  ...v30,
  id: 'sparklend',
  revisions: [],
  aTokenBalance: rayMulFloor,
  vTokenBalance: rayMulCeil,
  toScaled: rayDivFloor,
  toBurned: rayDivCeil,
  debtInBase: mulDivCeil,
  health: healthOfSum,
  floorsThreshold: false,
}

/** Every rule set that is known here. */
export const RULES: readonly Rules[] = [v30, v31, v32, v33, v34, v35, v36, v37, sparklend]

/** `auto`, an id, or `auto` and what further revisions are: `auto, 12 = aave-v3.6`. */
interface RulesChoice {
  readonly id: string | undefined
  readonly named: ReadonlyMap<bigint, string>
}

/** Undefined when it does not have that form; ids are not looked up. */
function parseRulesChoice(text: string): RulesChoice | undefined {
  const [head = '', ...pairs] = text.split(',').map((part) => part.trim())
  const named = new Map<bigint, string>()
  for (const pair of pairs) {
    const [, revision, id] = /^(\d{1,9})\s*=\s*(\S+)$/.exec(pair) ?? []
    if (revision === undefined || id === undefined) return undefined
    named.set(BigInt(revision), id)
  }
  if (head === 'auto') return { id: undefined, named }
  return pairs.length === 0 && head !== '' ? { id: head, named } : undefined
}

/** By configuration or, with `auto`, by `Pool.POOL_REVISION()`. Undefined: nobody here knows. */
export function rulesFor(configured: string, revision: bigint): Rules | undefined {
  const choice = parseRulesChoice(configured)
  if (choice === undefined) return undefined
  const id = choice.id ?? choice.named.get(revision)
  return id === undefined ? RULES.find(({ revisions }) => revisions.includes(revision)) : RULES.find((r) => r.id === id)
}

/** What is wrong with a configured choice, in words; undefined when nothing is. */
export function strangeRules(configured: string): string | undefined {
  const choice = parseRulesChoice(configured)
  if (choice === undefined) return 'it is `auto`, the id of a rule set, or `auto` and ids of further revisions'
  const ids = [...(choice.id === undefined ? [] : [choice.id]), ...choice.named.values()]
  const stranger = ids.find((id) => !RULES.some((rules) => rules.id === id))
  return stranger && `there is no rule set "${stranger}": ${RULES.map(({ id }) => id).join(', ')}`
}

/** GenericLogic's last step; 2^256 − 1 without debt. `weighted` is Σ value × threshold in basis points. */
export const healthFactorOf = (rules: Rules, weighted: bigint, collateralBase: bigint, debtBase: bigint): bigint =>
  debtBase === 0n ? UINT256_MAX : rules.health(weighted, collateralBase, debtBase)

/** LiquidationLogic's constants (3.3 on). Base currency: 8 decimals; health: 18. */
export const CLOSE_FACTOR_HF_THRESHOLD = 950_000_000_000_000_000n
export const DEFAULT_LIQUIDATION_CLOSE_FACTOR_BPS = 5_000n
export const MIN_BASE_MAX_CLOSE_FACTOR_THRESHOLD = 2_000n * 10n ** 8n
export const MIN_LEFTOVER_BASE = 1_000n * 10n ** 8n
export const HEALTH_FACTOR_LIQUIDATION_THRESHOLD = 10n ** 18n
/** ValidationLogic: from here up a sentinel must consent. */
export const MINIMUM_HEALTH_FACTOR_LIQUIDATION_THRESHOLD = 950_000_000_000_000_000n
