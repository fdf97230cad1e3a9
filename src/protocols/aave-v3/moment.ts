import type { Address } from 'viem'
import type { Ledger } from '../../core/ledger.ts'
import { max, rayMul } from '../../core/math.ts'
import {
  configuration,
  eModeCell,
  eModeIds,
  MARKET,
  MAX_RESERVES,
  NO_PRICE,
  numberToText,
  reserveAddress,
  reserveCell,
  reserveIds,
} from './cells.ts'
import { calculateLinearInterest } from './interest.ts'
import type { Rules } from './rules.ts'

/** A reserve as it is for everybody at one moment. Rates and indices in ray, prices with 8 decimals. */
export interface ReserveNow {
  readonly id: number
  readonly asset: Address
  readonly symbol: string
  readonly decimals: number
  /** 10^decimals. */
  readonly unit: bigint
  /** Feed that moves the price. */
  readonly root: Address
  /** `NO_PRICE`: nothing is known of who holds the asset. */
  readonly price: bigint
  readonly normalizedIncome: bigint
  readonly normalizedDebt: bigint
  readonly liquidityRate: bigint
  readonly variableBorrowRate: bigint
  readonly ltv: bigint
  readonly liquidationThreshold: bigint
  readonly liquidationBonus: bigint
  readonly protocolFeeBps: bigint
  readonly active: boolean
  readonly paused: boolean
  readonly frozen: boolean
  readonly flashLoanEnabled: boolean
  readonly graceUntil: bigint
  /** What can be taken out at most. */
  readonly available: bigint
  readonly eModeCategory: number
  /** Debt that only its own token can tell (`Rules.foreignDebt`). */
  readonly hasForeignDebt: boolean
}

/** What a reserve is worth to an account in an eMode category (0: none); basis points. */
export interface Terms {
  readonly ltv: bigint
  readonly liquidationThreshold: bigint
  readonly liquidationBonus: bigint
  /** `NO_PRICE`: not known. */
  readonly price: bigint
  /** True when the category's own price stands for the reserve's. */
  readonly hasCategoryPrice: boolean
}

/** A market at one timestamp: everything that is the same for all accounts, computed once. */
export interface Moment {
  readonly rules: Rules
  readonly timestamp: bigint
  /** By reserve id; a dropped one leaves a hole. */
  readonly reserves: readonly (ReserveNow | undefined)[]
  /** By reserve id. */
  terms(category: number): readonly (Terms | undefined)[]
  /** Price that LiquidationLogic puts on every debt of an account in the category, whatever the reserve; undefined: each has its own. */
  categoryPrice(category: number): bigint | undefined
  /** Who is collateral on the terms of which category, in order: rows have columns of their own for each. */
  readonly members: readonly Member[]
  /** Place among the members; undefined: the reserve is none of the category. */
  rank(category: number, id: number): number | undefined
  /** The L2 sequencer's sentinel is there and does not consent. */
  readonly sentinelForbids: boolean
  readonly flashPremiumBps: bigint
}

/** A reserve in an eMode category. */
export interface Member {
  readonly category: number
  readonly id: number
}

interface Kept {
  readonly version: number
  readonly moment: Moment
}

/** Moments of each ledger. The last few are kept: a page asks for the same two or three again and again. */
export class Moments {
  readonly #kept = new WeakMap<Ledger, Kept[]>()

  at(ledger: Ledger, timestamp: bigint, rules: Rules): Moment {
    const { version } = ledger
    const kept = this.#kept.get(ledger) ?? []
    for (const { version: then, moment } of kept)
      if (then === version && moment.timestamp === timestamp && moment.rules === rules) return moment
    const moment = momentOf(ledger, timestamp, rules)
    this.#keep(ledger, moment)
    return moment
  }

