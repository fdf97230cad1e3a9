import type { Address, Hex } from 'viem'
import { max, mulDivCeil, mulDivFloor } from './math.ts'
import type { AccountId } from './types.ts'

/** One liquidation call the market would accept. Amounts in the asset's smallest unit, rounded as the contract rounds. */
export interface Seizure {
  readonly borrower: Address
  readonly collateralAsset: Address
  readonly debtAsset: Address
  /** What to ask for (and to borrow): at least `debtCovered`, more when the whole debt is meant, for interest to come. */
  readonly debtToCover: bigint
  /** What the pool will take. */
  readonly debtCovered: bigint
  /** What the liquidator receives, protocol fee already off. */
  readonly collateralSeized: bigint
  readonly protocolFee: bigint
  /** Flash premium on `debtToCover`, in the debt asset. */
  readonly flashPremium: bigint
  /** Value of what is received less what is paid, at oracle prices, base currency (8 decimals). May be negative. */
  readonly grossBase: bigint
  readonly debtPriceUsd8: bigint
  readonly debtDecimals: number
}

/** An account that the exact rules call liquidatable, not sized yet: a crash makes thousands, few are tried in one block. */
export interface Unhealthy {
  readonly account: AccountId
  /** 18 decimals. */
  readonly healthFactor: bigint
  readonly totalCollateralBase: bigint
  readonly totalDebtBase: bigint
  /** About what the best call brings, in base units: a float that says whom to size first and decides nothing. */
  readonly gainBase: number
}

/** The same, sized. */
export interface Candidate {
  readonly account: AccountId
  readonly borrower: Address
  /** 18 decimals. */
  readonly healthFactor: bigint
  readonly totalCollateralBase: bigint
  readonly totalDebtBase: bigint
  /** Best first, by value at oracle prices. Empty when the rules forbid every call: see `forbidden`. */
  readonly seizures: readonly Seizure[]
  readonly forbidden: RefusalReason | undefined
}

/** The closed list of reasons (published in `docs/refusals.md`). */
export const REFUSAL_REASONS = {
  'market-quarantined': 'The mirror of this market is not trusted at the moment: nothing is sent.',
  'market-unproven': 'The mirror of this market was not yet compared with the chain.',
  'control-paused': 'An operator paused sending.',
  'denied-borrower': 'The borrower is on `denyBorrowers`.',
  'denied-asset': 'The collateral or the debt asset is on `denyAssets`.',
  'debt-too-large': 'The call would cover more than `maxDebtUsd`.',
  'reserve-inactive': 'The collateral or the debt reserve is not active.',
  'reserve-paused': 'The collateral or the debt reserve is paused.',
  'sequencer-grace': 'The price oracle sentinel does not allow liquidations above health 0.95 yet.',
  'reserve-grace': 'A liquidation grace period is running on a reserve of the account.',
  'stable-debt':
    'Part of the debt is owed at a fixed rate (pools until 3.1): it is mirrored, but never liquidated from here.',
  'no-liquidity': 'The pool does not hold enough of the collateral (or of the debt asset, for the flash loan).',
  'must-not-leave-dust': 'Every call would leave dust, which the pool refuses.',
  'nothing-to-seize': 'No collateral of the account has any value left to seize.',
  'no-contract': 'No liquidator contract is configured for this market.',
  'no-route': 'No venue quotes the collateral against the debt.',
  'gas-price': 'The base fee is above `maxGasGwei`.',
  unprofitable: 'After flash fee, protocol fee, swap, gas and L1 fee less is left than `minProfitUsd`.',
  'simulation-reverted': 'The node says that the transaction would revert.',
  'signer-balance': 'The signer cannot pay for the gas.',
  'late-quote': 'The quote took longer than the time given for it.',
  'over-limit': 'More candidates in this block than are looked at in one block: the next block gets them.',
} as const
export type RefusalReason = keyof typeof REFUSAL_REASONS

export interface Refusal {
  readonly kind: 'refusal'
  readonly borrower: Address
  readonly reason: RefusalReason
  readonly detail: string
  readonly healthFactor: bigint
}

/** What the world answered about one seizure: its way back to the debt asset and what everything costs. */
export interface Quote {
  readonly seizure: Seizure
  readonly path: Hex
  /** Debt asset received for the seized collateral. */
  readonly amountOut: bigint
  readonly gas: bigint
  /** Wei a unit of gas that we would bid. */
  readonly gasPriceWei: bigint
  /** Wei, on chains that charge for the data; else 0. */
  readonly l1FeeWei: bigint
  /** Base currency for 1e18 wei, 8 decimals. */
  readonly nativePriceUsd8: bigint
}

