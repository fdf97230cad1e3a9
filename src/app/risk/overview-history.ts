import { getAddress } from 'viem'
import type { OracleAnswer, RiskOverview } from '../../core/risk/answers.ts'
import { dryPowder, pegOf } from '../../core/risk/dry-powder.ts'
import { groupsOf } from '../../core/risk/groups.ts'
import { hhi } from '../../core/risk/inequality.ts'
import { latencyOf } from '../../core/risk/latency.ts'
import { known, knownOr, lacking, type Measure, type Source } from '../../core/risk/measure.ts'
import { ageOfHeartbeat, daysOfHeadroom, largestOf, largestSupplyJump } from '../../core/risk/oracle-health.ts'
import { carryOf } from './carry-now.ts'
import { briefOf } from './judged.ts'
import { flowsOf } from './net-flows.ts'
import type { OverviewState } from './overview-state.ts'
import { binsOf, DAY_S, lastExtras, recent, recentMarket, sumBy } from './recent.ts'
import { stableChange } from './stable-supply.ts'
import type { RiskWorld } from './world.ts'

export type OverviewHistory = Pick<
  RiskOverview,
  'oracles' | 'coverage' | 'dryPowder' | 'carry' | 'flows' | 'competition' | 'phase'
>

/** `buyDepthUsd`: what pools pay for the group until its price has fallen by 10 %; null: not known. `root`: of the group. */
export function overviewHistory(
  world: RiskWorld,
  state: Pick<OverviewState, 'group' | 'unrealisedUsd' | 'idleStableUsd' | 'ladder10Usd' | 'deficit20Usd'>,
  buyDepthUsd: number | null,
): OverviewHistory {
  return {
    oracles: oraclesOf(world),
    coverage: coverageOf(world, state),
    dryPowder: powderOf(world, state, buyDepthUsd),
    carry: carryOf(world),
    flows: flowsOf(world),
    competition: competitionNow(world),
    phase: briefOf(world, state.group.root.toLowerCase()),
  }
}

/** Optimal usage ratios by asset, as they were told last. */
export const kinksOf = (world: RiskWorld): ReadonlyMap<`0x${string}`, number> =>
  new Map(Object.entries(lastExtras(world)?.kinks ?? {}).map(([asset, kink]) => [`0x${asset.slice(2)}` as const, kink]))

const WEEK_S = 7 * DAY_S
/** A silence is only known to be unusual after a week. */
const SILENCE_S = WEEK_S

function oraclesOf(world: RiskWorld): readonly OracleAnswer[] {
  const extras = lastExtras(world)
  const { book } = world
  return groupsOf(book.protocol.market(book.ledger).reserves).map(({ root, symbol, priceUsd8, reserves }) => {
    const hours = world.groupHours(root)
    const day = recent(hours, world, DAY_S)
    const rooms = reserves.flatMap(({ asset }) => extras?.headrooms[asset] ?? [])
    return {
      root: getAddress(root),
      symbol,
      price: priceUsd8.toString(),
      largestJump24h: day.length === 0 ? lacking('oracle') : known(largestOf(day.map(({ jump }) => jump))),
      ageOfHeartbeat: ageOf(world, {
        roundAtS: hours.at(-1)?.roundAtS ?? null,
        told: extras?.roundsAtS[root] ?? null,
        hours,
      }),
      headroom: rooms.length === 0 ? lacking('oracle') : known(Math.min(...rooms)),
      headroomDays: leastOf(
        reserves.map(({ asset }) => daysOf(world, asset)),
        'hours',
      ),
      largestSupplyJump24h: supplyJumpOf(
        world,
        reserves.map(({ asset }) => asset),
      ),
    }
  })
}

/** The soonest of them. */
function leastOf(measures: readonly Measure[], lacks: Source): Measure {
  const values = measures.flatMap(({ value }) => value ?? [])
  return knownOr(values.length === 0 ? null : Math.min(...values), lacks)
}

/** Between the first hour of the last week with a headroom and the last one. */
function daysOf(world: RiskWorld, asset: string): Measure {
  const rooms = recentMarket(world, WEEK_S).flatMap(({ hour, extras }) => {
    const headroom = extras?.headrooms[asset]
    return headroom === undefined ? [] : [{ atS: hour * world.binS, headroom }]
  })
  const [first, last] = [rooms[0], rooms.at(-1)]
  return first && last ? daysOfHeadroom(first, last) : lacking('hours')
}