  /** `change` writes what pools have at most, and what is true at the moment anyway: all else of it still holds after. */
  carry<T>(ledger: Ledger, moment: Moment, change: () => T): T {
    const done = change()
    const reserves = moment.reserves.map((reserve) => {
      const available = reserve && ledger.get(reserveCell(reserve.id, 'virtualUnderlyingBalance'))
      return reserve && available !== reserve.available ? { ...reserve, available: available ?? 0n } : reserve
    })
    this.#keep(ledger, { ...moment, reserves })
    return done
  }

  #keep(ledger: Ledger, moment: Moment): void {
    const kept = this.#kept.get(ledger) ?? []
    this.#kept.set(ledger, [{ version: ledger.version, moment }, ...kept.slice(0, MOMENTS_KEPT - 1)])
  }
}

/** The head, the time of execution, that of rows, and one that is asked for by the way. */
const MOMENTS_KEPT = 4

function momentOf(ledger: Ledger, timestamp: bigint, rules: Rules): Moment {
  const reserves: (ReserveNow | undefined)[] = []
  for (const id of reserveIds(ledger)) reserves[id] = reserveNow(ledger, id, timestamp, rules)
  const known = new Map<number, readonly (Terms | undefined)[]>()
  const terms = (category: number): readonly (Terms | undefined)[] => {
    const found = known.get(category) ?? reserves.map((reserve) => reserve && termsOf(ledger, reserve, category, rules))
    known.set(category, found)
    return found
  }
  const members = eModeIds(ledger).flatMap((category) =>
    membersOf(ledger, category, rules, reserves).map((id): Member => ({ category, id })),
  )
  // Rows alone ask for it, and most moments make none.
  let ranks: ReadonlyMap<number, number> | undefined
  return {
    rules,
    timestamp,
    reserves,
    terms,
    categoryPrice: (category) => categoryPrice(ledger, category, rules),
    members,
    rank: (category, id) => {
      ranks ??= new Map(members.map((member, rank) => [member.category * MAX_RESERVES + member.id, rank]))
      return ranks.get(category * MAX_RESERVES + id)
    },
    sentinelForbids: rules.sentinel && ledger.get(MARKET.sentinel) !== 0n && ledger.get(MARKET.sentinelAllows) === 0n,
    flashPremiumBps: ledger.get(MARKET.flashPremiumBps),
  }
}

/** By the bits that are set, not by asking each reserve: a moment is made several times a page. */
function membersOf(
  ledger: Ledger,
  category: number,
  rules: Rules,
  reserves: readonly (ReserveNow | undefined)[],
): readonly number[] {
  if (rules.eMode === 'category')
    return reserves.flatMap((reserve) => (reserve?.eModeCategory === category ? [reserve.id] : []))
  const ids: number[] = []
  for (let rest = ledger.get(eModeCell(category, 'collateralBitmap')), id = 0; rest !== 0n; rest >>= 1n, id++)
    if ((rest & 1n) === 1n && reserves[id] !== undefined) ids.push(id)
  return ids
}

function reserveNow(ledger: Ledger, id: number, timestamp: bigint, rules: Rules): ReserveNow {
  const cell = (field: Parameters<typeof reserveCell>[1]): bigint => ledger.get(reserveCell(id, field))
  const data = cell('configuration')
  const decimals = configuration.decimals(data)
  return {
    id,
    asset: reserveAddress(ledger, id, 'asset'),
    symbol: numberToText(cell('symbol')),
    decimals: Number(decimals),
    unit: 10n ** decimals,
    root: reserveAddress(ledger, id, 'root'),
    price: cell('price'),
    normalizedIncome: normalizedIncome(ledger, id, timestamp),
    normalizedDebt: normalizedDebt(ledger, id, timestamp, rules),
    liquidityRate: cell('currentLiquidityRate'),
    variableBorrowRate: cell('currentVariableBorrowRate'),
    ltv: configuration.ltv(data),
    liquidationThreshold: configuration.liquidationThreshold(data),
    liquidationBonus: configuration.liquidationBonus(data),
    protocolFeeBps: configuration.liquidationProtocolFee(data),
    active: configuration.active(data),
    paused: configuration.paused(data),
    frozen: configuration.frozen(data),
    flashLoanEnabled: configuration.flashLoanEnabled(data),
    graceUntil: cell('liquidationGracePeriodUntil'),
    available: cell('virtualUnderlyingBalance'),
    eModeCategory: rules.eMode === 'category' ? configuration.eModeCategory(data) : 0,
    hasForeignDebt: rules.foreignDebt && !configuration.virtualAccounting(data),
  }
}

