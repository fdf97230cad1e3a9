import type { Address } from 'viem'
import type { ReserveView } from '../../core/protocol.ts'
import type { RiskOverview } from '../../core/risk/answers.ts'
import { carry, rayRate, underwaterShare } from '../../core/risk/carry.ts'
import type { MarketHour } from '../../core/risk/hours-from.ts'
import { isCounted } from '../../core/risk/leverage.ts'
import { knownOr } from '../../core/risk/measure.ts'
import { collateralOf, type Portrait, portraitOf, sumOf } from '../../core/risk/portrait.ts'
import { binsOf, DAY_S, lastExtras } from './recent.ts'
import type { RiskWorld } from './world.ts'

/** Yield is read from a ratio that grew over at least a day, at most a week; below, a day's step of it would be a year's yield. */
const [LEAST_S, MOST_S] = [DAY_S, 7 * DAY_S]
const YEAR_S = 365 * DAY_S

/**
 * Row 14. An account's carry is what its collateral earns (supply rate, and growth of its ratio to the group's plain asset) over its
 * collateral, less what its debt costs over its debt; a year, as a share. Assets priced from a feed of their own have no ratio
 * and earn the supply rate alone; one upon a feed whose ratio is not on record has no known yield, and who holds it counts nowhere.
 */
export function carryOf(world: RiskWorld): RiskOverview['carry'] {
  const hours = world.marketHours()
  const portrait = portraitOf(world.book)
  const collateral = collateralOf(portrait)
  const { earned, cost } = yearOf(portrait, yieldsOf(world, hours))
  let [held, owed, earns, costs] = [0, 0, 0, 0]
  const debts = []
  for (let i = 0; i < portrait.size; i++) {
    const [has, owes] = [collateral[i] as number, portrait.debit[i] as number]
    if (!isCounted(has, owes, portrait.credit[i] as number) || has <= 0) continue
    const income = earned[i] as number
    const own = { yieldAnnual: Number.isNaN(income) ? null : income / has, borrowAnnual: (cost[i] as number) / owes }
    debts.push({ debtUsd: owes / 1e8, carry: carry(own) })
    if (Number.isNaN(income)) continue
    ;[held, owed, earns, costs] = [held + has, owed + owes, earns + income, costs + (cost[i] as number)]
  }
  return {
    funding: knownOr(lastExtras(world)?.fundingAnnual ?? null, 'funding'),
    carry: carry({ yieldAnnual: held > 0 ? earns / held : null, borrowAnnual: owed > 0 ? costs / owed : null }),
    underwaterShare: underwaterShare(debts),
  }
}

/** Base units a year by account: earned by its collateral, owed on its debt. */
function yearOf(portrait: Portrait, yields: readonly number[]): { earned: Float64Array; cost: Float64Array } {
  const { terms, reserves, rate } = portrait
  const place = (column: number): number => terms.reserve[column] as number
  return {
    earned: sumOf(
      portrait,
      (column) =>
        (terms.worth[column] as number) * (place(column) < 0 ? Number.NaN : (yields[place(column)] as number)),
      () => 0,
    ),
    cost: sumOf(
      portrait,
      () => 0,
      (column) => (rate[column] as number) * rayRate(reserves[place(column)]?.borrowRateRay ?? 0n),
    ),
  }
}

/** By place of the reserve; NaN: not known. */
function yieldsOf(world: RiskWorld, hours: readonly MarketHour[]): readonly number[] {
  const { reserves } = world.book.protocol.market(world.book.ledger)
  return reserves.map((reserve) => rayRate(reserve.supplyRateRay) + growthOf(reserve, reserves, { world, hours }))
}

/** Growth of an asset's ratio, a year; 0 where it has none; NaN where it is not on record for long enough. */
function growthOf(
  { asset, root, source }: ReserveView,
  reserves: readonly ReserveView[],
  { world, hours }: { readonly world: RiskWorld; readonly hours: readonly MarketHour[] },
): number {
  if (source === root) return 0
  const now = hours.findLast(({ ratios }) => ratios[asset] !== undefined)
  if (now === undefined) return isAlone(root, reserves) ? 0 : Number.NaN
  const then = hours.find(({ hour, ratios }) => hour >= now.hour - binsOf(world, MOST_S) && ratios[asset] !== undefined)
  if (then === undefined || now.hour - then.hour < binsOf(world, LEAST_S)) return Number.NaN
  const grown = (now.ratios[asset] as number) / (then.ratios[asset] as number) - 1
  return (grown * YEAR_S) / ((now.hour - then.hour) * world.binS)
}

/** No asset is priced by the root itself (a capped stable coin): there is nothing that it could have a ratio to. */
const isAlone = (root: Address, reserves: readonly ReserveView[]): boolean =>
  !reserves.some((one) => one.root === root && one.source === root)