function supplyJumpOf(world: RiskWorld, assets: readonly string[]): Measure {
  const hours = recentMarket(world, DAY_S)
  const jumps = assets.flatMap((asset) => {
    const samples = hours.flatMap(({ hour, extras }) => {
      const supply = extras?.supplies[asset]
      return supply === undefined ? [] : [{ hour, supply }]
    })
    return largestSupplyJump(samples).value ?? []
  })
  return jumps.length === 0 ? lacking('supply') : known(largestOf(jumps))
}

/** No feed tells its heartbeat on the chain: the longest silence in what was kept, of a week at least, stands for it. */
function ageOf(
  world: RiskWorld,
  {
    roundAtS,
    told,
    hours,
  }: {
    readonly roundAtS: number | null
    readonly told: number | null
    readonly hours: readonly { readonly hour: number; readonly silenceS: number }[]
  },
): Measure {
  const [first, last] = [hours[0], hours.at(-1)]
  const longEnough = first !== undefined && last !== undefined && last.hour - first.hour >= binsOf(world, SILENCE_S)
  const longest = longEnough ? Math.max(...hours.map(({ silenceS }) => silenceS)) : 0
  const updatedAtS = Math.max(roundAtS ?? 0, told ?? 0)
  return ageOfHeartbeat(
    updatedAtS === 0 ? null : updatedAtS,
    longest > 0 ? longest : null,
    Number(world.book.head?.timestamp ?? 0n),
  )
}

/** Row 17. Realised: all that is on record, at the prices of the moment. */
function coverageOf(
  world: RiskWorld,
  { unrealisedUsd, deficit20Usd }: Pick<OverviewState, 'unrealisedUsd' | 'deficit20Usd'>,
): RiskOverview['coverage'] {
  const hours = world.marketHours()
  const sum = (of: 'deficitUsd' | 'coveredUsd'): Measure =>
    hours.length === 0 ? lacking('events') : known(sumBy(hours, (hour) => hour[of]))
  const insurance = lastExtras(world)?.insuranceUsd ?? null
  return {
    unrealisedUsd,
    createdUsd: sum('deficitUsd'),
    coveredUsd: sum('coveredUsd'),
    insuranceUsd: knownOr(insurance, 'coverage'),
    ratio:
      insurance === null ? lacking('coverage') : knownOr(deficit20Usd > 0 ? insurance / deficit20Usd : null, 'deficit'),
  }
}

function powderOf(
  world: RiskWorld,
  { idleStableUsd, ladder10Usd }: Pick<OverviewState, 'idleStableUsd' | 'ladder10Usd'>,
  buyDepthUsd: number | null,
): RiskOverview['dryPowder'] {
  return {
    idleStableUsd,
    supply24h: stableChange(world, DAY_S),
    supply7d: stableChange(world, WEEK_S),
    overLadder10: dryPowder({ idleUsd: idleStableUsd, buyDepthUsd, ladderUsd: ladder10Usd }),
    ...pegsOf(world),
  }
}

function pegsOf(world: RiskWorld): Pick<RiskOverview['dryPowder'], 'worstPeg' | 'pegs'> {
  const kept = lastExtras(world)?.pegs ?? {}
  const pegs = world.book.protocol.market(world.book.ledger).reserves.flatMap(({ asset, symbol }) => {
    const peg = kept[asset]
    return peg === undefined ? [] : [{ symbol, twapUsd: peg[0], ...pegOf(...peg) }]
  })
  const off = pegs.map(({ fromOne }) => fromOne)
  return { worstPeg: off.length === 0 ? lacking('twap') : known(largestOf(off)), pegs }
}

/** Row 19, of the last week. */
function competitionNow(world: RiskWorld): RiskOverview['competition'] {
  const hours = recentMarket(world, 7 * DAY_S)
  const repaid = new Map<string, number>()
  for (const { liquidators } of hours)
    for (const [address, usd] of liquidators) repaid.set(address, (repaid.get(address) ?? 0) + usd)
  // Of an hour with more of them only the largest are kept.
  const all =
    hours.length > 0 && hours.every(({ liquidators, liquidatorCount }) => liquidatorCount === liquidators.length)
  const timings = hours.flatMap(({ late }) =>
    Object.entries(late).flatMap(([blocks, calls]) =>
      /^\d+$/.test(blocks)
        ? Array.from({ length: calls }, () => ({ latenessBlocks: Number(blocks), healthBefore: null }))
        : [],
    ),
  )
  return {
    liquidators: all ? known(repaid.size) : lacking('liquidators'),
    hhi: knownOr(all ? hhi([...repaid.values()]) : null, 'liquidators'),
    medianLatencyBlocks: latencyOf(timings).medianBlocks,
    failed: lacking('failedCalls'),
  }
}