/** Seconds since the reserve's last update; 0 for a moment before it. */
const elapsed = (ledger: Ledger, id: number, timestamp: bigint): bigint =>
  max(0n, timestamp - ledger.get(reserveCell(id, 'lastUpdateTimestamp')))

/** ReserveLogic.getNormalizedIncome at `timestamp`, in ray. */
export function normalizedIncome(ledger: Ledger, id: number, timestamp: bigint): bigint {
  const index = ledger.get(reserveCell(id, 'liquidityIndex'))
  const seconds = elapsed(ledger, id, timestamp)
  if (seconds === 0n) return index
  return rayMul(calculateLinearInterest(ledger.get(reserveCell(id, 'currentLiquidityRate')), seconds), index)
}

/** ReserveLogic.getNormalizedDebt at `timestamp`, in ray. */
export function normalizedDebt(ledger: Ledger, id: number, timestamp: bigint, rules: Rules): bigint {
  const index = ledger.get(reserveCell(id, 'variableBorrowIndex'))
  const seconds = elapsed(ledger, id, timestamp)
  if (seconds === 0n) return index
  return rayMul(rules.compounded(ledger.get(reserveCell(id, 'currentVariableBorrowRate')), seconds), index)
}

/** Price that stands for a whole category; undefined when each asset has its own. */
function categoryPrice(ledger: Ledger, category: number, rules: Rules): bigint | undefined {
  if (category === 0 || rules.eMode !== 'category' || ledger.get(eModeCell(category, 'priceSource')) === 0n)
    return undefined
  return ledger.get(eModeCell(category, 'price'))
}

/** GenericLogic falls back to the asset's own price where the category's is 0; LiquidationLogic does not. */
const isUsable = (price: bigint | undefined): price is bigint => price !== undefined && price !== 0n

function termsOf(ledger: Ledger, reserve: ReserveNow, category: number, rules: Rules): Terms {
  const { ltv, liquidationThreshold, liquidationBonus, price } = reserve
  const own = { ltv, liquidationThreshold, liquidationBonus, price, hasCategoryPrice: false }
  if (category === 0) return own
  const common = categoryPrice(ledger, category, rules)
  if (common === NO_PRICE) return { ...own, price: NO_PRICE }
  const inBitmap = (field: 'collateralBitmap' | 'ltvzeroBitmap'): boolean =>
    ((ledger.get(eModeCell(category, field)) >> BigInt(reserve.id)) & 1n) === 1n
  const isIn = rules.eMode === 'category' ? reserve.eModeCategory === category : inBitmap('collateralBitmap')
  if (!isIn)
    return rules.isolatedEMode && ledger.get(eModeCell(category, 'isolated')) !== 0n ? { ...own, ltv: 0n } : own
  const isLtvZero = rules.ltvzeroBitmap ? inBitmap('ltvzeroBitmap') : ltv === 0n
  return {
    ltv: isLtvZero ? 0n : ledger.get(eModeCell(category, 'ltv')),
    liquidationThreshold: ledger.get(eModeCell(category, 'liquidationThreshold')),
    liquidationBonus: ledger.get(eModeCell(category, 'liquidationBonus')),
    price: isUsable(common) ? common : price,
    hasCategoryPrice: isUsable(common),
  }
}
