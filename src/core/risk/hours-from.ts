import type { Hour } from './hour.ts'
import type { GroupBody, HourRow, MarketBody } from './hour-row.ts'

export type MarketHour = MarketBody & { readonly hour: number }
export type GroupHour = GroupBody & { readonly hour: number }

/** Rows of one root in order; of the same hour the last one counts. */
export const parsed = <T>(rows: readonly HourRow[], root: string): readonly (T & { readonly hour: number })[] => {
  const last = new Map<number, string>()
  for (const row of rows) if (row.root === root) last.set(row.hour, row.body)
  return [...last].sort(([a], [b]) => a - b).map(([hour, body]) => ({ ...(JSON.parse(body) as T), hour }))
}

export const marketHoursFrom = (rows: readonly HourRow[]): readonly MarketHour[] => parsed<MarketBody>(rows, '')
export const groupHoursFrom = (rows: readonly HourRow[], root: string): readonly GroupHour[] =>
  parsed<GroupBody>(rows, root)

/**
 * What the measures of history read of a group: its own rows, with what is told of the market as a whole. Hours that were not
 * watched from beginning to end are left out, as if nobody had watched them. Rows of one market; `root` in lower case.
 */
export const hoursFrom = (rows: readonly HourRow[], root: string): readonly Hour[] =>
  merged(marketHoursFrom(rows), groupHoursFrom(rows, root))

export function merged(markets: readonly MarketHour[], groups: readonly GroupHour[]): readonly Hour[] {
  const market = new Map(markets.map((one) => [one.hour, one]))
  return groups.flatMap((group) => {
    const whole = market.get(group.hour)
    return whole === undefined || whole.partial || !(group.oraclePriceUsd > 0) ? [] : [hourOf(whole, group)]
  })
}

const hourOf = (market: MarketHour, group: GroupHour): Hour => ({
  hour: group.hour,
  liquidatedUsd: group.liquidatedUsd,
  liquidations: group.liquidations,
  oraclePriceUsd: group.oraclePriceUsd,
  oracleLowUsd: group.oracleLowUsd,
  debtUsd: market.debtUsd,
  ladder5Usd: group.ladder5Usd,
  ladder10Usd: group.ladder10Usd,
  leverage: market.state.leverage,
  fundingAnnual: market.extras?.fundingAnnual ?? null,
  // A market has no one carry: it is told by account, for now (`overview`).
  carryAnnual: null,
  depthUsd: group.depthUsd,
  netFlowUsd: market.netFlowUsd,
  deficitUsd: market.deficitUsd,
  utilisation: market.extras?.utilisation ?? null,
  top10Share: market.state.top10Share,
  coverage: coverageOf(market),
})

/** (Offset + slashable stake) / bad debt of a fall of 20 %. Null also where there would be none to cover. */
function coverageOf({ extras, state }: MarketHour): number | null {
  const insurance = extras?.insuranceUsd ?? null
  return insurance === null || !state.badDebt20Usd ? null : insurance / state.badDebt20Usd
}