export interface Limits {
  readonly minProfitUsd8: bigint
  readonly maxDebtUsd8: bigint | undefined
  readonly maxGasWei: bigint | undefined
  readonly denyBorrowers: ReadonlySet<Address>
  readonly denyAssets: ReadonlySet<Address>
  /** Seconds of chain time from the head in which the call is good. */
  readonly deadlineS: bigint
}

/** Worth sending. */
export interface Plan {
  readonly kind: 'plan'
  readonly quote: Quote
  readonly healthFactor: bigint
  /** amountOut − covered − premium, in the debt asset. */
  readonly profit: bigint
  /** Least profit in the debt asset that the contract enforces: costs and `minProfitUsd`, rounded up. */
  readonly minProfit: bigint
  readonly grossUsd8: bigint
  readonly costUsd8: bigint
  readonly netUsd8: bigint
  readonly deadline: bigint
}

export const refuse = (
  { borrower, healthFactor }: Pick<Candidate, 'borrower' | 'healthFactor'>,
  reason: RefusalReason,
  detail: string,
): Refusal => ({ kind: 'refusal', borrower, reason, detail, healthFactor })

/** Refusals that need no quote: the rules of the pool and the operator's own. */
export function screenCandidate(candidate: Candidate, limits: Limits): Refusal | readonly Seizure[] {
  if (limits.denyBorrowers.has(candidate.borrower)) return refuse(candidate, 'denied-borrower', candidate.borrower)
  if (candidate.forbidden) return refuse(candidate, candidate.forbidden, '')
  const allowed = candidate.seizures.filter(
    (s) => !limits.denyAssets.has(s.collateralAsset) && !limits.denyAssets.has(s.debtAsset),
  )
  if (allowed.length === 0) return refuse(candidate, 'denied-asset', '')
  const { maxDebtUsd8 } = limits
  if (maxDebtUsd8 === undefined) return allowed
  const small = allowed.filter((s) => debtUsd8(s, s.debtCovered) <= maxDebtUsd8)
  return small.length > 0 ? small : refuse(candidate, 'debt-too-large', `limit ${maxDebtUsd8} (8 decimals)`)
}

/** The best of the quotes as a plan, or why none is worth sending. Pure; all rounding is against us. */
export function decide(candidate: Candidate, quotes: readonly Quote[], now: bigint, limits: Limits): Plan | Refusal {
  const plans = quotes.map((quote) => toPlan(candidate, quote, now, limits))
  const best = plans.reduce<Plan | undefined>((a, b) => (a !== undefined && a.netUsd8 >= b.netUsd8 ? a : b), undefined)
  if (best === undefined) return refuse(candidate, 'no-route', '')
  if (limits.maxGasWei !== undefined && best.quote.gasPriceWei > limits.maxGasWei)
    return refuse(candidate, 'gas-price', `${best.quote.gasPriceWei} wei, limit ${limits.maxGasWei}`)
  if (best.netUsd8 < limits.minProfitUsd8)
    return refuse(candidate, 'unprofitable', `net ${best.netUsd8}, costs ${best.costUsd8} (USD, 8 decimals)`)
  return best
}

function toPlan(candidate: Candidate, quote: Quote, now: bigint, limits: Limits): Plan {
  const { seizure } = quote
  const profit = quote.amountOut - seizure.debtCovered - seizure.flashPremium
  const costWei = quote.gas * quote.gasPriceWei + quote.l1FeeWei
  const costUsd8 = mulDivCeil(costWei, quote.nativePriceUsd8, 10n ** 18n)
  const grossUsd8 = debtUsd8(seizure, profit)
  const floorUsd8 = costUsd8 + max(limits.minProfitUsd8, 0n)
  return {
    kind: 'plan',
    quote,
    healthFactor: candidate.healthFactor,
    profit,
    minProfit: mulDivCeil(floorUsd8, 10n ** BigInt(seizure.debtDecimals), seizure.debtPriceUsd8),
    grossUsd8,
    costUsd8,
    netUsd8: grossUsd8 - costUsd8,
    deadline: now + limits.deadlineS,
  }
}

/** Towards minus infinity: a loss is not rounded away. */
function debtUsd8({ debtPriceUsd8, debtDecimals }: Seizure, amount: bigint): bigint {
  const unit = 10n ** BigInt(debtDecimals)
  return amount < 0n ? -mulDivCeil(-amount, debtPriceUsd8, unit) : mulDivFloor(amount, debtPriceUsd8, unit)
}
